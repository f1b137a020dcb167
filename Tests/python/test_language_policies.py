"""Language models in teams, over HTTP: a small server that really computes what it says and misbehaves in every way, and
llama.cpp's server with a real model where there is one.
"""

import csv
import json
import math
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from command import ARGUS, ROOT, argus, environment, start
from language_server import LanguageServer, action_line, log_probability, tokens
from small_model import small_model

FORAGING = "foraging/5x5-2p-1f"
# Nobody waits long in a test.
QUICK = {"timeout": 20, "patience": 20}


def evaluate(team, *arguments, scenario=FORAGING, episodes=4, check=0, timeout=240, **extra):
    result = argus(
        "evaluate", scenario, "--team", team, "--episodes", episodes, "--json", *arguments, check=check, timeout=timeout,
        **extra)
    return json.loads(result.stdout) if result.returncode == 0 else result


def model(result):
    assert len(result["models"]) == 1
    return result["models"][0]


# MARK: Acting


def test_generation_reads_actions_and_counts_what_they_cost():
    with LanguageServer() as server:
        result = evaluate(f"player_0={server.policy()},*=random")
    usage = model(result)
    assert usage["decisions"] == usage["calls"] == result["calls"] == len(server.requests)
    assert usage["outcomes"] == {"ok": usage["decisions"]}
    sent = [tokens("\n".join(m["content"] for m in body["messages"])) for _, body in server.requests]
    assert usage["prompt_tokens"] == sum(map(len, sent))
    assert result["tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert "cost" not in usage, "a model without a price has no cost"
    assert result["failed"] == 0 and result["episodes"] == 4


def test_scores_are_the_servers_log_probabilities_and_make_the_distribution(tmp_path):
    record = tmp_path / "transcript.txt"
    with LanguageServer() as server:
        evaluate(f"player_0={server.policy(mode='score')},*=random", "--record", record, episodes=1)
    asked = [body["prompt"] for path, body in server.requests if path.endswith("/v1/completions")][1:]  # the first probes
    blocks = record.read_text().split("=== episode")[1:]
    fresh = [block for block in blocks if "had already" not in block]
    assert len(fresh) == len(asked) > 3
    for prompts, block in zip(asked, fresh):
        start_ = os.path.commonprefix(prompts)
        start_ = start_[: start_.rindex("Action:") + len("Action:")]
        scores = []
        for prompt in prompts:
            words, first = tokens(prompt), len(tokens(start_))
            values = [log_probability(words[i - 1], words[i]) for i in range(first, len(words))]
            scores.append(sum(values) / len(values))
        weights = [math.exp(score - max(scores)) for score in scores]
        expected = [weight / sum(weights) for weight in weights]
        found = [float(line.split()[0]) for line in block.split("--- probabilities\n")[1].split("---")[0].splitlines()]
        assert found == pytest.approx(expected, abs=6e-5)


def test_constrained_replies_are_actions():
    with LanguageServer() as server:
        result = evaluate(server.policy(mode="constrained"), episodes=2)
    assert model(result)["outcomes"] == {"ok": model(result)["decisions"]}


@pytest.mark.parametrize("mode,missing,reason", [
    ("score", "echo", "'echo' with 'logprobs'"), ("constrained", "response_format", "does not hold replies to a 'json_schema'")])
def test_what_a_server_lacks_is_refused_with_the_reason(mode, missing, reason):
    with LanguageServer(ignores=[missing]) as server:
        result = evaluate(server.policy(mode=mode), check=1)
    assert reason in result.stderr and "mode=generate" in result.stderr
    assert len(server.requests) == 1, "only the question whether it can"


def test_equal_prompts_are_asked_once_where_nothing_is_drawn():
    with LanguageServer() as server:
        usage = model(evaluate(server.policy(temperature=0), episodes=8))
    bodies = [json.dumps(body, sort_keys=True) for _, body in server.requests]
    assert len(bodies) == len(set(bodies)) == usage["calls"] < usage["decisions"]
    assert usage["reused"] == usage["decisions"] - usage["calls"]


def test_results_do_not_depend_on_the_order_of_replies_nor_on_copies():
    results = []
    for concurrency, copies, delay in [(1, 1, None), (6, 8, lambda n: (n * 7919 % 13) / 300)]:
        with LanguageServer(delay=delay) as server:
            results.append(evaluate(
                f"player_0={server.policy(concurrency=concurrency)},*=random", "--copies", copies, episodes=6))
            assert server.most_in_flight <= concurrency
            assert concurrency == 1 or server.most_in_flight > 1
    same = [{key: result[key] for key in ("return", "metrics", "episodes", "calls", "tokens")} for result in results]
    assert same[0] == same[1]


def test_an_illegal_or_unreadable_reply_takes_the_fallback_and_is_counted():
    def reply(text, body):
        return ["Action: 99", "I do not know.", "Action: wait"][body["seed"] % 3]

    with LanguageServer(reply=reply) as server:
        usage = model(evaluate(server.policy(fallback="random"), episodes=2))
    assert set(usage["outcomes"]) == {"illegal", "malformed", "ok"}
    assert usage["fallbacks"] == usage["outcomes"]["illegal"] + usage["outcomes"]["malformed"]


def test_a_refusal_and_a_reply_that_was_cut_off_are_recorded_as_such():
    def faults(number, body):
        return [{"finish_reason": "length", "message": {"content": "Let me think about"}},
                {"finish_reason": "content_filter", "message": {"content": None, "refusal": "no"}}, None][number % 3]

    with LanguageServer(faults=faults) as server:
        usage = model(evaluate(server.policy(), episodes=2))
    assert set(usage["outcomes"]) == {"truncated", "refused", "ok"}


def test_a_model_that_was_not_understood_is_asked_once_more():
    def reply(text, body):
        return "Action: 0" if "no valid answer" in text else "Action: dance"

    with LanguageServer(reply=reply) as server:
        usage = model(evaluate(server.policy(reask=1), episodes=1))
    assert usage["outcomes"] == {"repaired": usage["decisions"]}
    assert usage["calls"] == 2 * usage["decisions"] and usage["reasks"] == usage["decisions"]


# MARK: A server that misbehaves


def test_retry_after_is_kept_to():
    with LanguageServer(faults=lambda n, body: (429, {"Retry-After": "2"}) if n == 0 else None) as server:
        usage = model(evaluate(server.policy(concurrency=1, **QUICK), episodes=1))
    assert server.times[1] - server.times[0] >= 2
    assert usage["retries"] == 1 and usage["outcomes"] == {"ok": usage["decisions"]}


def test_a_date_in_retry_after_is_understood():
    def faults(number, body):
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 3))
        return (503, {"Retry-After": date}) if number == 0 else None

    with LanguageServer(faults=faults) as server:
        evaluate(server.policy(concurrency=1, **QUICK), episodes=1)
    assert server.times[1] - server.times[0] >= 1.9


