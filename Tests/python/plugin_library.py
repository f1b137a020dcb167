"""argus_env.h for Python: a plugin library opened through ctypes, with buffers of our own that can be inspected.

Only the header is mirrored here; nothing of the host is used, so that what a test finds is the plugin's doing.
"""

import ctypes as c
import json

import numpy as np

OK, DISCARD, ERROR, FATAL = 0, 1, 2, 3
ROLES = ["", "observation", "action", "legal", "acting", "terminated", "reward", "state", "ended", "elapsed"]
ROLE = {name: role for role, name in enumerate(ROLES) if name}
DTYPE = {1: np.float32, 2: np.int32, 3: np.uint8}
ROWS_COPY, ROWS_AGENT, ROWS_GROUP = 1, 2, 3
TEXT, SNAPSHOT, BASELINE, RENDER, METRICS = (
    f"argus.{name}/1" for name in ("text", "snapshot", "baseline", "render", "metrics"))

u8, u32, u64, i32, i64, f32, f64 = (
    c.c_uint8, c.c_uint32, c.c_uint64, c.c_int32, c.c_int64, c.c_float, c.c_double)
string, strings, pointer, size = c.c_char_p, c.POINTER(c.c_char_p), c.c_void_p, c.c_size_t
status = i32


def struct(name, *fields):
    """A struct of the header, which begins with its size."""
    return type(name, (c.Structure,), {"_fields_": [("struct_size", u32), *fields]})


Agent = struct(
    "Agent", ("group", u32), ("name", string), ("role", string), ("observation_size", u32),
    ("head_sizes", c.POINTER(u32)), ("action_size", u32), ("reserved", u32))
Tensor = struct(
    "Tensor", ("role", u32), ("dtype", u32), ("rows", u32), ("width", u32), ("reserved", u32),
    ("low", c.POINTER(f32)), ("high", c.POINTER(f32)))
Segment = struct(
    "Segment", ("offset", u32), ("count", u32), ("reserved", u32), ("name", string), ("description", string))
Specification = struct(
    "Specification", ("agent_count", u32), ("agents", c.POINTER(Agent)), ("group_count", u32), ("tensor_count", u32),
    ("groups", strings), ("tensors", c.POINTER(Tensor)), ("action_heads", u32), ("observation_segment_count", u32),
    ("head_sizes", c.POINTER(u32)), ("action_names", strings), ("observation_segments", c.POINTER(Segment)),
    ("state_segments", c.POINTER(Segment)), ("state_segment_count", u32), ("suggested_horizon", u32))
Parameter = struct(
    "Parameter", ("kind", u32), ("name", string), ("description", string), ("default_value", string),
    ("minimum", f64), ("maximum", f64), ("choices", strings), ("choice_count", u32), ("reserved", u32))
Descriptor = struct(
    "Descriptor", ("parameter_count", u32), ("id", string), ("version", string), ("summary", string),
    ("rules", string), ("source", string), ("parameters", c.POINTER(Parameter)), ("capabilities", strings),
    ("capability_count", u32), ("reserved", u32))


class Buffer(c.Structure):
    _fields_ = [("base", pointer), ("copy_stride", u64), ("row_stride", u64)]


Buffers = struct("Buffers", ("reserved", u32), ("tensor", Buffer * len(ROLES)))

Report = c.CFUNCTYPE(None, pointer, i32, i64, string)
HostExtension = c.CFUNCTYPE(pointer, pointer, string)
Host = struct(
    "Host", ("abi_minor", u32), ("data", pointer), ("report", Report), ("get_extension", HostExtension))
Instance = struct(
    "Instance", ("reserved", u32), ("data", pointer),
    ("specification", c.CFUNCTYPE(c.POINTER(Specification), pointer)),
    ("bind", c.CFUNCTYPE(status, pointer, c.POINTER(Buffers))),
    ("reset", c.CFUNCTYPE(status, pointer, pointer, pointer)),
    ("step", c.CFUNCTYPE(status, pointer, pointer)),
    ("destroy", c.CFUNCTYPE(None, pointer)),
    ("get_extension", c.CFUNCTYPE(pointer, pointer, string)))
Plugin = struct(
    "Plugin", ("abi_minor", u32), ("name", string), ("version", string), ("license", string),
    ("environment_count", u32), ("reserved", u32), ("descriptor", c.CFUNCTYPE(c.POINTER(Descriptor), u32)),
    ("create", c.CFUNCTYPE(status, string, string, u32, c.POINTER(Host), c.POINTER(pointer))))

