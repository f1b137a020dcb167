"""Writes the golden files of this folder; see README.md. Needs nothing but Python and NumPy, and neither codec."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
KINDS = {
    "HELLO": 1, "WELCOME": 2, "REFUSE": 3, "DESCRIBE": 16, "CREATE": 17, "DESTROY": 18, "RESET": 19, "STEP": 20,
    "SAVE": 21, "LOAD": 22, "TEXT": 23, "RENDER": 24, "METRICS": 25, "BASELINE": 26, "JOIN": 32, "ACT": 33, "PING": 48,
    "LOG": 49, "BYE": 50,
}  # fmt: skip
TYPES = {"u8": "B", "i32": "i", "u32": "I", "u64": "Q", "f32": "f", "f64": "d"}
SESSION = 0x1122334455667788


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def fnv1a(data: bytes) -> int:
    value = 14695981039346656037
    for byte in data:
        value = (value ^ byte) * 1099511628211 % (1 << 64)
    return value


# --- Specifications ---------------------------------------------------------------------------------------------------


def segment(name: str, offset: int, count: int, description: str) -> dict[str, Any]:
    return {"name": name, "offset": offset, "count": count, "description": description}


def discrete_agent(name: str, role: str, group: int, size: int, heads: list[int]) -> dict[str, Any]:
    return {"name": name, "role": role, "group": group, "observation_size": size, "head_sizes": heads}


SPECIFICATIONS: dict[str, dict[str, Any]] = {
    # Sizes of the scenario warehouse/tiny-2ag.
    "warehouse": {
        "agents": [discrete_agent(f"robot_{i}", "robot", 0, 71, [5]) for i in range(2)],
        "groups": ["team"],
        "observation": {"width": 71},
        "observation_segments": [
            segment("self", 0, 8, "position, load, direction"),
            segment("neighbours", 8, 63, "3 x 3 cells"),
        ],
        "action": {"heads": [5], "names": ["noop", "forward", "left", "right", "toggle_load"]},
        "reward": {"scope": "agent"},
        "suggested_horizon": 500,
        "baselines": [{"name": "planner", "sees_state": True, "description": "plans paths for all", "memory_size": 0}],
        "metrics": [{"name": "deliveries", "kind": "count", "description": "shelves brought to a goal"}],
    },
    # Agents with different spaces, two groups, two heads, a state, texts, baselines of both kinds, metrics of all.
    "heterogeneous": {
        "agents": [
            discrete_agent("lead", "lead", 0, 4, [3, 2]),
            discrete_agent("medic_0", "medic", 0, 3, [2, 0]),
            discrete_agent("Gegner_1", "enemy", 1, 0, [1, 1]),
        ],
        "groups": ["blau", "grün"],
        "observation": {
            "width": 4,
            "low": [0.0, -1.0, None, -0.1],
            "high": [1.0, 1.0, None, 16777216.0],
        },
        "observation_segments": [
            segment("self", 0, 1, ""),
            segment("rest", 1, 3, 'with "quotes", \\ and a tab\tand €'),
        ],
        "action": {"heads": [3, 2], "names": ["stay", "go", "heal", "silent", "speak"]},
        "reward": {"scope": "group", "low": -10.0, "high": 0.3},
        "state": {
            "width": 3,
            "low": [0.0, 0.0, 0.0],
            "high": [1.0, 1e-05, 3.4028235e38],
            "segments": [segment("all", 0, 3, "everything")],
        },
        "text": {"quanta": [0.0, 0.01, 0.5, 1e-10]},
        "baselines": [
            {"name": "greedy", "sees_state": False, "description": "nearest first", "memory_size": 16},
            {"name": "oracle-2", "sees_state": True, "description": "", "memory_size": 0},
        ],
        "metrics": [
            {"name": "kills", "kind": "count", "description": ""},
            {"name": "won", "kind": "fraction", "description": "1 if the team won"},
            {"name": "health_left", "kind": "number", "description": "mean"},
        ],
    },
    "continuous": {
        "agents": [
            {"name": "arm_0", "role": "arm", "group": 0, "observation_size": 6, "action_size": 3},
            {"name": "eye", "role": "camera", "group": 0, "observation_size": 2, "action_size": 1},
        ],
        "groups": ["team"],
        "observation": {"width": 6, "low": [-1.5] * 6, "high": [1.5] * 6},
        "action": {"width": 3, "low": [-1.0, -0.5, 0.0], "high": [1.0, 0.5, 1e16]},
        "reward": {"scope": "agent", "high": 0.0},
        "text": {},
        "baselines": [],
        "metrics": [],
    },
    "minimal": {
        "agents": [discrete_agent("a", "a", 0, 0, [1])],
        "groups": [""],
        "observation": {"width": 1},
        "action": {"heads": [1]},
        "reward": {"scope": "group"},
        "baselines": [],
        "metrics": [],
    },
}


# --- Messages ---------------------------------------------------------------------------------------------------------


class Frame:
    """A frame and how it reads."""

    def __init__(self, name: str, kind: str, shape: list[int], values: list[Any]) -> None:
        self.data = struct.pack(f"<{len(values)}{TYPES[kind]}", *values)
        shown = ["NaN" if value != value else value for value in values]
        self.document: dict[str, Any] = {"name": name, "type": kind, "shape": shape, "values": shown}
        assert int(np.prod(shape)) == len(values), name


class Raw(Frame):
    def __init__(self, name: str, data: bytes) -> None:
        self.data = data
        self.document = {"name": name, "hex": data.hex()}


def texts(names: tuple[str, str], given: list[str]) -> list[Frame]:
    offsets = [0]
    for text in given:
        offsets.append(offsets[-1] + len(text.encode()))
    frames = [Frame(names[0], "u32", [len(offsets)], offsets), Raw(names[1], "".join(given).encode())]
    frames[1].document["texts"] = given
    return frames


def numbers(count: int, start: float = 0.0) -> list[float]:
    """Different values that a 32-bit float holds exactly."""
    return [start + 0.25 * index for index in range(count)]


def rows(
    name: str, batch: int, legal: bool = True, state: bool = True, prefix: str = "", start: float = 0.0
) -> dict[str, Frame]:
    specification = SPECIFICATIONS[name]
    agents, width = len(specification["agents"]), specification["observation"]["width"]
    count = batch * agents
    frames = {
        "observation": Frame(f"{prefix}observation", "f32", [batch, agents, width], numbers(count * width, start))
    }
    heads = specification["action"].get("heads")
    if heads:
        choices = sum(heads)
        frames["legal"] = (
            Frame(f"{prefix}legal", "u8", [batch, agents, choices], [1, 0, 1, 1, 1, 0, 1] * (count * choices // 7)
                  + [1] * (count * choices % 7))
            if legal else Frame(f"{prefix}legal", "u8", [0], [])
        )  # fmt: skip
    frames["acting"] = Frame(f"{prefix}acting", "u8", [batch, agents], [1] * (count - 1) + [0])
    frames["terminated"] = Frame(f"{prefix}terminated", "u8", [batch, agents], [0] * (count - 1) + [1])
    reward_rows = agents if specification["reward"]["scope"] == "agent" else len(specification["groups"])
    frames["reward"] = Frame(f"{prefix}reward", "f32", [batch, reward_rows], numbers(batch * reward_rows, -1.0))
    if "state" in specification:
        size = specification["state"]["width"]
        frames["state"] = (
            Frame(f"{prefix}state", "f32", [batch, size], numbers(batch * size, 100.0))
            if state else Frame(f"{prefix}state", "f32", [0], [])
        )  # fmt: skip
    frames["ended"] = Frame(f"{prefix}ended", "u8", [batch], [index % 4 for index in range(batch)])
    frames["elapsed"] = Frame(f"{prefix}elapsed", "f32", [batch], [1.0] * (batch - 1) + [0.5])
    return frames


def finals(name: str, copies: list[int], legal: bool = True, state: bool = True) -> list[Frame]:
    n = len(copies)
    found = rows(name, n, legal, state, "final ", 1000.0)
    kept = [found[key] for key in ("observation", "legal", "acting", "state") if key in found]
    metrics = len(SPECIFICATIONS[name]["metrics"])
    values = [float("nan") if index == 1 else 0.1 * index for index in range(n * metrics)]
    return [Frame("final copies", "u32", [n], copies), *kept, Frame("final metrics", "f64", [n, metrics], values)]


def actions(name: str, leading: list[int], title: str = "action") -> Frame:
    action = SPECIFICATIONS[name]["action"]
    count = int(np.prod(leading))
    if "heads" in action:
        heads = action["heads"]
        values = [(row + head) % size for row in range(count) for head, size in enumerate(heads)]
        return Frame(title, "i32", [*leading, len(heads)], values)
    return Frame(title, "f32", [*leading, action["width"]], [0.25] * (count * action["width"]))


def act(name: str, agents: list[int], batch: int, with_texts: bool) -> list[Frame]:
    specification = SPECIFICATIONS[name]
    width, choices = specification["observation"]["width"], sum(specification["action"].get("heads", []))
    frames: list[Frame] = []
    for index in agents:
        own = specification["agents"][index]["name"]
        frames += [
            Frame(f"acting of {own}", "u8", [batch], [1] * (batch - 1) + [0]),
            Frame(f"start of {own}", "u8", [batch], [1] + [0] * (batch - 1)),
            Frame(f"random of {own}", "u64", [batch], [(1 << 64) - 1 - index - copy for copy in range(batch)]),
            Frame(f"observation of {own}", "f32", [batch, width], numbers(batch * width, index)),
            Frame(f"legal of {own}", "u8", [batch, choices] if choices else [0], [1] * (batch * choices)),
        ]
        if with_texts:
            situations = [f"{own} sees {copy} · ü" for copy in range(batch - 1)] + [""]
            words = [f"do {choice}" for _ in range(batch - 1) for choice in range(choices)] + [""] * choices
            frames += texts((f"situation offsets of {own}", f"situations of {own}"), situations)
            frames += texts((f"action offsets of {own}", f"actions of {own}"), words)
    return frames


MESSAGES: dict[str, dict[str, Any]] = {}


def message(
    name: str,
    kind: str,
    meta: Any = None,
    frames: list[Frame] | dict[str, Frame] | None = None,
    specification: str | None = None,
    options: dict[str, Any] | None = None,
    **fields: int,
) -> None:
    """Adds a message; `fields` are the header's that are not 0."""
    data = list(frames.values()) if isinstance(frames, dict) else list(frames or [])
    hashed = 0
    if specification is not None and kind != "JOIN":
        hashed = fnv1a(canonical(SPECIFICATIONS[specification]))
    header = {
        "major": 1, "minor": 0, "message": KINDS[kind], "flags": 0, "frames": len(data), "session": SESSION,
        "sequence": 0, "specification": hashed, "clock": 0, "instance": 0, "batch": 0, "status": 0, "deadline": 0,
    } | fields  # fmt: skip
    packed = struct.pack("<4sHHHHIQQQQIIII", b"ARGU", *header.values())
    meta_bytes = b"" if meta is None else canonical(meta)
    MESSAGES[name] = {
        # 64-bit numbers as text: not every JSON reader has them.
        "header": {key: str(value) for key, value in header.items()},
        "meta": meta,
        "specification": specification,
        "options": options or {},
        "frames": [frame.document for frame in data],
        "parts": [part.hex() for part in [packed, meta_bytes, *(frame.data for frame in data)]],
    }