@pytest.mark.parametrize("fault", [408, 409, 429, 500, 503, "cut", "close", "not http"])
def test_what_may_pass_is_tried_again_with_the_same_result(fault):
    with LanguageServer() as server:
        calm = evaluate(server.policy(), episodes=1)
    with LanguageServer(faults=lambda n, body: fault if n in (1, 2, 5) else None) as server:
        troubled = evaluate(server.policy(concurrency=2, **QUICK), episodes=1)
    assert model(troubled)["retries"] == 3
    for key in ("return", "calls", "tokens"):
        assert calm[key] == troubled[key]


@pytest.mark.parametrize("fault,attempts", [(400, 1), (422, 1), ("no json", 1), (500, 3)])
def test_an_episode_that_a_server_spoils_is_no_result(fault, attempts):
    spoilt = []

    def faults(number, body):
        # One prompt, whenever it is asked.
        key = json.dumps(body["messages"]) + str(body["seed"])
        if number == 3:
            spoilt.append(key)
        return fault if key in spoilt else None

    with LanguageServer(faults=faults) as server:
        result = evaluate(f"player_0={server.policy(retries=2, concurrency=1, fallback='random')},*=random", episodes=4)
    usage = model(result)
    assert result["failed"] == 1 and result["return"]["n"] == 3
    assert usage["outcomes"]["provider_error"] == 1 and usage["cut_short"] == 1 and usage["fallbacks"] == 0
    assert len([1 for _, body in server.requests if json.dumps(body["messages"]) + str(body["seed"]) in spoilt]) == attempts


