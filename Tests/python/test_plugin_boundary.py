"""What argus_env.h promises, checked on plugin libraries through the header alone.

Every check runs on Examples/gridworld-c (built here with `cc`), on the Swift example's library where that is built
(`swift build -c release --package-path Examples/gridworld-swift`, or wherever ARGUS_GRIDWORLD_SWIFT says), on each
of our plugins in .build/release, and each library named in ARGUS_PLUGIN_LIBRARY (paths separated by `:`; environments with discrete actions). The last section
compares the two examples row by row.
"""

import ctypes
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from plugin_library import BASELINE, DISCARD, ERROR, METRICS, RENDER, ROLES, SNAPSHOT, TEXT, Library, Refused

ROOT = Path(__file__).resolve().parents[2]
STEPS = 60


def c_library(folder):
    path = folder / "libgridworld_c.so"
    subprocess.run(
        ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC",
         "-I", ROOT / "Sources/CArgusEnv/include", ROOT / "Examples/gridworld-c/gridworld.c", "-o", path], check=True)
    return Library(path)


def swift_library_path():
    found = sorted(
        (ROOT / "Examples/gridworld-swift").glob(".build*/release/libGridWorld.so"),
        key=lambda path: path.stat().st_mtime)
    built = Path(os.environ.get("ARGUS_EXAMPLES", ROOT / ".build-examples")) / "gridworld-swift/release/libGridWorld.so"
    if built.exists():
        found.append(built)
    return os.environ.get("ARGUS_GRIDWORLD_SWIFT") or (str(found[-1]) if found else None)


OURS = [str(path) for path in sorted((ROOT / ".build/release").glob("lib*.so"))
        if (ROOT / "Plugins" / path.stem.removeprefix("lib")).is_dir()]
NAMED = OURS + [path for path in os.environ.get("ARGUS_PLUGIN_LIBRARY", "").split(":") if path]


@pytest.fixture(scope="session")
def libraries(tmp_path_factory):
    """Libraries by name, opened once: they are never unloaded."""
    opened = {"gridworld-c": c_library(tmp_path_factory.mktemp("gridworld-c"))}
    if swift_library_path():
        opened["gridworld-swift"] = Library(swift_library_path())
    for path in NAMED:
        opened[path] = Library(path)
    return opened


@pytest.fixture(params=["gridworld-c", "gridworld-swift", *NAMED])
def library(request, libraries):
    if request.param not in libraries:
        pytest.skip("the Swift example is not built")
    return libraries[request.param]


@pytest.fixture
def identifiers(library):
    return [descriptor.id.decode() for descriptor in library.descriptors()]


def random_actions(environment, generator):
    """Legal actions, uniformly."""
    legal = environment.array["legal"]
    return choose(environment, legal, generator.random(legal.shape))


def choose(environment, legal, preference):
    """For each head the legal choice that is preferred most."""
    actions, start = [], 0
    for size in environment.specification.head_sizes[:environment.specification.action_heads]:
        choices = slice(start, start + size)
        actions.append(np.argmax((1 + preference[..., choices]) * legal[..., choices], axis=-1))
        start += size
    return np.stack(actions, axis=-1).astype(np.int32)


def equal(first, second):
    assert first.keys() == second.keys()
    for role in first:
        np.testing.assert_array_equal(first[role], second[role], err_msg=role)


def play(environment, seeds, steps=STEPS):
    """Rows after the reset and each step, under random actions that depend on the seed alone, not on the slot; copies
    that have ended rest."""
    environment.reset(seeds)
    rows = [environment.rows_written()]
    generators = [np.random.default_rng(int(seed)) for seed in seeds]
    for _ in range(steps):
        legal = environment.array["legal"]
        preference = np.stack([generator.random(legal.shape[1:]) for generator in generators])
        environment.step(
            choose(environment, legal, preference), mask=environment.array["ended"][:, 0, 0] == 0)
        rows.append(environment.rows_written())
    return rows


# Plugin and descriptors


def test_entry_may_be_called_again_and_describes_what_it_holds(library):
    assert ctypes.addressof(library.entry(0).contents) == ctypes.addressof(library.plugin)
    assert library.plugin.struct_size == ctypes.sizeof(library.plugin)
    assert library.plugin.environment_count > 0
    assert not library.plugin.descriptor(library.plugin.environment_count)
    assert not library.plugin.descriptor(2**32 - 1)
    for descriptor in library.descriptors():
        assert descriptor.id and descriptor.version and descriptor.summary and descriptor.rules
        for parameter in descriptor.parameters[:descriptor.parameter_count]:
            assert parameter.name and parameter.description
            json.loads(parameter.default_value)


