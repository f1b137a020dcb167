"""Trains an algorithm in PyTorch on request, so that both sides can be timed in turn.

    python -m training ALGORITHM rware|make_vec SETTINGS

on warehouse/tiny-2ag, over the package rware or over argus_env.make_vec, with SETTINGS, the hyperparameters as
`argus train` writes them into run.json, texts in a JSON object. One thread, networks without memory.

Each line on standard input is a number of seconds; the answer is the environment steps a second, playing and learning
together, over as many whole updates as begin in that time.
"""

import json
import os
import sys
import time
import types
import warnings

os.environ["OMP_NUM_THREADS"] = "1"

import torch  # noqa: E402

from . import actor_critic, counterfactual, environments, parallel_q_learning, proximal_policy, replay_q_learning  # noqa: E402

LOOPS = {
    "ippo": proximal_policy, "mappo": proximal_policy, "vdppo": proximal_policy, "maa2c": actor_critic,
    "coma": counterfactual, "iql": replay_q_learning, "vdn": replay_q_learning, "qmix": replay_q_learning,
    "pqn-vdn": parallel_q_learning,
}


def value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def main():
    algorithm, side, settings = sys.argv[1:]
    settings = types.SimpleNamespace(**{name: value(text) for name, text in json.loads(settings).items()})
    torch.set_num_threads(1)
    torch.manual_seed(1)
    warnings.filterwarnings("ignore")
    environment = {"rware": environments.Rware, "make_vec": environments.MakeVec}[side](settings.copies)
    learner = LOOPS[algorithm].Learner(algorithm, environment, settings)
    learner.update()
    # Who keeps episodes learns once there is a batch of them.
    while not getattr(learner, "is_learning", True):
        learner.update()
    learner.update()
    print("ready", flush=True)
    for line in sys.stdin:
        steps, begin = 0, time.perf_counter()
        end = begin + float(line)
        while time.perf_counter() < end:
            steps += learner.update()
        print(steps / (time.perf_counter() - begin), flush=True)


main()
