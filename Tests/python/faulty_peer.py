"""A peer that works, until it does not: `faulty_peer.py FAULT [MARK]`.

The fault happens once, in the episode that has the seed's last bits 0 to 3 … whichever comes first at step 3, and only
if the file MARK is not there yet; it makes the file first. Without MARK it happens every time. The environment's variable
FAULT, if there is one, says which fault it is instead.
"""

import os
import pathlib
import re
import signal
import sys
import time

import argus_env
from argus_env.peer import connection
from argus_env.wire import constants as c

FAULT = os.environ.get("FAULT", sys.argv[1])
MARK = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
sends = connection.Connection.send


def is_due() -> bool:
    if MARK is None:
        return True
    try:
        # Atomic: of several processes, one.
        os.close(os.open(MARK, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


class Walk:
    """Two agents on a line of nine cells; both at an end: reward, and the episode is over."""

    agents = ["left", "right"]
    observation_size = 3 if FAULT == "another-specification" and MARK is not None and MARK.exists() else 2
    actions = ["stay", "down", "up"]
    metric_kinds = {"moves": "count"}

    def reset(self, seed):
        if FAULT == "exception-in-reset" and seed % 4 == 1:
            raise ValueError("this seed does not begin")
        self.seed, self.steps, self.moves = seed, 0, 0
        self.cells = [4, 4]
        return self.observe()

    def observe(self):
        row = [cell / 8 for cell in self.cells]
        if FAULT == "not-a-number" and self.steps == 3 and is_due():
            row[1] = float("nan")
        return [(row + [0.0])[: self.observation_size]] * 2

    def metrics(self):
        return {"moves": self.moves}

    def step(self, actions):
        self.steps += 1
        if self.steps == 3:
            self.fail()
        for agent, action in enumerate(actions):
            move = (0, -1, 1)[int(action)]
            self.cells[agent] = min(8, max(0, self.cells[agent] + move))
            self.moves += move != 0
        done = all(cell in (0, 8) for cell in self.cells)
        return self.observe(), float(done), done

    def fail(self):
        if FAULT in HARD and is_due():
            HARD[FAULT]()


def hang_with_the_lock():
    # The regular expression engine never lets go of the interpreter's lock.
    re.match(r"(a+)+$", "a" * 60 + "b")


def another_specification():
    os._exit(3)


def raise_error():
    raise RuntimeError("the third step is too much")


def print_and_exit():
    print("out of cheese")
    os._exit(7)


HARD = {
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "stopped": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "hangs": lambda: time.sleep(1000),
    "hangs-with-the-lock": hang_with_the_lock,
    "exits": print_and_exit,
    "exception-in-step": raise_error,
    "another-specification": another_specification,
}

# Faults of the wire: what is sent is changed on its way.


def replies(parts):
    header = next((part for part in parts if len(part) == 64 and bytes(part[:4]) == b"ARGU"), None)
    return header is not None and int.from_bytes(header[8:10], "little") == c.STEP


def faulty_send(self, parts, *, copy=True):
    if replies(parts):
        if FAULT == "wrong-shape" and is_due():
            parts = [*parts[:-1], bytes(parts[-1])[:-4]]
        elif FAULT == "too-few-frames" and is_due():
            parts = parts[:-1]
        elif FAULT == "twice":
            sends(self, parts, copy=copy)
        elif FAULT == "late" and is_due():
            time.sleep(3)
        elif FAULT == "huge-frame" and is_due():
            # Zeros that nobody has touched cost no memory here.
            parts = [*parts[:-1], bytes(2 << 30)]
        elif FAULT == "no-reply" and is_due():
            return True
        elif FAULT == "closes" and is_due():
            self.socket.close(linger=0)
            time.sleep(1000)
    return sends(self, parts, copy=copy)


connection.Connection.send = faulty_send

if FAULT == "never-connects":
    time.sleep(1000)
if FAULT == "dies-at-once":
    sys.exit("no module named cheese")
argus_env.serve(Walk)
