"""A peer that answers rightly, but for what it sends beside or instead: `fuzz_peer.py [ADDRESS]`, or as a host's child.

It serves `ledger`, whose returns follow from the seeds alone (`expected_return`). Its parameters say what happens to
the replies on their way out:

- `strays`: so many messages that a driver must drop go before each reply to RESET and STEP.
- `stranger`: another connection to the same host sends the right replies, and messages that are none, before the peer.
- `flood`: instead of one reply to STEP comes LOG without end.
- `changes`: names out of `CHANGES`, with commas; each is made once, in a reply to STEP, after an episode that went
  well. `storm`: so many random changes more.
- `log`: file that gets a line of JSON for each change made: its name and the reply's message.
"""

from __future__ import annotations

import json
import os
import random
import struct
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import zmq
from message_mutation import golden_messages, stray

import argus_env
from argus_env.peer import connection
from argus_env.wire import constants as c
from argus_env.wire.header import Header, pack_header, unpack_unchecked

NAN = struct.pack("<f", float("nan"))
ROWS = ("observation", "legal", "acting", "terminated", "reward", "state", "ended", "elapsed")
FINALS = ("copies", "observation", "legal", "acting", "state", "metrics")
FINAL_NAMES = tuple(f"final {name}" for name in FINALS)


def length(seed: int) -> int:
    return 3 + seed % 5


def reward(seed: int, step: int) -> int:
    return (seed >> 7) % 1000 + step * step % 10


def expected_return(seed: int) -> int:
    """The return of the seed's episode: whole numbers, exact as f32."""
    return sum(reward(seed, step + 1) for step in range(length(seed)))


class Ledger:
    """Two agents whose rewards are a function of the seed and the step."""

    agents = ["first", "second"]
    observation_size = 3
    actions = 4
    reward_scope = "group"
    metric_kinds = {"steps": "count"}

    def __init__(
        self,
        run: int = 0,
        strays: int = 0,
        stranger: bool = False,
        flood: bool = False,
        changes: str = "",
        storm: int = 0,
        log: str = "",
    ) -> None:
        if Plan.current is None or Plan.current.run != run:
            Plan.current = Plan(run, strays, stranger, flood, changes, storm, log)

    def reset(self, seed: int) -> list[list[float]]:
        self.seed, self.steps = seed, 0
        return self.observe()

    def observe(self) -> list[list[float]]:
        return [[agent, self.steps, self.seed % 1000] for agent in range(2)]

    def legal(self) -> list[list[bool]]:
        return [[True, self.steps % 2 == 0, True, False]] * 2

    def state(self) -> list[float]:
        return [self.steps, 1.0]

    def metrics(self) -> dict[str, float]:
        return {"steps": self.steps}

    def step(self, actions: Sequence[int]) -> tuple[list[list[float]], float, bool]:
        self.steps += 1
        return self.observe(), reward(self.seed, self.steps), self.steps == length(self.seed)


class Reply:
    """A reply that is about to be sent, with its frames by name."""

    def __init__(self, parts: Sequence[Any]) -> None:
        header = unpack_unchecked(parts[0])
        assert header is not None
        self.header: Header = header
        self.meta = bytes(parts[1])
        frames = [bytes(part) for part in parts[2:]]
        self.frames = dict(zip(ROWS + FINAL_NAMES, frames, strict=False))
        # None: as many as there are.
        self.count: int | None = None

    def parts(self) -> list[bytes]:
        count = len(self.frames) if self.count is None else self.count
        return [self.header._replace(frames=count).pack(), self.meta, *self.frames.values()]

    def set(self, **fields: int) -> bool:
        self.header = self.header._replace(**fields)
        return True

    def put(self, name: str, place: int, value: bytes) -> bool:
        """Overwrites bytes of a frame."""
        frame = self.frames[name]
        self.frames[name] = frame[:place] + value + frame[place + len(value) :]
        return True

    def resize(self, generator: random.Random, change: int) -> bool:
        """So many bytes more or fewer for one of the frames."""
        name = generator.choice([name for name, frame in self.frames.items() if len(frame) > max(0, -change)])
        frame = self.frames[name]
        self.frames[name] = frame + bytes(change) if change > 0 else frame[:change]
        return True

    @property
    def copies(self) -> int:
        return len(self.frames["ended"])

    def running(self, generator: random.Random) -> int | None:
        """A copy whose episode goes on."""
        copies = [copy for copy, ended in enumerate(self.frames["ended"]) if ended == c.ENDED_NO]
        return generator.choice(copies) if copies and self.header.message == c.STEP else None


# Changes a right reply; whether that could be done to this one.
Change = Callable[[random.Random, Reply], bool]


def swap(generator: random.Random, reply: Reply) -> bool:
    reply.frames["observation"], reply.frames["reward"] = reply.frames["reward"], reply.frames["observation"]
    return True