def test_a_connection_that_hangs_is_a_timeout_and_is_not_tried_again():
    with LanguageServer(faults=lambda n, body: "hang" if n == 2 else None) as server:
        result = evaluate(f"player_0={server.policy(timeout=1.5)},*=random", episodes=4)
    usage = model(result)
    assert usage["outcomes"]["timeout"] == 1 and result["failed"] == 1 and usage["retries"] == 0


def test_a_wrong_model_a_wrong_key_and_no_server_are_told_at_once():
    with LanguageServer(models=["tiny", "large"]) as server:
        wrong = evaluate(server.policy(model="tinny"), check=1)
        assert "unknown model" in wrong.stderr and "one of large, tiny" in wrong.stderr and "'model=tiny'" in wrong.stderr
    with LanguageServer(key="s3cret") as server:
        assert "status 401" in evaluate(server.policy(), check=1).stderr
        wrong = evaluate(server.policy(key="MY_KEY"), check=1, MY_KEY="wr0ng-and-long")
        assert "wr0ng" not in wrong.stderr and "***" in wrong.stderr
        assert "no environment variable NOT_SET" in evaluate(server.policy(key="NOT_SET"), check=1).stderr
        assert evaluate(server.policy(key="MY_KEY"), episodes=1, MY_KEY="s3cret")["failed"] == 0
        base = server.policy()
    gone = evaluate(base, check=1)
    assert "the server does not answer" in gone.stderr


def test_a_key_is_in_no_file(tmp_path):
    with LanguageServer(key="s3cret-word") as server:
        evaluate(server.policy(key="MY_KEY"), "--out", tmp_path / "run", "--record", tmp_path / "talk.txt", episodes=1,
                 MY_KEY="s3cret-word")
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"s3cret-word" not in path.read_bytes(), path


def test_a_server_that_dies_and_comes_back_loses_nothing():
    with LanguageServer() as server:
        calm = evaluate(server.policy(), episodes=3)
    died = threading.Event()

    def faults(number, body):
        if number == 5 and not died.is_set():
            died.set()
        return None

    with LanguageServer(faults=faults) as server:
        def restart():
            died.wait(60)
            server.stop()
            time.sleep(3)
            server.start()

        thread = threading.Thread(target=restart)
        thread.start()
        troubled = evaluate(server.policy(**QUICK), episodes=3)
        thread.join()
    assert died.is_set() and model(troubled)["retries"] > 0
    for key in ("return", "metrics", "failed", "calls", "tokens"):
        assert calm[key] == troubled[key]


def test_a_server_that_stays_dead_ends_the_run_with_what_there_is_and_it_can_be_gone_on_with(tmp_path):
    with LanguageServer() as server:
        policy = f"player_0={server.policy(patience=1, retries=1)},*=random"

        def die():
            while len(server.requests) < 60:
                time.sleep(0.01)
            server.stop()

        thread = threading.Thread(target=die)
        thread.start()
        out = tmp_path / "run"
        failed = evaluate(policy, "--out", out, "--copies", 2, episodes=6, check=1)
        thread.join()
        assert "a model's server did not answer" in failed.stderr and "episodes lost" in failed.stderr
        assert not (out / "result.json").exists(), "what is not whole is no result"
        before = len(server.requests)
        server.start()
        whole = evaluate(policy, "--out", out, "--copies", 2, episodes=6)
        assert whole["failed"] == 0 and (out / "result.json").exists()
        assert model(whole)["cached"] >= before - 5, "replies that came are not asked for again"
        assert len(server.requests) - before == model(whole)["calls"] - model(whole)["cached"]


