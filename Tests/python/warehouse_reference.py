"""Records episodes of the Python package `rware`, for `argus verify warehouse FILE.jsonl`.

    python Tests/python/warehouse_reference.py --out DIR                 # every case, 50 seeds each
    python Tests/python/warehouse_reference.py --out DIR --seeds 5       # a tenth of it
    python Tests/python/warehouse_reference.py --out DIR --case tiny-2ag --seeds 1 --steps 20 --values
    python Tests/python/warehouse_reference.py --out DIR --seeds 5 --compact      # a third as large, for the tests

Writes DIR/CASE.jsonl: a header line, then a line for each episode (see `record_case`).

Two things differ from the package as it is. Which of several robots with equally long chains of followers goes first
depends there on the iteration order of a dictionary ("arbitrary", says its documentation); here it is the one with
the lowest number. And the package reports its step limit as termination; here the limit is not given to it, and the
last step of an episode is recorded as truncated.
"""

import argparse
import json
import pathlib
import sys
from collections import deque

import networkx
import numpy as np
from rware.warehouse import Direction, RewardType, Warehouse

SIZES = {"tiny": (1, 3), "small": (2, 3), "medium": (2, 5), "large": (3, 5)}
REWARDS = {
    "individual": RewardType.INDIVIDUAL,
    "global": RewardType.GLOBAL,
    "two-stage": RewardType.TWO_STAGE,
}
ODD_MAP = """
......g....
.xx..xxx...
.xx..x.x.xx
......xx.xx
.xxxx......
.xxxx.xx...
g........g.
"""

# Parameters as a scenario names them; what is not given has the default below.
DEFAULTS = {
    "column_height": 8,
    "sensor_range": 1,
    "message_bits": 0,
    "reward": "individual",
    "max_inactivity": None,
    "normalised_coordinates": False,
}
CASES = {
    "tiny-1ag-hard": {"layout": "tiny", "agents": 1, "requests": 0},
    "tiny-2ag": {"layout": "tiny", "agents": 2, "requests": 2},
    "tiny-2ag-hard": {"layout": "tiny", "agents": 2, "requests": 1},
    "tiny-8ag-easy": {"layout": "tiny", "agents": 8, "requests": 16},
    "tiny-19ag": {"layout": "tiny", "agents": 19, "requests": 19},
    "small-4ag": {"layout": "small", "agents": 4, "requests": 4},
    "medium-6ag-easy": {"layout": "medium", "agents": 6, "requests": 12},
    "large-8ag-hard": {"layout": "large", "agents": 8, "requests": 4},
    "small-2ag-2s": {"layout": "small", "agents": 2, "requests": 2, "sensor_range": 2},
    "medium-3ag-5s": {"layout": "medium", "agents": 3, "requests": 3, "sensor_range": 5},
    "tiny-3ag-messages": {"layout": "tiny", "agents": 3, "requests": 3, "message_bits": 2},
    "tiny-4ag-global": {"layout": "tiny", "agents": 4, "requests": 4, "reward": "global"},
    "small-5ag-two-stage": {"layout": "small", "agents": 5, "requests": 10, "reward": "two-stage"},
    "tiny-2ag-normalised": {"layout": "tiny", "agents": 2, "requests": 2, "normalised_coordinates": True},
    "tiny-2ag-inactivity": {"layout": "tiny", "agents": 2, "requests": 4, "max_inactivity": 40},
    "map-4ag": {
        "layout": ODD_MAP,
        "agents": 4,
        "requests": 6,
        "sensor_range": 2,
        "message_bits": 1,
        "reward": "two-stage",
        "normalised_coordinates": True,
    },
    "1x3-2h-6ag-7req": {"layout": "1x3", "column_height": 2, "agents": 6, "requests": 7},
    "3x7-3h-12ag": {"layout": "3x7", "column_height": 3, "agents": 12, "requests": 15, "reward": "two-stage"},
}