def test_unknown_environment_is_an_error_with_a_reason_and_no_instance(library, identifiers):
    for wrong in ["", "no-such-environment", identifiers[0] + "x", identifiers[0][:-1]]:
        with pytest.raises(Refused) as refused:
            library.create(wrong)
        assert refused.value.status == ERROR and refused.value.reports[0][2]


def test_bad_parameters_are_an_error_with_a_reason(library, identifiers):
    for identifier in identifiers:
        descriptor = library.descriptor(identifier)
        bad = ["", "[]", "null", "2", "{", "}", '{"', '{"a"', "{,}", "{} x", '{"no_such_parameter": 1}', "{1: 2}"]
        for parameter in descriptor.parameters[:descriptor.parameter_count]:
            name = parameter.name.decode()
            bad += [json.dumps({name: None}), json.dumps({name: []}), f'{{"{name}"}}', f'{{"{name}": }}']
            bad += [f'{{"{name}" {parameter.default_value.decode()}}}']
            if parameter.kind == 1:
                bad += [json.dumps({name: value}) for value in ("2", True, 2.5)]
                bad += [json.dumps({name: 10**30})]
            if parameter.kind in (1, 2):
                bad += [json.dumps({name: int(parameter.minimum) - 1}), json.dumps({name: int(parameter.maximum) + 1})]
            if parameter.kind == 5:
                bad += [json.dumps({name: "no such choice"}), json.dumps({name: 1})]
        for text in bad:
            with pytest.raises(Refused) as refused:
                library.create(identifier, text)
            assert refused.value.status == ERROR and refused.value.reports[0][2], text


def test_default_parameters_may_be_left_out_or_given(library, identifiers):
    for identifier in identifiers:
        descriptor = library.descriptor(identifier)
        given = {
            p.name.decode(): json.loads(p.default_value) for p in descriptor.parameters[:descriptor.parameter_count]}
        first, second = library.create(identifier), library.create(identifier, "\n " + json.dumps(given, indent=1))
        for one, other in zip(play(first, [7], 5), play(second, [7], 5)):
            equal(one, other)


# Specification


def test_specification_is_complete_and_ordered(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier)
        specification = environment.specification
        order = [t.role for t in specification.tensors[:specification.tensor_count]]
        assert order == sorted(set(order))
        assert {ROLES[role] for role in order} >= set(ROLES[1:]) - {"legal", "state"}
        names = [a.name for a in specification.agents[:specification.agent_count]]
        assert len(set(names)) == len(names) > 0
        heads = specification.head_sizes[:specification.action_heads]
        if heads:
            assert environment.tensors["legal"].width == sum(heads)
            assert environment.tensors["action"].width == len(heads)
        for role, tensor in environment.tensors.items():
            assert bool(tensor.low) == bool(tensor.high)
            if tensor.low:
                assert all(low <= high for low, high in zip(tensor.low[:tensor.width], tensor.high[:tensor.width]))
        for agent in specification.agents[:specification.agent_count]:
            assert agent.group < specification.group_count
            assert agent.observation_size <= environment.tensors["observation"].width
        segments = specification.observation_segments[:specification.observation_segment_count]
        if segments:
            covered = sorted(index for s in segments for index in range(s.offset, s.offset + s.count))
            assert covered == list(range(environment.tensors["observation"].width))
        environment.destroy()


# Reset and step


def test_zero_copies_are_legal(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=0)
        environment.reset([])
        environment.step()
        environment.reset([], mask=[])
        environment.destroy()


def test_a_mask_that_selects_none_touches_nothing(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=3)
        environment.reset([1, 2, 3])
        environment.poison(0x5A)
        before = {role: memory.copy() for role, memory in environment.memory.items()}
        environment.reset([4, 5, 6], mask=[0, 0, 0])
        environment.step(mask=[0, 0, 0])
        equal(before, environment.memory)