def drop(generator: random.Random, reply: Reply) -> bool:
    name = generator.choice([name for name in reply.frames if name in ROWS])
    del reply.frames[name]
    return True


def empty(generator: random.Random, reply: Reply) -> bool:
    reply.frames[generator.choice([name for name, frame in reply.frames.items() if frame])] = b""
    return True


def add(generator: random.Random, reply: Reply) -> bool:
    reply.frames["another"] = generator.randbytes(generator.choice((0, 4, 16)))
    return True


def finals(generator: random.Random, reply: Reply, numbers: Callable[[list[int]], list[int] | None]) -> bool:
    frame = reply.frames.get("final copies")
    if frame is None:
        return False
    given = numbers(list(struct.unpack(f"<{len(frame) // 4}I", frame)))
    if given is None:
        return False
    reply.frames["final copies"] = struct.pack(f"<{len(given)}I", *given)
    return True


def final_of_a_running_copy(generator: random.Random, reply: Reply) -> bool:
    copy = reply.running(generator)
    return copy is not None and finals(generator, reply, lambda numbers: [copy] if len(numbers) == 1 else None)


def value(name: str, given: bytes) -> Change:
    """One element of a running copy's row."""

    def change(generator: random.Random, reply: Reply) -> bool:
        copy = reply.running(generator)
        if copy is None:
            return False
        size = len(reply.frames[name]) // reply.copies
        return reply.put(name, copy * size + generator.randrange(size // len(given)) * len(given), given)

    return change


def no_legal_choice(generator: random.Random, reply: Reply) -> bool:
    copy = reply.running(generator)
    return copy is not None and reply.put("legal", copy * 8, bytes(4))


def failed(generator: random.Random, reply: Reply, **fields: int) -> bool:
    """A copy that failed, with another status than 1."""
    copy = reply.running(generator)
    return copy is not None and reply.put("ended", copy, bytes([c.ENDED_FAILED])) and reply.set(**fields)


def errors(generator: random.Random, reply: Reply, meta: bytes) -> bool:
    """An error reply, which has no frames."""
    reply.meta = meta
    reply.frames.clear()
    return reply.set(status=generator.choice((2, 3)))


def count(generator: random.Random, reply: Reply, number: int) -> bool:
    if number != len(reply.frames):
        reply.count = number
    return reply.count is not None


ERROR = b'{"errors": [{"code": "environment", "message": "no more"}]}'

# Of the whole reply: the session is over, all episodes of the peer with it.
SESSION: dict[str, Change] = {
    "frame missing": drop,
    "frame too many": add,
    "frame shorter": lambda g, r: r.resize(g, -g.choice((1, 3, 4, 8))),
    "frame longer": lambda g, r: r.resize(g, g.choice((1, 4, 8, 1000))),
    "frame empty": empty,
    "frames swapped": swap,
    "fewer frames than said": lambda g, r: count(g, r, len(r.frames) + g.choice((1, 6, 1000, 2**31))),
    "more frames than said": lambda g, r: count(g, r, g.randrange(len(r.frames))),
    "another message": lambda g, r: r.set(message=g.choice((c.SAVE, c.PING, c.LOG, c.WELCOME, 0, 999))),
    "another instance": lambda g, r: r.set(instance=r.header.instance ^ g.choice((1, 2, 1 << 31))),
    "instance 0": lambda g, r: r.set(instance=0),
    "clock too small": lambda g, r: r.set(clock=r.header.clock - 1),
    "clock too large": lambda g, r: r.set(clock=r.header.clock + g.choice((1, 2**63))),
    "unknown status": lambda g, r: r.set(status=g.choice((4, 9, 2**32 - 1))),
    "error with frames": lambda g, r: r.set(status=g.choice((2, 3))),
    "error without meta": lambda g, r: errors(g, r, b""),
    "error without errors": lambda g, r: errors(g, r, b'{"errors": []}'),
    "error with bad meta": lambda g, r: errors(g, r, g.choice((b"{", b"\xff", b"[]", b'{"errors": 1}', b"{" * 9999))),
    "error": lambda g, r: errors(g, r, ERROR),
    "discarded without a failure": lambda g, r: r.set(status=c.DISCARDED),
    "final copy out of range": lambda g, r: finals(g, r, lambda numbers: [*numbers[:-1], g.choice((4, 99, 2**32 - 1))]),
    "final copies twice": lambda g, r: finals(g, r, lambda numbers: numbers + numbers[-1:]),
    "final copies descending": lambda g, r: finals(g, r, lambda n: n[::-1] if len(n) > 1 else None),
    "final copy that goes on": final_of_a_running_copy,
}
# Of one copy's rows: its episode fails, no other's.
COPY: dict[str, Change] = {
    "observation is no number": value("observation", NAN),
    "reward is no number": value("reward", NAN),
    "state is no number": value("state", NAN),
    "failed with status 0": lambda g, r: failed(g, r, status=c.DONE),
}
# Of one copy's rows, as an environment makes them that breaks its contract: that ends the evaluation.
CONTRACT: dict[str, Change] = {
    "no legal choice": no_legal_choice,
    "ended is unknown": lambda g, r: value("ended", bytes([g.choice((4, 7, 255))]))(g, r),
    "elapsed is negative": value("elapsed", struct.pack("<f", -1)),
    "elapsed is no number": value("elapsed", NAN),
    "elapsed is infinite": value("elapsed", struct.pack("<f", float("inf"))),
    "legal is unknown": value("legal", b"\x02"),
}
# Of what a driver need not look at: nothing happens.
NOTHING: dict[str, Change] = {
    "minor version": lambda g, r: r.set(minor=g.choice((1, 65535))),
    "batch": lambda g, r: r.set(batch=g.randrange(2**32)),
    "specification": lambda g, r: r.set(specification=g.randrange(2**64)),
    "deadline": lambda g, r: r.set(deadline=g.randrange(2**32)),
    "meta of a reply without errors": lambda g, r: setattr(r, "meta", g.randbytes(40)) is None,
}
# Of a reply that is dropped: the driver waits for the right one, which does not come.
DROPPED: dict[str, Change] = {
    "another session": lambda g, r: r.set(session=r.header.session ^ 1),
    "another sequence": lambda g, r: r.set(sequence=r.header.sequence - 1),
    "no reply": lambda g, r: r.set(flags=0),
    "major version": lambda g, r: r.set(major=2),
    "unknown flags": lambda g, r: r.set(flags=c.FLAG_REPLY | 64),
}
CHANGES = SESSION | COPY | CONTRACT | NOTHING | DROPPED
RANDOM = [*SESSION, *COPY, *NOTHING]


class Plan:
    """What happens to the replies of a run."""

    current: Plan | None = None

    def __init__(
        self, run: int, strays: int, stranger: bool, flood: bool, changes: str, storm: int, log: str
    ) -> None:
        self.run, self.strays, self.flood, self.log = run, strays, flood, log
        self.generator = random.Random(run)
        self.changes = changes.split(",") if changes else []
        self.storm = storm
        self.golden = golden_messages()
        # An episode has gone well since the last change.
        self.is_due = True
        self.sent = 0
        self.stranger: zmq.Socket | None = None
        if stranger:
            self.stranger = zmq.Context.instance().socket(zmq.DEALER)
            self.stranger.setsockopt(zmq.LINGER, 0)
            self.stranger.connect(os.environ["ARGUS_ENDPOINT"])

    def note(self, **line: Any) -> None:
        if self.log:
            with open(self.log, "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def changed(self, parts: Sequence[Any]) -> list[bytes]:
        """The parts to send instead of a right reply's."""
        reply = Reply(parts)
        message = reply.header.message
        is_due = self.is_due
        self.is_due = is_due or message == c.STEP and any(reply.frames["ended"])
        name = self.changes[0] if self.changes else self.generator.choice(RANDOM)
        if not is_due or self.changes and message != c.STEP or not CHANGES[name](self.generator, reply):
            return list(parts)
        if self.changes:
            self.changes.pop(0)
        else:
            self.storm -= 1
        self.is_due = False
        self.note(change=name, message=c.message_name(message))
        return reply.parts()


sends = connection.Connection.send


def send(self: connection.Connection, parts: Sequence[Any], *, copy: bool = True) -> bool:
    """In place of `Connection.send`."""
    plan = Plan.current
    first = next((place for place, part in enumerate(parts) if len(part) == 64 and bytes(part[:4]) == b"ARGU"), None)
    header = unpack_unchecked(parts[first]) if first is not None else None
    if plan is None or header is None or not header.is_reply or header.message not in (c.RESET, c.STEP):
        return sends(self, parts, copy=copy)
    address, right = list(parts[:first]), [bytes(part) for part in parts[first:]]
    if plan.flood and header.message == c.STEP:
        plan.flood = False
        end = time.monotonic() + 20
        log = pack_header(c.LOG, session=header.session)
        # A driver that has given up takes nothing any more.
        while time.monotonic() < end and sends(self, [*address, log, b'{"severity": "warning", "message": "wait"}']):
            pass
        return True
    if plan.stranger is not None:
        for message in (stray(plan.generator, right, plan.golden), right, [b""]):
            plan.stranger.send_multipart(message)
    for _ in range(plan.strays):
        sends(self, [*address, *stray(plan.generator, right, plan.golden)])
    if plan.strays:
        plan.sent += plan.strays
        plan.note(sent=plan.sent)
    if header.status == c.DONE and (plan.changes or plan.storm):
        right = plan.changed(right)
    return sends(self, [*address, *right])


def main() -> None:
    connection.Connection.send = send  # type: ignore[method-assign]
    argus_env.serve(Ledger, name="ledger", bind=sys.argv[1] if len(sys.argv) > 1 else None)


if __name__ == "__main__":
    main()
