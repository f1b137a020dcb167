"""Steps the reference package on request, so that both sides can be timed in turn.

Each line on standard input is a number of seconds; the answer is the environment steps a second over that time, with
random actions drawn beforehand. One environment, one core.
"""

import sys
import time
import warnings

import gymnasium
import numpy

warnings.filterwarnings("ignore")
import rware  # noqa: E402, F401  registers the ids


def main():
    environment = gymnasium.make(sys.argv[1], disable_env_checker=True).unwrapped
    actions = numpy.random.default_rng(0).integers(0, 5, size=(100_000, environment.n_agents)).tolist()
    environment.reset(seed=0)
    print("ready", flush=True)
    step = 0
    for line in sys.stdin:
        begin = time.perf_counter()
        end = begin + float(line)
        first = step
        while time.perf_counter() < end:
            for _ in range(50):
                _, _, terminated, truncated, _ = environment.step(actions[step % len(actions)])
                step += 1
                if terminated or truncated:
                    environment.reset()
        print((step - first) / (time.perf_counter() - begin), flush=True)


main()