# MARK: https


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Files of a certificate with its key: of 127.0.0.1, and of another host."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificates")
    folder = tmp_path_factory.mktemp("certificates")
    for name, host in [("here", "IP:127.0.0.1"), ("elsewhere", "DNS:models.example")]:
        path = folder / f"{name}.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
             "2", "-subj", "/CN=test", "-addext", f"subjectAltName={host}", "-keyout", path, "-out", f"{path}.public"],
            check=True, capture_output=True)
        path.write_text(path.read_text() + pathlib.Path(f"{path}.public").read_text())
    return folder


SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


@pytest.fixture
def trusting(tmp_path):
    """Makes a command that runs argus where the system trusts a certificate, in a mount namespace of its own."""
    inside = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"']
    probe = tmp_path / "probe"
    probe.write_text("")
    if shutil.which("unshare") is None or subprocess.run(
            [*inside, probe, SYSTEM_CERTIFICATES, "true"], capture_output=True).returncode != 0:
        pytest.skip(f"no mount namespace, or no {SYSTEM_CERTIFICATES}")

    def run(certificate, *arguments):
        return subprocess.run(
            [*inside, f"{certificate}.public", SYSTEM_CERTIFICATES, ARGUS, *map(str, arguments)], capture_output=True,
            text=True, timeout=240, env=environment())

    return run


def arguments_of(policy, episodes=2):
    return ["evaluate", FORAGING, "--team", policy, "--episodes", episodes, "--json"]


def test_https_gives_what_http_gives(certificates, trusting):
    with LanguageServer() as server:
        plain = evaluate(server.policy())
    path = certificates / "here.pem"
    with LanguageServer(certificate=path, faults=lambda n, body: 503 if n == 2 else None) as server:
        result = trusting(path, *arguments_of(server.policy(**QUICK), 4))
    assert result.returncode == 0, result.stderr
    safe = json.loads(result.stdout)
    assert model(safe)["retries"] == 1
    for key in ("return", "calls", "tokens"):
        assert plain[key] == safe[key]


def test_a_certificate_of_another_host_is_refused(certificates, trusting):
    path = certificates / "elsewhere.pem"
    with LanguageServer(certificate=path) as server:
        refused = trusting(path, *arguments_of(server.policy()))
    assert refused.returncode == 1 and "127.0.0.1" in refused.stderr and "certificate" in refused.stderr, refused.stderr
    assert not server.requests


def test_a_certificate_that_the_system_does_not_trust_is_refused(certificates):
    with LanguageServer(certificate=certificates / "here.pem") as server:
        refused = evaluate(server.policy(), check=1)
    assert "certificate" in refused.stderr and "update-ca-certificates" in refused.stderr
    assert not server.requests, "nothing is said to a server that is not known"


# MARK: Budgets and costs


@pytest.mark.parametrize("budget,words", [
    ({"budget_calls": 120}, "the budget of 120 calls is used up"), ({"budget_tokens": 44000}, "the budget of 44000 tokens"),
    ({"budget_cost": 0.09}, "the budget of 0.09 EUR")])
def test_a_budget_cuts_episodes_short_and_says_so(budget, words, tmp_path):
    prices = tmp_path / "prices.yaml"
    prices.write_text("currency: EUR\nmodels:\n  tiny: {prompt: 2, completion: 10}\n")
    with LanguageServer() as server:
        team = f"player_0={server.policy(prices=prices, **budget)},*=random"
        result = argus("evaluate", FORAGING, "--team", team, "--episodes", 12, "--copies", 1, "--json", check=0)
    usage = model(json.loads(result.stdout))
    assert words in result.stderr and any(words in reason for reason in usage["reasons"])
    assert 0 < usage["cut_short"] == json.loads(result.stdout)["failed"] < 12
    if "budget_calls" in budget:
        assert usage["calls"] == len(server.requests) == 120
    assert usage["cost"] == pytest.approx((usage["prompt_tokens"] * 2 + usage["completion_tokens"] * 10) / 1e6)


