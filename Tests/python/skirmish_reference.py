"""Records transitions of the Python package `jaxmarl` (SMAX), for `argus verify skirmish FILE.jsonl`.

    python Tests/python/skirmish_reference.py --out DIR                     # every map, 120 transitions each
    python Tests/python/skirmish_reference.py --out DIR --map 3m --lines 20
    python Tests/python/skirmish_reference.py --out DIR --lines 6 --excerpt # what Tests/SkirmishTests/Fixtures holds

Needs `jaxmarl==0.2.0` (which brings jax, about 1 GB). In some episodes all units mostly play the reference's own
heuristic, in others random legal actions. Writes DIR/MAP.jsonl, a header and then a line for each transition:

    {"reference": "jaxmarl 0.2.0 SMAX", "map": "3m", "allies": 3, "enemies": 3, "observation_size": 75, ...}
    {"types": [...], "before": {...}, "masks": [[...]], "actions": [...], "cooldown_noise": [8][units],
     "after": {...}, "rewards": [...], "dones": [...], "done": 0, "observations": [[...]], "world_state": [...],
     "win_rewards": [...], "conic_observations": [[...]], "heuristic": {...}}

States hold positions, health, cooldowns, alive, step, previous_moves and previous_attacks. `win_rewards` are those with
`use_self_play_reward`. `heuristic` holds what the heuristic does in `before` ("actions"), the points that units go to
while they see nobody ("goals"), the targets that it remembers before ("targets") and how many opponents each unit sees
("visible"). With --excerpt the observations are those of the first ally and the last enemy only.
"""

import argparse
import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from jaxmarl.environments.smax.heuristic_enemy import create_heuristic_policy, get_heuristic_policy_initial_state
from jaxmarl.environments.smax.smax_env import MAP_NAME_TO_SCENARIO, SMAX, map_name_to_scenario

HORIZON = 101
STOP = 4
SHARE_OF_RANDOM_ACTIONS = [0.9, 0.3, 0.05, 0.3]


def numbers(array, digits=9):
    rounded = [float(f"{value:.{digits}g}") for value in np.asarray(array, dtype=np.float64).reshape(-1)]
    return [int(value) if value == int(value) else value for value in rounded]


def integers(array):
    return [int(value) for value in array]


def written(state):
    return {
        "positions": numbers(state.unit_positions),
        "health": numbers(state.unit_health),
        "cooldowns": numbers(state.unit_weapon_cooldowns),
        "alive": integers(state.unit_alive),
        "step": int(state.step),
        "previous_moves": numbers(state.prev_movement_actions),
        "previous_attacks": integers(state.prev_attack_actions),
    }


