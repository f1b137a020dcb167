"""Records episodes of the Python package `lbforaging`, for `argus verify foraging FILE.jsonl`.

    python Tests/python/foraging_reference.py --out DIR                 # every case, 200 seeds each
    python Tests/python/foraging_reference.py --out DIR --seeds 20      # a tenth of it
    python Tests/python/foraging_reference.py --out DIR --case 8x8-2p-2f-coop --seeds 1 --values

Each episode is played by a new reference environment: there, unlike here, what a reset does depends on the episode
before. Writes DIR/CASE.jsonl, a line for the task and then a line for each episode:

    {"reference": "lbforaging 2.0.0", "environment": "foraging", "parameters": {...}, "horizon": 50, "agents": [...]}
    {"seed": S, "actions": [[a0, a1], ...], "rewards": [[r0, r1], ...], "terminated": [...], "truncated": [...],
     "ended": false, "observation_hashes": [...]}

`terminated` and `truncated` are what the reference said after each step; it calls its limit of 50 steps "terminated".
`ended` tells whether the rules ended the episode at its last step: no food was left. `observations` (with --values)
or `observation_hashes` have an entry for the reset and one for each step: the values, or in hexadecimal the 64-bit
FNV-1a hash over the little-endian float32 bytes of all agents' observations in order.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
from lbforaging.foraging import ForagingEnv

HORIZON = 50
MOVES = {1: (-1, 0), 2: (1, 0), 3: (0, -1), 4: (0, 1)}
LOAD = 5

# Parameters as a scenario names them; what a case does not give has the default below. 0 means the whole field (sight),
# or as much as the three weakest players together can lift (max_food_level).
DEFAULTS = {
    "rows": 8,
    "columns": 8,
    "players": 2,
    "foods": 2,
    "sight": 0,
    "coop": False,
    "penalty": 0.0,
    "min_player_level": 1,
    "max_player_level": 2,
    "min_food_level": 1,
    "max_food_level": 0,
    "normalize_reward": True,
    "observe_levels": True,
}


def square(size, players, foods, **others):
    return {"rows": size, "columns": size, "players": players, "foods": foods} | others


# Named as the registered ids are, or for what is special.
CASES = {
    "5x5-2p-1f": square(5, 2, 1),
    "2s-5x5-9p-4f-coop": square(5, 9, 4, sight=2, coop=True),
    "8x8-2p-2f-coop": square(8, 2, 2, coop=True),
    "2s-8x8-2p-2f-coop": square(8, 2, 2, sight=2, coop=True),
    "10x10-3p-3f": square(10, 3, 3),
    "2s-10x10-4p-3f": square(10, 4, 3, sight=2),
    "15x15-4p-4f": square(15, 4, 4),
    "15x15-3p-4f-coop": square(15, 3, 4, coop=True),
    "2s-19x19-9p-4f": square(19, 9, 4, sight=2),
    "19x19-5p-2f-coop": square(19, 5, 2, coop=True),
    "15x15-4p-5f": square(15, 4, 5),
    "penalty": square(8, 3, 3, penalty=0.1),
    "penalty-3s-coop": square(9, 4, 4, sight=3, coop=True, penalty=0.3),
    "6x11-4p-3f-2s": square(6, 4, 3, columns=11, sight=2),
    "12x5-3p-2f-coop": square(12, 3, 2, columns=5, coop=True),
    "3x7-1p-3f": square(3, 1, 3, columns=7, max_player_level=5),
    "levels": square(10, 3, 3, max_player_level=4, min_food_level=2, max_food_level=9, normalize_reward=False),
    "hidden-levels-1s": square(10, 3, 3, observe_levels=False, sight=1, max_food_level=1),
    "crowd": square(5, 9, 6, penalty=0.1),
    "10x10-3p-3f-v1": square(10, 3, 3, max_food_level=-1),
    "15x15-4p-5f-v1": square(15, 4, 5, max_food_level=-1),
    "5x5-1p-2f-v1": square(5, 1, 2, max_food_level=-1),
}


class EarlierForagingEnv(ForagingEnv):
    """The package before 2.0, as far as levels go: where a food's level is drawn from a range, its highest never is.

    `lbforaging` 1.1.1 has `randint(min_level, max_level)` for a food, numpy's randint, which excludes the upper bound.
    """

    def spawn_food(self, max_num_food, min_levels, max_levels):
        super().spawn_food(max_num_food, min_levels, np.maximum(min_levels, max_levels - 1))


def make(parameters):
    """A new reference environment."""
    p = DEFAULTS | parameters
    kind = EarlierForagingEnv if p["max_food_level"] < 0 else ForagingEnv
    env = kind(
        players=p["players"],
        min_player_level=p["min_player_level"],
        max_player_level=p["max_player_level"],
        min_food_level=p["min_food_level"],
        max_food_level=p["max_food_level"] if p["max_food_level"] > 0 else None,
        field_size=(p["rows"], p["columns"]),
        max_num_food=p["foods"],
        sight=p["sight"] or max(p["rows"], p["columns"]),
        max_episode_steps=HORIZON,
        force_coop=p["coop"],
        normalize_reward=p["normalize_reward"],
        observe_agent_levels=p["observe_levels"],
        penalty=p["penalty"],
    )
    if p["rows"] != p["columns"]:
        # The reference checks its observations against bounds that have rows and columns exchanged, and so fails on
        # fields that are not square. Only that check is widened here, not what it observes.
        size = env.observation_space[0].shape
        wide = type(env.observation_space[0])(-np.inf, np.inf, shape=size, dtype=np.float32)
        env.observation_space = type(env.observation_space)([wide] * p["players"])
    return env


def fnv1a(data):
    """64-bit FNV-1a of bytes."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def foraging_actions(env, generator):
    """Actions that load often: all go to one food and load there, one action in six is random."""
    foods = np.argwhere(env.field > 0)
    center = np.mean([player.position for player in env.players], axis=0)
    goal = foods[np.abs(foods - center).sum(axis=1).argmin()] if len(foods) else center
    actions = []
    for player in env.players:
        row, column = player.position
        here = np.abs(foods - (row, column)).sum(axis=1).min() if len(foods) else 9
        if generator.random() < 1 / 6:
            actions.append(int(generator.integers(6)))
        elif here == 1 and generator.random() < 0.8:
            actions.append(LOAD)
        else:
            distances = {a: abs(row + r - goal[0]) + abs(column + c - goal[1]) for a, (r, c) in MOVES.items()}
            nearest = min(distances.values())
            actions.append(int(generator.choice([a for a, d in distances.items() if d == nearest])))
    return actions