def exchange(name: str, kind: str, number: int, **arguments: Any) -> None:
    """A request and its reply; arguments that begin with `reply_` are the reply's."""
    shared = {key: arguments.pop(key) for key in ("specification", "instance", "batch") if key in arguments}
    reply = {key[6:]: arguments.pop(key) for key in list(arguments) if key.startswith("reply_")}
    message(name, kind, sequence=number, **{"deadline": 30000} | shared | arguments)
    message(f"{name}-reply", kind, sequence=number, **{"flags": 1} | shared | reply)


IDENTITY = {
    "name": "argus-env", "version": "0.1.0", "pid": 4711, "capabilities": [],
    "limits": {"frame": 268435456, "instances": 64},
}  # fmt: skip


def make_messages() -> None:
    message("hello-environment", "HELLO", IDENTITY | {"majors": [1], "role": "environment"}, session=0)
    message(
        "hello-policy", "HELLO",
        {"majors": [1, 2], "role": "policy", "name": "Übung \"1\"", "version": "", "capabilities": ["argus.text/1"],
         "limits": {"frame": 65536, "instances": 1}},
        session=0,
    )  # fmt: skip
    message("welcome", "WELCOME", IDENTITY | {"major": 1, "role": "driver", "name": "argus"})
    message("refuse", "REFUSE", {"code": "version", "message": "HELLO speaks [2], expected 1"}, session=0)

    exchange("describe", "DESCRIBE", 1, reply_meta={"environments": [
        {
            "id": "warehouse", "version": "2.0.0", "summary": "Robots bring shelves.", "rules": "Line 1\nLine 2: ≥ 0",
            "source": "rware 2.0.0", "capabilities": ["argus.baseline/1", "argus.metrics/1", "argus.text/1"],
            "parameters": [
                {"name": "agents", "kind": "integer", "description": "robots", "default": 2, "minimum": 1,
                 "maximum": 19},
                {"name": "seed", "kind": "integer", "description": "", "default": -9223372036854775807},
                {"name": "rate", "kind": "number", "description": "per hour", "default": 2.5, "minimum": 0.0},
                {"name": "walls", "kind": "boolean", "description": "", "default": False},
                {"name": "title", "kind": "string", "description": "", "default": "ein \"Lager\" / a\\b"},
                {"name": "layout", "kind": "choice", "description": "", "default": "tiny",
                 "choices": ["tiny", "small"]},
            ],
            "scenario": {"id": "warehouse/tiny-2ag", "version": 1, "horizon": 500, "reward": "team", "state": "concat",
                         "masks": "none",
                         "score": {"metric": "return", "floor": 0.0, "ceiling": 22.0, "why": "random; published"}},
        },
        {"id": "other-1", "version": "1", "summary": "", "rules": "", "source": "", "capabilities": [],
         "parameters": [],
         "scenario": {"id": "other", "version": 2, "horizon": 1, "reward": "individual", "state": "native",
                      "masks": "exact"}},
    ]})  # fmt: skip
    spec = "heterogeneous"
    exchange(
        "create", "CREATE", 2,
        meta={"environment": "warehouse", "copies": 3,
              "parameters": {"agents": 4, "rate": 0.1, "walls": True, "title": "x"}},
        reply_instance=7, reply_specification=spec,
        reply_frames=[Raw("specification", canonical(SPECIFICATIONS[spec]))],
    )  # fmt: skip
    exchange("create-defaults", "CREATE", 3, meta={"environment": "warehouse", "copies": 0, "parameters": {}},
             reply_status=2, reply_meta={"errors": [
                 {"code": "bad-parameters", "message": "parameter 'agents': found 0, expected 1 to 19."},
                 {"code": "environment", "message": "no", "copy": 2, "traceback": "File \"a.py\", line 1\n  é"},
             ]})  # fmt: skip
    instance = {"specification": spec, "instance": 7, "batch": 3}
    exchange("destroy", "DESTROY", 4, specification=spec, instance=7)
    exchange(
        "reset", "RESET", 5, **instance,
        frames=[Frame("mask", "u8", [3], [1, 0, 1]), Frame("seeds", "u64", [3], [0, 1 << 63, (1 << 64) - 1])],
        reply_clock=1, reply_frames=rows(spec, 3),
    )  # fmt: skip
    exchange(
        "step", "STEP", 6, **instance,
        frames=[Frame("plan", "u8", [3], [1, 7, 5]), actions(spec, [3, 3]), Frame("seeds", "u64", [3], [3, 4, 5])],
        reply_clock=2, reply_frames=[*rows(spec, 3).values(), *finals(spec, [0, 2])],
    )  # fmt: skip
    exchange(
        "step-lean", "STEP", 7, **instance, flags=6,
        frames=[Frame("plan", "u8", [3], [1, 3, 0]), actions(spec, [3, 3]), Frame("seeds", "u64", [0], [])],
        reply_clock=3, reply_status=1, reply_flags=7,
        reply_meta={"errors": [{"code": "environment", "message": "copy 2 failed", "copy": 2}]},
        reply_frames=rows(spec, 3, legal=False, state=False),
        options={"optional": True}, reply_options={"without_legal": True, "without_state": True},
    )  # fmt: skip
    exchange(
        "step-lean-final", "STEP", 8, **instance, flags=6,
        frames=[Frame("plan", "u8", [3], [5, 5, 5]), actions(spec, [3, 3]), Frame("seeds", "u64", [3], [3, 4, 5])],
        reply_clock=4, reply_flags=7,
        reply_frames=[*rows(spec, 3, False, False).values(), *finals(spec, [0, 1, 2], False, False)],
        reply_options={"without_legal": True, "without_state": True},
    )  # fmt: skip
    exchange(
        "step-continuous", "STEP", 9, specification="continuous", instance=8, batch=2,
        frames=[Frame("plan", "u8", [2], [1, 7]), actions("continuous", [2, 2]), Frame("seeds", "u64", [2], [8, 9])],
        reply_clock=9, reply_frames=[*rows("continuous", 2).values(), *finals("continuous", [1])],
    )  # fmt: skip
    exchange("step-empty", "STEP", 10, specification="warehouse", instance=9, batch=0, frames=[
        Frame("plan", "u8", [0], []), Frame("action", "i32", [0, 2, 1], []), Frame("seeds", "u64", [0], [])],
        reply_frames=[Frame("observation", "f32", [0, 2, 71], []), Frame("legal", "u8", [0, 2, 5], []),
                      Frame("acting", "u8", [0, 2], []), Frame("terminated", "u8", [0, 2], []),
                      Frame("reward", "f32", [0, 2], []), Frame("ended", "u8", [0], []),
                      Frame("elapsed", "f32", [0], [])])  # fmt: skip
    exchange("save", "SAVE", 11, **instance, meta={"copy": 2}, reply_frames=[Raw("state", bytes(range(17)))])
    exchange("load", "LOAD", 12, **instance, meta={"copy": 2},
             frames=[Raw("state", bytes(range(17))), Frame("chance seed", "u64", [1], [99])],
             reply_batch=1, reply_frames=rows(spec, 1))  # fmt: skip
    exchange("load-refused", "LOAD", 13, **instance, meta={"copy": 0},
             frames=[Raw("state", b""), Frame("chance seed", "u64", [0], [])], reply_status=1, reply_batch=1,
             reply_meta={"errors": [{"code": "environment", "message": "no state"}]})  # fmt: skip
    names = ("offsets", "texts")
    exchange("text-rules", "TEXT", 14, **instance, meta={"what": "rules"},
             reply_frames=texts(names, ["You lead.", "", "Σ: fight\n"]))  # fmt: skip
    exchange("text-situation", "TEXT", 15, **instance, meta={"what": "situation", "copy": 1},
             reply_frames=texts(names, ["here", "there", "nowhere"]))  # fmt: skip
    exchange("text-actions", "TEXT", 16, **instance, meta={"what": "actions", "copy": 2},
             reply_frames=texts(names, [f"choice {index}" if index % 3 else "" for index in range(15)]))  # fmt: skip
    exchange("render", "RENDER", 17, **instance, meta={"copy": 0, "color": True},
             reply_frames=[Raw("render", "┌─┐\n".encode())])  # fmt: skip
    exchange("metrics", "METRICS", 18, **instance, meta={"copies": [0, 2]},
             reply_frames=[Frame("metrics", "f64", [2, 3], [1.0, float("nan"), 0.1, 2.0, 1.0, -5e-324])])  # fmt: skip
    exchange("baseline-joint", "BASELINE", 19, **instance, meta={"baseline": 1, "copy": 2},
             frames=[Frame("agents", "u8", [3], [1, 1, 0])], reply_frames=[actions(spec, [3], "actions")])  # fmt: skip
    memory = Frame("memory", "u8", [2, 16], list(range(32)))
    exchange("baseline-local", "BASELINE", 20, **instance, meta={"baseline": 0, "agents": [0, 2]},
             frames=[Frame("observation", "f32", [2, 4], numbers(8)), Frame("legal", "u8", [2, 5], [1] * 10), memory],
             reply_frames=[actions(spec, [2], "actions"), memory])  # fmt: skip
    rules = texts(("rule offsets", "rules"), ["You lead.", "Σ"])
    specification_frame = Raw("specification", canonical(SPECIFICATIONS[spec]))
    exchange("join", "JOIN", 21, specification=spec, options={"agents": 2, "texts": True},
             meta={"scenario": "skirmish/3m", "agents": [0, 2], "copies": 3, "seed": "18446744073709551615",
                   "mode": "greedy", "horizon": 60},
             frames=[specification_frame, *rules], reply_instance=1)  # fmt: skip
    exchange("join-plain", "JOIN", 22, specification="continuous", options={"agents": 1, "texts": False},
             meta={"scenario": "x", "agents": [1], "copies": 1, "seed": "0", "mode": None, "horizon": 1},
             frames=[Raw("specification", canonical(SPECIFICATIONS["continuous"]))], reply_status=2,
             reply_meta={"errors": [{"code": "bad-parameters", "message": "plays 'warehouse' only"}]})  # fmt: skip
    exchange("act", "ACT", 23, specification=spec, instance=1, batch=2, options={"agents": [2, 0], "texts": True},
             frames=act(spec, [2, 0], 2, True), reply_options={"agents": [2, 0], "texts": True},
             reply_frames=[actions(spec, [2], f"actions of {name}") for name in ("Gegner_1", "lead")])  # fmt: skip
    exchange("act-continuous", "ACT", 24, specification="continuous", instance=2, batch=3,
             options={"agents": [0, 1], "texts": False}, frames=act("continuous", [0, 1], 3, False),
             reply_options={"agents": [0, 1], "texts": False},
             reply_frames=[actions("continuous", [3], f"actions of {name}") for name in ("arm_0", "eye")])  # fmt: skip
    exchange("ping", "PING", 25)
    message("log", "LOG", {"severity": "warning", "message": "slow: 2 s\u0001\u2028"})
    message("bye", "BYE", {"reason": "done 👋"})


