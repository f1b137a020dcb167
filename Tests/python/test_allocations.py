"""A training's loop makes no Swift object a step: what an update makes does not depend on how many steps it has."""

import pathlib
import re
import shutil
import struct
import subprocess

import pytest

from command import ROOT, argus

UPDATES, COPIES, FEW, MANY = 4, 4, 16, 64


@pytest.fixture(scope="module")
def counter(tmp_path_factory):
    if "libtorch is missing" in argus("list", "algorithms").stderr:
        pytest.skip("this build has no libtorch")
    compiler = shutil.which("cc") or shutil.which("clang")
    library = tmp_path_factory.mktemp("counter") / "counter.so"
    source = pathlib.Path(__file__).parent / "swift_objects.c"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def objects_per_step(counter, folder, algorithm, horizon, *settings, task="warehouse/tiny-2ag"):
    scenario = folder / "task.yaml"
    text = (ROOT / f"Scenarios/{task}.yaml").read_text()
    scenario.write_text(re.sub("horizon: .*", f"horizon: {horizon}", text))

    def objects(steps):
        """Of a training with so many steps of each copy between updates, and always as many updates."""
        out, counts = folder / str(steps), folder / f"{steps}.count"
        every = [*settings, "hidden=16", f"copies={COPIES}", f"rollout_steps={steps}"]
        argus(
            "train", scenario, "--algorithm", algorithm, "--steps", UPDATES * COPIES * steps,
            "--evaluations", 1, "--evaluation-episodes", 1, "--absolute-episodes", 1, "--out", out,
            *[part for setting in every for part in ("--set", setting)],
            LD_PRELOAD=str(counter), SWIFT_OBJECTS=str(counts), check=0)
        return struct.unpack("l", counts.read_bytes())[0]

    few = objects(FEW)
    assert few > 10_000, "nothing was counted"
    return (objects(MANY) - few) / (UPDATES * (MANY - FEW))


@pytest.mark.parametrize("algorithm", ["ippo", "mappo", "vdppo", "maa2c", "coma", "pqn-vdn"])
@pytest.mark.parametrize("network", [[], ["layer_norm=true"], ["recurrent=true"]], ids=["plain", "norm", "recurrent"])
def test_a_step_makes_no_object(algorithm, network, counter, tmp_path):
    # No episode ends. The tensors that a rollout shows its steps in are made once, at the start: 0.5 a step here.
    assert objects_per_step(counter, tmp_path, algorithm, 2 * UPDATES * MANY, *network) < 0.8


@pytest.mark.parametrize("algorithm", ["mappo", "pqn-vdn"])
@pytest.mark.parametrize("memory", [[], ["recurrent=true"]], ids=["plain", "recurrent"])
@pytest.mark.parametrize("network", ["entities", "own"])
def test_nor_does_a_step_of_networks_for_sets_or_of_their_own(algorithm, memory, network, counter, tmp_path):
    setting = {"entities": "entities=true", "own": "share_parameters=false"}[network]
    settings = ["layer_norm=true", "minibatches=1", setting, *memory]
    # Random teams hardly ever end an episode of this field.
    found = objects_per_step(
        counter, tmp_path, algorithm, 2 * UPDATES * MANY, *settings, task="foraging/8x8-2p-2f-coop")
    assert found < 0.8


@pytest.mark.parametrize("algorithm", ["iql", "vdn", "qmix"])
@pytest.mark.parametrize("network", [[], ["recurrent=true"]], ids=["plain", "recurrent"])
def test_a_step_whose_episodes_go_to_a_replay_makes_no_object(algorithm, network, counter, tmp_path):
    # All episodes end every 32 steps, and each leaves some objects in the replay: 1.0 to 1.4 a step here.
    settings = [*network, "batch_episodes=4", "gradient_steps=1"]
    assert objects_per_step(counter, tmp_path, algorithm, 32, *settings) < 1.7