def test_a_money_budget_needs_a_price():
    with LanguageServer() as server:
        assert "no price of 'tiny'" in evaluate(server.policy(budget_cost=1), check=2).stderr


def test_costs_stand_by_episode_in_the_files(tmp_path):
    with LanguageServer() as server:
        evaluate(f"player_0={server.policy()},*=random", "--out", tmp_path / "run", episodes=5)
    result = json.loads((tmp_path / "run/result.json").read_text())
    record = json.loads((tmp_path / "run/evaluations.jsonl").read_text())
    assert result["calls"] == len(server.requests) and result["tokens"] > result["calls"]
    assert sum(record["costs"]["calls"]) == result["calls"]
    assert record["costs"]["parse_ok"] == record["costs"]["decisions"] == [float(n) for n in record["lengths"]]
    assert result["models"][0]["latency_p50"] <= result["models"][0]["latency_p95"]


# MARK: What people see


def test_play_records_a_transcript_that_can_be_read(tmp_path):
    record = tmp_path / "own.jsonl"
    with LanguageServer() as server:
        shown = argus("play", FORAGING, "--render", "none", "--record", record, "--team",
                      f"player_0={server.policy(mode='score')},*=scripted", check=0)
    text = (tmp_path / "own.jsonl.transcript.txt").read_text()
    for words in ("=== episode 0, step 0, player_0, model tiny", "--- system\nYou are player_0", "--- system: as before",
                  "--- reply\nAction: ", "--- probabilities\n  0.", "--- outcome\nok: "):
        assert words in text
    assert text.count("You are player_0, one of a team") == 1
    assert "calls" in shown.stdout and "latency p50" in shown.stdout
    assert argus("verify", "foraging", record).returncode == 0


def test_ctrl_c_ends_it_while_a_server_hangs():
    with LanguageServer(faults=lambda n, body: "hang") as server:
        process = start("evaluate", FORAGING, "--team", server.policy(timeout=60))
        while not server.requests:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


def test_a_scenario_without_words_and_a_misspelt_option_are_refused():
    wrong = argus("evaluate", FORAGING, "--team", "llm:http://127.0.0.1:1/v1?model=x&tempreture=1", check=2)
    assert "unknown option" in wrong.stderr and "'temperature'" in wrong.stderr
    assert "llm:MODEL" in argus("list", "policies", check=0).stdout


# MARK: Prompts

GOLDEN = ROOT / "Tests/python/golden-prompts"
# Scenario, environment seed, which of the prompts, agent.
SITUATIONS = [
    ("foraging/5x5-2p-1f", 1, 4, "player_1"), ("foraging/2s-8x8-2p-2f-coop", 3, 3, "player_0"),
    ("warehouse/starter", 2, 6, "robot_1"), ("warehouse/tiny-4ag-hard", 1, 2, "robot_3"),
    ("skirmish/3m", 1, 0, "ally_0"), ("skirmish/2s3z", 2, 14, "ally_3"),
    ("customer-service/two-skills", 1, 4, "expert_2"), ("customer-service/priorities", 2, 3, "expert_0"),
    ("research-team/two-disciplines", 1, 3, "lead"), ("research-team/contradictions", 2, 5, "biologist"),
]


