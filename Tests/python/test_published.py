"""What the trainer must reach: the parts of the suites that remake published results, run and held against their gates.

Hours of computing, hence only with --long. The results lie in `results/published`, so that a run that was stopped goes on,
and finished trainings are not repeated; remove the folder to begin anew.
"""

import functools
import json
import os
import statistics

import pytest
from scipy import stats

from command import ROOT, argus

pytestmark = pytest.mark.skipif(not os.environ.get("ARGUS_LONG"), reason="long")

# Suite, scenario, entry, actions, what is measured, the least (or most) that the median of the seeds may be.
GATES = [
    *[
        ("matrix-games", f"matrix-games/penalty-{penalty}", entry, "sampled", "return", 49, None)
        for penalty in (25, 75, 100) for entry in ("IPPO", "MAPPO")],
    ("matrix-games", "matrix-games/climbing", "IPPO", "sampled", "return", 120, None),
    ("matrix-games", "matrix-games/climbing", "MAPPO", "sampled", "return", 120, None),
    ("foraging", "foraging/8x8-2p-2f-coop", "IPPO", "sampled", "return", 0.95, None),
    ("foraging", "foraging/8x8-2p-2f-coop", "MAPPO", "sampled", "return", 0.95, None),
    ("foraging", "foraging/8x8-2p-2f-coop", "MAA2C", "sampled", "return", 0.95, None),
    ("foraging", "foraging/8x8-2p-2f-coop", "IQL", "greedy", "return", 0.90, None),
    ("foraging", "foraging/8x8-2p-2f-coop", "VDN", "greedy", "return", 0.90, None),
    ("foraging", "foraging/8x8-2p-2f-coop", "QMIX", "greedy", "return", 0.90, None),
    ("foraging", "foraging/8x8-2p-2f-coop", "PQN-VDN", "greedy", "return", 0.90, None),
    ("foraging-sparse", "foraging/2s-10x10-3p-3f", "MAPPO", "sampled", "return", 0.75, None),
    ("foraging-sparse", "foraging/15x15-4p-5f", "MAPPO", "sampled", "return", 0.55, None),
    ("foraging-fields", "foraging/10x10-3p-3f", "MAPPO", "sampled", "return", 0.90, None),
    ("foraging", "foraging/2s-8x8-2p-2f-coop", "MAPPO", "sampled", "return", 0.95, None),
    ("foraging-fields", "foraging/15x15-4p-3f", "MAPPO", "sampled", "return", 0.85, None),
    ("foraging", "foraging/2s-8x8-2p-2f-coop", "MAA2C", "sampled", "return", 0.95, None),
    ("foraging", "foraging/10x10-3p-3f-v1", "MAA2C", "sampled", "return", 0.90, None),
    ("foraging", "foraging/2s-10x10-3p-3f-v1", "MAA2C", "sampled", "return", 0.75, None),
    ("foraging", "foraging/15x15-3p-5f-v1", "MAA2C", "sampled", "return", 0.65, None),
    ("foraging", "foraging/15x15-4p-3f-v1", "MAA2C", "sampled", "return", 0.90, None),
    ("foraging", "foraging/15x15-4p-5f-v1", "MAA2C", "sampled", "return", 0.80, None),
    ("foraging", "foraging/10x10-3p-3f-v1", "IPPO", "sampled", "return", 0.95, None),
    ("foraging", "foraging/2s-10x10-3p-3f-v1", "IPPO", "sampled", "return", 0.90, None),
    ("foraging", "foraging/15x15-4p-5f-v1", "IPPO", "sampled", "return", 0.80, None),
    ("foraging", "foraging/10x10-3p-3f-v1", "MAPPO", "sampled", "return", 0.95, None),
    ("foraging", "foraging/2s-10x10-3p-3f-v1", "MAPPO", "sampled", "return", 0.90, None),
    ("foraging", "foraging/15x15-3p-5f-v1", "MAPPO", "sampled", "return", 0.80, None),
    ("foraging", "foraging/15x15-4p-3f-v1", "MAPPO", "sampled", "return", 0.90, None),
    ("foraging", "foraging/15x15-4p-5f-v1", "MAPPO", "sampled", "return", 0.80, None),
    *[
        ("foraging", "foraging/2s-8x8-2p-2f-coop", entry, "greedy", "return", 0.90, None)
        for entry in ("IQL", "VDN", "QMIX")],
    ("foraging", "foraging/10x10-3p-3f-v1", "VDN", "greedy", "return", 0.75, None),
    ("foraging", "foraging/10x10-3p-3f-v1", "QMIX", "greedy", "return", 0.75, None),
    ("skirmish-2s3z", "skirmish/2s3z", "IPPO-recurrent", "greedy", "score", 0.85, None),
    ("skirmish-2s3z", "skirmish/2s3z", "PQN-VDN", "greedy", "score", 0.80, None),
    ("skirmish-2s3z", "skirmish/2s3z", "VDN", "greedy", "score", 0.80, None),
    ("warehouse", "warehouse/tiny-4ag", "MAPPO", "sampled", "return", 30, None),
    ("warehouse", "warehouse/tiny-2ag", "MAPPO", "sampled", "return", 17, None),
    ("warehouse", "warehouse/tiny-2ag", "VDPPO", "sampled", "return", 17, None),
    ("warehouse", "warehouse/tiny-4ag", "IPPO", "sampled", "return", 30, None),
    ("warehouse", "warehouse/small-4ag", "MAPPO", "sampled", "return", 18, None),
    ("warehouse", "warehouse/small-4ag", "VDPPO", "sampled", "return", 20, None),
    ("warehouse", "warehouse/tiny-2ag", "MAA2C", "sampled", "return", 12, None),
    ("warehouse", "warehouse/tiny-4ag", "MAA2C", "sampled", "return", 20, None),
    # Nobody learns this, which is what makes the scenario hard.
    ("warehouse", "warehouse/tiny-2ag", "QMIX", "greedy", "return", None, 1),
    ("domains", "skirmish/3m", "MAPPO", "greedy", "score", 0.90, None),
]

