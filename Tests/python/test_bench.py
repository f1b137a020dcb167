"""A small suite from end to end: tables, reports, and going on after SIGKILL."""

import csv
import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from command import ARGUS, argus, environment, start

SUITE = """
suite: small
protocol: {seeds: 2, evaluation_episodes: 4, evaluations: 2, absolute_episodes: 8}
scenarios: [foraging/5x5-2p-1f, warehouse/starter]
entries:
  - {name: Random, team: random}
  - {name: Scripted, team: scripted}
  - {name: MAPPO, train: mappo, steps: 6000, set: {copies: 8, rollout_steps: 32}}
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    path = tmp_path_factory.mktemp("suite") / "small.yaml"
    path.write_text(SUITE)
    return path


def numbers(folder):
    """All results but for times."""
    results = {}
    for path in sorted(pathlib.Path(folder).rglob("result.json")):
        result = json.loads(path.read_text())
        for key in ("wall_seconds", "steps_per_second"):
            result.pop(key)
        results[str(path.relative_to(folder))] = result
    return results


@pytest.fixture(scope="module")
def finished(suite, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "out"
    result = argus("bench", suite, "--out", folder, "--jobs", 2, check=0)
    return folder, result


def test_the_table_shows_intervals_seeds_and_the_aggregate(finished):
    _, result = finished
    for words in ("foraging/5x5-2p-1f", "warehouse/starter", "Random", "Scripted", "MAPPO", "smoke test", "interquartile mean"):
        assert words.lower() in result.stdout.lower(), result.stdout
    assert "report.md" in result.stdout


def test_every_job_left_a_result_and_a_log(finished):
    folder, _ = finished
    assert len(numbers(folder)) == 2 * 3 * 2


def test_untrained_entries_play_the_same_episodes_as_trained_ones(finished):
    folder, _ = finished

    def absolute_seeds(entry):
        lines = (folder / "foraging/5x5-2p-1f" / entry / "seed-1" / "evaluations.jsonl").read_text().splitlines()
        records = [json.loads(line) for line in lines]
        return [record["seeds"] for record in records if record["purpose"] == "absolute"][0]

    assert absolute_seeds("Random") == absolute_seeds("MAPPO") == absolute_seeds("Scripted")


def test_csv_and_json_have_the_contract_names(finished):
    folder, _ = finished
    with open(next(folder.rglob("results.csv"))) as file:
        assert {"scenario", "entry", "seed", "step", "mode"} <= set(next(csv.reader(file)))
    results = json.loads(next(folder.rglob("results.json")).read_text())
    text = json.dumps(results)
    for name in ("scenario", "entry", "return", "ci95", "score", "episodes", "failed", "wall_seconds"):
        assert f'"{name}"' in text


def test_killed_at_any_moment_and_resumed_it_repeats_nothing_and_ends_the_same(suite, finished, tmp_path):
    folder = tmp_path / "out"
    process = start("bench", suite, "--out", folder, "--jobs", 2)
    kills = 0
    for enough in (1, 4, 8):
        deadline = time.time() + 120
        while time.time() < deadline and process.poll() is None and len(numbers(folder)) < enough:
            time.sleep(0.01)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        done = {path: os.stat(folder / path).st_mtime_ns for path in numbers(folder)}
        process = start("bench", "--resume", folder, "--jobs", 2)
        time.sleep(0.3)
        for path, time_of_change in done.items():
            assert os.stat(folder / path).st_mtime_ns == time_of_change
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert kills >= 1
    assert numbers(folder) == numbers(finished[0])


def test_report_over_finished_results_repeats_the_table(finished, tmp_path):
    folder, _ = finished
    result = argus("report", folder, "--format", "md,csv,json", "--out", tmp_path / "report", check=0)
    assert "MAPPO" in result.stdout
    assert list((tmp_path / "report").rglob("report.md"))


def test_a_job_goes_on_from_what_an_earlier_process_saves_while_it_waits_for_that(finished, tmp_path):
    folder = tmp_path / "out"
    shutil.copytree(finished[0], folder)
    job = next(folder.rglob("MAPPO/seed-0"))
    (job / "result.json").unlink()
    (job / "checkpoint").rename(tmp_path / "checkpoint")
    with open(job / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = start("bench", "--resume", str(folder), "--jobs", "1")
        assert any("waiting for an earlier process to end" in line for line in process.stderr)
        (tmp_path / "checkpoint").rename(job / "checkpoint")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, output + errors
    assert numbers(folder) == numbers(finished[0])


def test_a_job_that_an_earlier_process_ends_while_it_waits_for_that_is_not_run_again(finished, tmp_path):
    folder = tmp_path / "out"
    shutil.copytree(finished[0], folder)
    result = next(folder.rglob("Scripted/seed-0")) / "result.json"
    result.rename(tmp_path / "result.json")
    with open(result.parent / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = start("bench", "--resume", str(folder), "--jobs", "1")
        assert any("waiting for an earlier process to end" in line for line in process.stderr)
        (tmp_path / "result.json").rename(result)
        written = result.stat()
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, output + errors
    assert "Scripted seed 0: return" in errors, errors
    assert (result.stat().st_ino, result.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


def test_a_table_that_cannot_be_printed_is_an_error(finished):
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [str(ARGUS), "report", str(finished[0]), "--format", "md"], stdout=full, stderr=subprocess.PIPE, text=True,
            env=environment())
    assert result.returncode == 1 and "error: cannot write (standard output)" in result.stderr


def test_finished_jobs_are_carried_to_another_machine_by_three_small_files(finished, tmp_path):
    folder = tmp_path / "carried"
    for path in finished[0].rglob("*"):
        of_job = "MAPPO" in path.parts and path.name in ("run.json", "result.json", "evaluations.jsonl")
        if of_job or path.name == "suite.json":
            to = folder / path.relative_to(finished[0])
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(path.read_bytes())
    suite = json.loads((folder / "suite.json").read_text())
    for scenario in suite["scenarios"]:
        scenario["file"] = f"/elsewhere/{scenario['scenario']}.yaml"
    (folder / "suite.json").write_text(json.dumps(suite))
    carried = {path: path.stat().st_mtime_ns for path in folder.glob("*/**/*.json*")}
    assert len(carried) == 3 * 2 * 2
    argus("bench", "--resume", folder, "--jobs", 2, check=0)
    assert carried == {path: path.stat().st_mtime_ns for path in carried}
    assert numbers(folder) == numbers(finished[0])


@pytest.mark.parametrize("left", [None, "", "curve"])
def test_a_finished_job_that_has_lost_its_episodes_is_named(finished, tmp_path, left):
    folder = tmp_path / "out"
    shutil.copytree(finished[0], folder)
    path = next(folder.rglob("MAPPO/seed-1/evaluations.jsonl"))
    lines = path.read_text().splitlines(keepends=True)
    path.unlink()
    if left is not None:
        path.write_text("".join(line for line in lines if left and json.loads(line)["purpose"] == left))
    result = argus("bench", "--resume", folder)
    assert result.returncode == 1 and result.stderr.startswith("error: damaged result"), result.stderr
    assert f"{path}" in result.stderr and f"removing {path.parent}" in result.stderr


def test_a_part_of_a_suite_is_run_by_scenario_entry_and_seed(suite, tmp_path):
    folder = tmp_path / "out"
    part = argus("bench", suite, "--out", folder, "--entry", "Random", "--entry", "Scripted", "--seed", 1, check=0)
    tasks = ("foraging/5x5-2p-1f", "warehouse/starter")
    expected = {f"{task}/{entry}/seed-1/result.json" for task in tasks for entry in ("Random", "Scripted")}
    assert set(numbers(folder)) == expected and "4 of 12 jobs" in part.stderr
    assert f"8 of the suite's 12 jobs are left: argus bench --resume {folder}" in part.stderr
    argus("bench", "--resume", folder, "--scenario", tasks[0], "--entry", "Random", check=0)
    assert set(numbers(folder)) == expected | {f"{tasks[0]}/Random/seed-0/result.json"}
    for flag, value, known in (("entry", "Randm", "Random, Scripted, MAPPO"), ("seed", 2, "0, 1")):
        refused = argus("bench", "--resume", folder, f"--{flag}", value)
        assert refused.returncode != 0 and all(text in refused.stderr for text in (f"--{flag}", f"'{value}'", known))
    assert len(numbers(folder)) == 5


def test_dry_run_lists_jobs_and_runs_none(suite, tmp_path):
    result = argus("bench", suite, "--out", tmp_path / "out", "--dry-run", check=0)
    assert "MAPPO" in result.stdout and "estimate" in result.stdout.lower() and "a trial" in result.stdout
    assert not list(tmp_path.rglob("result.json"))


def test_numbers_do_not_depend_on_the_machines_cores(suite, tmp_path):
    def plan(*options):
        arguments = [ARGUS, "bench", suite, "--out", tmp_path / "out", "--dry-run", "--json", *options]
        # One core is all that this process and its children may use.
        return json.loads(subprocess.run(
            arguments, capture_output=True, text=True, check=True, env=environment(),
            preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})).stdout)  # fmt: skip

    assert (plan()["side_by_side"], plan()["threads"]) == (1, 1)
    assert (plan("--jobs", "3")["side_by_side"], plan("--jobs", "1", "--threads", "4")["threads"]) == (3, 4)
    for threads in (0, 1025):
        refused = argus("bench", suite, "--dry-run", "--threads", threads)
        assert refused.returncode != 0 and "--threads" in refused.stderr and str(threads) in refused.stderr


@pytest.mark.parametrize(
    "text,words",
    [
        (SUITE.replace("scripted", "scriptd"), ["scriptd", "scripted"]),
        (SUITE.replace("train: mappo", "train: mapo"), ["mapo", "mappo"]),
        (SUITE.replace("copies: 8", "copis: 8"), ["copis", "copies"]),
        (SUITE.replace("warehouse/starter", "warehouse/startr"), ["startr", "warehouse/starter"]),
        (SUITE.replace("suite: small", "suite: small\nsuite: twice"), ["suite"]),
        (SUITE.replace("  - {name: Random", "\t- {name: Random"), ["tab"]),
        (SUITE.replace("seeds: 2", "seeds: two"), ["seeds", "two"]),
        (SUITE.replace("entries:", "entrys:"), ["entrys", "entries"]),
    ],
)
def test_a_bad_suite_is_refused_before_any_job(tmp_path, text, words):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    result = argus("bench", path, "--out", tmp_path / "out")
    assert result.returncode in (1, 2)
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("error: ") and "bad.yaml" in lines[0], result.stderr
    for word in words:
        assert word in lines[0], lines[0]
    assert not list(tmp_path.rglob("result.json"))
