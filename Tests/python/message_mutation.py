"""Random and chosen damage to messages of the wire protocol, for tests."""

from __future__ import annotations

import json
import pathlib
import random
import sys
from collections.abc import Callable, Sequence

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Python"))

from argus_env.wire import constants as c  # noqa: E402
from argus_env.wire.header import Header, unpack_unchecked  # noqa: E402

MESSAGES = ROOT / "Tests" / "wire-golden" / "messages"


def golden_messages() -> list[list[bytes]]:
    """The parts of all golden messages."""
    files = sorted(MESSAGES.glob("*.json"))
    return [[bytes.fromhex(part) for part in json.loads(file.read_text())["parts"]] for file in files]


def mutated(generator: random.Random, message: Sequence[bytes]) -> list[bytes]:
    """`message` with one to three of: flipped bits, parts cut, grown, added, repeated, exchanged or left out."""
    parts = [bytearray(part) for part in message]
    for _ in range(generator.randint(1, 3)):
        if not parts:
            break
        place = generator.randrange(len(parts))
        part = parts[place]
        choice = generator.randrange(9)
        if choice <= 2 and part:
            part[generator.randrange(len(part))] ^= 1 << generator.randrange(8)
        elif choice == 3 and part:
            part[generator.randrange(len(part))] = generator.choice((0, 1, 127, 128, 255))
        elif choice == 4 and part:
            del part[generator.randrange(len(part)) :]
        elif choice == 5:
            part += generator.randbytes(generator.choice((1, 4, 8, 100)))
        elif choice == 6:
            parts.insert(place, bytearray(generator.randbytes(generator.choice((0, 1, 64, 80)))))
        elif choice == 7:
            other = generator.randrange(len(parts))
            parts[place], parts[other] = parts[other], parts[place]
        else:
            parts.pop(place)
    return [bytes(part) for part in parts]


def changes_nothing(parts: Sequence[bytes], awaited: Header) -> bool:
    """Whether a driver that waits for the reply with the header `awaited` must go on waiting when this comes instead.

    Not so: whatever has the reply's session and sequence, with however many frames, and messages that end or begin a
    session.
    """
    header = unpack_unchecked(parts[0]) if len(parts) >= 2 else None
    if header is None or header.major != c.MAJOR or header.flags & ~c.FLAGS:
        return True
    if header.is_reply:
        return (header.session, header.sequence) != (awaited.session, awaited.sequence)
    if header.frames != len(parts) - 2:
        return True
    return header.message != c.HELLO and (header.message != c.BYE or header.session != awaited.session)


def stray(generator: random.Random, right: Sequence[bytes], golden: Sequence[Sequence[bytes]]) -> list[bytes]:
    """A message that a driver must drop while it waits for the reply `right`."""
    awaited = unpack_unchecked(right[0])
    assert awaited is not None
    while True:
        source = generator.choice(golden) if generator.random() < 0.5 else right
        parts = mutated(generator, source) if generator.random() < 0.6 else list(source)
        header = unpack_unchecked(parts[0]) if parts else None
        if header is not None and generator.random() < 0.7:
            parts[0] = generator.choice(_OTHERS)(generator, header, awaited).pack()
        if parts and changes_nothing(parts, awaited):
            return parts


# Headers that are in order, but of no awaited reply.
_OTHERS: list[Callable[[random.Random, Header, Header], Header]] = [
    lambda generator, header, awaited: header._replace(session=awaited.session ^ 1 << generator.randrange(64)),
    lambda generator, header, awaited: header._replace(session=0, sequence=awaited.sequence),
    lambda generator, header, awaited: header._replace(session=awaited.session, sequence=awaited.sequence - 1),
    lambda generator, header, awaited: header._replace(session=awaited.session, sequence=awaited.sequence + 1),
    lambda generator, header, awaited: header._replace(session=awaited.session, sequence=2**64 - 1),
    lambda generator, header, awaited: header._replace(session=awaited.session, sequence=0, flags=c.FLAG_REPLY),
    lambda generator, header, awaited: header._replace(
        session=awaited.session, sequence=awaited.sequence, flags=header.flags & ~c.FLAG_REPLY
    ),
    lambda generator, header, awaited: header._replace(
        session=awaited.session, sequence=awaited.sequence, major=generator.choice((0, 2, 65535))
    ),
    lambda generator, header, awaited: header._replace(message=c.LOG, flags=0, session=awaited.session),
]