class Recorder:
    def __init__(self, name, mode):
        scenario = map_name_to_scenario(name)
        self.name = name
        self.env = env = SMAX(scenario=scenario)
        self.agents = env.agents
        self.reset, self.step = jax.jit(env.reset), jax.jit(env.step_env)
        self.legal = jax.jit(env.get_avail_actions)
        self.cones = jax.jit(SMAX(scenario=scenario, observation_type="conic").get_obs)
        self.win_reward = jax.jit(SMAX(scenario=scenario, use_self_play_reward=True).compute_reward)
        self.heuristics = [jax.jit(jax.vmap(create_heuristic_policy(env, team, attack_mode=mode))) for team in (0, 1)]
        self.noise = jax.jit(self.noise_of)

    def noise_of(self, key):
        """The cooldown deviations that `step_env` draws from this key: [substep][unit]."""
        env = self.env
        key, _ = jax.random.split(key)

        def draw(key, _):
            key, step_key = jax.random.split(key)
            keys = jax.random.split(step_key, env.num_agents)
            low, high = -env.time_per_step, 2 * env.time_per_step
            return key, jax.vmap(lambda k: jax.random.uniform(k, minval=low, maxval=high))(keys)

        return jax.lax.scan(draw, key, None, length=env.world_steps_per_env_step)[1]

    def by_agent(self, values):
        return [values[agent] for agent in self.agents]

    def transitions(self, seed):
        """Transitions of one episode after another."""
        env = self.env
        teams = [env.agents[: env.num_allies], env.agents[env.num_allies :]]
        random = np.random.default_rng(seed)
        key = jax.random.PRNGKey(seed)
        episode = 0
        while True:
            key, reset_key = jax.random.split(key)
            observations, state = self.reset(reset_key)
            begin = get_heuristic_policy_initial_state()
            memories = [jax.tree.map(lambda *x: jnp.stack(x), *([begin] * len(team))) for team in teams]
            for step in range(HORIZON):
                masks = [np.asarray(mask) for mask in self.by_agent(self.legal(state))]
                key, step_key, *team_keys = jax.random.split(key, 4)
                before = memories
                wanted, memories, visible = [], [], []
                for team in (0, 1):
                    rows = jnp.stack([observations[agent] for agent in teams[team]])
                    keys = jax.random.split(team_keys[team], len(teams[team]))
                    actions, memory = self.heuristics[team](keys, before[team], rows)
                    wanted += integers(actions)
                    memories.append(memory)
                    others = np.asarray(rows)[:, : 13 * (env.num_agents - 1) : 13][:, len(teams[team]) - 1 :]
                    visible += integers((others > 0).sum(axis=1))
                share = SHARE_OF_RANDOM_ACTIONS[episode % len(SHARE_OF_RANDOM_ACTIONS)]
                actions = []
                for unit, mask in enumerate(masks):
                    action = wanted[unit] if bool(state.unit_alive[unit]) else STOP
                    if bool(state.unit_alive[unit]) and (random.random() < share or not mask[action]):
                        action = int(random.choice(np.nonzero(mask)[0]))
                    actions.append(action)
                chosen = {agent: jnp.array(action) for agent, action in zip(self.agents, actions)}
                after_observations, after, rewards, dones, _ = self.step(step_key, state, chosen)
                wins = self.win_reward(after, state.unit_health, after.unit_health)
                yield {
                    "types": integers(state.unit_types),
                    "before": written(state),
                    "masks": [integers(mask) for mask in masks],
                    "actions": actions,
                    "cooldown_noise": [numbers(row) for row in self.noise(step_key)],
                    "after": written(after),
                    "rewards": numbers(jnp.stack(self.by_agent(rewards))),
                    "win_rewards": numbers(jnp.stack(self.by_agent(wins))),
                    "dones": [int(dones[agent]) for agent in self.agents],
                    "done": int(dones["__all__"]),
                    "observations": [numbers(row) for row in self.by_agent(after_observations)],
                    "world_state": numbers(after_observations["world_state"]),
                    "conic_observations": [numbers(row) for row in self.by_agent(self.cones(after))],
                    "heuristic": {
                        "actions": wanted,
                        "goals": sum((numbers(memory.default_target) for memory in before), []) if step else None,
                        "targets": sum((integers(memory.last_attacked_enemy) for memory in before), []),
                        "visible": visible,
                    },
                }
                observations, state = after_observations, after
                if bool(dones["__all__"]):
                    break
            episode += 1


def excerpt(line):
    """The rows of the first ally and the last enemy, and fewer digits: an eighth to a twentieth of the size."""
    for key in ("observations", "conic_observations"):
        line[key] = [numbers(line[key][0], 7), numbers(line[key][-1], 7)]
    line["world_state"] = numbers(line["world_state"], 7)
    return line


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--map", action="append", choices=list(MAP_NAME_TO_SCENARIO), help="default: all")
    parser.add_argument("--lines", type=int, default=120)
    parser.add_argument("--every", type=int, default=1, help="keep one transition of so many")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--targeting", choices=["closest", "random"], default="closest")
    parser.add_argument("--excerpt", action="store_true")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.map or list(MAP_NAME_TO_SCENARIO):
        recorder = Recorder(name, arguments.targeting)
        env = recorder.env
        header = {
            "reference": "jaxmarl 0.2.0 SMAX",
            "map": name,
            "allies": env.num_allies,
            "enemies": env.num_enemies,
            "observation_size": env.obs_size,
            "state_size": env.state_size,
            "agents": env.agents,
            "targeting": arguments.targeting,
        }
        with (arguments.out / f"{name}.jsonl").open("w") as file:
            file.write(json.dumps(header) + "\n")
            written_lines = 0
            for index, line in enumerate(recorder.transitions(arguments.seed)):
                # An episode's last transition is kept too.
                if index % arguments.every and not line["done"]:
                    continue
                line = excerpt(line) if arguments.excerpt else line
                file.write(json.dumps(line, separators=(",", ":")) + "\n")
                written_lines += 1
                if written_lines == arguments.lines:
                    break


main()