@pytest.mark.parametrize("scenario,seed,index,agent", SITUATIONS)
def test_prompts_are_as_they_were(scenario, seed, index, agent):
    """To write them anew: ARGUS_WRITE_GOLDEN=1; then read the difference."""
    with LanguageServer() as server:
        process = start("play", scenario, "--seed", seed, "--render", "none", "--team",
                        f"{agent}={server.policy()},*=random")
        while len(server.requests) <= index and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.communicate()
    messages = server.requests[index][1]["messages"]
    text = "\n".join(f"--- {message['role']}\n{message['content']}" for message in messages) + "\n"
    path = GOLDEN / f"{scenario.replace('/', '-')}-{seed}-{index}-{agent}.txt"
    if os.environ.get("ARGUS_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()


def test_a_prompt_of_ones_own_is_used_and_a_bad_one_refused(tmp_path):
    text = (ROOT / "Scenarios/language/prompt.yaml").read_text()
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("  Now:", "  At this moment, {{agent}}:"))
    with LanguageServer() as server:
        evaluate(server.policy(prompt=own, concurrency=1), episodes=1)
        assert "At this moment, player_1:" in server.requests[1][1]["messages"][1]["content"]
        own.write_text(text.replace("{{situation}}\n\n", "{{state}}\n\n"))
        assert "unknown slot" in evaluate(server.policy(prompt=own), episodes=1, check=1).stderr


# MARK: Communication


def test_a_model_talks_in_texts_beside_agents_that_send_symbols(tmp_path):
    scenario, record = tmp_path / "talk.yaml", tmp_path / "own.jsonl"
    scenario.write_text(
        "scenario: talk\nversion: 1\nenvironment: foraging\nparameters: {rows: 5, columns: 5, players: 2, foods: 1}\n"
        "horizon: 12\ncommunication: {symbols: 2, characters: 120}\n")

    def reply(text, body):
        return f"Message: I am asked with seed {body['seed']}\n{action_line(text, body)}"

    with LanguageServer(reply=reply) as server:
        argus("play", scenario, "--render", "none", "--episodes", 4, "--record", record, "--team",
              f"player_0={server.policy()},*=random", check=0)
    prompts = [[message["content"] for message in body["messages"]] for _, body in server.requests]
    header, *episodes = map(json.loads, record.read_text().splitlines())
    actions = [action for episode in episodes for action in episode["actions"]]
    assert len(prompts) == len(actions) > 12
    # One list of actions, the environment's own, numbered from 0; the model's choice is among them, its symbol silence.
    own = {"wait", "move north", "move south", "move west", "move east", "load"}
    for (system, user), (first, _) in zip(prompts, actions):
        listed = dict(line.split(" ", 1) for line in user.split("You can:\n")[1].splitlines())
        assert set(listed.values()) <= own and str(first[0]) in listed and first[1] == 0
        assert "symbol" not in system and "a text of up to 120 characters." in system and "'Message: '" in system
    # What the other sends is read, and what the model says is sent.
    assert {other[1] for _, other in actions} == {0, 1, 2}
    for symbol in (1, 2):
        assert any(f"Messages: player_1 sent symbol {symbol}." in user for _, user in prompts)
    texts = [text for episode in episodes for step in episode["texts"] for text in step]
    assert len(texts) == len(prompts) and {text["agent"] for text in texts} == {0}
    assert argus("verify", "foraging", record, check=0)


# MARK: Suites

SUITE = """
suite: language
protocol: {{seeds: 1, absolute_episodes: 6}}
scenarios: [foraging/5x5-2p-1f]
entries:
  - {{name: Random, team: random}}
  - {{name: Scripted, team: scripted}}
  - {{name: Score, team: "{score}"}}
  - {{name: Write, team: "{write}"}}
crossplay: [Scripted, Score, Random]
"""