def test_rows_of_unmasked_copies_and_gaps_between_rows_are_untouched(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=3, gap=12)
        environment.reset([1, 2, 3])
        for call in (lambda: environment.reset([7, 8, 9], mask=[0, 1, 0]), lambda: environment.step(mask=[0, 255, 0])):
            environment.poison(0x5A)
            call()
            for role, memory in environment.memory.items():
                if role == "action":
                    continue
                assert (memory[[0, 2]] == 0x5A).all(), role
                used = environment.array[role].dtype.itemsize * environment.tensors[role].width
                assert (memory[1][:, used:] == 0x5A).all(), role


def test_bind_writes_nothing_and_may_be_repeated(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=2)
        assert all((m == 0xA5).all() for role, m in environment.memory.items() if role != "action")
        first = play(environment, [5, 6], 5)
        environment.bind(gap=0)
        for one, other in zip(first, play(environment, [5, 6], 5)):
            equal(one, other)


def test_every_row_is_written_at_every_call(library, identifiers):
    for identifier in identifiers:
        first, second = library.create(identifier, copies=2), library.create(identifier, copies=2)
        generator = np.random.default_rng(1)
        first.poison(0x00), second.poison(0xFF)
        first.reset([1, 2]), second.reset([1, 2])
        equal(first.rows_written(), second.rows_written())
        for _ in range(STEPS):
            if first.array["ended"].any():
                break
            actions = random_actions(first, generator)
            first.poison(0x00), second.poison(0xFF)
            first.step(actions), second.step(actions)
            equal(first.rows_written(), second.rows_written())


def test_rows_keep_the_header_s_rules(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=8)
        heads = environment.specification.head_sizes[:environment.specification.action_heads]
        for index, rows in enumerate(play(environment, range(8))):
            for role in ("observation", "state", "reward"):
                if role not in rows:
                    continue
                assert np.isfinite(rows[role]).all(), role
                tensor = environment.tensors[role]
                if tensor.low:
                    assert (rows[role] >= np.array(tensor.low[:tensor.width], np.float32)).all(), role
                    assert (rows[role] <= np.array(tensor.high[:tensor.width], np.float32)).all(), role
            for role in ("legal", "acting", "terminated"):
                assert np.isin(rows[role], (0, 1)).all(), role
            start = 0
            for size in heads:
                legal = rows["legal"][:, :, start:start + size]
                assert legal.any(axis=2).all()
                waiting = legal[rows["acting"][:, :, 0] == 0]
                assert (waiting[:, 0] == 1).all() and (waiting[:, 1:] == 0).all()
                start += size
            ended = rows["ended"][:, 0, 0]
            assert np.isin(ended, (0, 1)).all()
            assert (rows["terminated"][ended == 1] == 1).all()
            if index == 0:
                assert not any(rows[role].any() for role in ("ended", "terminated", "reward", "elapsed"))


def test_legal_and_state_may_be_unwanted(library, identifiers):
    for identifier in identifiers:
        full, bare = library.create(identifier), library.create(identifier, without=("legal", "state"))
        generator = np.random.default_rng(2)
        full.reset([3]), bare.reset([3])
        for _ in range(10):
            if full.array["ended"].any():
                break
            actions = random_actions(full, generator)
            full.step(actions), bare.step(actions)
            for role, rows in bare.rows_written().items():
                np.testing.assert_array_equal(rows, full.array[role])


def test_seed_and_actions_alone_fix_an_episode(library, identifiers):
    """Whatever ran before, however many copies run beside, in whatever slot."""
    for identifier in identifiers:
        batch = library.create(identifier, copies=5)
        seeds = [11, 12, 2**64 - 1, 0, 13]
        first = play(batch, seeds)
        for one, other in zip(first, play(batch, seeds)):
            equal(one, other)
        for copy, seed in enumerate(seeds):
            alone = library.create(identifier, copies=1)
            for one, other in zip(first, play(alone, [seed])):
                equal({role: rows[copy:copy + 1] for role, rows in one.items()}, other)
            alone.destroy()
        starts = {rows.tobytes() for rows in first[0]["observation"]}
        # The matrix games have no chance in them.
        assert len(starts) > 1 or "matrix" in str(identifier), "different seeds, same start"


