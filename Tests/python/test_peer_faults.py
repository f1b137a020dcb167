"""What the host does when a peer fails: each fault is told apart, and costs no episode but those that the peer held."""

import json
import pathlib
import signal
import subprocess

import pytest
from command import argus, start

PEER = pathlib.Path(__file__).with_name("faulty_peer.py")
HELD = 4  # copies of the one peer


def scenario(folder, fault, *, once=True, timeouts="{start: 20, step: 2}", extra=""):
    mark = f" {folder / 'mark'}" if once else ""
    path = folder / "fault.yaml"
    path.write_text(
        f'scenario: fault\nversion: 1\nenvironment: {{peer: "python {PEER} {fault}{mark}"{extra}}}\nhorizon: 10\n'
        f"timeouts: {timeouts}\n"
    )
    return path


def evaluate(path, episodes=12, **options):
    run = argus("evaluate", path, "--episodes", episodes, "--copies", HELD, "--json", timeout=60, **options)
    return run, json.loads(run.stdout) if run.returncode == 0 else None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("killed", "the peer's process was killed by signal 9"),
        ("exits", "the peer's process ended by itself with status 7"),
        ("stopped", "no heartbeat of the peer"),
        ("hangs", "the peer's own loop hangs"),
        ("hangs-with-the-lock", "the peer's own loop hangs"),
        ("closes", "the peer closed its connection although its process goes on"),
        ("no-reply", "it left the request out"),
        ("late", "the reply came later than 2 s"),
        ("wrong-shape", "frame 'elapsed' has 12 bytes, expected 16"),
        ("too-few-frames", "STEP with 6 frames, of which its header says 7"),
    ],
)
def test_a_fault_of_the_peer_is_named_and_costs_the_episodes_that_it_held(tmp_path, fault, words):
    run, result = evaluate(scenario(tmp_path, fault))
    assert run.returncode == 0, run.stderr
    assert run.stderr.count("warning:") == 1 and words in run.stderr
    assert "during STEP of 4 copies" in run.stderr
    assert (result["episodes"], result["failed"]) == (12 - HELD, HELD)


def test_a_frame_over_the_limit_cuts_the_connection_and_nothing_else(tmp_path):
    run, result = evaluate(scenario(tmp_path, "huge-frame", timeouts="{start: 20, step: 20}"))
    assert run.returncode == 0, run.stderr
    assert "a frame over the size limit" in run.stderr
    assert (result["episodes"], result["failed"]) == (12 - HELD, HELD)


@pytest.mark.parametrize(
    ("fault", "words", "failed"),
    [
        ("exception-in-step", "RuntimeError: the third step is too much", 1),
        ("not-a-number", "found nan in component 1", 1),
        ("exception-in-reset", "ValueError: this seed does not begin", None),
    ],
)
def test_a_fault_of_one_copy_touches_no_other(tmp_path, fault, words, failed):
    run, result = evaluate(scenario(tmp_path, fault))
    assert run.returncode == 0, run.stderr
    assert words in run.stderr
    assert result["episodes"] + result["failed"] == 12
    assert result["failed"] == failed if failed is not None else 0 < result["failed"] < 12


def test_episodes_that_did_not_fail_are_the_ones_that_a_sound_peer_plays(tmp_path):
    returns = []
    for fault in ("none", "killed"):
        folder = tmp_path / fault
        folder.mkdir()
        out = folder / "out"
        argus("evaluate", scenario(folder, fault), "--episodes", 24, "--copies", HELD, "--out", out, check=0)
        line = json.loads((out / "evaluations.jsonl").read_text().splitlines()[0])
        returns.append(dict(zip(line["seeds"], line["returns"])))
    sound, rest = returns
    assert (len(sound), len(rest)) == (24, 24 - HELD)
    assert rest == {seed: sound[seed] for seed in rest}


def test_a_repeated_reply_is_dropped(tmp_path):
    run, result = evaluate(scenario(tmp_path, "twice"))
    assert "a late or repeated reply" in run.stderr
    assert (result["episodes"], result["failed"]) == (12, 0)


def test_a_peer_that_comes_back_with_another_specification_is_refused(tmp_path):
    run, _ = evaluate(scenario(tmp_path, "another-specification"))
    assert run.returncode == 1
    assert "the peer came back with another specification" in run.stderr.splitlines()[-1]