# --- What is refused --------------------------------------------------------------------------------------------------


def refused_messages() -> list[dict[str, Any]]:
    step = MESSAGES["step"]["parts"]
    header = bytes.fromhex(step[0])

    def case(why: str, code: str, parts: list[str]) -> dict[str, Any]:
        return {"why": why, "code": code, "parts": parts}

    def patched(offset: int, data: bytes) -> str:
        return (header[:offset] + data + header[offset + len(data) :]).hex()

    return [
        case("no part", "malformed", []),
        case("a header alone", "malformed", step[:1]),
        case("a short header", "malformed", [step[0][:-2], *step[1:]]),
        case("a long header", "malformed", [step[0] + "00", *step[1:]]),
        case("no header", "malformed", ["", *step[1:]]),
        case("another magic", "malformed", [patched(0, b"HTTP"), *step[1:]]),
        case("a frame less than the header says", "malformed", step[:-1]),
        case("a frame more than the header says", "malformed", [*step, ""]),
        case("2^32 - 1 frames", "malformed", [patched(12, b"\xff\xff\xff\xff"), *step[1:]]),
        case("another major version", "version", [patched(4, b"\x02\x00"), *step[1:]]),
        case("an unknown flag", "invalid-request", [patched(10, b"\x08\x00"), *step[1:]]),
        case("all flags", "invalid-request", [patched(10, b"\xff\xff"), *step[1:]]),
    ]


