"""Training runs from the command line, and everything that they left."""

import json
import pathlib
import time

import pytest
from safetensors.numpy import load_file

STEPS = 12_000


def arguments(folder, *extra, scenario="foraging/8x8-2p-2f-coop", algorithm="mappo", steps=STEPS, seed=7):
    return [
        "train", scenario, "--algorithm", algorithm, "--steps", steps, "--seed", seed,
        "--evaluations", 3, "--evaluation-episodes", 4, "--absolute-episodes", 8, *extra, *folder,
    ]  # fmt: skip


def out(folder):
    return ["--out", str(folder)]


def resume(folder):
    return ["--resume", str(folder)]


def without_times(line):
    return {k: v for k, v in json.loads(line).items() if "seconds" not in k and "per_second" not in k}


def outcome(folder):
    """Everything that a run left, but for times."""
    folder = pathlib.Path(folder)
    result = json.loads((folder / "result.json").read_text())
    for key in ("wall_seconds", "steps_per_second"):
        result.pop(key)
    weights = load_file(folder / "checkpoint" / "last.safetensors")
    return {
        "result": result,
        "metrics": [without_times(line) for line in (folder / "metrics.jsonl").read_text().splitlines()],
        "evaluations": [without_times(line) for line in (folder / "evaluations.jsonl").read_text().splitlines()],
        "best": (folder / "checkpoint" / "best.safetensors").read_bytes(),
        "last": {name: array.tobytes() for name, array in weights.items()},
    }


def wait_for_lines(path, count, process):
    deadline = time.time() + 120
    while time.time() < deadline and process.poll() is None:
        if path.exists() and len(path.read_text().splitlines()) >= count:
            return
        time.sleep(0.002)


def scalars(folder):
    """What TensorBoard reads of a run: tag to the steps and values, in the order of the file."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    events = accumulator.EventAccumulator(str(folder), size_guidance={"scalars": 0})
    events.Reload()
    timed = ("seconds", "per_second")
    return {
        tag: [(event.step, event.value) for event in events.Scalars(tag)]
        for tag in events.Tags()["scalars"] if not any(part in tag for part in timed)}  # fmt: skip
