"""Makes rliable.json, the golden data of the statistics tests.

The numbers come from the reference packages themselves: rliable's own aggregates, bootstrap, performance profile
and probability of improvement; numpy's percentile; scipy's Student t, t-tests and Mann-Whitney U; statsmodels' Holm
correction. The run indices that rliable drew are written too, so that another implementation can be compared on the
same draws rather than on average.

    python3 -m venv venv
    venv/bin/pip install rliable==1.2.0 arch==7.2.0 numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 pandas==2.3.3
    venv/bin/python make_rliable_fixture.py

pandas is held below 3 because arch 7.2.0 does not import with pandas 3.

Two facts about rliable 1.2.0 that shape this script: its bootstraps draw from numpy's *global* generator whatever
`random_state` they are given, so the global one is seeded here; and scores are [runs, tasks] there.

In the file, scores are [task][run], and the draws of one repetition are a string of digits, task by task, one digit a
run (so at most 10 runs a task).
"""

import json
import pathlib
from importlib.metadata import version

import numpy as np
import scipy.stats
from rliable import library, metrics
from statsmodels.stats.multitest import multipletests

REPETITIONS = 500
SEED = 20240607
TASKS, RUNS_X, RUNS_Y = 6, 5, 4
GAMMA = 0.8

drawn = []


def record_draws(bootstrap_class):
    """Makes every `update_indices` of a bootstrap class note what it drew."""
    original = bootstrap_class.update_indices

    def update_indices(self):
        result = original(self)
        drawn.append(result)
        return result

    bootstrap_class.update_indices = update_indices


record_draws(library.StratifiedBootstrap)
record_draws(library.StratifiedIndependentBootstrap)


def interval(scores, function, repetitions=REPETITIONS):
    """rliable's point estimates, intervals and draws for one algorithm, or for a pair of them."""
    drawn.clear()
    np.random.seed(SEED)
    points, intervals = library.get_interval_estimates({"key": scores}, function, reps=repetitions)
    assert len(drawn) == repetitions
    return np.atleast_1d(points["key"]), intervals["key"], list(drawn)


def digits(indices):
    """Run indices [run, task] as a string of digits, task by task."""
    assert indices.max() < 10
    return "".join(str(index) for index in indices.T.flatten())


def estimates(names, points, intervals):
    return {
        name: {"point": float(points[i]), "low": float(intervals[0, i]), "high": float(intervals[1, i])}
        for i, name in enumerate(names)
    }


def make_scores():
    """Scores with ties, values below 0 and above 1, and one task on which both algorithms agree."""
    generator = np.random.RandomState(SEED)
    difficulty = np.linspace(0.1, 0.9, TASKS)
    x = np.round(difficulty + 0.25 * generator.standard_normal((RUNS_X, TASKS)), 2)
    y = np.round(difficulty - 0.1 + 0.3 * generator.standard_normal((RUNS_Y, TASKS)), 2)
    x[:, 2] = [0.5, 0.5, 0.5, 0.25, 0.75]
    y[:, 2] = [0.5, 0.5, 0.75, 0.25]
    return x, y


def aggregates(scores):
    names = ["interquartileMean", "mean", "median", "optimalityGap", "optimalityGapGamma"]

    def function(values):
        return np.array([
            metrics.aggregate_iqm(values),
            metrics.aggregate_mean(values),
            metrics.aggregate_median(values),
            metrics.aggregate_optimality_gap(values),
            metrics.aggregate_optimality_gap(values, gamma=GAMMA),
        ])

    points, intervals, draws = interval(scores, function)
    return {
        "scores": scores.T.tolist(),
        "gamma": GAMMA,
        "draws": [digits(indices[0]) for indices in draws],
        "estimates": estimates(names, points, intervals),
    }


def profile(scores, expected_draws):
    thresholds = [-0.2, 0.0, 0.25, 0.5, 0.51, 0.75, 1.0, 1.5]
    drawn.clear()
    np.random.seed(SEED)
    profiles, intervals = library.create_performance_profile({"key": scores}, thresholds, reps=REPETITIONS)
    # Same seed and same shape: the draws are those of `aggregates`, and need not be written twice.
    assert [digits(indices[0]) for indices in drawn] == expected_draws
    return {
        "thresholds": thresholds,
        "fractions": profiles["key"].tolist(),
        "low": intervals["key"][0].tolist(),
        "high": intervals["key"][1].tolist(),
    }


