"""`connect`: the beginning of a session with an environment elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from argus_env.errors import ArgusError
from argus_env.peer.endpoint import choose
from argus_env.remote.driver import Driver
from argus_env.remote.vector import RemoteVectorEnv
from argus_env.wire.descriptor import ParameterValue

_LARGEST_COPIES = 1 << 20


def connect(
    address: str,
    keys: str | None = None,
    *,
    server_key: str | None = None,
    num_envs: int = 64,
    environment: str | None = None,
    parameters: Mapping[str, ParameterValue] | None = None,
    horizon: int | None = None,
    reward: str = "team",
    copy: bool = True,
    start_timeout: float = 10.0,
    step_timeout: float = 30.0,
) -> RemoteVectorEnv:
    """Makes many copies of an environment that another process serves: `argus serve SCENARIO`, or an environment peer.

    The same seed gives the same episodes as `argus_env.make_vec` of the same scenario.

    Args:
        address: such as ``"tcp://127.0.0.1:5555"``. Beyond loopback and private ipc folders only with keys.
        keys: path of this side's ``NAME.key``, made by ``argus keys new NAME``.
        server_key: with keys: the server's public key, as the path of its ``NAME.pub`` or as text.
        num_envs: copies, stepped together.
        environment: id of one of the server's environments; may be left out where it has only one.
        parameters: of the environment; a served scenario has its own.
        horizon: of an environment without a scenario: steps after which an episode is truncated; by default what it
            suggests, or never.
        reward: of an environment without a scenario: ``"team"``: every agent gets its team's reward; ``"individual"``.
        copy: True: every array that is returned is yours to keep. False: arrays are overwritten by the next step.
        start_timeout, step_timeout: seconds until a server that does not answer is an error.

    Raises:
        ArgusError: no server, another protocol, unusable keys, an unknown environment, bad parameters.
    """
    if (
        isinstance(num_envs, bool)
        or not isinstance(num_envs, (int, np.integer))
        or not 1 <= num_envs <= _LARGEST_COPIES
    ):
        raise _bad("num_envs", num_envs, f"an integer, 1 to {_LARGEST_COPIES}")
    if horizon is not None and (not isinstance(horizon, int) or isinstance(horizon, bool) or horizon < 1):
        raise _bad("horizon", horizon, "an integer, 1 or more")
    if reward not in ("team", "individual"):
        raise _bad("reward", reward, "'team' or 'individual'")
    endpoint = choose(bind=None, connect=address, keys=keys, allowed=None, server_key=server_key, what="connect")
    driver = Driver(endpoint, start_timeout, step_timeout)
    try:
        return RemoteVectorEnv(driver, int(num_envs), environment, dict(parameters or {}), horizon, reward, copy)
    except BaseException:
        driver.close("connect() failed")
        raise


def _bad(name: str, found: object, expected: str) -> ArgusError:
    return ArgusError(f"bad value ({name}): found {found!r}, expected {expected}.", "argument")
