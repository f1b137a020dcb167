"""Language models that run in the process of the command, in every way in which they act: a model of a few weights whose
every probability can be computed by hand.
"""

import json
import math
import os
import re

import pytest

from bigram_model import END, BigramModel
from command import ROOT, argus
from small_model import small_model

FORAGING = "foraging/5x5-2p-1f"
# Episodes of a few steps: a token is a byte, so that prompts are long.
SHORT = ROOT / "Tests/python/scenarios/short-foraging.yaml"
LONG = os.environ.get("ARGUS_LONG") == "1"


@pytest.fixture(scope="module")
def tiny():
    return BigramModel()


@pytest.fixture(scope="module")
def folder(tiny, tmp_path_factory):
    if "libtorch is missing" in argus("evaluate", FORAGING, "--team", "llm:file:/nowhere", "--episodes", 1).stderr:
        pytest.skip("this build has no libtorch")
    return tiny.write(tmp_path_factory.mktemp("models") / "tiny")


def policy(folder, **options):
    return f"llm:file:{folder}" + "".join(
        f"{'&' if index else '?'}{name}={value}" for index, (name, value) in enumerate(options.items()))


def evaluate(team, *arguments, episodes=2, check=0, **extra):
    result = argus(
        "evaluate", SHORT, "--team", f"player_0={team},*=random", "--episodes", episodes, "--json", *arguments,
        check=check, **extra)
    return json.loads(result.stdout) if check == 0 else result


def model(result):
    assert len(result["models"]) == 1
    return result["models"][0]


def blocks(record):
    return record.read_text().split("=== episode")[1:]


def section(block, name):
    return block.split(f"--- {name}\n")[1].split("\n---")[0]


def probabilities(block):
    """[(probability, words)] of the legal actions."""
    lines = [line.split(None, 2) for line in section(block, "probabilities").splitlines()]
    return [(float(probability), words) for probability, _, words in lines]


def mean_scores(tiny, words):
    """What mode=score draws from: the softmax of the mean log-probability of each action's bytes after `Action:`."""
    values = []
    for word in words:
        text = f": {word}".encode()
        values.append(sum(map(tiny.log_probability, text, text[1:])) / (len(text) - 1))
    total = sum(map(math.exp, values))
    return [math.exp(value) / total for value in values]


def held(tiny, words, temperature=1):
    """What drawing token by token gives where only the actions, each with an end, are allowed."""
    texts = [(*word.encode(), END) for word in words]
    result = []
    for text in texts:
        value = 0
        for place, token in enumerate(text):
            among = {other[place] for other in texts if other[:place] == text[:place]}
            value += tiny.log_probability(text[place - 1] if place else ord("\n"), token, among, temperature)
        result.append(math.exp(value))
    return result


def test_scores_are_the_models_and_costs_are_counted(tiny, folder, tmp_path):
    record = tmp_path / "talk.txt"
    result = evaluate(policy(folder), "--record", record, "--copies", 1)
    usage = model(result)
    assert usage["outcomes"] == {"ok": usage["decisions"]} and result["failed"] == 0
    for block in blocks(record):
        found, words = zip(*probabilities(block))
        assert found == pytest.approx(mean_scores(tiny, words), abs=6e-5)
    # Tokens are bytes: the messages with what stands around each, the reply's beginning, and the latter's start.
    asked = [block for block in blocks(record) if "had already" not in block]
    assert usage["calls"] == len(asked) == usage["decisions"] - usage["reused"]
    assert usage["completion_tokens"] == 0
    system = section(blocks(record)[0], "system")
    for block in asked:
        size = len(system.encode()) + len(section(block, "user").encode())
        around = len("system\n") + len("user\n") + 2 * 3 + len("assistant\n") + 1 + len("Action:")
        assert f"; {size + around} + 0 tokens in " in block
    # The system message is computed once.
    kept = len(f"system\n{system}\n".encode()) + 2
    assert usage["cached_tokens"] == (usage["calls"] - 1) * kept
    assert 0 < usage["latency_p50"] <= usage["latency_p95"]


