"""Python environments and policies in the host's commands, as a user has them: `Examples/python-*`."""

import json
import signal
import subprocess

import pytest
from command import ROOT, argus

PEERS = ROOT / "Examples" / "python-peers"
POLICY = ROOT / "Examples" / "python-policy" / "greedy.py"
SCENARIOS = sorted(PEERS.glob("*.yaml"))
SCENARIOS = [path for path in SCENARIOS if path.read_text().startswith("scenario:")]


def evaluation(path, *arguments, **options):
    return json.loads(argus("evaluate", path, *arguments, "--json", check=0, **options).stdout)


def episodes(path, *arguments, out):
    argus("evaluate", path, *arguments, "--out", out, check=0)
    line = json.loads((out / "evaluations.jsonl").read_text().splitlines()[0])
    return list(zip(line["seeds"], line["returns"]))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_example_plays_whole_episodes(path):
    result = evaluation(path, "--episodes", 6)
    assert (result["episodes"], result["failed"]) == (6, 0)


@pytest.mark.parametrize(
    ("peer", "native"),
    [("rware-tiny-2ag", "warehouse/tiny-2ag"), ("lbforaging-8x8-2p-2f-coop", "foraging/8x8-2p-2f-coop")],
)
def test_the_real_package_as_a_peer_equals_our_plugin(tmp_path, peer, native):
    recordings = []
    for name, scenario in (("peer", PEERS / f"{peer}.yaml"), ("native", native)):
        record = tmp_path / f"{name}.jsonl"
        argus("play", scenario, "--team", "random", "--seed", 11, "--episodes", 3, "--render", "none",
              "--record", record, check=0)  # fmt: skip
        lines = [json.loads(line) for line in record.read_text().splitlines()[1:]]
        assert [line["seed"] for line in lines] == [11, 12, 13]
        recordings.append(lines)
    for ours, theirs in zip(*recordings, strict=True):
        assert len(ours["actions"]) > 20
        for key in ("actions", "observations", "rewards", "terminated", "truncated"):
            assert ours[key] == theirs[key], (ours["seed"], key)


def test_copies_processes_and_double_buffering_change_no_episode(tmp_path):
    path = PEERS / "simple-spread.yaml"
    scenario = path.read_text()
    assert '{peer: "python simple_spread.py"}' in scenario
    several = tmp_path / "several.yaml"
    several.write_text(
        scenario.replace('"python simple_spread.py"', f'"python {PEERS}/simple_spread.py", processes: 3')
    )
    plain = episodes(path, "--episodes", 20, "--copies", 5, out=tmp_path / "plain")
    assert plain == episodes(path, "--episodes", 20, "--copies", 20, out=tmp_path / "wide")
    assert plain == episodes(several, "--episodes", 20, "--copies", 7, out=tmp_path / "several")
    assert plain == episodes(path, "--episodes", 20, "--copies", 6, "--double-buffer", out=tmp_path / "double")


def test_a_suite_compares_policies_and_algorithms_on_peers_beside_native_scenarios(tmp_path):
    suite = PEERS / "suite.yaml"
    small = PEERS / f"test-{tmp_path.name}.yaml"
    small.write_text(
        suite.read_text().replace("steps: 100000", "steps: 2048").replace("evaluations: 4", "evaluations: 2")
        .replace("evaluation_episodes: 32", "evaluation_episodes: 4").replace("seeds: 2", "seeds: 1")
    )  # fmt: skip
    try:
        run = argus("bench", small, "--out", tmp_path / "out", "--jobs", 2, check=0)
    finally:
        small.unlink()
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    text = json.dumps(results)
    assert "mpe/simple-spread" in text and "foraging/8x8-2p-2f-coop" in text
    for entry in ("Random", "IPPO", "MAPPO"):
        assert entry in run.stdout and entry in text


def test_a_policy_in_python_plays_from_one_agents_rows(tmp_path):
    team = f'peer:"python {POLICY}"'
    result = evaluation("foraging/8x8-2p-2f-coop", "--team", team, "--episodes", 20)
    assert result["return"]["mean"] > 0.9 and result["failed"] == 0
    mixed = evaluation("foraging/8x8-2p-2f-coop", "--team", f"player_0={team},*=random", "--episodes", 20)
    assert mixed["return"]["mean"] < result["return"]["mean"]


