"""Environments and policies elsewhere, as a driver of the wire protocol (`Documentation/wire-protocol.md`).

connecting    `connect`
loading       `load_policy`
policy        `RemotePolicy`: what it returns
local_server  the process that it starts
vector        `RemoteVectorEnv`: reset and step, with the interface of `argus_env.make_vec`
views         the rest of it: texts, pictures, snapshots, spaces
episodes      the copies' episodes as arrays
driver        the socket: handshake, one request at a time, deadlines, what went wrong
seeds         which seeds the episodes of a copy have
checks        what a reply must hold beside the right sizes
description   what an environment is, in the form of `argus_client.h`
team          actions of `random` and of the environment's scripted policies
snapshot      the frame around a copy's saved state
"""

from argus_env.remote.connecting import connect as connect
from argus_env.remote.loading import load_policy as load_policy
from argus_env.remote.policy import RemotePolicy as RemotePolicy
from argus_env.remote.vector import RemoteVectorEnv as RemoteVectorEnv

__all__ = ["RemotePolicy", "RemoteVectorEnv", "connect", "load_policy"]
