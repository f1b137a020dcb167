"""Training from the command line: reproducible, resumable, and hard to break."""

import contextlib
import json
import os
import pathlib
import pty
import resource
import shutil
import signal
import subprocess

import pytest

from command import ARGUS, ROOT, argus, environment, start
from training_runs import arguments, out, outcome, resume, wait_for_lines

FEED_FORWARD = ["--set", "copies=8", "--set", "rollout_steps=32", "--set", "minibatches=2"]
RECURRENT = [*FEED_FORWARD, "--set", "recurrent=true", "--set", "hidden=32"]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    results = {}
    for name, settings in (("feed-forward", FEED_FORWARD), ("recurrent", RECURRENT)):
        argus(*arguments(out(folder / name), *settings), check=0)
        results[name] = outcome(folder / name)
    return results


def interrupt_and_resume(folder, sent, settings, **options):
    """Trains to the end, with interruptions."""

    def listen():
        # Whoever runs the tests by nohup has it ignored.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    process = start(*map(str, arguments(out(folder), *settings, **options)), preexec_fn=listen)
    interruptions = 0
    for updates in (5, 20, 35):
        wait_for_lines(folder / "metrics.jsonl", updates, process)
        if process.poll() is not None:
            break
        process.send_signal(sent)
        _, errors = process.communicate(timeout=120)
        if sent != signal.SIGKILL:
            assert process.returncode == 130, errors
            assert "--resume" in errors
        interruptions += 1
        process = start(*map(str, arguments(resume(folder), *settings, **options)), preexec_fn=listen)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert interruptions >= 1


@pytest.mark.parametrize("name,settings", [("feed-forward", FEED_FORWARD), ("recurrent", RECURRENT)])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_and_resumed_run_equals_the_uninterrupted_one_bit_for_bit(
    tmp_path, uninterrupted, name, settings, sent
):
    interrupt_and_resume(tmp_path / "run", sent, settings)
    assert outcome(tmp_path / "run") == uninterrupted[name]


@pytest.mark.parametrize("algorithm,state", [("ippo", "concat"), ("mappo", "native")])
def test_a_run_of_agents_that_talk_resumes_with_their_messages_on_the_way(tmp_path, algorithm, state):
    scenario = tmp_path / "talk.yaml"
    scenario.write_text(
        f"scenario: mine/talk\nversion: 1\nenvironment: foraging\nparameters: {{players: 3}}\nhorizon: 40\n"
        f"state: {state}\ncommunication: {{symbols: 3, delay: 4, loss: 0.2, per_episode: 30}}\n"
    )
    options = {"scenario": scenario, "algorithm": algorithm}
    argus(*arguments(out(tmp_path / "whole"), *FEED_FORWARD, **options), check=0)
    interrupt_and_resume(tmp_path / "run", signal.SIGKILL, FEED_FORWARD, **options)
    assert outcome(tmp_path / "run") == outcome(tmp_path / "whole")
    # Who has learnt to be silent is so greedily; sampled, everybody talks.
    records = [json.loads(line) for line in (tmp_path / "run" / "evaluations.jsonl").read_text().splitlines()]
    sampled = [record["metrics"] for record in records if record["mode"] == "sampled"]
    assert len(sampled) == 9
    assert all(max(metrics["messages_sent"]) > 20 and max(metrics["messages_lost"]) > 5 for metrics in sampled)


