"""A peer without a library, `defective_wire.py DEFECT`: a minimal environment on pyzmq alone.

`sound` keeps the wire protocol (`Documentation/wire-protocol.md`), every other one breaks it in one way, which its name
says. `argus validate` must find each; README.md here says by which check.
"""

import json
import os
import struct
import sys
import threading

import zmq

DEFECT = sys.argv[1]
HEADER = struct.Struct("<4sHHHHIQQQQIIII")
HELLO, WELCOME, BYE, PING = 1, 2, 50, 48
DESCRIBE, CREATE, DESTROY, RESET, STEP = 16, 17, 18, 19, 20

DESCRIPTOR = {
    "id": "dice", "version": "1", "summary": "One player guesses.", "rules": "Guess the die.", "source": "",
    "parameters": [], "capabilities": [],
}


def specification(count):
    width = 2 + count % 2 if DEFECT == "another-specification-each-time" else 2
    document = {
        "agents": [{"name": "player", "role": "player", "group": 0, "observation_size": width, "head_sizes": [6]}],
        "groups": ["team"],
        "observation": {"width": width, "low": [0] * width, "high": [1] * width},
        "action": {"heads": [6]},
        "reward": {"scope": "group"},
        "baselines": [],
        "metrics": [],
    }
    data = json.dumps(document).encode()
    value = 14695981039346656037
    for byte in data:
        value = ((value ^ byte) * 1099511628211) % 2**64
    return data, value, width


def draw(state):
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return state, (state >> 33) % 6