def improvement(x, y):
    def function(scores_x, scores_y):
        return np.array([metrics.probability_of_improvement(scores_x, scores_y)])

    points, intervals, draws = interval((x, y), function)
    u = [float(scipy.stats.mannwhitneyu(x[:, t], y[:, t], alternative="greater").statistic) for t in range(TASKS)]
    return {
        "scoresX": x.T.tolist(),
        "scoresY": y.T.tolist(),
        "drawsX": [digits(positional[0][0]) for positional, _ in draws],
        "drawsY": [digits(positional[1][0]) for positional, _ in draws],
        "mannWhitneyU": u,
        "estimate": estimates(["p"], points, intervals)["p"],
    }


def student_t():
    quantiles = [{"df": float(df), "p": 0.975, "t": float(scipy.stats.t.ppf(0.975, df))} for df in range(1, 201)]
    for df in (0.5, 1.0, 1.7, 2.0, 3.3, 9.0, 27.25, 100.0, 1000.0, 12345.6, 1e6):
        for p in (1e-6, 0.01, 0.2, 0.5, 0.50001, 0.6, 0.75, 0.95, 0.995, 0.9999):
            quantiles.append({"df": df, "p": p, "t": float(scipy.stats.t.ppf(p, df))})
    tails = [
        {"df": df, "t": t, "p": float(2 * scipy.stats.t.sf(t, df))}
        for df in (0.5, 1.0, 2.0, 4.0, 9.5, 50.0, 399.0, 1e5)
        for t in (0.0, 0.001, 0.3, 1.0, 1.96, 3.5, 12.0, 60.0)
    ]
    return {"quantiles": quantiles, "twoSided": tails}


def percentiles():
    generator = np.random.RandomState(SEED + 1)
    cases = []
    for n in (1, 2, 3, 7, 40, 41):
        values = np.round(generator.standard_normal(n), 3)
        percents = [0.0, 2.5, 10.0, 25.0, 33.3, 50.0, 97.5, 100.0]
        cases.append({
            "values": values.tolist(),
            "percents": percents,
            "results": [float(np.percentile(values, percent)) for percent in percents],
        })
    return cases


def means_and_differences():
    generator = np.random.RandomState(SEED + 2)
    means, paired, welch = [], [], []
    for n in (2, 3, 5, 10, 32):
        a = np.round(5 + generator.standard_normal(n), 4)
        b = np.round(a - 0.4 + 0.6 * generator.standard_normal(n), 4)
        low, high = scipy.stats.t.interval(0.95, n - 1, loc=a.mean(), scale=scipy.stats.sem(a))
        means.append({"values": a.tolist(), "mean": float(a.mean()), "low": float(low), "high": float(high)})
        test = scipy.stats.ttest_rel(a, b)
        bounds = test.confidence_interval(0.95)
        paired.append({
            "a": a.tolist(), "b": b.tolist(), "mean": float((a - b).mean()), "low": float(bounds.low),
            "high": float(bounds.high), "p": float(test.pvalue), "df": float(test.df),
        })
        c = np.round(4.5 + 2 * generator.standard_normal(n + 2), 4)
        test = scipy.stats.ttest_ind(a, c, equal_var=False)
        bounds = test.confidence_interval(0.95)
        welch.append({
            "a": a.tolist(), "b": c.tolist(), "mean": float(a.mean() - c.mean()), "low": float(bounds.low),
            "high": float(bounds.high), "p": float(test.pvalue), "df": float(test.df),
        })
    return {"means": means, "paired": paired, "welch": welch}


def holm():
    cases = [[0.01, 0.04, 0.03, 0.005], [0.02], [0.5, 0.9, 0.4], [0.01, 0.01, 0.01], [0.0, 1.0, 0.049, 0.2, 0.001]]
    return [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in cases]


def main():
    x, y = make_scores()
    first = aggregates(x)
    # Every residue of the sample size matters to how many scores are trimmed, and small samples trim none.
    generator = np.random.RandomState(SEED + 3)
    trimmed = []
    for n in range(1, 18):
        values = np.round(generator.standard_normal((n, 1)), 3)
        trimmed.append({"values": values[:, 0].tolist(), "iqm": float(metrics.aggregate_iqm(values))})
    fixture = {
        "madeBy": "make_rliable_fixture.py",
        "versions": {name: version(name) for name in ("rliable", "arch", "numpy", "scipy", "statsmodels")},
        "aggregates": [first, aggregates(y)],
        "interquartileMeans": trimmed,
        "profile": profile(x, first["draws"]),
        "improvement": improvement(x, y),
        "studentT": student_t(),
        "percentiles": percentiles(),
        "holm": holm(),
        **means_and_differences(),
    }
    path = pathlib.Path(__file__).with_name("rliable.json")
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(f"wrote {path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