def test_a_run_from_before_unscaled_range_had_all_bounds_mapped_and_goes_on_so(tmp_path):
    mapped = [*FEED_FORWARD, "--set", "unscaled_range=0"]
    argus(*arguments(out(tmp_path / "whole"), *mapped), check=0)
    folder = tmp_path / "run"
    process = start(*map(str, arguments(out(folder), *mapped)))
    wait_for_lines(folder / "metrics.jsonl", 5, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode == 130
    manifest = json.loads((folder / "run.json").read_text())
    assert manifest["hyperparameters"].pop("unscaled_range") == "0.0"
    manifest["changed_hyperparameters"].remove("unscaled_range")
    (folder / "run.json").write_text(json.dumps(manifest))
    refused = argus(*arguments(resume(folder), *FEED_FORWARD))
    assert refused.returncode != 0 and "unscaled_range=32.0" in refused.stderr, refused.stderr
    argus(*arguments(resume(folder), *mapped), check=0)
    assert outcome(folder) == outcome(tmp_path / "whole")


def test_a_run_killed_in_its_last_evaluation_repeats_nothing_but_that(tmp_path, uninterrupted):
    folder = tmp_path / "run"
    process = start(*map(str, arguments(out(folder), *FEED_FORWARD)))
    # 4 evaluations of 3 lines each; what comes after is the absolute metric.
    wait_for_lines(folder / "evaluations.jsonl", 13, process)
    process.kill()
    process.communicate()
    argus(*arguments(resume(folder), *FEED_FORWARD), check=0)
    assert outcome(folder) == uninterrupted["feed-forward"]


def test_a_run_killed_between_a_checkpoint_and_its_best_policy_writes_that_again(tmp_path):
    argus(*arguments(out(tmp_path / "whole"), *FEED_FORWARD, "--evaluations", 1), check=0)
    folder = tmp_path / "run"
    process = start(*map(str, arguments(out(folder), *FEED_FORWARD, "--evaluations", 1)))
    # 2 evaluations of 3 lines each: the second is the best, and of the checkpoint's step.
    wait_for_lines(folder / "evaluations.jsonl", 7, process)
    process.kill()
    process.communicate()
    (folder / "checkpoint" / "best.safetensors").unlink()
    argus(*arguments(resume(folder), *FEED_FORWARD, "--evaluations", 1), check=0)
    assert outcome(folder) == outcome(tmp_path / "whole")


@pytest.mark.parametrize("algorithm", ["ippo", "mappo"])
@pytest.mark.parametrize("recurrent", ["false", "true"])
@pytest.mark.parametrize("players,reward,state", [(1, "individual", "concat"), (3, "individual", "native"), (3, "team", "native")])
def test_every_kind_of_critic_trains(tmp_path, algorithm, recurrent, players, reward, state):
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(
        f"scenario: mine/field\nversion: 1\nenvironment: foraging\nhorizon: 15\nreward: {reward}\nstate: {state}\n"
        f"parameters: {{rows: 6, columns: 6, players: {players}, foods: 1, max_food_level: 1}}\n"
    )
    folder = tmp_path / "run"
    settings = [*FEED_FORWARD, "--set", f"recurrent={recurrent}"]
    argus(*arguments(out(folder), *settings, scenario=scenario, algorithm=algorithm, steps=600), check=0)
    assert json.loads((folder / "result.json").read_text())["outcomes"]["sampled"]["episodes"] == 8


def test_another_seed_gives_another_run(tmp_path, uninterrupted):
    argus(*arguments(out(tmp_path / "run"), *FEED_FORWARD, seed=8), check=0)
    assert outcome(tmp_path / "run")["best"] != uninterrupted["feed-forward"]["best"]


def test_ippo_trains_and_its_policy_plays_in_a_team(tmp_path):
    folder = tmp_path / "run"
    argus(*arguments(out(folder), *FEED_FORWARD, algorithm="ippo", steps=3000), check=0)
    result = argus(
        "evaluate", "foraging/8x8-2p-2f-coop", "--team", f"player_0=run:{folder},*=random", "--episodes", 8, "--json",
        check=0,
    )  # fmt: skip
    assert json.loads(result.stdout)["episodes"] == 8


def test_where_nothing_is_rewarded_a_bound_on_the_advantages_deviation_keeps_a_policy_exploring(tmp_path):
    text = (ROOT / "Scenarios/warehouse/tiny-2ag.yaml").read_text()
    scenario = tmp_path / "hopeless.yaml"
    scenario.write_text(text.replace("warehouse/tiny-2ag", "warehouse/hopeless").replace("horizon: 500", "horizon: 8"))

    def updates(bound):
        folder = tmp_path / f"bound-{bound}"
        # Plain networks and the default learning rate, with which the bound was chosen.
        chosen = ("layer_norm=false", "learning_rate=0.0007", f"minimum_advantage_deviation={bound}")
        given = [part for setting in chosen for part in ("--set", setting)]
        argus(*arguments(out(folder), *given, scenario=scenario, steps=61_440), check=0)
        return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]

    def measured(lines):
        return [(line["loss_policy"], line["loss_value"], line["advantage_deviation"]) for line in lines]

    free, bounded = updates(0), updates(0.05)
    assert all(line["return"] == 0 for line in free + bounded)
    first = next(index for index, line in enumerate(free) if line["advantage_deviation"] < 0.05)
    assert 0 < first < len(free) - 1
    assert measured(free[:first]) == measured(bounded[:first])
    assert measured(free)[first] != measured(bounded)[first]
    assert bounded[-1]["entropy"] > free[-1]["entropy"] + 0.05