def table(folder):
    """All that a report says but for times of the machine."""
    report = json.loads((folder / "results.json").read_text())
    for entry in report["results"]:
        for key in ("wall_seconds", "steps_per_second"):
            entry.pop(key, None)
        for usage in entry.get("models") or []:
            usage.pop("cached")
        for seed in entry["seeds"]:
            seed.pop("wall_seconds"), seed.pop("steps_per_second")
    for pair in report["crossplay"]:
        for usage in pair.get("models") or []:
            usage.pop("cached")
    report.pop("folders")
    return report


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """A suite with cross-play that was run with a server, which is gone now."""
    folder = tmp_path_factory.mktemp("language")
    with LanguageServer(reply=lambda text, body: f"Action: {body['seed'] % 7}") as server:
        path = folder / "language.yaml"
        path.write_text(SUITE.format(score=server.policy(mode="score"), write=server.policy(fallback="random")))
        result = argus("bench", path, "--out", folder / "out", "--jobs", 2, check=0)
        asked = len(server.requests)
    return path, folder / "out", result, asked


def test_a_suites_table_has_calls_tokens_and_how_replies_were_read(suite):
    _, out, result, _ = suite
    for words in ("Language models:", "calls", "tokens", "seconds a call", "illegal", "Cross-play"):
        assert words in result.stdout
    entries = {entry["entry"]: entry for entry in json.loads((out / "results.json").read_text())["results"]}
    assert set(entries) == {"Random", "Scripted", "Score", "Write"}, "pairs are no entries"
    assert entries["Write"]["models"][0]["outcomes"]["illegal"] > 0
    assert entries["Score"]["calls"] > 0 and "calls" not in entries["Random"]
    rows = list(csv.DictReader((out / "summary.csv").open()))
    assert {row["entry"]: row["calls"] for row in rows}["Score"] == str(entries["Score"]["calls"])
    assert "Language models:" in (out / "report.md").read_text()


def test_crossplay_has_every_pair_with_its_interval(suite):
    _, out, result, _ = suite
    pairs = json.loads((out / "results.json").read_text())["crossplay"]
    assert len(pairs) == 9 and all(pair["return"]["n"] == 6 and "ci95" in pair["return"] for pair in pairs)
    for pair in pairs:
        assert ("calls" in pair) == (pair["first"] != pair["rest"] and "Score" in (pair["first"], pair["rest"]))
    assert re.search(r"^Score--Random +llm:", result.stdout, re.MULTILINE), "what a pair's models cost is told"
    assert "--partner random" in (out / "report.md").read_text()
    run = json.loads((out / "foraging/5x5-2p-1f/Scripted--Random/seed-0/run.json").read_text())
    assert run["team"] == "scripted" and run["partner"] == "random"
    alone = {entry["entry"]: entry["return"] for entry in json.loads((out / "results.json").read_text())["results"]}
    for pair in pairs:
        if pair["first"] == pair["rest"]:
            assert pair["return"] == alone[pair["first"]]
    assert re.search(r"^Scripted +1\.0", result.stdout.split("first agent")[1], re.MULTILINE)


def test_a_crossed_team_is_the_same_as_one_written_out():
    pair = evaluate("scripted", "--partner", "random", episodes=8)
    written = evaluate("player_0=scripted,player_1=random", episodes=8)
    assert pair["return"] == written["return"]


def test_a_finished_suite_is_not_played_again(suite):
    _, out, _, _ = suite
    again = argus("bench", "--resume", out, check=0)
    assert "10 of 10 jobs were finished before" in again.stderr


def test_a_replay_without_the_server_gives_the_same_table(suite, tmp_path):
    path, out, _, _ = suite
    argus("bench", path, "--out", tmp_path / "again", "--replay", out / "replies.sqlite", check=0)
    assert table(tmp_path / "again") == table(out)


def test_a_replay_of_another_run_is_refused(suite, tmp_path):
    _, out, _, _ = suite
    policy = json.loads((out / "foraging/5x5-2p-1f/Score/seed-0/run.json").read_text())["team"]
    other = argus("evaluate", FORAGING, "--team", policy, "--seed", 9, "--replay", out / "replies.sqlite", check=1)
    assert "a reply is not in the recording" in other.stderr


@pytest.mark.parametrize("line,words", [
    ("crossplay: [Random]", "nothing to cross"), ("crossplay: [Random, Scriptd]", "'Scripted'"),
    ("crossplay: [Random, Random]", "repeated entry")])