def refused_specifications() -> list[dict[str, str]]:
    base = SPECIFICATIONS["heterogeneous"]
    cases: list[dict[str, str]] = []

    def changed(why: str, change: Any, specification: dict[str, Any] = base) -> None:
        document = json.loads(json.dumps(specification))
        change(document)
        cases.append({"why": why, "document": canonical(document).decode()})

    def put(*path_and_value: Any) -> Any:
        *path, key, value = path_and_value

        def change(document: Any) -> None:
            for step in path:
                document = document[step]
            document[key] = value

        return change

    def drop(*path: Any) -> Any:
        def change(document: Any) -> None:
            for step in path[:-1]:
                document = document[step]
            del document[path[-1]]

        return change

    for key in "agents", "groups", "observation", "action", "reward":
        changed(f"no {key}", drop(key))
        changed(f"{key} is a string", put(key, "x"))
        changed(f"{key} is null", put(key, None))
    changed("no agent", put("agents", []))
    for name in "", "a b", "a-b", "ä", "lead", "a\n":
        changed(f"an agent named {name!r}", put("agents", 1, "name", name))
    changed("an agent without a name", drop("agents", 0, "name"))
    changed("an agent without a role", drop("agents", 0, "role"))
    for group in -1, 2, 1.0, "0", True, 1 << 64:
        changed(f"group {group!r}", put("agents", 0, "group", group))
    for size in -1, 5, 1e3, 4.0, None, 10**30:
        changed(f"observation size {size!r}", put("agents", 0, "observation_size", size))
    for sizes in [], [3], [3, 2, 1], [4, 2], [3, -1], [3, 2.0], [3, "2"], {}, 3:
        changed(f"head sizes {sizes!r}", put("agents", 0, "head_sizes", sizes))
    changed("one role with different sizes", put("agents", 1, "role", "lead"))
    changed("two groups of one name", put("groups", ["a", "a"]))
    changed("more groups than agents", put("groups", ["a", "b", "c", "d"]))
    changed("a group that is a number", put("groups", ["a", 1]))
    for width in 0, -1, 1 << 25, 4.0, "4", True, None:
        changed(f"width {width!r}", put("observation", "width", width))
        changed(f"state width {width!r}", put("state", "width", width))
    changed("low alone", drop("observation", "high"))
    changed("high alone", drop("observation", "low"))
    changed("short low", put("observation", "low", [0.0]))
    changed("low above high", put("observation", "low", [2.0, -1.0, None, 0.0]))
    changed("a bound beyond 32 bits", put("observation", "high", [1.0, 1.0, None, 1e39]))
    changed("a bound that is text", put("observation", "high", [1.0, 1.0, None, "1"]))
    changed("a bound that is true", put("observation", "high", [1.0, 1.0, None, True]))
    for heads in [], [0, 2], [3, 65537], [3, -2], ["3", 2], [65536] * 257, [1] * 4097:
        changed(f"heads {str(heads)[:20]}", put("action", "heads", heads))
    changed("too few action names", put("action", "names", ["a"]))
    changed("action names that are numbers", put("action", "names", [1, 2, 3, 4, 5]))
    changed("neither heads nor width", put("action", {}))
    changed("continuous without bounds", drop("action", "low"), SPECIFICATIONS["continuous"])
    changed("continuous, unbounded", put("action", "high", [1.0, 1.0, None]), SPECIFICATIONS["continuous"])
    changed("continuous, action too wide", put("agents", 0, "action_size", 4), SPECIFICATIONS["continuous"])
    changed("continuous with names", put("action", "names", ["a", "b", "c"]), SPECIFICATIONS["continuous"])
    changed("an unknown reward scope", put("reward", "scope", "team"))
    changed("a reward bound that is text", put("reward", "low", "0"))
    changed("reward low above high", put("reward", "low", 1.0))
    changed("a segment that leaves a gap", put("observation_segments", 1, "offset", 2))
    changed("a segment too long", put("observation_segments", 1, "count", 4))
    changed("segments that end early", put("observation_segments", 1, "count", 2))
    changed("a segment of 2^63 - 1", put("observation_segments", 1, "count", (1 << 63) - 1))
    changed("a segment without name", drop("observation_segments", 1, "name"))
    changed("segments that are no objects", put("observation_segments", [1]))
    for quanta in [0.0], [0.0, 0.0, 0.0, -1.0], [0.0, 0.0, 0.0, None], [0.0] * 5, "x":
        changed(f"quanta {quanta!r}", put("text", "quanta", quanta))
    changed("text is a list", put("text", []))
    for horizon in 0, -1, 1.0, "1", True, 1 << 40:
        changed(f"horizon {horizon!r}", put("suggested_horizon", horizon))
    for name in "", "Greedy", "a_b", "oracle-2":
        changed(f"a baseline named {name!r}", put("baselines", 0, "name", name))
    changed("memory too large", put("baselines", 0, "memory_size", (1 << 20) + 1))
    changed("sees_state is 1", put("baselines", 0, "sees_state", 1))
    changed("two metrics of one name", put("metrics", 0, "name", "won"))
    changed("an unknown kind of metric", put("metrics", 0, "kind", "counter"))
    changed("more than 2^26 observation elements", lambda d: (
        d.update(agents=[d["agents"][0] | {"name": f"a{i}"} for i in range(65)], groups=["a"],
                 observation={"width": 1 << 20}), d.pop("observation_segments"), d.pop("text")))  # fmt: skip

    text = canonical(base).decode()
    for why, document in [
        ("cut short", text[:-1]),
        ("more after the end", text + "x"),
        ("two documents", text + text),
        ("a list", "[]"),
        ("a number", "1"),
        ("nothing but space", "  "),
        ("a duplicate key", '{"groups":["a"],' + text[1:]),
        ("NaN", text.replace("16777216.0", "NaN")),
        ("Infinity", text.replace("16777216.0", "Infinity")),
        ("-Infinity", text.replace("16777216.0", "-Infinity")),
        ("a number beyond 64 bits", text.replace("16777216.0", "1e999")),
        ("a number that begins with a point", text.replace("16777216.0", ".5")),
        ("a number that ends with a point", text.replace("16777216.0", "5.")),
        ("a number that begins with 0", text.replace("16777216.0", "05")),
        ("a number with a plus", text.replace("16777216.0", "+5")),
        ("hexadecimal", text.replace("16777216.0", "0x5")),
        ("a comma too many", text[:-1] + ",}"),
        ("single quotes", text.replace('"', "'")),
        ("a comment", "/**/" + text),
        ("a control character in a string", text.replace("nearest", "near\nest")),
        ("an unknown escape", text.replace("nearest", "near\\qest")),
        ("half a surrogate pair", text.replace("nearest", "\\ud800")),
        ("the other half", text.replace("nearest", "\\udc00")),
        ("a short escape", text.replace("nearest", "\\u00")),
        ("a byte order mark", "\ufeff" + text),
        ("5000 levels", text.replace("16777216.0", "[" * 5000 + "]" * 5000)),
        ("5000 open lists", "[" * 5000),
        ("a number of 5000 digits", text.replace("16777216.0", "9" * 5000)),
    ]:
        cases.append({"why": why, "document": document})
    return cases