def test_untrained_networks_are_never_the_best_of_a_run(tmp_path):
    """Those of this seed happen to choose the best pair of actions at once, which training leaves."""
    folder = tmp_path / "run"
    argus("train", "matrix-games/climbing", "--algorithm", "vdn", "--steps", 20_000, "--seed", 1, "--evaluations", 50,
          "--evaluation-episodes", 2, "--absolute-episodes", 2, "--out", folder, check=0)  # fmt: skip
    lines = map(json.loads, (folder / "evaluations.jsonl").read_text().splitlines())
    selection = {line["step"]: line["returns"][0] for line in lines if line["purpose"] == "selection"}
    updates = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
    # Until there is a batch of episodes, they are only gathered.
    learnt = min(line["step"] for line in updates if "loss_td" in line)
    untrained = [selection[step] for step in selection if step < learnt]
    later = max(selection[step] for step in selection if step >= learnt)
    result = json.loads((folder / "result.json").read_text())
    assert len(untrained) >= 2 and set(untrained) == {275}
    assert 275 > later == selection[result["best_step"]]
    assert result["outcomes"]["greedy"]["return"]["mean"] == later


def test_how_a_trained_policy_chose_its_actions_is_recorded(tmp_path):
    run = tmp_path / "run"
    argus("train", "matrix-games/climbing", "--algorithm", "vdn", "--steps", 5_000, "--evaluations", 1,
          "--evaluation-episodes", 2, "--absolute-episodes", 2, "--out", run, check=0)  # fmt: skip

    def mode(name, *extra):
        argus("evaluate", "matrix-games/climbing", "--episodes", 2, "--out", tmp_path / name, *extra, check=0)
        manifest = json.loads((tmp_path / name / "run.json").read_text())
        result = json.loads((tmp_path / name / "result.json").read_text())
        assert manifest["hyperparameters"]["mode"] == result["mode"] and list(result["outcomes"]) == [result["mode"]]
        assert len(manifest.get("policy_hashes", [])) == sum(word.startswith("run:") for word in extra)
        return result["mode"]

    assert mode("own", "--team", f"run:{run}") == "greedy"
    assert mode("asked", "--team", f"run:{run}", "--mode", "sampled") == "sampled"
    assert mode("pair", "--team", f"run:{run}", "--partner", "random") == "greedy"
    assert mode("random", "--team", "random") == "sampled"


