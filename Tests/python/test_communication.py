"""Communication between agents as users have it: commands, `make_vec`, `parallel_env`, servers and policy peers."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
from command import ROOT, argus
from served import served

os.environ.setdefault("ARGUS_HOME", str(ROOT))
sys.path.insert(0, str(ROOT / "Python"))

import argus_env  # noqa: E402
from argus_env import make_vec  # noqa: E402
from argus_env.native import library as native  # noqa: E402

pytestmark = pytest.mark.skipif(not native.path().exists(), reason=f"{native.path()} is not built")

# Peers are other programs, which take the package from here too.
PACKAGE = {"PYTHONPATH": str(ROOT / "Python")}
OWN = 3 * 2 + 3 * 3  # of three players and two foods
TALKING = """\
import argus_env

class Talker:
    wants_text = True

    def __init__(self, agent):
        self.agent = agent
        assert ("a text of up to 20 characters" in agent.rules) == (agent.index == 0)

    def act(self, observations, legal, *, situation, actions, say):
        words = situation[0].split("Messages: ")
        assert len(words) == 1 or self.agent.index > 0, words
        if self.agent.index == 0:
            say(0, f"food {observations[0][0]:.0f}, {observations[0][1]:.0f}")
            say(0, "x" * 21)
        else:
            print("heard", words[1], flush=True)
        assert actions[0][6] == "say nothing"
        return [[0, 0]]