sized = (c.POINTER(u8), size, c.POINTER(size))
Text = struct(
    "Text", ("reserved", u32), ("quanta", c.POINTER(f32)),
    ("rules", c.CFUNCTYPE(status, pointer, u32, *sized)),
    ("situation", c.CFUNCTYPE(status, pointer, u32, u32, *sized)),
    ("action", c.CFUNCTYPE(status, pointer, u32, u32, u32, *sized)))
Snapshot = struct(
    "Snapshot", ("reserved", u32), ("save", c.CFUNCTYPE(status, pointer, u32, *sized)),
    ("load", c.CFUNCTYPE(status, pointer, u32, c.POINTER(u8), size, c.POINTER(u64))))
Baseline = struct(
    "Baseline", ("sees_state", u32), ("name", string), ("description", string), ("memory_size", u32),
    ("reserved", u32))
Baselines = struct(
    "Baselines", ("count", u32), ("baselines", c.POINTER(Baseline)),
    ("act_jointly", c.CFUNCTYPE(status, pointer, u32, u32, pointer, pointer, size)),
    ("act_locally", c.CFUNCTYPE(status, pointer, u32, u32, pointer, pointer, pointer, pointer)))
Render = struct("Render", ("reserved", u32), ("text", c.CFUNCTYPE(status, pointer, u32, u32, *sized)))
Metric = struct("Metric", ("kind", u32), ("name", string), ("description", string))
Metrics = struct(
    "Metrics", ("count", u32), ("metrics", c.POINTER(Metric)),
    ("values", c.CFUNCTYPE(status, pointer, u32, c.POINTER(f64))))
EXTENSIONS = {TEXT: Text, SNAPSHOT: Snapshot, BASELINE: Baselines, RENDER: Render, METRICS: Metrics}


class Refused(Exception):
    """A status other than OK, with what the plugin reported."""

    def __init__(self, status, reports):
        super().__init__(f"status {status}: {reports}")
        self.status, self.reports = status, reports


class Library:
    """One plugin library. Never unloaded, as the header says."""

    def __init__(self, path):
        self.path = path
        entry = c.CDLL(str(path)).argus_plugin_entry_v1
        entry.restype, entry.argtypes = c.POINTER(Plugin), [u32]
        self.entry = entry
        self.plugin = entry(0).contents

    def descriptors(self):
        return [self.plugin.descriptor(index).contents for index in range(self.plugin.environment_count)]

    def descriptor(self, identifier):
        return next(d for d in self.descriptors() if d.id.decode() == identifier)

    def create(self, identifier, parameters=None, copies=1, **options):
        """An environment; `parameters` is a dictionary or, to try what is no JSON, a string."""
        return Environment(self, identifier, parameters, copies, **options)