def test_run_json_holds_what_the_result_depends_on(tmp_path):
    folder = tmp_path / "run"
    argus(*arguments(out(folder), *FEED_FORWARD, steps=600), check=0)
    run = json.loads((folder / "run.json").read_text())
    assert run["scenario"] == "foraging/8x8-2p-2f-coop"
    assert run["hyperparameters"]["copies"] == "8"
    chosen = {setting.split("=")[0] for setting in FEED_FORWARD[1::2]}
    assert "copies" in run["changed_hyperparameters"] and set(run["changed_hyperparameters"]) <= chosen
    assert run["versions"]["libtorch"]
    assert run["plugin_hash"].startswith("fnv1a64:")
    assert run["seed"] == 7 and run["steps"] == 600 and run["threads"] == 1


def test_a_run_that_is_resumed_by_other_code_says_so(tmp_path):
    folder, settings = tmp_path / "run", {"steps": 3_000_000}
    process = start(*map(str, arguments(out(folder), *FEED_FORWARD, **settings)))
    wait_for_lines(folder / "metrics.jsonl", 3, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    began = json.loads((folder / "run.json").read_text())
    assert "before" not in began

    def go_on(revision):
        process = start(*map(str, arguments(resume(folder), *FEED_FORWARD, **settings)), ARGUS_REVISION=revision)
        count = len((folder / "metrics.jsonl").read_text().splitlines())
        wait_for_lines(folder / "metrics.jsonl", count + 3, process)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
        return errors, json.loads((folder / "run.json").read_text())

    errors, run = go_on(began["code_revision"])
    assert "note:" not in errors and "before" not in run
    step = json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])["step"]
    errors, run = go_on("0123abc")
    assert f"code {began['code_revision']}, now 0123abc" in errors
    assert run["code_revision"] == "0123abc"
    assert [(part["until"], part["code_revision"]) for part in run["before"]] == [(step, began["code_revision"])]
    errors, again = go_on("0123abc")
    assert "note:" not in errors and again == run


# What goes wrong gets one clear error, and what was there stays.


def refused(result, *words):
    assert result.returncode in (1, 2), result.stdout + result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("error: "), result.stderr
    for word in words:
        assert word in lines[0], lines[0]


@pytest.mark.parametrize(
    "extra,words",
    [
        (["--set", "lerning_rate=1"], ["learning_rate", "lerning_rate"]),
        (["--set", "learning_rate"], ["KEY=VALUE"]),
        (["--set", "epochs=many"], ["epochs", "'many'", "integer"]),
        (["--set", "copies=1", "--set", "rollout_steps=2", "--set", "minibatches=3"], ["minibatches"]),
        (["--device", "cuda"], ["--device", "cpu"]),
        (["--threads", "0"], ["--threads"]),
        (["--threads", "100000"], ["--threads", "1 to 1024"]),
        (["--evaluations", "0"], ["--evaluations"]),
        (["--evaluation-episodes", "99999999999"], ["--evaluation-episodes", "1 to 10000000"]),
        (["--progress", "xml"], ["--progress", "json"]),
        (["--scenario", "foraging/8x8-2p-3f"], ["two scenarios", "foraging/8x8-2p-3f"]),
        (["--resume", "elsewhere"], ["--out", "--resume", "one of them"]),
    ],
)
def test_bad_settings(tmp_path, extra, words):
    refused(argus(*arguments(out(tmp_path / "run"), *extra, steps=100)), *words)


def test_unknown_algorithm_names_the_nearest(tmp_path):
    refused(argus(*arguments(out(tmp_path / "run"), algorithm="mapo", steps=100)), "mapo", "mappo")


