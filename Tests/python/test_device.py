"""Training on a device that is not the CPU: nothing mixes their memories up, and the numbers are the CPU's.

A device for tests stands in for a GPU (`device/device.cpp`): these machines have none.
"""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from command import ROOT, argus
from test_algorithms import ALL, LONG, mixed, settings, small  # noqa: F401
from training_runs import arguments, out, resume

LIBTORCH = pathlib.Path(os.environ.get("LIBTORCH", ROOT / ".deps" / "libtorch"))


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Environment variables with which a program has the device `elsewhere`."""
    library = tmp_path_factory.mktemp("device") / "libdevice.so"
    # libtorch's headers want a compiler of C++20; the one of the Swift toolchain is one.
    subprocess.run(
        [shutil.which("clang++"), "-std=c++20", "-O1", "-shared", "-fPIC", "-I", LIBTORCH / "include",
         ROOT / "Tests/python/device/device.cpp", "-L", LIBTORCH / "lib", "-ltorch_cpu", "-lc10",
         f"-Wl,-rpath,{LIBTORCH / 'lib'}", "-o", library], check=True)  # fmt: skip
    return {"LD_PRELOAD": str(library)}


def metrics(folder):
    lines = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
    return [{key: value for key, value in line.items() if "second" not in key} for line in lines]


# Memory or sets in turn; both with --long.
@pytest.mark.parametrize(
    "algorithm,recurrent",
    [(name, memory) for index, name in enumerate(ALL) for memory in ((False, True) if LONG else (index % 2 == 0,))])
def test_another_device_learns_what_the_cpu_learns(tmp_path, elsewhere, algorithm, recurrent):
    scenario = "skirmish/3m" if algorithm in ("mappo", "qmix") else "foraging/8x8-2p-2f-coop"
    chosen = small(algorithm, recurrent=str(recurrent).lower(), entities=str(not recurrent).lower())
    if algorithm == "pqn-vdn":
        chosen += settings(minibatches=2)
    if algorithm in ("iql", "vdn"):
        chosen += settings(share_parameters="false")
    for device in ("cpu", "elsewhere"):
        argus(
            *arguments(out(tmp_path / device), *chosen, scenario=scenario, algorithm=algorithm, steps=1000),
            "--device", device, "--threads", 1, check=0, **elsewhere)  # fmt: skip
    here, there = metrics(tmp_path / "cpu"), metrics(tmp_path / "elsewhere")
    assert len(here) == len(there) > 3
    # The CPU has some operations of its own, which round otherwise; later updates build on what was rounded.
    for line, other in zip(here[:3], there[:3]):
        assert line == pytest.approx(other, rel=1e-3, abs=1e-5)
    assert json.loads((tmp_path / "elsewhere" / "run.json").read_text())["device"] == "elsewhere"
    # What was learnt there can be played here.
    team = f"run:{tmp_path / 'elsewhere'}"
    argus("evaluate", scenario, "--team", team, "--episodes", 2, check=0)


@pytest.mark.parametrize("algorithm", ["ippo", "mappo"])
def test_continuous_actions_are_learnt_elsewhere(tmp_path, elsewhere, mixed, algorithm):  # noqa: F811
    where = mixed("continuous")
    argus(
        *arguments(out(tmp_path / "run"), *small(algorithm), scenario=where["scenario"], algorithm=algorithm, steps=600),
        "--device", "elsewhere", check=0, ARGUS_PLUGIN_PATH=where["plugins"], **elsewhere)  # fmt: skip


def test_a_run_goes_on_on_its_own_device_only(tmp_path, elsewhere):
    chosen = [*arguments([], *small("mappo"), steps=1500), "--device"]
    argus(*chosen, "elsewhere", *out(tmp_path / "whole"), check=0, **elsewhere)
    (tmp_path / "whole" / "result.json").unlink()
    moved = argus(*chosen, "cpu", *resume(tmp_path / "whole"))
    assert moved.returncode != 0 and "another device" in moved.stderr and "'--device" not in moved.stderr
    before = (tmp_path / "whole" / "checkpoint" / "last.safetensors").read_bytes()
    argus(*chosen, "elsewhere", *resume(tmp_path / "whole"), check=0, **elsewhere)
    assert (tmp_path / "whole" / "checkpoint" / "last.safetensors").read_bytes() == before


@pytest.mark.parametrize("device", ["cuda", "elsewhere", "cuda:x", "gpu", ""])
def test_a_device_that_is_not_there_is_named(tmp_path, device):
    if device == "cuda" and (LIBTORCH / "lib" / "libtorch_cuda.so").exists():
        pytest.skip("this libtorch may have it")
    result = argus(*arguments(out(tmp_path / "run")), "--device", device)
    assert result.returncode != 0 and not (tmp_path / "run").exists()
    assert "device not available (--device)" in result.stderr and f"'{device}'" in result.stderr
    assert len(result.stderr) < 600, "libtorch's lists of kernels help nobody"