def test_an_illegal_action_within_range_is_no_error(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=2)
        sizes = environment.specification.head_sizes[:environment.specification.action_heads]
        generator = np.random.default_rng(3)
        environment.reset([1, 2])
        for _ in range(STEPS):
            actions = generator.integers(0, sizes, (2, environment.agents, len(sizes)))
            environment.step(actions, mask=environment.array["ended"][:, 0, 0] == 0)


# Extensions


def test_unknown_extensions_are_null(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier)
        for wrong in ["", "argus", "argus.text", "argus.text/", "argus.text/2", "argus.text/11", "argus.text/1 ",
                      "Argus.text/1", "argus.snapshot/1x", "argus.none/1", "x" * 10_000]:
            assert environment.instance.get_extension(environment.handle, wrong.encode()) is None, wrong


def test_capabilities_are_the_extensions_that_instances_offer(library, identifiers):
    for identifier in identifiers:
        descriptor = library.descriptor(identifier)
        declared = {name.decode() for name in descriptor.capabilities[:descriptor.capability_count]}
        environment = library.create(identifier)
        for name in (TEXT, SNAPSHOT, BASELINE, RENDER, METRICS):
            assert (environment.extension(name) is not None) == (name in declared), name


def test_a_restored_copy_continues_as_the_saved_one(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=2)
        if environment.extension(SNAPSHOT) is None:
            continue
        generator = np.random.default_rng(4)
        for seed in range(20):
            environment.reset([seed, seed + 100])
            for _ in range(seed % 4):
                if not environment.array["ended"].any():
                    environment.step(random_actions(environment, generator))
            saved = environment.save(0)
            environment.load(1, saved)
            assert environment.save(1) == saved
            for _ in range(STEPS):
                rows = environment.rows_written()
                for role in ("observation", "legal", "acting", "state"):
                    if role in rows:
                        np.testing.assert_array_equal(rows[role][0], rows[role][1], err_msg=role)
                if environment.array["ended"].any():
                    break
                actions = random_actions(environment, generator)
                actions[1] = actions[0]
                environment.step(actions)
                for rows in environment.rows_written().values():
                    np.testing.assert_array_equal(rows[0], rows[1])


def test_bytes_that_are_no_snapshot_are_refused_and_change_nothing(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=1)
        if environment.extension(SNAPSHOT) is None:
            continue
        generator = np.random.default_rng(5)
        environment.reset([1])
        saved = environment.save(0)
        garbage = [b"", b"\0", b"{}", b"[]", b"null", saved[:-1], saved + b"\0", saved[1:]]
        garbage += [b"\0" * len(saved), b"\xff" * len(saved)]
        garbage += [generator.bytes(int(length)) for length in generator.integers(0, 400, 300)]
        garbage += [generator.bytes(len(saved)) for _ in range(300)]
        for data in garbage:
            environment.reports.clear()
            with pytest.raises(Refused) as refused:
                environment.load(0, data)
            assert refused.value.status == DISCARD and environment.reports[0][2]
            assert environment.save(0) == saved


def test_a_mutated_snapshot_is_refused_or_plays_on_within_the_rules(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=1)
        if environment.extension(SNAPSHOT) is None:
            continue
        generator = np.random.default_rng(6)
        tensor = environment.tensors["observation"]
        for trial in range(500):
            environment.reset([trial])
            data = bytearray(environment.save(0))
            for _ in range(generator.integers(1, 4)):
                data[generator.integers(len(data))] = generator.integers(256)
            try:
                environment.load(0, bytes(data))
            except Refused as refused:
                assert refused.status == DISCARD
                continue
            for _ in range(3):
                if tensor.low:
                    assert (environment.array["observation"] >= np.array(tensor.low[:tensor.width], np.float32)).all()
                    assert (environment.array["observation"] <= np.array(tensor.high[:tensor.width], np.float32)).all()
                environment.step(random_actions(environment, generator))


