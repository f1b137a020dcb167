"""Numbers and names of the protocol."""

from __future__ import annotations

MAJOR = 1
MINOR = 0

# Kinds of messages, section 3 and 4.
HELLO = 1
WELCOME = 2
REFUSE = 3
DESCRIBE = 16
CREATE = 17
DESTROY = 18
RESET = 19
STEP = 20
SAVE = 21
LOAD = 22
TEXT = 23
RENDER = 24
METRICS = 25
BASELINE = 26
JOIN = 32
ACT = 33
PING = 48
LOG = 49
BYE = 50

MESSAGE_NAMES = {
    HELLO: "HELLO", WELCOME: "WELCOME", REFUSE: "REFUSE", DESCRIBE: "DESCRIBE", CREATE: "CREATE", DESTROY: "DESTROY",
    RESET: "RESET", STEP: "STEP", SAVE: "SAVE", LOAD: "LOAD", TEXT: "TEXT", RENDER: "RENDER", METRICS: "METRICS",
    BASELINE: "BASELINE", JOIN: "JOIN", ACT: "ACT", PING: "PING", LOG: "LOG", BYE: "BYE",
}  # fmt: skip

# Kinds that are answered with exactly one reply.
REQUESTS = frozenset(
    [DESCRIBE, CREATE, DESTROY, RESET, STEP, SAVE, LOAD, TEXT, RENDER, METRICS, BASELINE, JOIN, ACT, PING]
)

# Flag bits of a header.
FLAG_REPLY = 1
FLAG_NO_LEGAL = 2
FLAG_NO_STATE = 4
FLAGS = 7

# Status of a reply.
DONE = 0
DISCARDED = 1
ERROR = 2
FATAL = 3

# Values of the frame `ended`.
ENDED_NO = 0
ENDED_TERMINATED = 1
ENDED_FAILED = 2
ENDED_TRUNCATED = 3

# Bits of the frame `plan` of STEP.
PLAN_STEP = 1
PLAN_LAST_STEP = 2
PLAN_BEGIN_NEXT = 4

# Capabilities.
TEXT_V1 = "argus.text/1"
SNAPSHOT_V1 = "argus.snapshot/1"
BASELINE_V1 = "argus.baseline/1"
RENDER_V1 = "argus.render/1"
METRICS_V1 = "argus.metrics/1"
CAPABILITIES = (BASELINE_V1, METRICS_V1, RENDER_V1, SNAPSHOT_V1, TEXT_V1)

# Limits of a side that says nothing.
LARGEST_FRAME = 268435456
MOST_INSTANCES = 64


def message_name(message: int) -> str:
    """As in the protocol's text, such as `STEP`."""
    return MESSAGE_NAMES.get(message, f"message {message}")