def test_a_request_to_stop_in_a_long_update_is_answered_at_once(tmp_path):
    folder = tmp_path / "run"
    leader, follower = pty.openpty()
    large = ["--set", "copies=512", "--set", "rollout_steps=256"]
    process = subprocess.Popen(
        [ARGUS, *map(str, arguments(out(folder), *large, steps=1_000_000))], env=environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=follower,
    )  # fmt: skip
    os.close(follower)
    wait_for_lines(folder / "run.json", 1, process)
    process.send_signal(signal.SIGINT)
    said = b""
    with contextlib.suppress(OSError):  # The terminal's other end is gone.
        while piece := os.read(leader, 65536):
            said += piece
    os.close(leader)
    assert process.wait(timeout=120) == 130
    asked, saved = said.index(b"stopping after this update"), said.index(b"interrupted: saved")
    assert asked < saved, said.decode()
    assert len((folder / "metrics.jsonl").read_text().splitlines()) <= 1


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A run that was stopped in the middle."""
    folder = tmp_path_factory.mktemp("interrupted") / "run"
    process = start(*map(str, arguments(out(folder), *FEED_FORWARD, steps=1_000_000)))
    wait_for_lines(folder / "metrics.jsonl", 3, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode == 130
    return folder


def copy_of(run, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(run, folder)
    return folder


@pytest.mark.parametrize(
    "change,words",
    [
        ({"scenario": "foraging/8x8-2p-3f"}, ["scenario", "foraging/8x8-2p-2f-coop"]),
        ({"algorithm": "ippo"}, ["algorithm", "mappo"]),
        ({"seed": 9}, ["seed"]),
        ({"steps": 500_000}, ["steps"]),
        ({"extra": ("--threads", 2)}, ["number of threads", "2", "1"]),
    ],
)
def test_resuming_another_run_is_refused(tmp_path, interrupted, change, words):
    folder = copy_of(interrupted, tmp_path)
    settings = {"steps": 1_000_000, **change}
    extra = settings.pop("extra", ())
    refused(argus(*arguments(resume(folder), *FEED_FORWARD, *extra, **settings)), *words)


def test_naming_the_algorithm_of_a_run_that_goes_on_means_it_with_its_defaults(tmp_path, interrupted):
    folder = copy_of(interrupted, tmp_path)
    refused(argus(*arguments(resume(folder), steps=1_000_000)), "hyperparameter", "copies")


def test_a_finished_run_is_shown_again_only_if_it_is_the_one_that_is_asked_for(tmp_path):
    folder = tmp_path / "run"
    argus(*arguments(out(folder), *FEED_FORWARD, steps=600), check=0)
    before = (folder / "result.json").read_bytes()
    argus(*arguments(resume(folder), *FEED_FORWARD, steps=600), check=0)
    refused(argus(*arguments(resume(folder), *FEED_FORWARD, steps=600, algorithm="ippo")), "algorithm", "mappo")
    refused(argus(*arguments(resume(folder), *FEED_FORWARD, steps=600, scenario="foraging/8x8-2p-3f")), "scenario")
    assert (folder / "result.json").read_bytes() == before


def test_a_hyperparameter_that_the_version_which_began_did_not_know_is_at_its_default(tmp_path, interrupted):
    folder = copy_of(interrupted, tmp_path)
    run = json.loads((folder / "run.json").read_text())
    assert float(run["hyperparameters"].pop("minimum_advantage_deviation")) == 0
    (folder / "run.json").write_text(json.dumps(run))
    again = arguments(resume(folder), *FEED_FORWARD, steps=1_000_000)
    refused(argus(*again, "--set", "minimum_advantage_deviation=0.1"), "minimum_advantage_deviation=0.1", "no minimum")
    count = len((folder / "metrics.jsonl").read_text().splitlines())
    process = start(*map(str, again))
    wait_for_lines(folder / "metrics.jsonl", count + 1, process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert len((folder / "metrics.jsonl").read_text().splitlines()) > count


def test_resuming_what_is_not_there_makes_nothing(tmp_path):
    refused(argus(*arguments(resume(tmp_path / "nowhere"), *FEED_FORWARD)), "nothing to resume", "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_recurrent_checkpoint_does_not_go_into_a_feed_forward_run(tmp_path, interrupted):
    folder = copy_of(interrupted, tmp_path)
    refused(argus(*arguments(resume(folder), *RECURRENT, steps=1_000_000)), "hyperparameter", "recurrent")
    # Nor by its file.
    begun = tmp_path / "begun"
    argus(*arguments(out(begun), *RECURRENT, steps=600), check=0)
    last = pathlib.Path("checkpoint") / "last.safetensors"
    (folder / last).write_bytes((begun / last).read_bytes())
    refused(
        argus(*arguments(resume(folder), *FEED_FORWARD, steps=1_000_000)),
        "another network (hidden=", "recurrent=true)", "recurrent=false", "last.safetensors",
    )  # fmt: skip


def damaged(folder, change):
    path = folder / "checkpoint" / "last.safetensors"
    data = bytearray(path.read_bytes())
    path.write_bytes(change(data))
    return argus(*arguments(resume(folder), *FEED_FORWARD, steps=1_000_000))


def test_a_checkpoint_that_is_cut_short_is_refused(tmp_path, interrupted):
    refused(damaged(copy_of(interrupted, tmp_path), lambda data: data[: len(data) // 2]), "checkpoint", "last.safetensors")


@pytest.mark.parametrize("what", ["weights", "metadata"])
def test_a_checkpoint_with_one_flipped_bit_is_refused(tmp_path, interrupted, what):
    def flip(data):
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        if what == "metadata":
            # A digit of a counter becomes another.
            data[data.index(b'\\"updates\\":') + len(b'\\"updates\\":')] ^= 1
        else:
            weights = next(name for name in header if name.startswith("actor") and name.endswith("weight"))
            data[8 + length + header[weights]["data_offsets"][0] + 5] ^= 1
        return data

    refused(damaged(copy_of(interrupted, tmp_path), flip), "checksum", "last.safetensors")


def test_a_policy_with_one_flipped_bit_is_refused(tmp_path, interrupted):
    folder = copy_of(interrupted, tmp_path)
    path = folder / "checkpoint" / "best.safetensors"
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    result = argus("evaluate", "foraging/8x8-2p-2f-coop", "--team", f"run:{folder}", "--episodes", 1)
    refused(result, "checksum", "best.safetensors")


def test_a_damaged_snapshot_in_a_checkpoint_is_refused(tmp_path, interrupted):
    def flip(data):
        # A file of before there were checksums: the snapshot has its own.
        key = data.index(b'"checksum"')
        data[key + 1 : key + 9] = b"whatever"
        place = data.rindex(b"ARGUSNAP") + 100
        data[place] ^= 0x10
        return data

    refused(damaged(copy_of(interrupted, tmp_path), flip), "snapshot")


def test_a_policy_of_another_version_says_what_it_lacks(tmp_path, interrupted):
    path = copy_of(interrupted, tmp_path) / "checkpoint" / "best.safetensors"
    data = path.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    policy = json.loads(header["__metadata__"]["policy"])
    del policy["actor"]["hidden"]
    header["__metadata__"]["policy"] = json.dumps(policy)
    del header["__metadata__"]["checksum"]
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + int.from_bytes(data[:8], "little") :])
    result = argus("evaluate", "foraging/8x8-2p-2f-coop", "--team", f"run:{path.parent.parent}", "--episodes", 1)
    refused(result, "no 'actor.hidden' in its description", "another version", "best.safetensors")
    assert "DecodingError" not in result.stderr


def test_starting_over_in_a_folder_with_a_run_is_refused(tmp_path, interrupted):
    refused(argus(*arguments(out(copy_of(interrupted, tmp_path)), *FEED_FORWARD)), "--resume")


@pytest.mark.parametrize("command", [["train", "foraging/8x8-2p-2f-coop", "--algorithm", "ippo"],
                                     ["evaluate", "foraging/8x8-2p-2f-coop", "--episodes", "1"]])  # fmt: skip
def test_a_folder_without_a_name_is_not_the_root_of_all(command):
    refused(argus(*command, "--out", ""), "--out", "the name of a folder")


def test_results_of_something_else_are_not_written_over(tmp_path):
    evaluation, suite = tmp_path / "evaluation", tmp_path / "suite"
    argus("evaluate", "foraging/8x8-2p-2f-coop", "--episodes", 2, "--out", evaluation, check=0)
    before = {path.name: path.read_bytes() for path in evaluation.iterdir() if path.is_file()}
    refused(argus(*arguments(out(evaluation), *FEED_FORWARD)), "holds a run already", "result.json")
    assert {path.name: path.read_bytes() for path in evaluation.iterdir() if path.is_file()} == before
    suite.mkdir()
    (suite / "suite.json").write_text("{}")
    refused(argus(*arguments(out(suite), *FEED_FORWARD)), "holds a suite")
    refused(argus("evaluate", "foraging/8x8-2p-2f-coop", "--episodes", 2, "--out", suite), "holds a suite")
    assert [path.name for path in suite.iterdir() if path.name != ".lock"] == ["suite.json"]


def test_the_best_policy_of_another_run_is_refused_before_training_goes_on(tmp_path, interrupted):
    other = tmp_path / "other"
    argus(*arguments(out(other), *RECURRENT, steps=600), check=0)
    folder = copy_of(interrupted, tmp_path)
    best = folder / "checkpoint" / "best.safetensors"
    lines = (folder / "metrics.jsonl").read_text()
    best.write_bytes((other / "checkpoint" / "best.safetensors").read_bytes())
    refused(argus(*arguments(resume(folder), *FEED_FORWARD, steps=1_000_000)), "policy of another run", best.name)
    best.unlink()
    refused(argus(*arguments(resume(folder), *FEED_FORWARD, steps=1_000_000)), "unusable policy file", best.name)
    assert (folder / "metrics.jsonl").read_text() == lines


def test_a_run_without_its_description_does_not_go_on_with_whatever_is_asked_for(tmp_path, interrupted):
    folder = copy_of(interrupted, tmp_path)
    (folder / "run.json").unlink()
    refused(argus(*arguments(resume(folder), *FEED_FORWARD, "--set", "learning_rate=0.1", steps=1_000_000)), "run.json")


def test_lines_that_a_run_has_lost_are_told(tmp_path):
    folder = tmp_path / "run"
    process = start(*map(str, arguments(out(folder), *FEED_FORWARD)))
    wait_for_lines(folder / "evaluations.jsonl", 13, process)
    process.kill()
    process.communicate()
    metrics = folder / "metrics.jsonl"
    count = len(metrics.read_text().splitlines())
    metrics.write_text("".join(metrics.read_text().splitlines(True)[2:]))
    (folder / "evaluations.jsonl").unlink()
    result = argus(*arguments(resume(folder), *FEED_FORWARD), check=0)
    warnings = [line for line in result.stderr.splitlines() if line.startswith("warning:")]
    assert len(warnings) == 2, result.stderr
    assert f"{metrics} has {count - 2} of its {count} lines left" in warnings[0]
    assert "evaluations.jsonl has 0 of its 12 lines left" in warnings[1]


@pytest.mark.parametrize("output,errors", [("/dev/full", "/dev/full"), ("pipe", "/dev/full")])
def test_whoever_stops_reading_the_progress_ends_no_run(tmp_path, uninterrupted, output, errors):
    folder = tmp_path / "run"
    command = [str(ARGUS), *map(str, arguments(out(folder), *FEED_FORWARD)), "--progress", "json"]
    with open(errors, "w") as full:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE if output == "pipe" else full, stderr=full, env=environment())
        if output == "pipe":
            process.stdout.readline()
            process.stdout.close()
        assert process.wait(timeout=120) == 0
    assert outcome(folder) == uninterrupted["feed-forward"]


def test_output_that_is_lost_is_an_error():
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [str(ARGUS), "list"], stdout=full, stderr=subprocess.PIPE, text=True, env=environment())
        assert result.returncode == 1 and result.stderr.startswith("error: cannot write (standard output): found no space")
        # And what is wrong with a command has its status where nobody reads the words.
        command = [str(ARGUS), "train", "foraging/8x8-2p-2f-coop", "--algorithm", "none"]
        assert subprocess.run(command, stderr=full, env=environment()).returncode == 2


def test_the_folder_is_all_that_a_run_needs_to_go_on(tmp_path):
    settings = [*RECURRENT, "--set", "learning_rate=0.002", "--evaluation-episodes", "3", "--entry", "Mine"]
    argus(*arguments(out(tmp_path / "whole"), *settings), check=0)
    folder = tmp_path / "run"
    process = start(*map(str, arguments(out(folder), *settings)))
    wait_for_lines(folder / "metrics.jsonl", 5, process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert errors.splitlines()[-1].endswith(f"go on with: argus train --resume {folder}")
    refused(argus("train", "--resume", folder, "--seed", 3), "seed")
    refused(argus("train", "--resume", folder, "--set", "learning_rate=0.002"), "hyperparameter")
    argus("train", "--resume", folder, check=0)
    assert outcome(folder) == outcome(tmp_path / "whole")
    assert argus("train", "--resume", folder, check=0).stdout.endswith(f"run folder: {folder}\n")
    refused(argus("train", "--resume", tmp_path / "nowhere"), "nothing to resume", "nowhere")


def test_a_terminal_that_goes_away_is_an_interruption(tmp_path, uninterrupted):
    interrupt_and_resume(tmp_path / "run", signal.SIGHUP, FEED_FORWARD)
    assert outcome(tmp_path / "run") == uninterrupted["feed-forward"]


def test_who_is_started_by_nohup_goes_on_without_a_terminal(tmp_path, uninterrupted):
    folder = tmp_path / "run"
    process = start(
        *map(str, arguments(out(folder), *FEED_FORWARD)),
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    wait_for_lines(folder / "metrics.jsonl", 5, process)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert outcome(folder) == uninterrupted["feed-forward"]


def test_two_processes_never_write_one_run(tmp_path):
    folder = tmp_path / "run"
    process = start(*map(str, arguments(out(folder), *FEED_FORWARD, steps=10_000_000)))
    try:
        wait_for_lines(folder / "metrics.jsonl", 1, process)
        refused(argus(*arguments(resume(folder), *FEED_FORWARD, steps=10_000_000)), "in use")
    finally:
        process.kill()
        process.communicate()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    refused(argus(*arguments(out(tmp_path / "file" / "run"), steps=100)), "cannot make folder", "file/run")


def test_a_full_disk_is_one_clear_error_and_keeps_the_last_good_checkpoint(tmp_path, interrupted):
    folder = copy_of(interrupted, tmp_path)
    before = (folder / "checkpoint" / "last.safetensors").read_bytes()

    def limit():
        # No file may grow beyond 40 kB: writing fails as on a full disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    process = start(*map(str, arguments(resume(folder), *FEED_FORWARD, steps=1_000_000)), preexec_fn=limit)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 1
    assert errors.strip().splitlines()[-1].startswith("error: cannot write")
    assert (folder / "checkpoint" / "last.safetensors").read_bytes() == before


def test_a_policy_of_another_scenario_is_refused(interrupted):
    refused(
        argus("evaluate", "foraging/8x8-2p-3f", "--team", f"run:{interrupted}", "--episodes", 2),
        "policy of another scenario", "foraging/8x8-2p-2f-coop",
    )  # fmt: skip


def test_a_run_that_is_not_there_is_named():
    refused(argus("evaluate", "foraging/8x8-2p-2f-coop", "--team", "run:nowhere"), "run:nowhere")


def test_a_policy_file_that_is_cut_short_is_refused(tmp_path, interrupted):
    folder = copy_of(interrupted, tmp_path)
    path = folder / "checkpoint" / "best.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    refused(argus("evaluate", "foraging/8x8-2p-2f-coop", "--team", f"run:{folder}"), "best.safetensors")
