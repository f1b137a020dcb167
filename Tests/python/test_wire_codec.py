"""The Python codec: golden bytes shared with Swift, what is refused, and mutated messages."""

from __future__ import annotations

import json
import math
import os
import random
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Python"))

from argus_env.wire import canonical, descriptor, frames, handshake, header, metas, texts  # noqa: E402
from argus_env.wire import constants as c  # noqa: E402
from argus_env.wire.errors import ProtocolError  # noqa: E402
from argus_env.wire.fields import Fields  # noqa: E402
from argus_env.wire.specification import Bounds, Specification, specification_hash  # noqa: E402

GOLDEN = ROOT / "Tests" / "wire-golden"
MESSAGES = {path.stem: json.loads(path.read_text()) for path in sorted((GOLDEN / "messages").glob("*.json"))}
SPECIFICATIONS = {
    path.stem: path.read_bytes() for path in sorted((GOLDEN / "specifications").glob("*.json")) if path.stem != "hashes"
}
TYPES = {"u8": "<u1", "i32": "<i4", "u32": "<u4", "u64": "<u8", "f32": "<f4", "f64": "<f8"}


def parts_of(message: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(part) for part in message["parts"]]


def reencoded_meta(head: header.Header, meta: bytes) -> bytes:
    """Decodes a meta by the message's kind and encodes what was read."""
    if head.status != 0:
        return metas.encode_errors(metas.decode_errors(meta))
    if head.message == c.HELLO:
        return handshake.encode_hello(*handshake.decode_hello(meta))
    if head.message == c.WELCOME:
        return handshake.encode_welcome(*handshake.decode_welcome(meta))
    if head.message == c.DESCRIBE and head.is_reply:
        return descriptor.encode_description(descriptor.decode_description(meta))
    kinds: dict[int, Any] = {
        c.REFUSE: metas.ErrorReport, c.LOG: metas.Log, c.BYE: metas.Bye, c.CREATE: metas.Create, c.SAVE: metas.Copy,
        c.LOAD: metas.Copy, c.TEXT: metas.Text, c.RENDER: metas.Render, c.METRICS: metas.Metrics,
        c.BASELINE: metas.Baseline, c.JOIN: metas.Join,
    }  # fmt: skip
    kind = kinds.get(head.message)
    if kind is None or head.is_reply:
        return b"" if Fields.read(meta, "meta").members == {} else meta
    return kind.decode(meta).encode()


def layout_of(head: header.Header, message: dict[str, Any]) -> frames.FrameList:
    """The layout that the codec gives for a golden message."""
    name, options = message["specification"], message["options"]
    specification = Specification.decode(SPECIFICATIONS[name]) if name else None
    reply = head.is_reply
    title = ("the reply to " if reply else "") + c.message_name(head.message)
    batch = head.batch
    meta = message["meta"]
    count = len(message["frames"])
    if (head.status != 0 and head.status != 1) or (head.status == 1 and head.message == c.LOAD):
        return frames.no_frames(title)
    if specification is None:
        return frames.no_frames(title)
    wants = not options.get("without_legal"), not options.get("without_state")
    if head.message == c.RESET:
        return frames.row_frames(specification, batch) if reply else frames.reset_frames(batch)
    if head.message == c.STEP:
        if not reply:
            return frames.step_frames(specification, batch)
        decoder = frames.StepReply(specification, batch, *wants)
        rows = decoder.rows.frames
        if count == len(rows):
            return decoder.rows
        return frames.FrameList(title, [*rows, *decoder.finals(message["frames"][len(rows)]["shape"][0]).frames])
    if head.message == c.CREATE:
        return frames.bytes_frame("specification", title)
    if head.message == c.SAVE:
        return frames.bytes_frame("state", title) if reply else frames.no_frames(title)
    if head.message == c.LOAD:
        return frames.row_frames(specification, batch) if reply else frames.load_frames()
    if head.message == c.TEXT:
        actions = "actions" in title or len(message["frames"]) and message["frames"][0]["shape"][0] > 4
        texts_count = len(specification.agents) * (specification.choices if actions else 1)
        return frames.text_frames(texts_count) if reply else frames.no_frames(title)
    if head.message == c.RENDER:
        return frames.bytes_frame("render", title) if reply else frames.no_frames(title)
    if head.message == c.METRICS:
        return frames.metric_frames(2, len(specification.metrics)) if reply else frames.no_frames(title)
    if head.message == c.BASELINE:
        local = "memory" in [frame["name"] for frame in message["frames"]]
        pair = (
            frames.local_baseline_frames(specification, 2, 16) if local else frames.joint_baseline_frames(specification)
        )
        return pair[int(reply)]
    if head.message == c.JOIN:
        return frames.no_frames(title) if reply else frames.join_frames(options["agents"], options["texts"])
    if head.message == c.ACT:
        return frames.act_frames(specification, options["agents"], batch, options["texts"])[int(reply)]
    assert head.message in (c.DESTROY, c.PING, c.DESCRIBE) and meta is None
    return frames.no_frames(title)


