"""`load_policy`: policies that were trained or are served elsewhere, for programs in Python."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from argus_env.errors import ArgusError
from argus_env.native.environment import checked_seed
from argus_env.peer.endpoint import Endpoint, choose
from argus_env.remote.driver import Driver
from argus_env.remote.local_server import LocalServer
from argus_env.remote.policy import RemotePolicy
from argus_env.remote.vector import RemoteVectorEnv
from argus_env.wire import constants as c
from argus_env.wire import handshake, metas
from argus_env.wire.descriptor import decode_description
from argus_env.wire.errors import ProtocolError
from argus_env.wire.specification import Specification

_LARGEST_COPIES = 1 << 20


def load_policy(
    where: str,
    scenario: Any = None,
    *,
    num_envs: int | None = None,
    agents: Sequence[str | int] | None = None,
    seed: int = 0,
    mode: str | None = None,
    keys: str | None = None,
    server_key: str | None = None,
    start_timeout: float = 30.0,
    step_timeout: float = 30.0,
) -> RemotePolicy:
    """Loads policies that decide for agents of your environment, each from its own observations alone.

        env = argus_env.make_vec("warehouse/tiny-2ag", num_envs=16)
        policy = argus_env.load_policy("run:runs/mine", env)
        env.reset(seed=7)
        for _ in range(500):
            env.step(policy.act(env))

    They run in a process of their own, which ends with this one.

    Args:
        where: ``"run:DIR"``: the best policy of a training run; or any other team, such as ``"random"``, ``"scripted"``
            or ``"robot_0=run:DIR,*=random"``. Or the address of a running ``argus serve SCENARIO --team …`` or
            `argus_env.serve_policy`, such as ``"tcp://127.0.0.1:5556"``.
        scenario: what is played: an id, a file's path, or the environment itself, made by `make_vec` or `connect`. May
            be left out for ``"run:DIR"``: the scenario of the training.
        num_envs: copies that are played side by side; by default the environment's, or 64.
        agents: names or indices of those that it plays; by default all.
        seed: fixes what is drawn by chance.
        mode: ``"sampled"``, ``"greedy"`` or None: each policy's own.
        keys, server_key: for an address, as in `connect`.
        start_timeout, step_timeout: seconds until a policy that does not answer is an error.

    Raises:
        ArgusError: no such policy or scenario, a policy that was trained on another one, no server at the address.
    """
    if mode not in (None, "sampled", "greedy"):
        raise _bad("mode", mode, "'sampled', 'greedy' or None")
    if not isinstance(where, str):
        raise _bad("where", where, "a team such as 'run:DIR', or an address")
    seed = checked_seed(seed)
    is_address = where.startswith(("tcp://", "ipc://"))
    if keys is not None and not is_address:
        raise _bad("keys", keys, f"none for {where!r}, which runs on this machine")
    from_run = scenario is None
    if from_run:
        scenario = _trained_scenario(where)
    name = _name(scenario)
    if num_envs is None:
        num_envs = getattr(scenario, "num_envs", 64)
    if (
        isinstance(num_envs, bool)
        or not isinstance(num_envs, (int, np.integer))
        or not 1 <= num_envs <= _LARGEST_COPIES
    ):
        raise _bad("num_envs", num_envs, f"an integer, 1 to {_LARGEST_COPIES}")

    server = None if is_address else LocalServer(f"--team={where}", "--", name)
    driver: Driver | None = None
    try:
        if server is None:
            endpoint = choose(
                bind=None, connect=where, keys=keys, allowed=None, server_key=server_key, what="load_policy"
            )
            driver = Driver(endpoint, start_timeout, step_timeout, handshake.POLICY)
        # Asked while the policy's process starts.
        try:
            described = _described(scenario, start_timeout, step_timeout)
        except ArgusError as error:
            if not from_run:
                raise
            raise ArgusError(f"{error} It is the one of the run: try load_policy({where!r}, 'FILE.yaml').") from error
        if server is not None:
            endpoint = Endpoint(server.address, False)
            driver = Driver(endpoint, start_timeout, step_timeout, handshake.POLICY, server.watch)
            server.hide()
        identifier, horizon, specification = described
        places = _places(agents, Specification.decode(specification))
        join = metas.Join(identifier, places, int(num_envs), seed, mode, horizon)
        assert driver is not None
        return RemotePolicy(driver, specification, join, server.close if server else _nothing)
    except BaseException:
        if driver is not None:
            driver.close("load_policy() failed")
        if server is not None:
            server.close()
        raise


def _nothing() -> None:
    pass


def _trained_scenario(where: str) -> str:
    """The scenario that a run was trained on."""
    folder = where.removeprefix("run:")
    if folder == where:
        raise _bad("scenario", "none", f"an id, a file or an environment that {where!r} shall play")
    path = pathlib.Path(folder) / "run.json"
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no JSON"
        raise ArgusError(
            f"no training run ({where}): found {reason} for {path}, expected a folder that 'argus train' wrote. "
            "Try its path, as in load_policy('run:runs/mine').",
            "argument",
        ) from error
    scenario = document.get("scenario") if isinstance(document, dict) else None
    if not isinstance(scenario, str):
        raise ArgusError(f"no training run ({where}): found no scenario in {path}, expected its id.", "argument")
    return scenario


def _name(scenario: Any) -> str:
    """The id or file by which `argus serve` finds a scenario."""
    if isinstance(scenario, (str, os.PathLike)):
        return os.fspath(scenario)
    description = getattr(scenario, "description", None)
    if not isinstance(description, dict) or not hasattr(scenario, "num_envs"):
        expected = "an id, a file's path, or an environment of make_vec or connect"
        raise _bad("scenario", type(scenario).__name__, expected)
    file: str = description["scenario"]["file"]
    return file if pathlib.Path(file).is_file() else str(description["scenario"]["id"])


def _described(scenario: Any, start: float, step: float) -> tuple[str, int, bytes]:
    """A scenario's id, horizon and specification."""
    if isinstance(scenario, RemoteVectorEnv):
        return scenario.scenario, scenario.horizon, scenario._specification.encode()
    server = LocalServer("--", _name(scenario))
    try:
        driver = Driver(Endpoint(server.address, False), start, step, watch=server.watch)
        try:
            _, parts = driver.request(c.DESCRIBE)
            descriptor = decode_description(parts[1])[0]
            _, parts = driver.request(c.CREATE, metas.Create(descriptor.id, 0).encode())
            if len(parts) != 3 or descriptor.scenario is None:
                raise ProtocolError("invalid-request", "no specification or no scenario")
            return descriptor.scenario.id, descriptor.scenario.horizon, parts[2]
        except ProtocolError as error:
            raise ArgusError(
                f"the server breaks the protocol ({_name(scenario)}): found {error.message}, expected a scenario."
            ) from error
        finally:
            driver.close()
    finally:
        server.close()


def _places(agents: Sequence[str | int] | None, specification: Specification) -> tuple[int, ...]:
    """Indices of the agents that are played."""
    names = [agent.name for agent in specification.agents]
    if agents is None:
        return tuple(range(len(names)))
    places = []
    for agent in [agents] if isinstance(agents, str) else agents:
        known = agent in names if isinstance(agent, str) else 0 <= agent < len(names)
        if not known:
            raise _bad("agents", agent, f"some of {', '.join(names)}")
        places.append(names.index(agent) if isinstance(agent, str) else int(agent))
    if len(set(places)) != len(places) or not places:
        raise _bad("agents", list(agents), "each once, and at least one")
    return tuple(places)


def _bad(name: str, found: object, expected: str) -> ArgusError:
    return ArgusError(f"bad value ({name}): found {found!r}, expected {expected}.", "argument")