def test_text_says_as_much_as_the_observation(library, identifiers):
    """Equal rows give equal texts, and, where text rounds nothing, different rows different texts."""
    for identifier in identifiers:
        environment = library.create(identifier, copies=4)
        extension = environment.extension(TEXT)
        if extension is None:
            continue
        texts, rows = {}, {}
        generator = np.random.default_rng(7)
        environment.reset(range(4))
        for step in range(STEPS):
            for copy in range(environment.copies):
                for agent in range(environment.agents):
                    row = (agent, environment.array["observation"][copy, agent].tobytes())
                    situation = environment.text("situation", copy, agent)
                    assert situation
                    assert texts.setdefault(row, situation) == situation
                    if not extension.quanta:
                        assert rows.setdefault((agent, situation), row) == row
                    legal = environment.array["legal"][copy, agent]
                    start = 0
                    for size in environment.specification.head_sizes[:environment.specification.action_heads]:
                        words = [environment.text("action", copy, agent, choice)
                                 for choice in range(start, start + size) if legal[choice]]
                        assert all(words) and len(set(words)) == len(words)
                        start += size
            running = environment.array["ended"][:, 0, 0] == 0
            environment.step(random_actions(environment, generator), mask=running)
        rules = [environment.text("rules", agent) for agent in range(environment.agents)]
        environment.reset(range(100, 104))
        assert rules == [environment.text("rules", agent) for agent in range(environment.agents)]


def test_a_short_buffer_gets_the_beginning_and_the_needed_size(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier)
        extension = environment.extension(TEXT)
        if extension is None:
            continue
        environment.reset([1])
        whole = environment.text("rules", 0).encode()
        needed, buffer = ctypes.c_size_t(0), (ctypes.c_uint8 * 8)(*[0x5A] * 8)
        assert extension.rules(environment.handle, 0, buffer, 5, ctypes.byref(needed)) == 0
        assert needed.value == len(whole) and bytes(buffer) == whole[:5] + b"\x5a" * 3


def test_baselines_choose_legal_actions_and_leave_the_game_alone(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier, copies=4)
        for index, baseline in enumerate(environment.baselines()):
            memories = np.zeros((4, environment.agents, max(1, baseline.memory_size)), np.uint8)
            environment.reset(range(4))
            undisturbed = library.create(identifier, copies=4)
            undisturbed.reset(range(4))
            for _ in range(STEPS):
                actions = environment.act(index, memories)
                start = 0
                for head, size in enumerate(
                        environment.specification.head_sizes[:environment.specification.action_heads]):
                    chosen = actions[:, :, head]
                    assert ((0 <= chosen) & (chosen < size)).all()
                    legal = np.take_along_axis(environment.array["legal"], chosen[:, :, None] + start, axis=2)
                    # What is written for agents that do not act, and after an episode's end, is ignored.
                    ignored = (environment.array["acting"] == 0) | (environment.array["ended"] != 0)
                    assert (legal.astype(bool) | ignored).all(), baseline.name
                    start += size
                running = environment.array["ended"][:, 0, 0] == 0
                environment.step(actions, mask=running)
                undisturbed.step(actions, mask=running)
                equal(environment.rows_written(), undisturbed.rows_written())


def test_a_joint_baseline_writes_only_the_rows_that_are_asked_for(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier)
        environment.reset([1])
        for index, baseline in enumerate(environment.baselines()):
            if not baseline.sees_state or environment.agents < 2:
                continue
            asked = np.zeros(environment.agents, np.uint8)
            asked[-1] = 1
            width = environment.tensors["action"].width
            actions = np.full((environment.agents, width + 3), -7, np.int32)
            code = environment.extension(BASELINE).act_jointly(
                environment.handle, index, 0, asked.ctypes.data, actions.ctypes.data, actions.strides[0])
            assert code == 0
            assert (actions[:-1] == -7).all() and (actions[-1, width:] == -7).all() and (actions[-1, :width] >= 0).all()


def test_render_and_metrics_are_readable(library, identifiers):
    for identifier in identifiers:
        environment = library.create(identifier)
        environment.reset([1])
        if environment.extension(RENDER):
            picture = environment.render()
            assert picture.endswith("\n") and "\x1b" not in picture
            assert environment.render(color=True)
        if environment.extension(METRICS):
            extension = environment.extension(METRICS)
            for metric in extension.metrics[:extension.count]:
                value = environment.metrics()[metric.name.decode()]
                assert metric.kind == 3 or np.isnan(value) or value >= 0
                assert metric.kind != 2 or np.isnan(value) or value <= 1


# The two examples are one game


GAMES = [
    {}, {"agents": 1, "size": 4}, {"agents": 3, "size": 6, "slip": 20}, {"agents": 4, "size": 12, "slip": 90},
    {"agents": 4, "size": 4},
]


@pytest.fixture
def both(libraries):
    if "gridworld-swift" not in libraries:
        pytest.skip("the Swift example is not built")
    return libraries["gridworld-swift"], libraries["gridworld-c"]


