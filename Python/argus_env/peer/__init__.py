"""Python environments and policies as peers of ArgusOrch over ZeroMQ (AWP/1, `Documentation/wire-protocol.md`).

    serving           `serve`: PettingZoo, Gymnasium, plain and batch classes
    policy_serving    `serve_policy`
    parameters        `Range`, and what a factory's signature says to scenario files
    adapters/         one file for each kind of environment
    rows              the arrays that travel
    instance          RESET and STEP; autoreset in the same round trip
    environment_service, policy_service    the requests of section 4
    connection        sockets, sessions, the loop
    endpoint          addresses and keys
"""

from .parameters import Range as Range
from .rows import Rows as Rows
from .serving import serve as serve

__all__ = ["Range", "Rows", "serve"]