def number_texts() -> dict[str, list[list[str]]]:
    """Bits and text of floats: powers of two with their neighbours, and random bits."""
    generator = random.Random(7)
    singles: set[int] = {0, 0x80000000, 1, 0x7F7FFFFF, 0xFF7FFFFF, 0x00800000, 0x3DCCCCCD}
    for exponent in range(1, 255):
        singles.update((exponent << 23) + step for step in (-1, 0, 1))
    singles.update(generator.getrandbits(32) for _ in range(1000))
    doubles: set[int] = {0, 1 << 63, 1, 0x7FEFFFFFFFFFFFFF, 0x0010000000000000}
    for exponent in range(1, 2047, 3):
        doubles.update((exponent << 52) + step for step in (-1, 0, 1))
    doubles.update(generator.getrandbits(64) for _ in range(500))
    for text in "2e23", "9007199254740993", "1e16", "1e15", "9999999999999998", "0.0001", "0.00001", "5e-324", "1e22":
        doubles.add(struct.unpack("<Q", struct.pack("<d", float(text)))[0])

    def single_text(bits: int) -> str | None:
        value = np.uint32(bits).view(np.float32)
        return repr(float(str(value))) if np.isfinite(value) else None

    def double_text(bits: int) -> str | None:
        value = struct.unpack("<d", struct.pack("<Q", bits))[0]
        return repr(value) if np.isfinite(value) else None

    return {
        "f32": [[f"{bits:08x}", text] for bits in sorted(singles) if (text := single_text(bits)) is not None],
        "f64": [[f"{bits:016x}", text] for bits in sorted(doubles) if (text := double_text(bits)) is not None],
    }


def write(path: str, value: Any) -> None:
    (HERE / path).write_text(json.dumps(value, indent=1, ensure_ascii=True) + "\n")


def main() -> None:
    hashes = {}
    for name, document in SPECIFICATIONS.items():
        data = canonical(document)
        (HERE / "specifications" / f"{name}.json").write_bytes(data)
        hashes[name] = f"{fnv1a(data):016x}"
    write("specifications/hashes.json", hashes)
    make_messages()
    for name, document in MESSAGES.items():
        write(f"messages/{name}.json", document)
    write("refused-messages.json", refused_messages())
    write("refused-specifications.json", refused_specifications())
    write("numbers.json", number_texts())


if __name__ == "__main__":
    main()