def make(parameters):
    """The package's environment for parameters as a scenario names them."""
    parameters = DEFAULTS | parameters
    layout = parameters["layout"]
    rows, columns, text = 1, 3, None
    if layout in SIZES:
        rows, columns = SIZES[layout]
    elif "\n" in layout:
        text = layout
    else:
        rows, columns = (int(part) for part in layout.split("x"))
    return Warehouse(
        shelf_columns=columns,
        column_height=parameters["column_height"],
        shelf_rows=rows,
        n_agents=parameters["agents"],
        msg_bits=parameters["message_bits"],
        sensor_range=parameters["sensor_range"],
        request_queue_size=parameters["requests"],
        max_inactivity_steps=parameters["max_inactivity"],
        max_steps=None,
        reward_type=REWARDS[parameters["reward"]],
        layout=text,
        normalised_coordinates=parameters["normalised_coordinates"],
    )


def pin_ties(environment):
    """Makes `environment` prefer the lowest robot among those with equally long chains behind them."""

    def longest_path(tree):
        (end,) = [cell for cell in tree if tree.out_degree(cell) == 0]
        length = {}

        def measure(cell):
            length[cell] = 1 + max((measure(follower) for follower in tree.predecessors(cell)), default=0)
            return length[cell]

        measure(end)
        path = [end]
        while followers := list(tree.predecessors(path[-1])):
            path.append(min(followers, key=lambda cell: (-length[cell], environment.grid[0, cell[1], cell[0]])))
        return path[::-1]

    networkx.algorithms.dag_longest_path = longest_path


def hash_of(observations):
    """64-bit FNV-1a of the observations' little-endian float32 bytes, robot after robot, as 16 hexadecimal digits."""
    value = 0xCBF29CE484222325
    for byte in b"".join(np.asarray(row, dtype="<f4").tobytes() for row in observations):
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


class Player:
    """Chooses actions so that a recording visits what random play hardly ever does.

    Each episode has one of three ways to play: all actions equally likely; six of ten forward, which makes robots get
    in each other's way; or a clumsy courier, who fetches requested shelves, delivers them and puts them back, but acts
    at random every fourth time.
    """

    WAYS = ("uniform", "forward", "courier")

    def __init__(self, environment, seed):
        self.environment = environment
        self.way = self.WAYS[seed % len(self.WAYS)]
        self.random = np.random.default_rng([seed, 1])

    def actions(self):
        return [self.action(agent) for agent in self.environment.agents]

    def action(self, agent):
        if self.way == "uniform":
            action = self.random.integers(5)
        elif self.way == "forward":
            action = self.random.choice(5, p=[0.05, 0.6, 0.1, 0.1, 0.15])
        elif self.random.random() < 0.25:
            action = self.random.choice(5, p=[0.1, 0.5, 0.15, 0.15, 0.1])
        else:
            action = self.errand(agent)
        bits = [int(bit) for bit in self.random.integers(2, size=self.environment.msg_bits)]
        return [int(action), *bits] if bits else int(action)

    def errand(self, agent):
        environment = self.environment
        shelf = agent.carrying_shelf
        if shelf is None:
            targets = {(other.x, other.y) for other in environment.request_queue}
        elif shelf in environment.request_queue:
            targets = set(environment.goals)
        else:
            height, width = environment.grid_size
            targets = {
                (x, y)
                for x in range(width)
                for y in range(height)
                if not environment.highways[y, x] and environment.grid[1, y, x] == 0
            }
            if not environment.highways[agent.y, agent.x]:
                targets = {(agent.x, agent.y)}
        step = self.first_step(agent, targets)
        if step is None:
            return 4 if (agent.x, agent.y) in targets else 1
        turns = [Direction.UP, Direction.RIGHT, Direction.DOWN, Direction.LEFT]
        turn = (turns.index(step) - turns.index(agent.dir)) % 4
        return [1, 3, 3, 2][turn]

    def first_step(self, agent, targets):
        """Breadth-first search; the direction of the first step to the nearest target, if it is not here."""
        moves = {Direction.UP: (0, -1), Direction.DOWN: (0, 1), Direction.LEFT: (-1, 0), Direction.RIGHT: (1, 0)}
        height, width = self.environment.grid_size
        queue = deque([((agent.x, agent.y), None)])
        seen = {(agent.x, agent.y)}
        while queue:
            (x, y), first = queue.popleft()
            if (x, y) in targets:
                return first
            for direction, (dx, dy) in moves.items():
                cell = (x + dx, y + dy)
                if cell in seen or not (0 <= cell[0] < width and 0 <= cell[1] < height):
                    continue
                if agent.carrying_shelf and self.environment.grid[1, cell[1], cell[0]]:
                    continue
                seen.add(cell)
                queue.append((cell, first or direction))
        return None


