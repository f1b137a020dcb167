"""Environments of another process or machine, as a driver of the wire protocol (`Documentation/wire-protocol.md`).

    vector        `connect` and `RemoteVectorEnv`, with the interface of `argus_env.make_vec`
    driver        the socket: handshake, one request at a time, deadlines, what went wrong
    seeds         which seeds the episodes of a copy have
    checks        what a reply must hold beside the right sizes
    description   what an environment is, in the form of `argus_client.h`
    team          actions of `random` and of the environment's scripted policies
    snapshot      the frame around a copy's saved state
"""

from argus_env.remote.vector import RemoteVectorEnv as RemoteVectorEnv
from argus_env.remote.vector import connect as connect

__all__ = ["RemoteVectorEnv", "connect"]