@pytest.mark.parametrize("name", MESSAGES)
def test_header_of_each_golden_message_reads_and_writes_the_same_bytes(name: str) -> None:
    message = MESSAGES[name]
    parts = parts_of(message)
    head = header.check_message(parts)
    assert {key: str(value) for key, value in head._asdict().items()} == message["header"]
    assert head.pack() == parts[0]
    fields = head._asdict()
    del fields["major"], fields["minor"]
    assert header.pack_header(**fields) == parts[0]
    buffer = bytearray(b"x" * 70)
    header.pack_header_into(buffer, **fields)
    assert bytes(buffer) == parts[0] + b"x" * 6
    if head.is_reply:
        request = header.unpack_header(parts_of(MESSAGES[name.removesuffix("-reply")])[0])
        header.check_reply(head, request)


@pytest.mark.parametrize("name", MESSAGES)
def test_meta_of_each_golden_message_reads_and_writes_the_same_bytes(name: str) -> None:
    message = MESSAGES[name]
    parts = parts_of(message)
    if message["meta"] is not None:
        assert canonical.loads(parts[1], "meta") == message["meta"]
    if name.startswith("step-lean-reply"):
        assert [report.copy for report in metas.decode_errors(parts[1])] == [2]
    assert reencoded_meta(header.unpack_header(parts[0]), parts[1]) == parts[1]


@pytest.mark.parametrize("name", MESSAGES)
def test_frames_of_each_golden_message_have_the_names_types_shapes_and_elements_of_the_layout(name: str) -> None:
    message = MESSAGES[name]
    parts = parts_of(message)
    head = header.unpack_header(parts[0])
    layout = layout_of(head, message)
    arrays = layout.decode(parts[2:])
    for frame, array, expected, data in zip(layout.frames, arrays, message["frames"], parts[2:], strict=True):
        assert frame.name == expected["name"]
        if "texts" in expected:
            continue
        if "hex" in expected:
            assert data.hex() == expected["hex"] and array.tobytes() == data
            continue
        assert frame.dtype == np.dtype(TYPES[expected["type"]])
        if array.size or len(data) == frame.size:
            assert list(array.shape) == expected["shape"]
        values = [math.nan if value == "NaN" else value for value in expected["values"]]
        np.testing.assert_array_equal(array.reshape(-1), np.array(values, array.dtype))
        assert array.tobytes() == data
    for index, expected in enumerate(message["frames"]):
        if "texts" in expected:
            offsets, utf8 = parts[1 + index], parts[2 + index]
            assert texts.decode_texts(offsets, utf8, len(expected["texts"])) == expected["texts"]
            assert texts.encode_texts(expected["texts"]) == (offsets, utf8)


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_golden_specifications_read_and_write_the_same_bytes_and_hash(name: str) -> None:
    data = SPECIFICATIONS[name]
    specification = Specification.decode(data)
    assert specification.encode() == data
    expected = int(json.loads((GOLDEN / "specifications" / "hashes.json").read_text())[name], 16)
    assert specification.hash == specification_hash(data) == expected
    loose = json.dumps(json.loads(data), indent=3, ensure_ascii=True).encode()
    assert Specification.decode(loose) == specification
    extended = json.loads(data) | {"of_a_later_version": {"a": [1]}}
    extended["agents"][0]["later"] = True
    assert Specification.decode(json.dumps(extended).encode()) == specification