def test_impossible_pairs_are_refused(line, words, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(re.sub("crossplay: .*", line, SUITE.format(score="random", write="random")))
    assert words in argus("bench", path, "--dry-run", check=1).stderr


# MARK: llama.cpp


SERVE = """
import sys, xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.model_alias = {"smollm2"}
parameters.hostnames = ["127.0.0.1"]
parameters.port = int(sys.argv[2])
parameters.n_ctx = 4096
parameters.n_parallel = 2
parameters.n_gpu_layers = 0
parameters.warmup = False
server = xllamacpp.Server(parameters)
sys.stdin.read()
"""


class Llama:
    def __init__(self, model_path, port):
        self.model_path, self.port = model_path, port
        self.base = f"http://127.0.0.1:{port}/v1"

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.model_path), str(self.port)], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.kill()
        self.process.wait()

    def policy(self, **options):
        options = {"model": "smollm2", "max_tokens": 24, "timeout": 300, "history": 0, "concurrency": 2, **options}
        return f"llm:{self.base}?" + "&".join(f"{name}={value}" for name, value in options.items())


@pytest.fixture(scope="module")
def llama():
    pytest.importorskip("xllamacpp")
    server = Llama(small_model(), 20000 + os.getpid() % 20000)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """A task of a few decisions, since a processor may compute no more than some tokens a second."""
    path = tmp_path_factory.mktemp("short") / "short.yaml"
    path.write_text(re.sub("horizon: .*", "horizon: 4", (ROOT / f"Scenarios/{FORAGING}.yaml").read_text()))
    return path


def test_llama_cpp_writes_and_the_probability_of_what_it_wrote_is_known(llama, short, tmp_path):
    record = tmp_path / "talk.txt"
    result = evaluate(f"player_0={llama.policy()},*=scripted", "--record", record, scenario=short, episodes=2, timeout=900)
    text = record.read_text()
    usage = model(result)
    assert text.count("--- reply") == usage["decisions"] == usage["calls"] > 2
    assert usage["completion_tokens"] <= 24 * usage["calls"]
    # Logarithms of probabilities, of about as many tokens as were written.
    values = [float(value) for value in re.findall(r"log-probability (-?[\d.]+)", text)]
    assert len(values) == usage["calls"] and all(-24 * 12 < value < 0 for value in values)


def test_llama_cpp_is_held_to_the_actions(llama, short):
    usage = model(evaluate(
        f"player_0={llama.policy(mode='constrained')},*=scripted", scenario=short, episodes=2, timeout=900))
    assert usage["outcomes"] == {"ok": usage["decisions"]}
    assert usage["prompt_tokens"] > 200 * usage["calls"] and usage["cached_tokens"] > 0


def test_llama_cpp_gives_no_log_probabilities_of_a_prompt_and_is_not_asked_to_score(llama):
    refused = evaluate(llama.policy(mode="score"), check=1)
    assert "the model cannot act in this way" in refused.stderr and "'echo' with 'logprobs'" in refused.stderr


def test_a_suite_on_llama_cpp_is_replayed_when_it_is_gone(llama, short, tmp_path):
    path = tmp_path / "suite.yaml"
    path.write_text(f"""
suite: small
protocol: {{seeds: 1, absolute_episodes: 2}}
scenarios: [{short}]
entries:
  - {{name: Scripted, team: scripted}}
  - {{name: SmolLM2, team: "player_0={llama.policy(mode='constrained', temperature=0)},*=scripted"}}
""")
    argus("bench", path, "--out", tmp_path / "out", "--jobs", 1, check=0, timeout=900)
    llama.stop()
    try:
        argus("bench", path, "--out", tmp_path / "again", "--replay", tmp_path / "out/replies.sqlite", check=0)
    finally:
        llama.start()
    assert table(tmp_path / "again") == table(tmp_path / "out")