def test_a_peer_that_fails_in_every_episode_is_given_up(tmp_path):
    run, _ = evaluate(scenario(tmp_path, "exits", once=False), episodes=400)
    assert run.returncode == 1
    assert "error: " in run.stderr and "status 7" in run.stderr and "out of cheese" in run.stderr


def test_a_training_in_which_every_episode_fails_stops_and_goes_on_when_the_environment_is_mended(tmp_path):
    path, folder = scenario(tmp_path, "exception-in-step", once=False), tmp_path / "run"

    def train(*extra, **options):
        return argus("train", path, "--algorithm", "ippo", "--steps", 4096, "--evaluations", 1, "--evaluation-episodes", 4,
                     "--absolute-episodes", 8, "--set", "copies=4", "--set", "rollout_steps=32", *extra, **options)  # fmt: skip

    stopped = train("--out", folder)
    assert stopped.returncode == 1
    error = stopped.stderr.splitlines()[-1]
    assert error.startswith("error: every episode fails") and "the third step is too much" in error
    assert f"--resume {folder}" in error
    lost = json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])["step"]
    assert lost < 1024
    again = train("--resume", folder, FAULT="none", check=0)
    result = json.loads((folder / "result.json").read_text())
    assert result["step"] == 4096 and result["failed_training_episodes"] >= 100
    assert f"{result['failed_training_episodes']} episodes of training failed" in again.stdout
    report = argus("report", folder, check=0).stdout
    assert f"failed in training, and were learnt nothing from: {result['failed_training_episodes']} of seed 0" in report


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("dies-at-once", "ended by itself with status 1 (process"),
        ("never-connects", "the peer did not say hello within 1 s"),
    ],
)
def test_a_peer_that_does_not_start_is_an_error_with_its_last_words(tmp_path, fault, words):
    limit = 1 if fault == "never-connects" else 30
    run, _ = evaluate(scenario(tmp_path, fault, timeouts=f"{{start: {limit}}}"))
    assert run.returncode == 1
    assert run.stderr.startswith("error: cannot use peer (peer 'python ") and words in run.stderr
    if fault == "dies-at-once":
        assert "its last output: no module named cheese" in run.stderr


def test_a_command_that_is_not_there_is_an_error(tmp_path):
    path = tmp_path / "none.yaml"
    path.write_text('scenario: none\nversion: 1\nenvironment: {peer: "no-such-program"}\nhorizon: 10\n')
    run = argus("evaluate", path)
    assert run.returncode == 1 and "status 127" in run.stderr and "not found" in run.stderr


def test_several_peers_play_side_by_side_and_one_that_dies_takes_only_its_own(tmp_path):
    path = scenario(tmp_path, "killed", extra=", processes: 2")
    run, result = evaluate(path, episodes=16)
    assert run.returncode == 0, run.stderr
    assert "killed by signal 9 (killed)" in run.stderr and "during STEP of 2 copies" in run.stderr
    assert (result["episodes"], result["failed"]) == (14, 2)


def test_more_processes_change_no_episode(tmp_path):
    lines = []
    for extra in ("", ", processes: 3"):
        out = tmp_path / f"out{len(extra)}"
        path = scenario(tmp_path, "none", extra=extra)
        argus("evaluate", path, "--episodes", 20, "--copies", 7, "--out", out, check=0)
        line = json.loads((out / "evaluations.jsonl").read_text().splitlines()[0])
        lines.append((line["seeds"], line["returns"]))
    assert lines[0] == lines[1]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_peer_outlives_its_host(tmp_path, ending):
    path = scenario(tmp_path, "none")
    run = start("evaluate", path, "--episodes", 10_000_000)
    marker = f"faulty_peer.py none {tmp_path}"
    children = []
    for _ in range(200):
        children = subprocess.run(["pgrep", "-f", marker], capture_output=True, text=True).stdout.split()
        if children:
            break
        try:
            run.wait(0.1)
        except subprocess.TimeoutExpired:
            pass
    assert children
    run.send_signal(ending)
    run.wait(10)
    for _ in range(100):
        if subprocess.run(["pgrep", "-f", marker], capture_output=True).returncode != 0:
            return
        subprocess.run(["sleep", "0.1"])
    pytest.fail("the peer goes on although its host is gone")
