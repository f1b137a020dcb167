"""`serve`: makes an environment a peer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from argus_env.peer.connection import BoundPeer, ConnectedPeer
from argus_env.peer.endpoint import Endpoint, choose
from argus_env.peer.environment_service import EnvironmentService
from argus_env.peer.lifeline import end_with_host
from argus_env.peer.offers import Offer, default_identifier
from argus_env.peer.service import Service
from argus_env.wire import constants as c


def serve(
    factory: Callable[..., Any] | Mapping[str, Callable[..., Any]],
    *,
    name: str | None = None,
    bind: str | None = None,
    connect: str | None = None,
    keys: str | None = None,
    allowed: Iterable[str] | str | None = None,
    server_key: str | None = None,
    groups: Mapping[str, str] | str | None = None,
    environments: Mapping[str, Mapping[str, str]] | None = None,
    most_copies: int = 4096,
    most_instances: int = c.MOST_INSTANCES,
    largest_frame: int = c.LARGEST_FRAME,
) -> None:
    """Serves environments to ArgusOrch, or to any other driver of the wire protocol, until the driver is done.

        argus_env.serve(lambda: simple_spread_v3.parallel_env(max_cycles=10**9))

    What a factory makes may be a PettingZoo `ParallelEnv` or `AECEnv`, a Gymnasium `Env` (one agent, or a team where
    its spaces are Tuples), an object of a plain class, or, if the factory has a parameter `copies`, an object of a
    batch class; see `argus_env.peer.adapters`. The factory's other parameters can be set in a scenario file
    (`parameters:`); all need defaults.

    Args:
        factory: makes one environment; called once for each copy. Or several of them by id.
        name: the environment's id (`[a-z0-9-]+`); by default the factory's or the program's name.
        bind: address to wait for drivers at, such as "tcp://127.0.0.1:5555".
        connect: address of a host that listens. With neither, the host that started this process is served.
        keys: path of `NAME.key` with this side's CURVE keys: needed for addresses that others can reach.
        allowed: with bind and keys: public keys of the drivers that may connect, as paths of `NAME.pub` or as text.
        server_key: with connect and keys: public key of the host.
        groups: who plays for the same team: "each" for everybody for themselves, or a dict from agent to group.
        environments: `version`, `summary`, `rules` and `source` of each environment by id, for people.
        most_copies: more copies in one instance are refused.
        most_instances: more instances in one session are refused.
        largest_frame: larger frames (bytes) are refused.

    Raises:
        ArgusError: no address, an unsafe one, unusable keys, or a driver that refuses.
        TypeError, ValueError: a factory that cannot be served.
    """
    given = dict(factory) if isinstance(factory, Mapping) else {name or default_identifier(factory): factory}
    if not given:
        raise ValueError("serve (factory): found no environment, expected at least one")
    details = dict(environments or {})
    if not set(details) <= set(given):
        raise ValueError(f"serve (environments): found {sorted(details)}, expected some of {sorted(given)}")
    offers = [
        Offer(identifier, make, groups=groups, details=details.get(identifier)) for identifier, make in given.items()
    ]
    endpoint = choose(bind=bind, connect=connect, keys=keys, allowed=allowed, server_key=server_key, what="serve")
    if endpoint.child:
        end_with_host()
    run_peer(
        EnvironmentService(offers, most_copies=most_copies),
        endpoint,
        name=name or ", ".join(given),
        largest_frame=largest_frame,
        instances=most_instances,
    )


def run_peer(service: Service, endpoint: Endpoint, *, name: str, largest_frame: int, instances: int) -> None:
    """Serves at `endpoint` to the end."""
    kind = BoundPeer if endpoint.binds else ConnectedPeer
    peer = kind(service, endpoint, name=name, largest_frame=largest_frame, instances=instances)
    try:
        peer.run()
    finally:
        peer.close()
