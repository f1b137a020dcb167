"""Steps SMAX with its heuristic enemies on request, so that both sides can be timed in turn.

Each line on standard input is a number of seconds; the answer is the environment steps a second over about that time,
with random actions, compiled and vectorised, on one core, with the batch that was fastest at the start.
"""

import os
import sys
import time

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

# The package prints when it is imported: only answers may go to standard output.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jaxmarl.environments.smax import HeuristicEnemySMAX, map_name_to_scenario  # noqa: E402

BATCHES = [4, 16, 64, 256]


class Loop:
    def __init__(self, env, batch):
        self.batch, self.length = batch, max(5, 6400 // batch // env.num_agents)
        choices = 5 + env.num_enemies

        def step(state, key):
            keys = jax.random.split(key, batch + 1)
            drawn = jax.random.randint(keys[-1], (batch, env.num_agents), 0, choices)
            actions = {agent: drawn[:, index] for index, agent in enumerate(env.agents)}
            observations, state, rewards, _, _ = jax.vmap(env.step)(keys[:-1], state, actions)
            legal = jax.vmap(env.get_avail_actions)(state)
            # Summed, so that nothing of what a learner needs is left out by the compiler.
            return state, sum(jnp.sum(x) for x in jax.tree.leaves((observations, rewards, legal)))

        self.run = jax.jit(lambda state, key: jax.lax.scan(step, state, jax.random.split(key, self.length)))
        self.key = jax.random.PRNGKey(batch)
        self.state = jax.jit(jax.vmap(env.reset))(jax.random.split(self.key, batch))[1]
        self.steps_per_second(0)

    def steps_per_second(self, seconds):
        begin, steps = time.perf_counter(), 0
        while steps == 0 or time.perf_counter() < begin + seconds:
            self.key, key = jax.random.split(self.key)
            self.state, total = self.run(self.state, key)
            total.block_until_ready()
            steps += self.batch * self.length
        return steps / (time.perf_counter() - begin)


def main():
    env = HeuristicEnemySMAX(scenario=map_name_to_scenario(sys.argv[1]))
    loops = [Loop(env, batch) for batch in BATCHES]
    best = max(loops, key=lambda loop: loop.steps_per_second(1))
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        print(best.steps_per_second(float(line)), file=answers, flush=True)


main()