def record_episode(environment, seed, steps, values):
    player = Player(environment, seed)
    observations, _ = environment.reset(seed=seed)
    episode = {"seed": seed, "actions": [], "rewards": [], "terminated": [], "truncated": []}
    key = "observations" if values else "observation_hashes"
    encode = (lambda rows: [[float(number) for number in row] for row in rows]) if values else hash_of
    episode[key] = [encode(observations)]
    for step in range(1, steps + 1):
        actions = player.actions()
        observations, rewards, terminated, _, _ = environment.step(actions)
        episode["actions"].append(actions)
        episode["rewards"].append([float(reward) for reward in rewards])
        episode["terminated"].append(bool(terminated))
        episode["truncated"].append(step == steps and not terminated)
        episode[key].append(encode(observations))
        if terminated:
            break
    return episode


def compact(episode):
    """The same episode in fewer characters.

    `actions` is one digit for each robot and head, step after step; `rewards` lists [step, robot, reward] where it is
    not 0; `ended` is whether the rules ended the episode; `observation_hashes` is one string of 16 digits each.
    """
    return {
        "seed": episode["seed"],
        "actions": "".join(str(number) for actions in episode["actions"] for number in np.ravel(actions)),
        "rewards": [
            [step, robot, reward]
            for step, rewards in enumerate(episode["rewards"])
            for robot, reward in enumerate(rewards)
            if reward
        ],
        "ended": episode["terminated"][-1],
        "observation_hashes": "".join(episode["observation_hashes"]),
    }


def record_case(name, seeds, steps, values, file, shorten=lambda episode: episode):
    """Writes a header and `seeds` episodes.

    An episode has T actions, rewards, terminated and truncated, and T + 1 observations, the first from the reset:
    either the numbers (`observations`) or a hash of them (`observation_hashes`, see `hash_of`). With message bits an
    action is a list: the action, then the bits.
    """
    parameters = CASES[name]
    environment = make(parameters)
    pin_ties(environment)
    header = {
        "reference": "rware 2.0.0",
        "environment": "warehouse",
        "parameters": parameters,
        "horizon": steps,
        "agents": [f"robot_{index}" for index in range(parameters["agents"])],
        "note": "ties pinned to lowest id",
    }
    file.write(json.dumps(header, separators=(",", ":")) + "\n")
    delivered = 0.0
    for seed in range(seeds):
        episode = record_episode(environment, seed, steps, values)
        delivered += sum(sum(rewards) for rewards in episode["rewards"])
        file.write(json.dumps(shorten(episode), separators=(",", ":")) + "\n")
    return delivered


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder to write CASE.jsonl files to")
    parser.add_argument("--case", action="append", choices=CASES, help="only this case (may repeat)")
    parser.add_argument("--seeds", type=int, default=50, help="episodes of each case (default 50)")
    parser.add_argument("--steps", type=int, default=500, help="steps of each episode (default 500)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--values", action="store_true", help="write observations as numbers, not as hashes")
    form.add_argument("--compact", action="store_true", help="write short episodes, see compact()")
    options = parser.parse_args()
    shorten = compact if options.compact else lambda episode: episode
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.case or CASES:
        with open(options.out / f"{name}.jsonl", "w", encoding="utf-8") as file:
            delivered = record_case(name, options.seeds, options.steps, options.values, file, shorten)
        print(f"{name}: {options.seeds} episodes, total reward {delivered:g}", file=sys.stderr)


if __name__ == "__main__":
    main()
