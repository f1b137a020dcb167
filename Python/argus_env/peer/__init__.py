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

from argus_env.peer.parameters import Range as Range
from argus_env.peer.policy_agent import PolicyAgent as PolicyAgent
from argus_env.peer.policy_serving import serve_policy as serve_policy
from argus_env.peer.rows import Rows as Rows
from argus_env.peer.serving import serve as serve

__all__ = ["PolicyAgent", "Range", "Rows", "serve", "serve_policy"]
