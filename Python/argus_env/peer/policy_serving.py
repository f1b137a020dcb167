"""`serve_policy`: makes a policy a peer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from argus_env.peer.endpoint import choose
from argus_env.peer.lifeline import end_with_host
from argus_env.peer.offers import default_identifier
from argus_env.peer.policy_agent import PolicyAgent
from argus_env.peer.policy_service import PolicyService
from argus_env.peer.serving import run_peer
from argus_env.wire import constants as c


def serve_policy(
    policy: Callable[[PolicyAgent], Any] | Any,
    *,
    name: str | None = None,
    bind: str | None = None,
    connect: str | None = None,
    keys: str | None = None,
    allowed: Iterable[str] | str | None = None,
    server_key: str | None = None,
    wants_text: bool | None = None,
    most_copies: int = 65536,
    most_instances: int = c.MOST_INSTANCES,
    largest_frame: int = c.LARGEST_FRAME,
) -> None:
    """Serves a policy to ArgusOrch, or to any other driver of the wire protocol, until the driver is done.

        class Greedy:
            def act(self, observations, legal):
                return legal.argmax(axis=1)

        argus_env.serve_policy(lambda agent: Greedy())

    `policy(agent)` makes the policy of one agent (`argus_env.peer.PolicyAgent`: name, role, sizes, copies, seed, mode);
    a class whose constructor takes the agent will do. An object with `act` plays all agents itself and must not
    remember anything between calls.

    `act(observations, legal)` returns a choice for each row: whole numbers [copies], with several heads
    [copies, heads], or f32 [copies, components]. A row is one of the episodes that run side by side, always in the
    same order: `observations` is f32 [copies, observation size], `legal` u8 [copies, choices], or None with continuous
    actions. What rows say where the agent does not act is ignored. `act` may also take, by these names:

    | parameter | |
    |---|---|
    | `start` | bool [copies]: an episode has begun since the last call; what was remembered is void |
    | `acting` | bool [copies]: rows that decide now |
    | `random` | u64 [copies]: fresh random numbers; a policy that draws from them alone can be repeated |
    | `agent` | the `PolicyAgent` |
    | `situation` | list of texts [copies], with `wants_text` |
    | `actions` | list of lists of texts [copies][choices], with `wants_text` |
    | `say` | `say(copy, text)` sends a text to the agents that hear this one, where the scenario has a channel |

    Args:
        policy: makes the policy of one agent, or an object with `act`.
        name: for messages; by default the policy's or the program's name.
        bind, connect, keys, allowed, server_key: as in `serve`.
        wants_text: whether texts are sent along; by default what an attribute `wants_text` of the policy says.
        most_copies: more copies in one instance are refused.
        most_instances: more instances in one session are refused.
        largest_frame: larger frames (bytes) are refused.

    Raises:
        ArgusError: no address, an unsafe one, unusable keys, or a driver that refuses.
        TypeError: something that is no policy.
    """
    is_object = not inspect.isclass(policy) and hasattr(policy, "act")
    if not is_object and not callable(policy):
        raise TypeError(
            f"serve_policy (policy): found a {type(policy).__name__}, expected an object with act() or a callable that "
            "makes one for an agent"
        )

    def make(agent: PolicyAgent) -> Any:
        return policy if is_object else policy(agent)

    text = bool(getattr(policy, "wants_text", False)) if wants_text is None else wants_text
    endpoint = choose(
        bind=bind, connect=connect, keys=keys, allowed=allowed, server_key=server_key, what="serve_policy"
    )
    if endpoint.child:
        end_with_host()
    run_peer(
        PolicyService(make, wants_text=text, most_copies=most_copies),
        endpoint,
        name=name or default_identifier(policy if callable(policy) else type(policy)),
        largest_frame=largest_frame,
        instances=most_instances,
    )
