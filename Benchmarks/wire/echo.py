"""How much slower than a bare pyzmq echo of the same frames a step of a null environment is.

    python Benchmarks/wire/echo.py                   # 1 and 64 copies, 2000 pairs each
    python Benchmarks/wire/echo.py --pairs 500 --json
    script/benchmark wire                            # the same for the real host, which uses this file's child programs

Both sides are child processes that connect to this one, as a peer does to a host. The null environment is a batch class
with the sizes of `rware-tiny-2ag`: 2 agents, 71 numbers each, 5 actions; it writes nothing. The echo sends frames of
the same number and sizes without looking at what it gets. Requests to both are interleaved one by one and timed by
the same client; what counts is the ratio within a pair. Prints the ratio's median and its 10th percentile.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import zmq

PYTHON = pathlib.Path(__file__).resolve().parents[2] / "Python"
sys.path.insert(0, str(PYTHON))

from argus_env.wire import constants as c  # noqa: E402
from argus_env.wire.frames import row_frames  # noqa: E402
from argus_env.wire.handshake import Identity, encode_welcome  # noqa: E402
from argus_env.wire.header import pack_header, unpack_header  # noqa: E402
from argus_env.wire.metas import Create  # noqa: E402
from argus_env.wire.specification import Specification  # noqa: E402

AGENTS, WIDTH, ACTIONS = 2, 71, 5

NULL = {
    "agents": [
        {"name": f"robot_{i}", "role": "robot", "group": 0, "observation_size": WIDTH, "head_sizes": [ACTIONS]}
        for i in range(AGENTS)
    ],
    "groups": ["team"],
    "observation": {"width": WIDTH},
    "action": {"heads": [ACTIONS]},
    "reward": {"scope": "agent"},
}


class NullBatch:
    """An environment in which nothing happens."""

    specification = NULL

    def __init__(self, copies: int = 0) -> None:
        self.copies = copies

    def reset(self, mask: object, seeds: object, rows: object) -> None:
        return None

    def step(self, mask: object, actions: object, rows: object) -> None:
        return None


def serve_null() -> None:
    """The child that is a peer."""
    import argus_env

    argus_env.serve(NullBatch, name="null")


def serve_echo() -> None:
    """The child that echoes: the first message says the sizes of what follows; an empty one ends it."""
    socket = zmq.Context().socket(zmq.DEALER)
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect(os.environ["ARGUS_ENDPOINT"])
    socket.setsockopt(zmq.RCVTIMEO, 1000)
    socket.send(b"ready")
    frames = [b""]
    parent = os.getppid()
    while True:
        try:
            parts = socket.recv_multipart()
        except zmq.Again:
            if os.getppid() != parent:
                return
            continue
        if parts[0] == b"sizes":
            frames = [bytes(int(size)) for size in parts[1].split()]
        elif parts[0] == b"end":
            return
        socket.send_multipart(frames)


def drive_echo(copies: int) -> None:
    """A bare client of a bare echo with the frames of a step: each line of input says how often; answers in seconds.

    The address is an ipc path in a private folder, as the host gives one to the peers that it starts.
    """
    # Asked to end, it ends its echo too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    frames = [bytes(64), b"", bytes(copies), bytes(4 * copies * AGENTS), bytes(8 * copies)]
    # As the host asks for them: no legal rows.
    layout = row_frames(Specification.decode(json.dumps(NULL).encode()), copies, wants_legal=False)
    sizes = [64, 0, *(frame.size for frame in layout.frames)]
    with tempfile.TemporaryDirectory() as folder:
        context = zmq.Context()
        echo = Child(context, "echo", f"ipc://{folder}/echo")
        try:
            echo.ask([b"sizes", " ".join(map(str, sizes)).encode()])
            print("ready", flush=True)
            for line in sys.stdin:
                count = int(line)
                start = time.perf_counter()
                for _ in range(count):
                    reply = echo.ask(frames)
                spent = time.perf_counter() - start
                if [len(part) for part in reply] != sizes:
                    raise RuntimeError(f"{[len(part) for part in reply]}, expected {sizes}")
                print(spent, flush=True)
        finally:
            echo.close()
            context.destroy(linger=0)


class Child:
    """A child process and the socket that it connects to."""

    def __init__(self, context: zmq.Context, role: str, address: str | None = None) -> None:
        self.socket = context.socket(zmq.ROUTER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RCVTIMEO, 30_000)
        if address is None:
            address = f"tcp://127.0.0.1:{self.socket.bind_to_random_port('tcp://127.0.0.1')}"
        else:
            self.socket.bind(address)
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--role", role],
            env={**os.environ, "ARGUS_ENDPOINT": address, "PYTHONPATH": str(PYTHON)},
            stdin=subprocess.PIPE,
        )
        self.route, *self.first = self.socket.recv_multipart()
        self.sequence = 0

    def ask(self, parts: list[object]) -> list[bytes]:
        self.socket.send_multipart([self.route, *parts])
        return self.socket.recv_multipart()[1:]

    def request(self, message: int, meta: bytes = b"", frames: tuple[object, ...] = (), **fields: int) -> list[bytes]:
        self.sequence += 1
        header = pack_header(message, frames=len(frames), session=1, sequence=self.sequence, **fields)
        reply = self.ask([header, meta, *frames])
        if unpack_header(reply[0]).status != c.DONE:
            raise RuntimeError(reply[1].decode())
        return reply

    def close(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.socket.close()


def measure(copies: int, pairs: int, context: zmq.Context) -> dict[str, float]:
    """Ratios and times of `pairs` pairs of round trips."""
    peer, echo = Child(context, "null"), Child(context, "echo")
    try:
        welcome = encode_welcome(Identity("driver", "echo.py", "1"))
        peer.socket.send_multipart([peer.route, pack_header(c.WELCOME, session=1), welcome])
        reply = peer.request(c.CREATE, Create("null", copies).encode())
        header, specification = unpack_header(reply[0]), Specification.decode(reply[2])
        fields = {"instance": header.instance, "specification": header.specification, "batch": copies}
        seeds = np.arange(copies, dtype="<u8").tobytes()
        peer.request(c.RESET, frames=(b"\1" * copies, seeds), **fields)
        frames = (b"\5" * copies, bytes(4 * copies * AGENTS), seeds)
        sizes = [64, 0, *(frame.size for frame in row_frames(specification, copies).frames)]
        echo.ask([b"sizes", " ".join(map(str, sizes)).encode()])
        times: dict[str, list[float]] = {"peer": [], "echo": []}
        for pair in range(pairs + 100):
            # Who goes first alternates.
            for side in ("peer", "echo") if pair % 2 else ("echo", "peer"):
                child = peer if side == "peer" else echo
                child.sequence += side == "echo"
                number = child.sequence + (side == "peer")
                start = time.perf_counter()
                parts = [pack_header(c.STEP, frames=3, session=1, sequence=number, **fields), b"", *frames]
                reply = child.ask(parts)
                spent = time.perf_counter() - start
                child.sequence = number
                if [len(part) for part in reply] != sizes:
                    raise RuntimeError(f"{side}: {[len(part) for part in reply]} {reply[1][:300]!r}, expected {sizes}")
                if pair >= 100:
                    times[side].append(spent)
        ratios = sorted(peer / echo for peer, echo in zip(times["peer"], times["echo"], strict=True))
        return {
            "copies": copies,
            "pairs": pairs,
            "ratio_p10": ratios[len(ratios) // 10],
            "ratio_p50": statistics.median(ratios),
            "peer_us_p50": 1e6 * statistics.median(times["peer"]),
            "echo_us_p50": 1e6 * statistics.median(times["echo"]),
            "ratio_of_p50": statistics.median(times["peer"]) / statistics.median(times["echo"]),
            "ratio_of_p10": sorted(times["peer"])[pairs // 10] / sorted(times["echo"])[pairs // 10],
        }
    finally:
        peer.close()
        echo.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--copies", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--role", choices=["null", "echo", "client"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role == "null":
        return serve_null()
    if arguments.role == "echo":
        return serve_echo()
    if arguments.role == "client":
        return drive_echo(arguments.copies)
    context = zmq.Context()
    results = [measure(copies, arguments.pairs, context) for copies in (1, 64)]
    context.destroy(linger=0)
    if arguments.json:
        print(json.dumps(results))
        return
    for row in results:
        print(
            f"{row['copies']:3.0f} copies: peer {row['peer_us_p50']:.0f} us, echo {row['echo_us_p50']:.0f} us, "
            f"ratio p50 {row['ratio_p50']:.2f}, p10 {row['ratio_p10']:.2f} (of medians {row['ratio_of_p50']:.2f})"
        )


if __name__ == "__main__":
    main()