class Environment:
    """One instance, bound to arrays [copy, row, width] that can be read and poisoned.

    Rows are `gap` bytes apart (a multiple of 4), and `memory[role]` shows these gaps too. `without` names tensors that
    the host does not want.
    """

    def __init__(self, library, identifier, parameters=None, copies=1, gap=8, without=()):
        self.library, self.identifier, self.copies = library, identifier, copies
        self.reports = []
        self._report = Report(
            lambda _, severity, copy, message: self.reports.append((severity, copy, message.decode())))
        self._host_extension = HostExtension(lambda _, identifier: None)
        self.host = Host(c.sizeof(Host), 0, None, self._report, self._host_extension)
        text = parameters if isinstance(parameters, str) else json.dumps(parameters or {})
        handle = pointer(1)
        code = library.plugin.create(identifier.encode(), text.encode(), copies, c.byref(self.host), c.byref(handle))
        self.handle = handle.value
        if code != OK:
            raise Refused(code, self.reports)
        self.instance = Instance.from_address(self.handle)
        self.specification = self.instance.specification(self.handle).contents
        self.agents = self.specification.agent_count
        self.tensors = {
            ROLES[t.role]: t for t in self.specification.tensors[:self.specification.tensor_count]}
        self.bind(gap, without)

    def rows(self, role):
        return {
            ROWS_COPY: 1, ROWS_AGENT: self.agents, ROWS_GROUP: self.specification.group_count
        }[self.tensors[role].rows]

    def bind(self, gap=8, without=()):
        buffers = Buffers(c.sizeof(Buffers))
        self.memory, self.array = {}, {}
        for role, tensor in self.tensors.items():
            if role in without:
                continue
            dtype = np.dtype(DTYPE[tensor.dtype])
            count, width = self.rows(role), tensor.width
            used = width * dtype.itemsize
            stride = -(-used // 4) * 4 + gap
            memory = aligned(self.copies * count * stride).reshape(self.copies, count, stride)
            self.memory[role] = memory
            self.array[role] = memory[:, :, :used].view(dtype)
            buffers.tensor[ROLE[role]] = Buffer(memory.ctypes.data, count * stride, stride)
        self.poison(0xA5)
        self._check(self.instance.bind(self.handle, c.byref(buffers)))

    def poison(self, byte):
        """Fills all but the actions."""
        for role, memory in self.memory.items():
            memory[:] = 0 if role == "action" else byte

    def reset(self, seeds, mask=None):
        seeds = np.ascontiguousarray(seeds, np.uint64)
        self._check(self.instance.reset(self.handle, self._mask(mask), seeds.ctypes.data))

    def step(self, actions=None, mask=None):
        if actions is not None:
            self.array["action"][:] = actions
        self._check(self.instance.step(self.handle, self._mask(mask)))

    def rows_written(self):
        """A copy of everything that the plugin writes, without the gaps."""
        return {role: array.copy() for role, array in self.array.items() if role != "action"}

    def extension(self, identifier):
        address = self.instance.get_extension(self.handle, identifier.encode())
        return EXTENSIONS[identifier].from_address(address) if address else None

    def text(self, function, *arguments):
        return self.sized(self.extension(TEXT), function, *arguments).decode()

    def render(self, copy=0, color=False):
        return self.sized(self.extension(RENDER), "text", copy, int(color)).decode()

    def save(self, copy):
        return self.sized(self.extension(SNAPSHOT), "save", copy)

    def load(self, copy, data, chance_seed=None):
        seed = None if chance_seed is None else c.byref(u64(chance_seed))
        buffer = (u8 * max(1, len(data))).from_buffer_copy(data or b"\0")
        self._check(self.extension(SNAPSHOT).load(self.handle, copy, buffer, len(data), seed))

    def sized(self, extension, function, *arguments):
        """Calls a function of the (buffer, capacity, needed) kind: for the size first, then for the bytes."""
        call = getattr(extension, function)
        needed = size(0)
        self._check(call(self.handle, *arguments, None, 0, c.byref(needed)))
        length = needed.value
        buffer = (u8 * (length + 1))()
        buffer[length] = 0xA5
        self._check(call(self.handle, *arguments, buffer, length, c.byref(needed)))
        assert needed.value == length and buffer[length] == 0xA5
        return bytes(buffer[:length])

    def metrics(self, copy=0):
        extension = self.extension(METRICS)
        values = (f64 * extension.count)()
        self._check(extension.values(self.handle, copy, values))
        return {extension.metrics[i].name.decode(): values[i] for i in range(extension.count)}

    def baselines(self):
        extension = self.extension(BASELINE)
        return extension.baselines[:extension.count] if extension else []

    def act(self, baseline, memories=None):
        """All copies' and agents' actions by one of the baselines; `memories`: uint8 [copy, agent, memory_size]."""
        extension = self.extension(BASELINE)
        actions = np.zeros_like(np.ascontiguousarray(self.array["action"]))
        everyone = np.ones(self.agents, np.uint8)
        for copy in range(self.copies):
            if extension.baselines[baseline].sees_state:
                self._check(extension.act_jointly(
                    self.handle, baseline, copy, everyone.ctypes.data, actions[copy].ctypes.data, actions.strides[1]))
                continue
            for agent in range(self.agents):
                memory = None if memories is None else memories[copy, agent].ctypes.data
                self._check(extension.act_locally(
                    self.handle, baseline, agent, self._row("observation", copy, agent),
                    self._row("legal", copy, agent), memory, actions[copy, agent].ctypes.data))
        return actions

    def destroy(self):
        self.instance.destroy(self.handle)

    def _row(self, role, copy, agent):
        return self.memory[role][copy, agent].ctypes.data if role in self.memory else None

    def _mask(self, mask):
        if mask is None:
            return None
        self._kept_mask = np.ascontiguousarray(mask, np.uint8)
        return self._kept_mask.ctypes.data

    def _check(self, code):
        if code != OK:
            raise Refused(code, self.reports)


def aligned(count):
    """`count` bytes that begin at a multiple of 64."""
    memory = np.zeros(count + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start:start + count]
