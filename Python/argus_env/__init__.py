"""ArgusOrch from Python: benchmarks for teams of agents.

Our environments in your program:

    make_vec        many copies stepped together, as NumPy arrays
    parallel_env    one copy as a PettingZoo ``ParallelEnv``
    connect         the same from an ``argus serve`` on another machine

Your programs in our benchmarks:

    serve           a PettingZoo or Gymnasium environment as a peer of the host
    serve_policy    a policy as a peer of the host
    load_policy     a policy that was trained by ``argus train``

Names are imported when they are first used, so that ``import argus_env`` is quick and needs nothing that is not used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

# Name -> module that has it.
_LAZY = {
    "ArgusError": "argus_env.errors",
    "VectorEnv": "argus_env.native.vector",
    "make_vec": "argus_env.native.vector",
    "parallel_env": "argus_env.native.parallel",
    "scenarios": "argus_env.native.library",
    "connect": "argus_env.remote",
    "load_policy": "argus_env.remote",
    "serve": "argus_env.peer",
    "serve_policy": "argus_env.peer",
}

__all__ = ["__version__", *_LAZY]

if TYPE_CHECKING:
    from argus_env.errors import ArgusError as ArgusError
    from argus_env.native.library import scenarios as scenarios
    from argus_env.native.parallel import parallel_env as parallel_env
    from argus_env.native.vector import VectorEnv as VectorEnv
    from argus_env.native.vector import make_vec as make_vec
    from argus_env.peer import serve as serve
    from argus_env.peer import serve_policy as serve_policy
    from argus_env.remote import connect as connect
    from argus_env.remote import load_policy as load_policy


def __getattr__(name: str) -> object:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module 'argus_env' has no attribute {name!r}")
    value = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_LAZY))
