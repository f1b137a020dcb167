"""The built command `argus` from outside: help, exit status, error messages, output, recordings.

Runs `.build/release/argus` below the repository's root, or the program that ARGUS_COMMAND names.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("ARGUS_COMMAND", str(ROOT / ".build" / "release" / "argus"))
SCENARIO = "foraging/8x8-2p-2f-coop"
COMMANDS = ["list", "describe", "play", "train", "evaluate", "verify", "bench", "report", "serve", "keys", "new", "validate"]
# WHAT (WHERE): found X, expected Y. [Try Z.]
ERROR = re.compile(r"^error: \S.* \(.+\): found .+, expected .+?\.( Try .+\.)?$")
ESCAPE = "\x1b"

pytestmark = pytest.mark.skipif(not os.access(COMMAND, os.X_OK), reason="argus is not built")


def argus(*arguments, cwd=None, **variables):
    """Runs the command without a terminal."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARGUS_PLUGIN")}
    environment |= {"ARGUS_HOME": str(ROOT)} | variables
    return subprocess.run(
        [COMMAND, *map(str, arguments)], cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", timeout=120)


def has_training():
    return "libtorch" not in argus("list", "algorithms").stderr


def assert_error(result, status, *words):
    """One line in the standard form, that holds all `words`, and nothing on standard output."""
    assert result.returncode == status, result.stderr
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert ERROR.match(lines[0]), lines[0]
    for word in words:
        assert word in lines[0], lines[0]


# Help


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_an_example_and_exits_with_0(command):
    result = argus(command, "--help")
    assert result.returncode == 0
    assert "example" in result.stdout.lower()
    assert f"argus {command}" in result.stdout
    assert result.stderr == ""


def test_help_lists_every_command():
    result = argus("--help")
    assert result.returncode == 0
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", result.stdout, re.MULTILINE), command


# Misuse: status 2


@pytest.mark.parametrize("arguments, words", [
    (["plya"], ["'plya'", "Try 'argus play'."]),
    (["help", "plya"], ["'plya'", "Try 'argus play'."]),
    (["--jsn"], ["'--jsn'"]),
    (["play", SCENARIO, "--sed", "3"], ["argus play", "'--sed'", "Try '--seed'."]),
    (["play", SCENARIO, "--seed", "x"], ["--seed", "'x'", "whole number"]),
    (["play", SCENARIO, "--seed"], ["--seed"]),
    (["play", SCENARIO, "--delay", "x"], ["--delay", "'x'", "a number"]),
    (["play", SCENARIO, "--render", "txt"], ["--render", "'txt'", "Try 'text'."]),
    (["play", SCENARIO, "--episodes", "0"], ["--episodes", "0"]),
    (["play", SCENARIO, "extra"], ["'extra'"]),
    (["play"], ["argus play", "argus list scenarios"]),
    (["play", SCENARIO, "--scenario", "foraging/5x5-2p-1f"], ["two scenarios"]),
    (["list", "scenaros"], ["'scenaros'", "Try 'scenarios'."]),
    (["evaluate", SCENARIO, "--mode", "greddy"], ["--mode", "'greddy'", "Try 'greedy'."]),
    (["evaluate", SCENARIO, "--threads", "0"], ["--threads"]),
    (["evaluate", SCENARIO, "--progress", "jsn"], ["--progress", "Try 'json'."]),
    (["verify", "foraging"], ["argus verify", "<file>"]),
    (["verify", "foraging", "x.jsonl", "--tolerance=-1"], ["--tolerance"]),
    (["bench"], ["argus bench"]),
    (["bench", "quick", "--jobs", "0"], ["--jobs"]),
    (["report"], ["argus report"]),
    (["report", ".", "--format", "htm"], ["--format", "'htm'"]),
])
def test_misuse_exits_with_2_and_says_what_was_meant(arguments, words):
    assert_error(argus(*arguments), 2, *words)


@pytest.mark.parametrize("team, words", [
    ("randm", ["'randm'", "Try 'random'."]),
    ("scripted:gredy", ["'gredy'", "Try 'scripted:greedy'."]),
    ("player_7=random,*=random", ["'player_7'", "player_0, player_1"]),
    ("player_0=random", ["none for player_1"]),
    ("player_0=random,player_0=scripted,*=random", ["player_0"]),
    (",", ["''"]),
    ('player_0="random', ['"']),
    ("random:7", ["'random:7'", "expected none"]),
    ("peer:", ["expected a command"]),
    ("llm:smollm2?mod=score", ["unknown option", "'mode'"]),
])
def test_a_bad_team_exits_with_2_and_names_the_option(team, words):
    for command in ["play", "evaluate"]:
        assert_error(argus(command, SCENARIO, "--team", team), 2, "--team", *words)


def test_a_person_plays_only_where_somebody_watches():
    assert_error(argus("evaluate", SCENARIO, "--team", "human"), 2, "--team", "'argus play SCENARIO --team human'")


# Failures: status 1


@pytest.mark.parametrize("command", ["play", "describe", "evaluate"])
def test_a_misspelt_scenario_gets_the_nearest_one(command):
    assert_error(argus(command, "foraging/8x8-2p-2f-cop"), 1, "unknown scenario", f"'{SCENARIO}'")
    assert_error(argus(command, "--scenario", "8x8-2p-2f-coop"), 1, "unknown scenario", f"'{SCENARIO}'")


def test_a_misspelt_suite_gets_the_nearest_one():
    assert_error(argus("bench", "quik"), 1, "unknown suite", "'quick'")


@pytest.mark.parametrize("arguments", [
    ["play", "missing.yaml"],
    ["describe", "missing.yaml"],
    ["verify", "foraging", "missing.jsonl"],
    ["bench", "missing.yaml"],
    ["report", "missing"],
])
def test_a_missing_file_is_named(arguments, tmp_path):
    assert_error(argus(*arguments, cwd=tmp_path), 1, "missing")


@pytest.mark.parametrize("name, text, words", [
    ("tab", "scenario: a/b\n\tversion: 1\n", [":2"]),
    ("duplicate", "scenario: a/b\nversion: 1\nversion: 2\n", [":3", "version"]),
    ("type", "scenario: a/b\nversion: 1\nenvironment: foraging\nhorizon: long\n", [":4", "horizon", "'long'"]),
    ("key", "scenario: a/b\nversion: 1\nenvironment: foraging\nhorizn: 5\n", [":4", "horizn", "horizon"]),
    ("parameter", "scenario: a/b\nversion: 1\nenvironment: foraging\nhorizon: 5\nparameters: {rovs: 8}\n",
     [":5", "'rovs'", "'rows'"]),
    ("environment", "scenario: a/b\nversion: 1\nenvironment: foragin\nhorizon: 5\n", ["'foragin'", "'foraging'"]),
])
def test_a_bad_scenario_file_is_told_with_its_line(name, text, words, tmp_path):
    path = tmp_path / f"{name}.yaml"
    path.write_text(text)
    for command in ["play", "describe", "evaluate"]:
        assert_error(argus(command, path), 1, *words)


def test_output_that_cannot_be_written_is_told(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert_error(argus("evaluate", SCENARIO, "--out", blocked / "run"), 1, str(blocked))
    assert_error(argus("play", SCENARIO, "--record", blocked / "own.jsonl"), 1, "own.jsonl")


def test_a_plugin_path_that_is_missing_is_told():
    assert_error(argus("play", SCENARIO, ARGUS_PLUGIN_PATH="/missing/lib.so"), 1, "ARGUS_PLUGIN_PATH", "/missing/lib.so")


# Lists and descriptions


@pytest.mark.parametrize("kind", ["scenarios", "environments", "policies", "suites"])
def test_lists_fit_100_columns_without_escape_codes(kind):
    result = argus("list", kind)
    assert result.returncode == 0, result.stderr
    assert ESCAPE not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert_columns_stand_apart(result.stdout)
    assert json.loads(argus("list", kind, "--json").stdout)


def assert_columns_stand_apart(table):
    _, rule, *rows = table.split("\n\n")[0].splitlines()
    assert set(rule) == {"-", " "}
    gaps = [match.start() for match in re.finditer("  ", rule)]
    for row in rows:
        assert all(row[gap:gap + 2].strip() == "" for gap in gaps), row


def test_list_scenarios_has_the_sizes_of_each():
    items = {item["scenario"]: item for item in json.loads(argus("list", "--json").stdout)}
    assert items[SCENARIO]["agents"] == 2
    assert items[SCENARIO]["horizon"] == 50
    assert items[SCENARIO]["observation_size"] == 12
    assert items[SCENARIO]["views"] == ["vector", "text"]
    assert items[SCENARIO]["description"]


def test_list_policies_says_which_see_the_state():
    items = json.loads(argus("list", "policies", "--json").stdout)
    foraging = {item["policy"]: item for item in items if item.get("environment") == "foraging"}
    assert foraging["scripted"]["sees_state"] is True
    assert foraging["scripted:greedy"]["sees_state"] is False
    assert SCENARIO in foraging["scripted"]["scenarios"]
    assert {"random", "run:DIR"} <= {item["policy"] for item in items}


def test_list_algorithms_has_them_or_says_that_libtorch_is_missing():
    result = argus("list", "algorithms")
    if has_training():
        assert "mappo" in result.stdout
    else:
        assert_error(result, 1, "libtorch")


def test_describe_tells_rules_layout_parameters_and_references():
    result = argus("describe", SCENARIO)
    assert result.returncode == 0
    assert ESCAPE not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100
    for word in ["Rules", "food_0", "min_food_level", "failed_loads", "scripted:greedy", "MAPPO", "libForaging.so"]:
        assert word in result.stdout
    document = json.loads(argus("describe", "--scenario", SCENARIO, "--json").stdout)
    assert [part["offset"] for part in document["observation"]["parts"]] == [0, 3, 6, 9]
    assert sum(part["count"] for part in document["observation"]["parts"]) == document["observation"]["size"]
    coop = next(parameter for parameter in document["parameters"] if parameter["name"] == "coop")
    assert (coop["value"], coop["default"]) == ("true", "false")


# Play, record, verify


def test_play_prints_a_frame_for_every_step():
    result = argus("play", SCENARIO, "--team", "scripted", "--seed", "3")
    assert result.returncode == 0
    assert ESCAPE not in result.stdout
    steps = re.findall(r"^step (\d+):", result.stdout, re.MULTILINE)
    assert [int(step) for step in steps] == list(range(1, len(steps) + 1))
    assert "seed 3" in result.stdout
    assert result.stdout.count("player_0") >= len(steps)
    assert "p0" in result.stdout
    assert "terminated" in result.stdout


def test_play_without_rendering_prints_results_only():
    result = argus("play", SCENARIO, "--render", "none", "--episodes", "3")
    assert result.returncode == 0
    assert "step 1" not in result.stdout
    document = json.loads(argus("play", SCENARIO, "--episodes", "3", "--json").stdout)
    assert [episode["seed"] for episode in document["episodes"]] == [0, 1, 2]


def record(path, *arguments):
    result = argus("play", SCENARIO, "--render", "none", "--record", path, *arguments)
    assert result.returncode == 0, result.stderr
    return path


def test_a_recording_can_be_verified(tmp_path):
    path = record(tmp_path / "own.jsonl", "--team", "player_0=scripted:greedy,*=random", "--episodes", "5", "--seed", 7)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0]["environment"] == "foraging"
    assert lines[0]["agents"] == ["player_0", "player_1"]
    assert [line["seed"] for line in lines[1:]] == [7, 8, 9, 10, 11]
    steps = sum(len(line["actions"]) for line in lines[1:])
    assert all(len(line["observations"]) == len(line["actions"]) + 1 for line in lines[1:])
    result = argus("verify", "foraging", path)
    assert result.returncode == 0, result.stderr
    assert f"5 episodes, {steps} steps, all equal" in result.stdout
    document = json.loads(argus("verify", "foraging", path, "--json").stdout)
    assert (document["equal"], document["episodes"], document["steps"]) == (True, 5, steps)


def test_the_same_seed_gives_the_same_recording(tmp_path):
    first = record(tmp_path / "first.jsonl", "--episodes", "3")
    second = record(tmp_path / "second.jsonl", "--episodes", "3")
    assert first.read_bytes() == second.read_bytes()


def altered(path, change):
    """A copy of a recording whose second episode has been changed."""
    lines = path.read_text().splitlines()
    episode = json.loads(lines[2])
    change(episode)
    lines[2] = json.dumps(episode)
    changed = path.with_name("changed.jsonl")
    changed.write_text("\n".join(lines) + "\n")
    return changed


def change_observation(episode):
    episode["observations"][4][1][2] += 2.0 ** -20


def change_reward(episode):
    episode["rewards"][4][1] += 0.25


def end_early(episode):
    episode["terminated"][-1] = not episode["terminated"][-1]


@pytest.mark.parametrize("change, words", [
    (change_observation, ["episode 2", "step 4", "player_1", "observation, component 2"]),
    (change_reward, ["episode 2", "step 5", "player_1", "reward"]),
    (end_early, ["episode 2", "end"]),
])
def test_verify_names_the_first_difference(change, words, tmp_path):
    path = altered(record(tmp_path / "own.jsonl", "--episodes", "3"), change)
    result = argus("verify", "foraging", path)
    assert result.returncode == 1
    assert ERROR.match(result.stderr.strip()), result.stderr
    for word in [f"{path}:3", "seed 1", *words]:
        assert word in result.stderr
    assert "1 episode," in result.stdout


def test_a_tolerance_forgives_small_differences(tmp_path):
    path = altered(record(tmp_path / "own.jsonl", "--episodes", "3"), change_observation)
    assert argus("verify", "foraging", path, "--tolerance", "0.001").returncode == 0


@pytest.mark.parametrize("change, words", [
    (lambda episode: episode.pop("seed"), ["'seed'"]),
    (lambda episode: episode["actions"].pop(), ["'rewards'"]),
    (lambda episode: episode["actions"][0].pop(), ["'actions[0]'"]),
    (lambda episode: episode["observations"][0][0].pop(), ["'observations[0]'"]),
    (lambda episode: episode.update(rewards="none"), ["'rewards'"]),
])
def test_a_bad_recording_is_told_with_its_line(change, words, tmp_path):
    path = altered(record(tmp_path / "own.jsonl", "--episodes", "3"), change)
    assert_error(argus("verify", "foraging", path), 1, f"{path}:3", *words)


def test_a_recording_of_something_else_is_refused(tmp_path):
    path = record(tmp_path / "own.jsonl")
    assert_error(argus("verify", "warehouse", path), 1, f"{path}:1", "'foraging'", "'warehouse'")
    path.write_text("")
    assert_error(argus("verify", "foraging", path), 1, "empty")
    path.write_text("{\n")
    assert_error(argus("verify", "foraging", path), 1, f"{path}:1", "JSON")


# Evaluate


def test_evaluate_prints_json_under_the_names_of_reports():
    result = argus("evaluate", SCENARIO, "--team", "scripted", "--episodes", "50", "--json")
    assert result.returncode == 0
    document = json.loads(result.stdout)
    assert document["scenario"] == SCENARIO
    assert document["entry"] == "scripted"
    assert document["centralised"] is True
    assert document["mode"] == "sampled"
    assert (document["episodes"], document["failed"], document["seed"], document["step"]) == (50, 0, 0, 0)
    assert document["return"]["n"] == 50
    low, high = document["return"]["ci95"]
    assert low <= document["return"]["mean"] <= high
    assert document["score"] > 0.9
    assert {"food_collected", "loads"} <= document["metrics"].keys()
    assert document["wall_seconds"] > 0 and document["steps_per_second"] > 0


def test_the_number_of_copies_and_threads_changes_nothing():
    def run(*arguments):
        document = json.loads(argus("evaluate", SCENARIO, "--episodes", "40", "--json", *arguments).stdout)
        return document["return"], document["metrics"]

    assert run("--copies", "1") == run("--copies", "7", "--threads", "2") == run()


def test_evaluate_writes_a_run_folder(tmp_path):
    result = argus(
        "evaluate", SCENARIO, "--episodes", "20", "--seed", "5", "--entry", "Chance", "--out", tmp_path / "run",
        "--progress", "json")
    assert result.returncode == 0, result.stderr
    last = json.loads(result.stdout.splitlines()[-1])
    assert (last["phase"], last["step"], last["steps"]) == ("done", 20, 20)
    manifest = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (manifest["entry"], manifest["team"], manifest["seed"]) == ("Chance", "random", 5)
    outcome = json.loads((tmp_path / "run" / "result.json").read_text())
    assert outcome["outcomes"]["sampled"]["return"]["n"] == 20
    (line,) = (tmp_path / "run" / "evaluations.jsonl").read_text().splitlines()
    episodes = json.loads(line)
    assert len(set(episodes["seeds"])) == len(episodes["returns"]) == 20
    assert episodes["purpose"] == "absolute"
    # The same again is fine, something else is not.
    again = ["evaluate", SCENARIO, "--episodes", "20", "--seed", "5", "--entry", "Chance", "--out", tmp_path / "run"]
    assert argus(*again).returncode == 0
    assert_error(argus(*again, "--team", "scripted"), 1, "another run")
    report = argus("report", tmp_path / "run", "--format", "md,csv", "--out", tmp_path / "report")
    assert report.returncode == 0, report.stderr
    assert "Chance" in report.stdout
    assert (tmp_path / "report" / "report.md").exists()


def long_evaluation(*arguments, **options):
    return subprocess.Popen(
        [COMMAND, "evaluate", SCENARIO, "--team", "scripted", "--episodes", "1000000", *arguments],
        env=os.environ | {"ARGUS_HOME": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


def wait_until_it_catches(process, number):
    """Waits until the process has a handler of its own for the signal."""
    for _ in range(1000):
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        caught = int(re.search(r"^SigCgt:\s*([0-9a-f]+)", status, re.MULTILINE)[1], 16)
        if caught >> (number - 1) & 1:
            return
        time.sleep(0.01)
    raise AssertionError("no handler within 10 s")


def test_an_interrupt_exits_with_130():
    process = long_evaluation(stdin=subprocess.DEVNULL)
    wait_until_it_catches(process, signal.SIGINT)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130


def test_a_closed_standard_input_stops_if_asked_to():
    process = long_evaluation("--stop-with-stdin", stdin=subprocess.PIPE)
    time.sleep(0.3)
    assert process.poll() is None
    process.stdin.close()
    assert process.wait(timeout=10) == 130


# Bench and train


def test_bench_lists_its_jobs_without_running_them(tmp_path):
    suite = tmp_path / "mini.yaml"
    suite.write_text(
        "suite: mini\nprotocol: {seeds: 2, evaluation_episodes: 4, evaluations: 1}\n"
        f"scenarios: [{SCENARIO}]\nentries:\n  - {{name: Random, team: random}}\n")
    result = argus("bench", suite, "--dry-run", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert [job["seed"] for job in json.loads(result.stdout)["jobs"]] == [0, 1]
    assert not (tmp_path / "results").exists()


def test_bench_refuses_a_misspelt_policy_before_any_job(tmp_path):
    suite = tmp_path / "mini.yaml"
    suite.write_text(
        "suite: mini\nprotocol: {seeds: 1, evaluation_episodes: 4, evaluations: 1}\n"
        f"scenarios: [{SCENARIO}]\nentries:\n  - {{name: Random, team: randm}}\n")
    assert_error(argus("bench", suite, cwd=tmp_path), 1, "mini.yaml", "'randm'", "Try 'random'.")
    assert not (tmp_path / "results").exists()


def test_bench_runs_reports_and_resumes(tmp_path):
    suite = tmp_path / "mini.yaml"
    suite.write_text(
        "suite: mini\nprotocol: {seeds: 2, evaluation_episodes: 4, evaluations: 1}\n"
        f"scenarios: [{SCENARIO}]\nentries:\n  - {{name: Random, team: random}}\n  - {{name: Script, team: scripted}}\n")
    out = tmp_path / "out"
    result = argus("bench", suite, "--out", out)
    assert result.returncode == 0, result.stderr
    assert "Random" in result.stdout and "Script" in result.stdout
    assert ESCAPE not in result.stdout + result.stderr
    done = {path: path.stat().st_mtime_ns for path in out.rglob("result.json")}
    assert len(done) == 4
    again = argus("bench", "--resume", out)
    assert again.returncode == 0, again.stderr
    assert {path: path.stat().st_mtime_ns for path in out.rglob("result.json")} == done


def test_only_commands_with_networks_load_libtorch_and_say_it_when_they_cannot(tmp_path):
    if not has_training():
        pytest.skip("this build has no libtorch")
    run = tmp_path / "run"
    trained = argus("train", "matrix-games/climbing", "--algorithm", "ippo", "--steps", 500, "--out", run)
    assert trained.returncode == 0, trained.stderr
    # The command alone, without the library that is built beside it.
    alone = tmp_path / "argus"
    shutil.copy(COMMAND, alone)
    folder = str(pathlib.Path(COMMAND).parent)

    def without(*arguments):
        return subprocess.run(
            [alone, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120,
            env=os.environ | {"ARGUS_HOME": str(ROOT), "ARGUS_PLUGIN_PATH": folder})

    for arguments in [["list"], ["evaluate", SCENARIO, "--team", "random", "--episodes", 2], ["list", "algorithms"]]:
        result = without(*arguments)
        assert result.returncode == 0, result.stderr
    for arguments in [
        ["train", SCENARIO, "--algorithm", "ippo", "--out", tmp_path / "other"],
        ["evaluate", "matrix-games/climbing", "--team", f"run:{run}"],
        ["evaluate", SCENARIO, "--team", "llm:smollm2"],
    ]:
        assert_error(without(*arguments), 1, "libtorch cannot be loaded", "libCTorchLibrary.so")
    assert not (tmp_path / "other").exists()


def test_train_refuses_unknown_names_or_says_that_libtorch_is_missing(tmp_path):
    if not has_training():
        assert_error(argus("train", SCENARIO, "--algorithm", "mappo", cwd=tmp_path), 1, "libtorch", "./argus")
        assert_error(argus("play", SCENARIO, "--team", "run:x", cwd=tmp_path), 1, "libtorch")
        return
    assert_error(argus("train", SCENARIO, "--algorithm", "mapo", cwd=tmp_path), 2, "--algorithm", "mappo")
    assert_error(
        argus("train", SCENARIO, "--algorithm", "mappo", "--set", "hiden=3", cwd=tmp_path), 2, "--set", "hidden")
    assert_error(argus("train", SCENARIO, "--algorithm", "mappo", "--device", "cuda", cwd=tmp_path), 2, "--device")
    assert_error(argus("play", SCENARIO, "--team", "run:missing", cwd=tmp_path), 1, "missing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["list"], ["describe", SCENARIO], ["plya"]])
def test_colour_needs_a_terminal_and_no_NO_COLOR(arguments):
    """Run under a terminal of our own: escape codes there, none with NO_COLOR, none in a pipe."""
    pty = pytest.importorskip("pty")

    def output(**variables):
        leader, follower = pty.openpty()
        environment = os.environ | {"ARGUS_HOME": str(ROOT), "TERM": "xterm"} | variables
        if "NO_COLOR" not in variables:
            environment.pop("NO_COLOR", None)
        process = subprocess.Popen([COMMAND, *arguments], env=environment, stdout=follower, stderr=follower)
        os.close(follower)
        text = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.close(leader)
        process.wait(timeout=10)
        return text.decode()

    assert ESCAPE in output()
    assert ESCAPE not in output(NO_COLOR="1")
    result = argus(*arguments)
    assert ESCAPE not in result.stdout + result.stderr


def test_a_score_in_a_metric_that_is_not_there_names_the_nearest(tmp_path):
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(
        "scenario: mine/field\nversion: 1\nenvironment: foraging\nhorizon: 10\n"
        "score: {metric: food_colected, floor: 0.0, ceiling: 1.0}\n"
    )
    result = argus("evaluate", scenario, "--episodes", 2)
    assert result.returncode == 1
    assert "food_collected" in result.stderr and "score.metric" in result.stderr and "mine.yaml" in result.stderr