def test_prompts_are_cut_by_the_models_own_tokens(folder, tmp_path):
    record = tmp_path / "talk.txt"
    template = tmp_path / "short.yaml"
    text = (ROOT / "Scenarios/language/prompt.yaml").read_text()
    template.write_text(re.sub("rules: 1200", "rules: 300", text))
    evaluate(policy(folder, prompt=template), "--record", record, episodes=1)
    block = blocks(record)[0]
    assert "--- cut: rules: their end" in block
    rules = section(block, "system").split(" …")[0] + " …"
    assert 250 < len(rules.encode()) <= 300


@pytest.mark.parametrize("temperature", [1, 0.5])
def test_constrained_replies_are_drawn_token_by_token_among_the_actions(tiny, folder, temperature, tmp_path):
    record = tmp_path / "talk.txt"
    result = evaluate(policy(folder, mode="constrained", temperature=temperature), "--record", record, episodes=1)
    usage = model(result)
    assert usage["outcomes"] == {"ok": usage["decisions"]} and usage["calls"] == usage["decisions"]
    drawn = 0
    for block in blocks(record):
        found, words = zip(*probabilities(block))
        expected = held(tiny, words, temperature)
        assert sum(expected) == pytest.approx(1) and found == pytest.approx(expected, abs=6e-5)
        reply = section(block, "reply")
        drawn += len(reply.encode()) + 1
        logarithm = float(re.search(r"log-probability (-?[\d.]+)", block)[1])
        assert logarithm == pytest.approx(math.log(expected[words.index(reply)]), abs=2e-3)
    assert usage["completion_tokens"] == drawn


def test_what_cannot_be_drawn_from_is_refused(folder):
    refused = evaluate(policy(folder, mode="constrained", top_p=0.5), check=1)
    assert "the model cannot act in this way" in refused.stderr and "'top_p' 0.5" in refused.stderr


def test_greedy_takes_the_most_probable_with_certainty(folder, tmp_path):
    for mode in ["score", "constrained"]:
        record = tmp_path / f"{mode}.txt"
        evaluate(policy(folder, mode=mode), "--record", record, "--mode", "greedy", episodes=1)
        for block in blocks(record):
            best = max(probabilities(block))[1]
            assert f"{best} (log-probability 0.000)" in section(block, "outcome")


def test_generated_replies_end_and_are_read(folder, tmp_path):
    record = tmp_path / "talk.txt"
    usage = model(evaluate(policy(folder, mode="generate", temperature=0), "--record", record, episodes=1))
    assert usage["outcomes"] == {"ok": usage["decisions"]}
    assert {section(block, "reply") for block in blocks(record)} == {"Action: 0"}
    assert usage["completion_tokens"] == usage["calls"] * (len("Action: 0") + 1)
    cut = model(evaluate(policy(folder, mode="generate", temperature=0, max_tokens=5), episodes=1))
    assert cut["outcomes"] == {"truncated": cut["decisions"]} and cut["fallbacks"] == cut["decisions"]


@pytest.mark.parametrize("mode", ["score", "constrained", "generate"])
def test_results_depend_on_seeds_and_not_on_copies_or_threads(mode, folder):
    def numbers(*arguments):
        result = evaluate(policy(folder, mode=mode, temperature=3, max_tokens=12), *arguments, episodes=6)
        return {key: result[key] for key in ("return", "metrics", "calls", "tokens")}

    assert numbers("--copies", 1) == numbers("--copies", 6) == numbers("--copies", 6, "--threads", 1)
    assert numbers() != numbers("--seed", 1)


