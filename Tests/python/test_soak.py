"""Many peers for a long time: no message is lost or exchanged, and no process grows.

24 peers side by side on however many cores there are. Runs for ARGUS_SOAK minutes; without it, a few seconds with four
peers show that the check itself works.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import pytest
from command import start

import soak_peer

PEER = pathlib.Path(soak_peer.__file__)
MINUTES = float(os.environ.get("ARGUS_SOAK", "0"))
# MiB that a process may be larger in the last quarter of the time than in the second.
GROWTH = 2.0


def scenario(folder: pathlib.Path, processes: int, command: str) -> pathlib.Path:
    path = folder / "soak.yaml"
    path.write_text(
        f'scenario: soak\nversion: 1\nenvironment: {{peer: "{command}", processes: {processes}}}\nhorizon: 100\n'
        "masks: none\ntimeouts: {start: 120, step: 60}\n"
    )
    return path


def memory(pid: int) -> float:
    """Resident memory of a process, MiB; 0 once it is gone."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0


def children(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [child for first in map(int, found) for child in [first, *children(first)]]


def play(
    folder: pathlib.Path, processes: int, episodes: int, limit: float
) -> tuple[dict[str, float], int, float, dict[int, list[float]], str]:
    """Evaluates; returns by seed, failed episodes, seconds, memory samples by process, progress and warnings."""
    out = folder / f"out{episodes}"
    begin = time.monotonic()
    run = start(
        "evaluate", scenario(folder, processes, f"{sys.executable} {PEER} environment"),
        "--team", f'peer:"{sys.executable} {PEER} policy"',
        "--episodes", episodes, "--copies", 4 * processes, "--out", out,
    )  # fmt: skip
    samples: dict[int, list[float]] = {}
    try:
        due = begin + min(10, limit / 10)
        while run.poll() is None and time.monotonic() < begin + limit:
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(0.2)
            if time.monotonic() >= due and run.poll() is None:
                due += min(10, limit / 10)
                for pid in [run.pid, *children(run.pid)]:
                    samples.setdefault(pid, []).append(memory(pid))
        assert run.poll() is not None, "the host hangs"
    finally:
        run.kill()
        _, errors = run.communicate()
    assert run.returncode == 0, errors
    line = json.loads((out / "evaluations.jsonl").read_text().splitlines()[0])
    returns = dict(zip(line["seeds"], line["returns"], strict=True))
    return returns, line["failed"], time.monotonic() - begin, samples, errors


def require_right(returns: dict[str, float], episodes: int) -> None:
    assert len(returns) == episodes
    assert returns == {seed: soak_peer.expected_return(int(seed)) for seed in returns}


def test_four_peers_and_a_policy_agree_on_every_action(tmp_path):
    returns, failed, _, _, errors = play(tmp_path, 4, 400, 100)
    require_right(returns, 400)
    assert failed == 0 and "warning:" not in errors, errors


def test_an_exchanged_action_would_be_seen(tmp_path):
    # A peer whose agents want something else at step 3.
    program = tmp_path / "other.py"
    program.write_text(
        f"import sys\nsys.path.insert(0, {str(PEER.parent)!r})\nimport soak_peer\n"
        "wanted = soak_peer.choice\n"
        "def choice(seed, agent, step):\n    return wanted(seed, agent, step + (step == 3))\n"
        "soak_peer.choice = choice\nsys.argv[1:] = ['environment']\nsoak_peer.main()\n"
    )
    out = tmp_path / "out"
    run = start(
        "evaluate", scenario(tmp_path, 1, f"{sys.executable} {program}"),
        "--team", f'peer:"{sys.executable} {PEER} policy"', "--episodes", 20, "--out", out,
    )  # fmt: skip
    _, errors = run.communicate(timeout=100)
    assert run.returncode == 1 and "every episode failed" in errors and "step 3, agent 0: found" in errors


@pytest.mark.skipif(MINUTES <= 0, reason="ARGUS_SOAK=MINUTES is not set")
def test_many_peers_for_a_long_time(tmp_path):
    processes, sample = 24, 4800
    begin = time.monotonic()
    _, _, short, _, _ = play(tmp_path, processes, sample, 600)
    _, _, long, _, _ = play(tmp_path, processes, 4 * sample, 600)
    # The start of all the processes takes its time too.
    rate = 3 * sample / max(0.1, long - short)
    seconds = max(30.0, 60 * MINUTES - (time.monotonic() - begin))
    episodes = int(rate * seconds)
    returns, failed, spent, samples, errors = play(tmp_path, processes, episodes, 3 * seconds + 300)
    require_right(returns, episodes)
    assert failed == 0 and "warning:" not in errors, errors
    assert len(samples) == 1 + processes + 1, "a peer was started again"
    growth = {}
    for pid, values in samples.items():
        quarter = len(values) // 4
        second, last = values[quarter : 2 * quarter], values[-quarter:]
        growth[pid] = statistics.median(last) - statistics.median(second)
    print(
        f"\n{episodes} episodes in {spent:.0f} s, host {next(iter(samples.values()))[-1]:.0f} MiB; growth of the host "
        f"{next(iter(growth.values())):.2f} MiB, of the peers at most {max(list(growth.values())[1:]):.2f} MiB"
    )
    # The host keeps seed, return and length of each episode for the result.
    host, *peers = growth.values()
    assert max(peers) < GROWTH, growth
    assert host < GROWTH + episodes / 2 * 200 / (1 << 20), growth