def test_every_golden_mistake_in_a_specification_is_refused() -> None:
    cases = json.loads((GOLDEN / "refused-specifications.json").read_text())
    assert len(cases) > 100
    accepted = []
    for case in cases:
        try:
            Specification.decode(case["document"].encode())
            accepted.append(case["why"])
        except ProtocolError as error:
            assert error.code == "invalid-request" and error.message
    assert accepted == []


def test_every_golden_mistake_in_a_message_is_refused_with_its_code() -> None:
    for case in json.loads((GOLDEN / "refused-messages.json").read_text()):
        with pytest.raises(ProtocolError) as refusal:
            header.check_message([bytes.fromhex(part) for part in case["parts"]])
        assert refusal.value.code == case["code"], case["why"]


def test_numbers_are_written_with_the_same_digits_as_in_swift() -> None:
    golden = json.loads((GOLDEN / "numbers.json").read_text())
    for bits, text in golden["f32"]:
        value = np.uint32(int(bits, 16)).view(np.float32)
        assert canonical.dumps(canonical.single(value)) == text.encode()
        assert np.float32(json.loads(text)) == value
    for bits, text in golden["f64"]:
        value = struct.unpack("<d", struct.pack("<Q", int(bits, 16)))[0]
        assert canonical.dumps(value) == text.encode()


def test_an_error_names_frame_found_size_and_expected_shape() -> None:
    layout = frames.row_frames(Specification.decode(SPECIFICATIONS["warehouse"]), 2)
    data: list[bytes] = [bytes(frame.size) for frame in layout.frames]
    data[0] = bytes(4)
    with pytest.raises(ProtocolError) as refusal:
        layout.check(data)
    assert refusal.value.message == "frame 'observation' has 4 bytes, expected 1136: f32 [2 copies, 2 agents, 71]"
    with pytest.raises(ProtocolError, match="has 6 frames, expected 7: observation, legal, acting"):
        layout.check(data[:-1])


def test_a_wrong_meta_names_key_and_place() -> None:
    with pytest.raises(ProtocolError) as refusal:
        metas.Create.decode(b'{"environment":"x","copies":"two"}')
    assert (
        refusal.value.message == "key 'copies' of meta of CREATE: found 'two', expected an integer from 0 to 4294967295"
    )
    with pytest.raises(ProtocolError, match="key 'minimum' of .*parameters.1.*"):
        descriptor.decode_description(
            b'{"environments":[{"id":"a","version":"1","parameters":[{"name":"x","kind":"string","default":""},'
            b'{"name":"y","kind":"integer","default":1,"minimum":"1"}]}]}'
        )


def test_final_copies_must_ascend_below_the_batch() -> None:
    message = MESSAGES["step-reply"]
    parts = parts_of(message)
    decoder = frames.StepReply(Specification.decode(SPECIFICATIONS["heterogeneous"]), 3)
    rows, finals = decoder.decode(parts[2:])
    assert finals is not None and finals[0].tolist() == [0, 2]
    place = 2 + len(rows)
    for wrong in ([2, 0], [1, 1], [0, 3], [0, 0xFFFFFFFF]):
        parts[place] = np.array(wrong, "<u4").tobytes()
        with pytest.raises(ProtocolError, match="ascending"):
            decoder.decode(parts[2:])


def test_texts_with_lying_offsets_are_refused() -> None:
    offsets, utf8 = texts.encode_texts(["aé", "", "b"])
    for index, value in ((0, 1), (1, 5), (1, 2), (2, 0), (3, 3), (3, 5), (2, 0xFFFFFFFF)):
        wrong = np.frombuffer(offsets, "<u4").copy()
        wrong[index] = value
        with pytest.raises(ProtocolError):
            texts.decode_texts(wrong.tobytes(), utf8, 3)
    for count in (0, 2, 4, 1 << 40):
        with pytest.raises(ProtocolError):
            texts.decode_texts(offsets, utf8, count)