def test_a_replay_has_the_same_numbers(folder, tmp_path):
    same = ("return", "metrics", "failed", "calls", "tokens", "models")
    team = policy(folder, mode="constrained")
    first = evaluate(team, "--out", tmp_path / "run")
    again = evaluate(team, "--replay", tmp_path / "run/replies.sqlite")
    assert {key: first[key] for key in same if key != "models"} == {key: again[key] for key in same if key != "models"}
    for key in ("calls", "prompt_tokens", "cached_tokens", "completion_tokens", "latency_p50", "latency_p95", "outcomes"):
        assert model(first)[key] == model(again)[key]
    assert model(again)["cached"] == model(again)["calls"]


def test_a_replay_of_a_named_model_fetches_nothing(folder, tmp_path):
    """`folder` is asked for since it skips where the build has no libtorch."""
    replies = tmp_path / "replies.sqlite"
    evaluate("llm:http://127.0.0.1:9/v1?model=none", "--cache", replies, check=1)
    result = evaluate("llm:smollm2", "--replay", replies, check=1, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert "a reply is not in the recording" in result.stderr
    assert not (tmp_path / "cache/argus/models").exists()


def test_two_models_of_one_name_do_not_share_replies(folder, tmp_path):
    other = BigramModel(seed=1).write(tmp_path / "tiny")
    cache = tmp_path / "replies.sqlite"
    assert model(evaluate(policy(folder), "--cache", cache, episodes=1))["cached"] == 0
    assert model(evaluate(policy(other), "--cache", cache, episodes=1))["cached"] == 0
    usage = model(evaluate(policy(folder), "--cache", cache, episodes=1))
    assert usage["cached"] == usage["calls"] > 0


def test_what_cannot_be_read_is_told_with_its_file(tiny, tmp_path):
    assert "found nothing there" in evaluate(policy(tmp_path / "none"), check=1).stderr
    silent = tiny.write(tmp_path / "silent")
    (silent / "tokenizer_config.json").unlink()
    assert "found no chat template" in evaluate(policy(silent), check=1).stderr
    short = tiny.write(tmp_path / "short")
    weights = short / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert str(weights) in evaluate(policy(short), check=1).stderr


# Scenario, and horizon and episodes that make at least 20 decisions, with ARGUS_LONG=1 400.
DOMAINS = [
    ("foraging/8x8-2p-3f", (5, 2), (25, 8)),
    ("warehouse/starter", (5, 2), (25, 8)),
    ("skirmish/3m", (4, 2), (40, 16)),
    ("customer-service/two-skills", (15, 2), (60, 20)),
    ("research-team/two-disciplines", (4, 2), (12, 20)),
]


@pytest.mark.parametrize("scenario,brief,full", DOMAINS, ids=[scenario for scenario, _, _ in DOMAINS])
def test_a_real_model_that_scores_always_acts_legally(scenario, brief, full, folder, tmp_path):
    """`folder` is asked for since it skips where the build has no libtorch."""
    horizon, episodes = full if LONG else brief
    path, record, own = tmp_path / "task.yaml", tmp_path / "own.jsonl", tmp_path / "own.jsonl.transcript.txt"
    text = (ROOT / f"Scenarios/{scenario}.yaml").read_text()
    path.write_text(re.sub("horizon: .*", f"horizon: {horizon}", text))
    argus("play", path, "--team", policy(small_model()), "--episodes", episodes, "--render", "none", "--record", record,
          check=0, timeout=3600)
    decisions = blocks(own)
    assert len(decisions) >= (400 if LONG else 20)
    for block in decisions:
        legal = dict(line.split(" ", 1) for line in section(block, "user").split("You can:\n")[1].splitlines())
        number, words = re.match(r"ok: (\d+) (.*) \(log-probability", section(block, "outcome")).groups()
        assert legal[number] == words and section(block, "reply") == f"Action: {words}"
        found = probabilities(block)
        assert [words for _, words in found] == list(legal.values())
        assert sum(value for value, _ in found) == pytest.approx(1, abs=1e-3) and min(found)[0] >= 0
    # The environment takes every one of them again, and comes to the same.
    assert argus("verify", scenario.split("/")[0], record, check=0)