# A critic that mixes the agents' values must not cost what is learnt.
VDPPO = [
    ("foraging", "foraging/8x8-2p-2f-coop"), ("foraging-sparse", "foraging/2s-10x10-3p-3f"),
    ("foraging-sparse", "foraging/15x15-4p-5f"), ("warehouse", "warehouse/tiny-4ag"),
    ("warehouse", "warehouse/tiny-2ag"), ("warehouse", "warehouse/small-4ag"),
]


@pytest.fixture(scope="session")
def runs():
    """The folders of an entry's seeds on a scenario of a suite, which are run to their end first."""

    @functools.cache
    def run(suite, scenario, entry):
        folder = ROOT / "results" / "published" / suite
        begun = (folder / "suite.json").exists()
        whole = ["--resume", folder] if begun else [suite, "--out", folder]
        argus("bench", *whole, "--scenario", scenario, "--entry", entry, check=0, timeout=24 * 3600)
        folders = sorted((folder / scenario / entry).glob("seed-*"))
        assert len(folders) >= 3
        return folders

    return run


def values(folders, actions, measured="return"):
    outcomes = [json.loads((folder / "result.json").read_text())["outcomes"][actions] for folder in folders]
    return [outcome["score"] if measured == "score" else outcome["return"]["mean"] for outcome in outcomes]


@pytest.mark.parametrize("suite,scenario,entry,actions,measured,least,most", GATES)
def test_an_algorithm_reaches_what_is_published(runs, suite, scenario, entry, actions, measured, least, most):
    found = values(runs(suite, scenario, entry), actions, measured)
    median = statistics.median(found)
    assert least is None or median >= least, found
    assert most is None or median <= most, found


@pytest.mark.parametrize("suite,scenario", VDPPO)
def test_a_mixed_critic_is_not_below_the_interval_of_a_central_one(runs, suite, scenario):
    central = values(runs(suite, scenario, "MAPPO"), "sampled")
    interval = stats.t.interval(0.95, len(central) - 1, statistics.fmean(central), stats.sem(central))
    assert statistics.fmean(values(runs(suite, scenario, "VDPPO"), "sampled")) >= interval[0]


@pytest.mark.parametrize("entry,worth", [("VDN", 7), ("QMIX", 8)])
def test_a_sum_ends_at_7_in_the_two_step_game_and_a_monotonic_mixture_at_8(runs, entry, worth):
    """At its end: the best checkpoint may be of a moment when the sum was at 8 by chance."""
    files = [folder / "evaluations.jsonl" for folder in runs("two-step", "matrix-games/two-step", entry)]
    lines = [[json.loads(line) for line in file.read_text().splitlines()] for file in files]
    ends = [[x["returns"] for x in run if (x["purpose"], x["mode"]) == ("curve", "greedy")][-1] for run in lines]
    assert all(set(returns) == {worth} for returns in ends)
