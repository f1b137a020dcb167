"""What every domain that comes with ArgusOrch must have: scenarios from easy to hard, scripts, scores, words, pictures."""

import json
import re

import numpy as np
import pytest
from argus_env import make_vec
from command import argus

DOMAINS = {
    "warehouse": "robot_0",
    "foraging": "player_0",
    "skirmish": "ally_0",
    "customer-service": "expert_0",
    "research-team": "lead",
}
# Scenarios that a language model is to play, and whose situations must be short.
SMALL = [
    "warehouse/starter", "warehouse/starter-short", "foraging/5x5-2p-1f", "foraging/8x8-2p-2f-coop", "skirmish/3m",
    "skirmish/3m-short", "customer-service/two-skills", "customer-service/single-skill", "research-team/two-disciplines",
    "research-team/three-disciplines",
]


@pytest.fixture(scope="module")
def scenarios():
    return {item["scenario"]: item for item in json.loads(argus("list", "scenarios", "--json", check=0).stdout)}


def test_there_are_scenarios_in_every_domain(scenarios):
    assert len(scenarios) >= 30
    for domain in DOMAINS:
        assert sum(name.startswith(domain + "/") for name in scenarios) >= 5, domain


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_scenario_of_a_domain_is_described_scored_and_has_scripted_results(domain, scenarios):
    for name in (name for name in scenarios if name.startswith(domain + "/")):
        described = json.loads(argus("describe", name, "--json", check=0).stdout)
        assert described["agents"][0]["name"] == DOMAINS[domain], name
        assert len(described["description"]) > 20, name
        score = described["score"]
        assert score["floor"] < score["ceiling"] and len(score["why"]) > 10, name
        assert described["baselines"], name
        assert any("scripted" in reference["algorithm"] for reference in described["references"]), name


@pytest.mark.parametrize("name", SMALL)
def test_a_situation_of_a_small_scenario_is_short(name):
    environment = make_vec(name, num_envs=4)
    environment.reset(seed=3)
    longest = ""
    for _ in range(60):
        for copy in range(4):
            for agent in range(len(environment.agents)):
                longest = max(longest, environment.situation(copy, agent), key=tokens)
        environment.act("random", seed=5)
        environment.step(environment.actions)
    assert 0 < tokens(longest) <= 200, longest


def tokens(text):
    """At least as many as common tokenizers make of plain English: words in pieces of six letters, digits, signs."""
    pieces = re.findall(r"[A-Za-z]+|[0-9]|[^\sA-Za-z0-9]", text)
    return sum(-(-len(piece) // 6) for piece in pieces)


@pytest.mark.parametrize("name", [name for name in SMALL if "5x5" not in name and "single" not in name])
def test_pictures_fit_a_terminal(name):
    environment = make_vec(name, num_envs=1)
    environment.reset(seed=1)
    for _ in range(10):
        assert max(map(len, environment.render(0).splitlines())) <= 110
        environment.act("scripted", seed=1)
        environment.step(environment.actions)


def test_the_suite_of_all_domains_has_four_entries_on_five_scenarios():
    planned = argus("bench", "domains", "--dry-run", "--json", check=0)
    jobs = json.loads(planned.stdout)["jobs"]
    assert {job["scenario"].split("/")[0] for job in jobs} == set(DOMAINS)
    assert {job["entry"] for job in jobs} == {"Random", "Scripted", "IPPO", "MAPPO"}


def test_learners_run_on_every_new_domain(tmp_path):
    suite = tmp_path / "tiny.yaml"
    suite.write_text(
        "suite: tiny\nprotocol: {seeds: [3], evaluation_episodes: 2, evaluations: 1}\n"
        "scenarios: [skirmish/3m, customer-service/two-skills, research-team/two-disciplines]\n"
        "entries:\n  - {name: Scripted, team: scripted}\n"
        "  - {name: MAPPO, train: mappo, steps: 4096}\n  - {name: IPPO, train: ippo, steps: 4096}\n"
    )
    out = tmp_path / "out"
    argus("bench", suite, "--out", out, check=0)
    results = [json.loads(path.read_text()) for path in out.glob("*/*/*/seed-*/result.json")]
    assert len(results) == 9
    assert all(outcome["failed"] == 0 for result in results for outcome in result["outcomes"].values())


def test_time_between_decisions_varies_where_decisions_come_with_events():
    environment = make_vec("customer-service/two-skills", num_envs=8)
    environment.reset(seed=11)
    elapsed = []
    for _ in range(50):
        environment.act("scripted", seed=1)
        elapsed.append(environment.step(environment.actions)[4]["elapsed"])
    elapsed = np.array(elapsed)
    assert (elapsed >= 0).all() and elapsed.max() > 0 and len(np.unique(elapsed)) > 20
