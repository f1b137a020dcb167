"""Finds and loads the host's library, and declares the functions of argus_client.h for ctypes."""

from __future__ import annotations

import ctypes as c
import functools
import os
import pathlib
from typing import Any, Callable

from argus_env.errors import ArgusError

NAME = "libArgusClient.so"
MAJOR, MINOR = 1, 0

OK, ERROR, BUSY, CLOSED, ARGUMENT = range(5)
KINDS = {ERROR: "error", BUSY: "busy", CLOSED: "closed", ARGUMENT: "argument"}

STREAM, STREAM_PER_COPY, LIST = 1, 2, 3

# Roles of buffers, in the header's order, which begins with 1.
ROLES = [
    "actions", "observations", "legal", "acting", "state", "active", "seeds", "steps", "rewards", "agent_terminated",
    "terminated", "truncated", "failed", "elapsed", "final_observations", "final_legal", "final_acting", "final_state",
    "episode_seeds", "episode_lengths", "episode_returns", "episode_metrics",
]
# dtype of a buffer -> NumPy's name for it.
DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 4: "<i8", 5: "<u8", 6: "|b1"}


class Buffer(c.Structure):
    """argus_client_buffer."""

    _fields_ = [("data", c.c_void_p), ("dtype", c.c_uint32), ("rank", c.c_uint32), ("shape", c.c_uint64 * 3)]


_handle, _status, _index, _u64 = c.c_uint64, c.c_int32, c.c_uint32, c.c_uint64
_sized = (c.c_void_p, c.c_size_t, c.POINTER(c.c_size_t))
_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "version": (c.c_uint32, ()),
    "error": (c.c_size_t, (c.c_void_p, c.c_size_t)),
    "scenarios": (_status, _sized),
    "create": (_status, (c.c_char_p, c.c_uint32, c.c_uint32, c.POINTER(_handle))),
    "close": (_status, (_handle,)),
    "describe": (_status, (_handle, *_sized)),
    "get_buffer": (_status, (_handle, c.c_uint32, c.POINTER(Buffer))),
    "reset": (_status, (_handle, c.c_uint32, c.c_void_p, c.c_size_t)),
    "step": (c.c_int64, (_handle,)),
    "step_i64": (c.c_int64, (_handle, c.c_void_p, c.c_size_t)),
    "report": (_status, (_handle, *_sized)),
    "rules": (_status, (_handle, _index, *_sized)),
    "situation": (_status, (_handle, _index, _index, *_sized)),
    "action_text": (_status, (_handle, _index, _index, _index, *_sized)),
    "render": (_status, (_handle, _index, _index, *_sized)),
    "snapshot": (_status, (_handle, _index, *_sized)),
    "restore": (_status, (_handle, _index, c.c_char_p, c.c_size_t, c.POINTER(_u64))),
    "act": (_status, (_handle, c.c_char_p, _u64)),
}


def home() -> pathlib.Path:
    """The folder of ArgusOrch: ``ARGUS_HOME``, else the one that this package was installed from.

    Raises:
        ArgusError: when neither is known.
    """
    named = os.environ.get("ARGUS_HOME")
    if named:
        return pathlib.Path(named)
    # Used from the repository itself, or installed with pip install -e.
    above = pathlib.Path(__file__).resolve().parents[3]
    if (above / "Package.swift").exists() and (above / "Scenarios").is_dir():
        return above
    try:
        from argus_env._installation import HOME
    except ImportError:
        raise ArgusError(
            "ArgusOrch cannot be found (ARGUS_HOME): found no such environment variable and no path recorded at "
            "installation, expected the folder of the ArgusOrch repository. Try setting ARGUS_HOME, or 'pip install "
            "./Python' inside the repository.", "library") from None
    return pathlib.Path(HOME)


def path() -> pathlib.Path:
    """Where the library should be."""
    return home() / ".build" / "release" / NAME


class Library:
    """The loaded library; its functions are attributes without the prefix ``argus_client_``."""

    def __init__(self, file: pathlib.Path) -> None:
        self.file = file
        if not file.exists():
            root = file.parents[2]
            what = f"found no such file in {root}" if root.is_dir() else f"found no folder {root}"
            raise ArgusError(
                f"the host's library is missing ({file}): {what}, expected the library that the build makes. Try "
                f"'{root}/argus list', which builds it; or set ARGUS_HOME to another clone of ArgusOrch.", "library")
        try:
            library = c.CDLL(str(file))
            version = library.argus_client_version
        except (OSError, AttributeError) as error:
            raise ArgusError(
                f"the host's library cannot be loaded ({file}): found {error}, expected a library of this machine. Try "
                "building it here: './argus list' in the repository.", "library") from error
        version.restype, version.argtypes = c.c_uint32, []
        found = version()
        if found >> 16 != MAJOR or found & 0xFFFF < MINOR:
            raise ArgusError(
                f"the host's library does not fit this package ({file}): found interface {found >> 16}."
                f"{found & 0xFFFF}, expected {MAJOR}.{MINOR} or a later {MAJOR}.x. Try 'pip install ./Python' and "
                "'./argus list' in the same clone of ArgusOrch.", "library")
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(library, "argus_client_" + name)
            function.restype, function.argtypes = result, list(arguments)
            setattr(self, name, function)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise AttributeError(name)

    def failure(self, status: int) -> ArgusError:
        """The last failure on this thread, as an exception to raise."""
        return ArgusError(self._text(), KINDS.get(status, "error"))

    def _text(self) -> str:
        size = self.error(None, 0)
        buffer = c.create_string_buffer(size + 1)
        size = min(size, self.error(buffer, size))
        return buffer.raw[:size].decode("utf-8", "replace")

    def check(self, status: int) -> None:
        """Raises ArgusError unless the status is OK."""
        if status != OK:
            raise self.failure(status)

    def sized(self, function: Callable[..., int], *arguments: int) -> bytes:
        """Calls a function of the (buffer, capacity, needed) kind."""
        capacity, needed = 4096, c.c_size_t()
        for _ in range(4):
            buffer = c.create_string_buffer(capacity)
            self.check(function(*arguments, buffer, capacity, c.byref(needed)))
            if needed.value <= capacity:
                return buffer.raw[:needed.value]
            capacity = needed.value
        raise ArgusError("a result does not come to rest (host): found a size that grows, expected it to stay")


@functools.cache
def _load(file: pathlib.Path) -> Library:
    return Library(file)


def load() -> Library:
    """The host's library, loaded once.

    Raises:
        ArgusError: of kind ``"library"`` when it is missing or does not fit.
    """
    return _load(path())


def scenarios() -> list[str]:
    """The ids of all scenarios.

    Raises:
        ArgusError: when the library or the folder of scenarios is missing.
    """
    library = load()
    return library.sized(library.scenarios).decode().split("\n")