def test_a_policy_in_python_gets_the_texts_if_it_wants_them(tmp_path):
    script = tmp_path / "reader.py"
    script.write_text(
        "import argus_env\n\n"
        "class Reader:\n"
        "    wants_text = True\n\n"
        "    def __init__(self, agent):\n"
        "        assert 'food' in agent.rules\n\n"
        "    def act(self, observations, legal, *, situation, actions, acting):\n"
        "        for copy in range(len(observations)):\n"
        "            assert bool(situation[copy]) == bool(acting[copy])\n"
        "            words = actions[copy]\n"
        "            assert [bool(text) for text in words] == [bool(acting[copy] and one) for one in legal[copy]]\n"
        "        print('read', situation[0], flush=True)\n"
        "        return [0] * len(observations)\n\n"
        "argus_env.serve_policy(Reader)\n"
    )
    arguments = ("evaluate", "foraging/5x5-2p-1f", "--team", f'peer:"python {script}"', "--episodes", 3)
    quiet = argus(*arguments, check=0)
    assert quiet.stderr == ""
    loud = argus(*arguments, check=0, ARGUS_PEER_OUTPUT="1")
    assert loud.stdout.splitlines()[:6] == quiet.stdout.splitlines()[:6]
    assert "] read " in loud.stderr


def test_a_policy_peer_that_fails_is_named_with_its_last_words(tmp_path):
    script = tmp_path / "policy.py"
    script.write_text(
        "import argus_env\n\n"
        "class Policy:\n"
        "    def __init__(self, agent):\n        self.steps = 0\n\n"
        "    def act(self, observations, legal):\n"
        "        self.steps += 1\n"
        "        if self.steps == 3:\n            raise RuntimeError('no more ideas')\n"
        "        return [0] * len(observations)\n\n"
        "argus_env.serve_policy(Policy)\n"
    )
    run = argus("evaluate", "foraging/8x8-2p-2f-coop", "--team", f'peer:"python {script}"')
    assert run.returncode == 1
    assert run.stderr.startswith("error: the policy failed (policy 'peer:python") and "no more ideas" in run.stderr


@pytest.fixture(scope="module")
def grid_world(tmp_path_factory):
    library = tmp_path_factory.mktemp("plugin") / "libgridworld-c.so"
    subprocess.run(
        ["cc", "-std=c11", "-O2", "-fPIC", "-shared", "-I", ROOT / "Sources/CArgusEnv/include",
         ROOT / "Examples/gridworld-c/gridworld.c", "-o", library, "-lm"], check=True)  # fmt: skip
    return library


def test_a_library_that_is_not_ours_runs_isolated_unless_the_scenario_says_otherwise(tmp_path, grid_world):
    text = (ROOT / "Examples/gridworld-c/gridworld-c.yaml").read_text()
    found = {}
    for placement in (None, "process", "isolated"):
        path = tmp_path / f"{placement}.yaml"
        path.write_text(text + (f"placement: {placement}\n" if placement else ""))
        found[placement] = evaluation(
            path, "--team", "scripted", "--episodes", 12, ARGUS_PLUGIN_PATH=str(grid_world.parent)
        )
    results = {name: result["return"] for name, result in found.items()}
    assert results[None] == results["process"] == results["isolated"]


def test_a_crash_in_a_foreign_library_is_not_the_hosts(tmp_path, grid_world):
    folder = tmp_path / "crash"
    folder.mkdir()
    subprocess.run(
        ["cc", "-std=c11", "-O2", "-fPIC", "-shared", "-I", ROOT / "Sources/CArgusEnv/include",
         ROOT / "Tests/BrokenPlugins/probe.c", "-o", folder / "libprobe.so", "-lm"], check=True)  # fmt: skip
    path = tmp_path / "crash.yaml"
    path.write_text("scenario: crash\nversion: 1\nenvironment: probe\nparameters: {fault: step_crash}\nhorizon: 8\n")
    run = argus("evaluate", path, "--episodes", 60, "--copies", 4, "--json", ARGUS_PLUGIN_PATH=str(folder))
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert 0 < result["failed"] < 60 and result["failed"] + result["episodes"] == 60
    assert "killed by signal 6" in run.stderr and "during STEP of 4 copies" in run.stderr
    # The same library in the host's process takes the host with it: it did run elsewhere before.
    path.write_text(path.read_text() + "placement: process\n")
    run = argus("evaluate", path, "--episodes", 60, "--copies", 4, ARGUS_PLUGIN_PATH=str(folder))
    assert run.returncode == -signal.SIGABRT