class Failure(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Instance:
    def __init__(self, count, copies):
        self.document, self.hash, self.width = specification(count)
        self.copies = copies
        self.states = [0] * copies
        self.dice = [0] * copies
        self.steps = [0] * copies
        self.rewards = [0.0] * copies
        self.clock = 0

    def reset(self, frames):
        mask, seeds = self.checked(frames, (1, 8))
        for copy, seed in enumerate(struct.unpack(f"<{self.copies}Q", seeds)):
            if mask[copy]:
                self.begin(copy, seed)
        return self.rows(), []

    def begin(self, copy, seed):
        self.states[copy], self.dice[copy] = draw(seed ^ 0x5DEECE66D)
        self.steps[copy], self.rewards[copy] = 0, 0.0

    def step(self, frames):
        plan, actions, *_ = self.checked(frames[:2], (1, 4)) + frames[2:]
        guesses = struct.unpack(f"<{self.copies}i", actions)
        seeds = struct.unpack(f"<{len(frames[2]) // 8}Q", frames[2]) if len(frames) > 2 else ()
        final = []
        for copy in range(self.copies):
            if plan[copy] & 1:
                self.rewards[copy] = float(guesses[copy] == self.dice[copy])
                self.states[copy], self.dice[copy] = draw(self.states[copy])
                self.steps[copy] += 1
        rows = self.rows()
        observation = self.width * 4
        for copy in range(self.copies):
            if plan[copy] & 6 == 6:
                final.append(copy)
        extra = []
        if final:
            cut = b"".join(rows[0][copy * observation : (copy + 1) * observation] for copy in final)
            extra = [struct.pack(f"<{len(final)}I", *final), cut, b"\x01" * 6 * len(final), b"\x01" * len(final), b""]
            reward, elapsed = rows[4], rows[6]
            for copy in final:
                self.begin(copy, seeds[copy])
            rows = self.rows()
            rows[4], rows[6] = reward, elapsed
        return rows, extra

    def rows(self):
        values = []
        for copy in range(self.copies):
            values += [self.dice[copy] / 5, min(1.0, self.steps[copy] / 64), 0.0][: self.width]
        n = self.copies
        observation = struct.pack(f"<{len(values)}f", *values)
        if DEFECT == "lies-about-shapes":
            observation += b"\0\0\0\0"
        return [
            observation, b"\x01" * 6 * n, b"\x01" * n, b"\0" * n, struct.pack(f"<{n}f", *self.rewards), b"\0" * n,
            struct.pack(f"<{n}f", *(float(s > 0) for s in self.steps)),
        ]  # fmt: skip

    def checked(self, frames, sizes):
        if [len(frame) for frame in frames] != [size * self.copies for size in sizes]:
            raise Failure("invalid-request", f"found frames of {[len(f) for f in frames]} bytes")
        return frames


class Peer:
    def __init__(self):
        self.instances = {}
        self.made = 0
        self.session = 0
        self.pings = 0

    def answer(self, header, meta, frames):
        """Instance, hash, clock, meta and frames of the reply."""
        message, instance, wanted = header[3], header[10], header[8]
        try:
            document = json.loads(meta) if meta else {}
        except ValueError as error:
            raise Failure("invalid-request", "the meta is no JSON") from error
        if message == PING:
            return 0, 0, 0, b"", []
        if message == DESCRIBE:
            return 0, 0, 0, json.dumps({"environments": [DESCRIPTOR]}).encode(), []
        if message == CREATE:
            if document.get("environment") != "dice":
                raise Failure("unknown-environment", f"found {document.get('environment')}, expected dice")
            if document.get("parameters"):
                raise Failure("bad-parameters", "found parameters, expected none")
            self.made += 1
            made = self.instances[self.made] = Instance(self.made, int(document["copies"]))
            return self.made, made.hash, 0, b"", [made.document]
        if message not in (DESTROY, RESET, STEP):
            raise Failure("unknown-message", f"found message {message}")
        found = self.instances.get(instance)
        if found is None:
            raise Failure("unknown-instance", f"found instance {instance}")
        if wanted != found.hash and DEFECT != "ignores-the-hash":
            raise Failure("specification", f"found hash {wanted}, expected {found.hash}")
        if message == DESTROY:
            del self.instances[instance]
            return instance, wanted, 0, b"", []
        rows, extra = found.reset(frames) if message == RESET else found.step(frames)
        if header[4] & 2:
            # No legal rows wanted.
            rows[1] = b""
            extra[2:3] = [b""] if extra else []
        found.clock += 1
        clock = found.clock - (DEFECT == "clock-stands" and found.clock > 3)
        return instance, wanted, clock, b"", rows + extra


def main():
    # Its host is gone when standard input ends.
    if DEFECT != "outlives-its-driver":
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    socket = zmq.Context.instance().socket(zmq.DEALER)
    for option, value in ((zmq.LINGER, 0), (zmq.HEARTBEAT_IVL, 500), (zmq.HEARTBEAT_TIMEOUT, 1500)):
        socket.setsockopt(option, value)
    socket.connect(os.environ["ARGUS_ENDPOINT"])
    about = {"majors": [1], "role": "environment", "name": "dice", "version": "1", "pid": os.getpid()}
    if DEFECT == "says-it-is-a-policy":
        about["role"] = "policy"
    socket.send_multipart([HEADER.pack(b"ARGU", 1, 0, HELLO, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), json.dumps(about).encode()])
    peer = Peer()
    while True:
        parts = socket.recv_multipart()
        if len(parts) < 2 or len(parts[0]) != HEADER.size or parts[0][:4] != b"ARGU":
            continue
        header = HEADER.unpack(parts[0])
        message, sequence = header[3], header[7]
        if message == WELCOME:
            peer.session = header[6]
        elif message == BYE:
            return
        elif DEFECT == "ends-at-unknown-message" and message == 9999:
            return
        elif not (DEFECT == "ping-unanswered" and message == PING):
            status, codes = 0, b""
            try:
                instance, wanted, clock, codes, frames = peer.answer(header, parts[1], parts[2:])
            except Failure as failure:
                status, instance, wanted, clock, frames = 2, header[10], header[8], 0, []
                codes = json.dumps({"errors": [{"code": failure.code, "message": str(failure)}]}).encode()
            if DEFECT == "sequence-lost" and message == RESET:
                sequence = 0
            reply = HEADER.pack(
                b"ARGU", 1, 0, message, 1, len(frames), peer.session, sequence, wanted, clock, instance, header[11],
                status, 0,
            )  # fmt: skip
            socket.send_multipart([reply, codes, *frames])
            if DEFECT == "replies-twice" and message == RESET:
                socket.send_multipart([reply, codes, *frames])


if __name__ == "__main__":
    main()