argus_env.serve_policy(Talker)
"""


@pytest.fixture
def scenario(tmp_path: pathlib.Path) -> object:
    """Writes a scenario of three foraging players with a channel, and returns its path."""

    def write(channel: str, **keys: object) -> pathlib.Path:
        path = tmp_path / f"talk-{len(list(tmp_path.iterdir()))}.yaml"
        lines = {"horizon": 12, "masks": "exact", "state": "concat"} | keys
        path.write_text(
            f"scenario: {path.stem}\nversion: 1\nenvironment: foraging\nparameters: {{players: 3}}\n"
            + "".join(f"{key}: {value}\n" for key, value in lines.items())
            + f"communication: {channel}\n"
        )
        return path

    return write


def test_make_vec_shows_the_extended_spaces_and_plays_in_them(scenario):
    env = make_vec(str(scenario("{symbols: 4, per_episode: 5}")), num_envs=3)
    assert env.observation_size == OWN + 1 + 2 * 4 and env.observation_sizes == [env.observation_size] * 3
    assert env.head_sizes == [6, 5] and env.action_sizes == [[6, 5]] * 3
    assert env.single_action_space.nvec.tolist() == [6, 5]
    box = env.single_observation_space
    assert box.high[OWN:].tolist() == [5] + [1] * 8 and box.low[OWN:].tolist() == [0] * 9
    assert [part["name"] for part in env.description["observation"]["segments"]][-3:] == [
        "messages_left", "message_0", "message_1"]  # fmt: skip
    assert env.description["actions"]["names"][-5:] == ["silent", "symbol_1", "symbol_2", "symbol_3", "symbol_4"]
    assert env.description["scenario"]["communication"]["topology"] == "all"
    assert env.metrics[-4:] == ["messages_sent", "characters_sent", "messages_dropped", "messages_lost"]
    observations, info = env.reset(seed=1)
    assert info["action_mask"].shape == (3, 3, 11) and info["action_mask"][..., 6:].all()
    actions = np.zeros((3, 3, 2), np.int32)
    actions[1, 2, 1] = 3
    observations, _, _, _, info = env.step(actions)
    # Player 2 is heard in the second slot of the others, in its own copy alone.
    part = observations[..., OWN:]
    assert (part[..., 0] == [[5, 5, 5], [5, 5, 4], [5, 5, 5]]).all()
    assert np.argwhere(part[..., 1:]).tolist() == [[1, 0, 4 + 2], [1, 1, 4 + 2]]
    for _ in range(4):
        *_, info = env.step(actions)
    assert info["action_mask"][1, 2, 6:].tolist() == [1, 0, 0, 0, 0]
    assert box.contains(env.step(actions)[0][1, 2])


def test_parallel_env_shows_each_agents_own_sizes(scenario):
    pytest.importorskip("pettingzoo")
    env = argus_env.parallel_env(str(scenario("{topology: [[1, 2], [], []], symbols: 4, per_episode: none}")))
    observations, infos = env.reset(seed=3)
    assert env.action_space("player_0").nvec.tolist() == [6, 5]
    assert env.observation_space("player_1").shape == (OWN + 4,)
    observations, *_, infos = env.step({"player_0": [0, 2], "player_1": [0, 0], "player_2": [0, 0]})
    for name, row in observations.items():
        assert row[OWN:].tolist() == ([0] * 4 if name == "player_0" else [0, 1, 0, 0])
        assert env.observation_space(name).contains(row)
    masks = infos["player_1"]["action_mask"]
    assert masks[1].tolist() == [1, 0, 0, 0, 0]
    assert infos["player_0"]["action_mask"][1].tolist() == [1] * 5


def test_a_served_scenario_equals_the_one_in_this_process(scenario):
    pytest.importorskip("zmq")
    path = scenario("{symbols: 3, delay: 2, loss: 0.3, per_episode: 6}", state="native")
    with served(path) as server:
        remote = argus_env.connect(server.address, num_envs=4)
        local = make_vec(str(path), num_envs=4)
        first = remote.reset(seed=5)[0]
        np.testing.assert_array_equal(first, local.reset(seed=5)[0])
        for _ in range(40):
            actions = local.act("random", 5)
            mine, theirs = local.step(actions), remote.step(actions)
            for one, other in zip(mine[:4], theirs[:4], strict=True):
                np.testing.assert_array_equal(one, other)
            np.testing.assert_array_equal(mine[4]["action_mask"], theirs[4]["action_mask"])
            if "ended" in mine[4]:
                chosen = mine[4]["ended"]
                for name in ("messages_sent", "messages_dropped", "messages_lost"):
                    np.testing.assert_array_equal(
                        mine[4]["episode"]["metrics"][name][chosen], theirs[4]["episode"]["metrics"][name][chosen]
                    )
        # Snapshots carry what is on its way.
        saved = local.snapshot(1)
        expected = [local.step(local.act("random", 9))[0][1].copy() for _ in range(3)]
        local.restore(1, saved)
        assert all((local.step(local.act("random", 9))[0][1] == row).all() for row in expected)
        remote.close()


def test_an_environment_without_metrics_has_the_channels_when_it_is_served(tmp_path, monkeypatch):
    pytest.importorskip("zmq")
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler")
    subprocess.run(
        [compiler, "-std=c11", "-O1", "-fPIC", "-shared", "-I", ROOT / "Sources/CArgusEnv/include",
         ROOT / "Tests/python/mixed_agents.c", "-o", tmp_path / "libmixed.so"], check=True)  # fmt: skip
    monkeypatch.setenv("ARGUS_PLUGIN_PATH", str(tmp_path))
    path = tmp_path / "mixed.yaml"
    path.write_text(
        "scenario: mixed\nversion: 1\nenvironment: mixed-heads\nhorizon: 5\nplacement: process\n"
        "communication: {symbols: 2, per_episode: 3}\n"
    )
    with served(path) as server:
        env = argus_env.connect(server.address, num_envs=2)
        assert env.metrics == ["messages_sent", "characters_sent", "messages_dropped", "messages_lost"]
        assert env.action_sizes == [[3, 0, 3], [2, 4, 3]]
        env.reset(seed=1)
        for _ in range(5):
            actions = np.zeros((2, 2, 3), np.int32)
            actions[:, 1, 2] = 1
            *_, info = env.step(actions)
        assert info["episode"]["metrics"]["messages_sent"].tolist() == [3, 3]
        assert info["episode"]["metrics"]["messages_dropped"].tolist() == [2, 2]
        env.close()


def test_policy_peers_hear_in_words_and_say_what_the_channel_allows(scenario, tmp_path):
    pytest.importorskip("zmq")
    path = scenario("{topology: star, symbols: 2, characters: 20, delay: 1, per_episode: 8}")
    path.write_text(path.read_text().replace("topology: star", "topology: [[1, 2], [], []]"))
    script = tmp_path / "talker.py"
    script.write_text(TALKING)
    record = tmp_path / "talk.jsonl"
    played = argus(
        "play", path, "--team", f'peer:"{sys.executable} {script}"', "--seed", 2, "--record", record, check=0,
        ARGUS_PEER_OUTPUT="1", **PACKAGE,
    )  # fmt: skip
    lines = [line.split("heard ", 1)[1] for line in played.stderr.splitlines() if "heard " in line]
    said = [line for line in played.stdout.splitlines() if line.startswith("player_0 → player_1, player_2: ")]
    sent = [line for line in said if "not sent" not in line]
    assert len(sent) == 8 and sent[0].split(": ", 1)[1].startswith('"food ')
    assert sum("too many characters" in line for line in said) == 12
    assert sum("no more messages in this episode" in line for line in said) == 4
    # Both hearers, one step later; nothing in the first step.
    words = sent[0].split(": ", 1)[1]
    assert lines[:2] == ["none."] * 2 and lines[2:4] == [f"player_0 wrote {words}."] * 2
    assert argus("verify", "foraging", record, check=0).stdout
    document = json.loads(argus(
        "evaluate", path, "--team", f'peer:"{sys.executable} {script}"', "--episodes", 1, "--copies", 1, "--json",
        check=0, **PACKAGE).stdout)  # fmt: skip
    assert document["metrics"]["messages_sent"] == 8 and document["metrics"]["messages_dropped"] == 16


def test_describe_shows_the_channel_and_who_hears_whom(scenario):
    path = scenario("{topology: star, symbols: 2, loss: 0.1}")
    text = argus("describe", path, check=0).stdout
    assert "player_0 is heard by player_1, player_2; player_1 is heard by player_0" in " ".join(text.split())
    document = json.loads(argus("describe", path, "--json", check=0).stdout)
    assert document["communication"]["loss"] == 0.1 and document["hearers"]["player_2"] == ["player_0"]
    assert document["heads"] == [6, 3]
    silent = json.loads(argus("describe", "foraging/5x5-2p-1f", "--json", check=0).stdout)
    assert "communication" not in silent and silent["heads"] == [6]


def test_messages_are_shuffled_only_where_there_are_some(scenario):
    path = scenario("{symbols: 2}")
    plain, shuffled = (
        json.loads(argus("evaluate", path, *more, "--episodes", 4, "--json", check=0).stdout)
        for more in [(), ("--shuffle-messages",)])
    assert plain["metrics"]["messages_sent"] == shuffled["metrics"]["messages_sent"] > 0
    # Another task, as its hash says.
    assert plain["scenario_hash"] != shuffled["scenario_hash"]
    run = argus("evaluate", "foraging/5x5-2p-1f", "--shuffle-messages", check=2)
    assert run.stderr.startswith("error: no messages to shuffle (--shuffle-messages, scenario foraging/5x5-2p-1f)")


def test_a_report_tells_a_control_from_what_it_controls(scenario, tmp_path):
    path = scenario("{symbols: 2}")
    for name, more in [("plain", ()), ("control", ("--shuffle-messages",))]:
        argus("evaluate", path, *more, "--episodes", 4, "--out", tmp_path / name, check=0)
    argus("report", tmp_path / "plain", tmp_path / "control", "--out", tmp_path / "report", check=0)
    report = (tmp_path / "report" / "report.md").read_text()
    titles = [line for line in report.splitlines() if line.startswith("## ") and "(" in line]
    assert sorted("messages shuffled" in title for title in titles) == [False, True], titles
    commands = [line for line in report.splitlines() if "argus evaluate" in line]
    assert any("--shuffle-messages" in line for line in commands), commands
    assert any("--shuffle-messages" not in line for line in commands), commands



def test_a_wrong_channel_is_one_error_with_file_line_and_key(scenario):
    path = scenario("{topology: [[player_1], [player_9], []]}")
    run = argus("play", path, check=1)
    assert run.stderr.startswith(f"error: bad topology ({path}:8, key 'communication.topology'): found the receiver")
    assert "Try 'player_" in run.stderr