@pytest.mark.parametrize("parameters", GAMES, ids=str)
def test_1000_episodes_are_equal_in_swift_and_c(both, parameters):
    copies, horizon = 200, 50
    swift, plain_c = (
        library.create(library.descriptors()[0].id.decode(), parameters, copies) for library in both)
    assert swift.extension(TEXT) is not None
    generator = np.random.default_rng(8)
    for episode in range(0, 1000, copies):
        seeds = generator.integers(0, 2**64, copies, np.uint64)
        swift.reset(seeds), plain_c.reset(seeds)
        for step in range(horizon):
            equal(swift.rows_written(), plain_c.rows_written())
            if step % 10 == 0:
                for baseline in range(2):
                    np.testing.assert_array_equal(swift.act(baseline), plain_c.act(baseline))
                for copy in range(0, copies, 20):
                    assert swift.render(copy) == plain_c.render(copy)
                    assert swift.render(copy, color=True) == plain_c.render(copy, color=True)
                    assert swift.metrics(copy) == plain_c.metrics(copy)
                    for agent in range(swift.agents):
                        assert swift.text("situation", copy, agent) == plain_c.text("situation", copy, agent)
            running = swift.array["ended"][:, 0, 0] == 0
            # A third of the copies follow a script, so that many episodes end by rule.
            actions = random_actions(swift, generator)
            actions[::3] = swift.act(0)[::3]
            actions[1::9] = generator.integers(0, 5, actions[1::9].shape)
            swift.step(actions, mask=running), plain_c.step(actions, mask=running)
        equal(swift.rows_written(), plain_c.rows_written())
        assert swift.array["ended"].any()


def test_both_are_described_alike(both):
    swift, plain_c = (library.descriptors()[0] for library in both)
    assert swift.rules == plain_c.rules and swift.summary == plain_c.summary
    one, other = both[0].create(swift.id.decode(), {"slip": 5}), both[1].create(plain_c.id.decode(), {"slip": 5})
    assert one.text("rules", 1) == other.text("rules", 1)
    assert [one.text("action", 0, 0, i) for i in range(5)] == [other.text("action", 0, 0, i) for i in range(5)]
    for name, *_ in type(one.specification)._fields_:
        value = getattr(one.specification, name)
        if isinstance(value, int):
            assert value == getattr(other.specification, name), name
    for role, tensor in one.tensors.items():
        twin = other.tensors[role]
        assert (tensor.dtype, tensor.rows, tensor.width) == (twin.dtype, twin.rows, twin.width)
        if tensor.low:
            assert tensor.low[:tensor.width] == twin.low[:tensor.width]
            assert tensor.high[:tensor.width] == twin.high[:tensor.width]


@pytest.mark.parametrize("name", ["gridworld-c", "gridworld-swift"])
def test_gridworld_masks_are_exact(libraries, name):
    """A move is legal if and only if it moves the walker (when nothing slips)."""
    if name not in libraries:
        pytest.skip("the Swift example is not built")
    library = libraries[name]
    environment = library.create(library.descriptors()[0].id.decode(), {"size": 4}, copies=2)
    for seed in range(30):
        for move in range(1, 5):
            environment.reset([seed, seed])
            legal = environment.array["legal"][:, :, move].copy()
            before = environment.array["observation"][:, :, :2].copy()
            environment.step(move)
            moved = (environment.array["observation"][:, :, :2] != before).any(axis=2)
            np.testing.assert_array_equal(moved, legal == 1)


def test_a_new_chance_seed_makes_another_future(libraries):
    for name in ("gridworld-c", "gridworld-swift"):
        if name not in libraries:
            continue
        library = libraries[name]
        environment = library.create(library.descriptors()[0].id.decode(), {"slip": 50, "size": 12}, copies=2)
        environment.reset([1, 1])
        saved = environment.save(0)
        futures = set()
        for seed in range(8):
            environment.load(0, saved, chance_seed=seed)
            environment.load(1, saved, chance_seed=seed)
            for _ in range(8):
                environment.step(2 if seed % 2 == 0 else 1)
            assert (environment.array["observation"][0] == environment.array["observation"][1]).all()
            futures.add(environment.array["observation"][0].tobytes())
        assert len(futures) > 2
