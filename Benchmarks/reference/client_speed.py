"""Steps through the package argus_env on request, so that both sides can be timed in turn.

    client_speed.py views|copies|parallel|rware|rware-dicts

Each line on standard input is a number of seconds; the answer is the environment steps a second over that time, with
random actions drawn beforehand on warehouse/tiny-2ag: 64 copies by make_vec, as views or as copies; or one copy by
parallel_env, by the package rware, or by it with PettingZoo's dictionaries around it.
"""

import os
import pathlib
import sys
import time
import warnings

import numpy

sys.path.insert(0, str(pathlib.Path(os.environ["ARGUS_HOME"]) / "Python"))
warnings.filterwarnings("ignore")

import argus_env  # noqa: E402

SCENARIO, COPIES, AGENTS = "warehouse/tiny-2ag", 64, 2


def many(copy):
    """A function that makes about `count` batch steps and returns how many environment steps that were."""
    environment = argus_env.make_vec(SCENARIO, COPIES, copy=copy)
    environment.reset(seed=1)
    batches = list(numpy.random.default_rng(0).integers(0, 5, size=(100, COPIES, AGENTS), dtype=numpy.int32))

    def play():
        step = environment.step
        for actions in batches:
            step(actions)
        return len(batches) * COPIES

    return play


def single(environment, finished):
    environment.reset(seed=1)
    draws = numpy.random.default_rng(0).integers(0, 5, size=(2000, AGENTS)).tolist()
    actions = [dict(zip(environment.possible_agents, draw)) for draw in draws]
    position = 0

    def play():
        nonlocal position
        for _ in range(50):
            result = environment.step(actions[position % len(actions)])
            position += 1
            if finished(environment, result):
                environment.reset()
        return 50

    return play


def rware_environment():
    import gymnasium
    import rware  # noqa: F401  registers the ids

    return gymnasium.make("rware-tiny-2ag-v2", disable_env_checker=True).unwrapped


class Bare:
    """The package's environment, handed dictionaries that were made beforehand."""

    def __init__(self):
        self.environment = rware_environment()
        self.possible_agents = [0, 1]
        self.reset = self.environment.reset

    def step(self, actions):
        return self.environment.step(actions.values())


class WithDictionaries:
    """What a wrapper for PettingZoo does at least."""

    def __init__(self):
        self.environment = rware_environment()
        self.possible_agents = [f"robot_{index}" for index in range(self.environment.n_agents)]
        self.agents = []

    def reset(self, seed=None):
        rows, _ = self.environment.reset(seed=seed)
        self.agents = list(self.possible_agents)
        return dict(zip(self.agents, rows)), {agent: {} for agent in self.agents}

    def step(self, actions):
        rows, rewards, terminated, truncated, _ = self.environment.step([actions[agent] for agent in self.agents])
        agents = self.agents
        result = (
            dict(zip(agents, rows)), dict(zip(agents, rewards)), dict.fromkeys(agents, terminated),
            dict.fromkeys(agents, truncated), {agent: {} for agent in agents})
        if terminated or truncated:
            self.agents = []
        return result


SIDES = {
    "views": lambda: many(copy=False),
    "copies": lambda: many(copy=True),
    "parallel": lambda: single(argus_env.parallel_env(SCENARIO), lambda environment, _: not environment.agents),
    "rware": lambda: single(Bare(), lambda _, result: result[2] or result[3]),
    "rware-dicts": lambda: single(WithDictionaries(), lambda environment, _: not environment.agents),
}


def main():
    play = SIDES[sys.argv[1]]()
    play()
    print("ready", flush=True)
    for line in sys.stdin:
        steps, begin = 0, time.perf_counter()
        end = begin + float(line)
        while time.perf_counter() < end:
            steps += play()
        print(steps / (time.perf_counter() - begin), flush=True)


main()