def record_episode(parameters, seed, values):
    """Plays one episode to its end or to the horizon; every third one by random actions alone."""
    env = make(parameters)
    generator = np.random.default_rng([seed, 1])
    observations, _ = env.reset(seed=seed)
    seen = [observations]
    record = {"seed": seed, "actions": [], "rewards": [], "terminated": [], "truncated": []}
    done = False
    while not done:
        if seed % 3 == 0:
            actions = [int(a) for a in generator.integers(6, size=len(env.players))]
        else:
            actions = foraging_actions(env, generator)
        observations, rewards, terminated, truncated, _ = env.step(actions)
        seen.append(observations)
        record["actions"].append(actions)
        record["rewards"].append([float(reward) for reward in rewards])
        record["terminated"].append(bool(terminated))
        record["truncated"].append(bool(truncated))
        done = terminated or truncated
    record["ended"] = bool(env.field.sum() == 0)
    if values:
        record["observations"] = [[row.tolist() for row in rows] for rows in seen]
    else:
        record["observation_hashes"] = [
            format(fnv1a(b"".join(np.asarray(row, dtype="<f4").tobytes() for row in rows)), "016x") for rows in seen
        ]
    return record


def record_case(name, seeds, values, file):
    """Writes a header and `seeds` episodes; returns how many steps brought a reward."""
    parameters = CASES[name]
    header = {
        "reference": "lbforaging 2.0.0",
        "environment": "foraging",
        "parameters": parameters,
        "horizon": HORIZON,
        "agents": [f"player_{index}" for index in range(parameters["players"])],
    }
    file.write(json.dumps(header, separators=(",", ":")) + "\n")
    rewarded = 0
    for seed in range(seeds):
        record = record_episode(parameters, seed, values)
        rewarded += sum(max(rewards) > 0 for rewards in record["rewards"])
        file.write(json.dumps(record, separators=(",", ":")) + "\n")
    return rewarded


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder to write CASE.jsonl files to")
    parser.add_argument("--case", action="append", choices=CASES, help="only this case (may repeat)")
    parser.add_argument("--seeds", type=int, default=200, help="episodes of each case (default 200)")
    parser.add_argument("--values", action="store_true", help="write observations as numbers, not as hashes")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.case or CASES:
        with open(options.out / f"{name}.jsonl", "w", encoding="utf-8", newline="\n") as file:
            rewarded = record_case(name, options.seeds, options.values, file)
        print(f"{name}: {options.seeds} episodes, {rewarded} steps with a reward", file=sys.stderr)


if __name__ == "__main__":
    main()