def test_infinite_bounds_of_all_components_are_left_out() -> None:
    specification = Specification.decode(SPECIFICATIONS["minimal"])
    unbounded = Bounds((-math.inf,), (math.inf,))
    assert type(specification)(**(vars(specification) | {"observation_bounds": unbounded})).hash == specification.hash


def test_more_agents_than_the_limit_are_refused() -> None:
    document = json.loads(SPECIFICATIONS["warehouse"])
    document["agents"] = [document["agents"][0] | {"name": f"a{index}"} for index in range(4097)]
    with pytest.raises(ProtocolError, match="at most 4096"):
        Specification.decode(json.dumps(document).encode())


# --- Mutated messages -------------------------------------------------------------------------------------------------


def mutated(generator: random.Random, parts: list[bytes], others: list[list[bytes]]) -> list[bytes]:
    """A message with one to three things wrong: flipped bits, cuts, insertions, splices, lies about lengths."""
    parts = list(parts)
    for _ in range(generator.randint(1, 3)):
        kind = generator.randrange(7)
        if kind == 0 and parts:
            del parts[generator.randrange(len(parts))]
        elif kind == 1:
            parts.insert(generator.randint(0, len(parts)), generator.choice(generator.choice(others)))
        elif kind == 2 and parts:
            other = generator.choice(others)
            cut = generator.randint(0, len(parts))
            parts = parts[:cut] + other[cut:]
        elif parts:
            index = 1 if len(parts) > 1 and generator.random() < 0.5 else generator.randrange(len(parts))
            data = bytearray(parts[index])
            place = generator.randint(0, len(data))
            if kind == 3 and data:
                for _ in range(generator.randint(1, 4)):
                    data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
            elif kind == 4:
                del data[place:]
            elif kind == 5:
                data[place:place] = generator.choice(INSERTIONS)
            else:
                data[place : place + 4] = generator.choice(NUMBERS)
            parts[index] = bytes(data)
    return parts


INSERTIONS = [
    b"\0",
    b"\xff" * 4,
    b"[" * 70,
    b'"',
    b"}",
    b",",
    b"1e999",
    b"-",
    b"\\ud800",
    b'"a":1,',
    b"null",
    b"9" * 40,
]
NUMBERS = [struct.pack("<I", number) for number in (0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 24)]


def read_all(parts: list[bytes], layout: frames.FrameList, replies: frames.StepReply) -> None:
    """Everything that the codec can read of a message, by one that expects frames of this layout."""
    head = header.check_message(parts)
    reencoded_meta(head, parts[1])
    if head.message == c.STEP and head.is_reply:
        replies.decode(parts[2:])
    decoded = layout.decode(parts[2:])
    if head.message == c.CREATE and len(parts) > 2:
        Specification.decode(parts[2]).encode()
    if head.message == c.JOIN and len(decoded) in (1, 3):
        Specification.decode(parts[2]).encode()
        if len(decoded) == 3:
            texts.decode_texts(parts[3], parts[4], 2)
    if head.message == c.TEXT and len(decoded) == 2:
        texts.decode_texts(parts[2], parts[3], max(0, len(parts[2]) // 4 - 1))


def test_mutated_messages_raise_nothing_but_protocol_errors() -> None:
    count = 1_000_000 if os.environ.get("ARGUS_LONG") == "1" else 100_000
    generator = random.Random(11)
    golden = []
    for message in MESSAGES.values():
        parts = parts_of(message)
        golden.append((parts, layout_of(header.unpack_header(parts[0]), message)))
    others = [parts for parts, _ in golden]
    replies = frames.StepReply(Specification.decode(SPECIFICATIONS["heterogeneous"]), 3)
    refused = 0
    for _ in range(count):
        parts, layout = generator.choice(golden)
        try:
            read_all(mutated(generator, parts, others), layout, replies)
        except ProtocolError:
            refused += 1
    assert count // 2 < refused < count
