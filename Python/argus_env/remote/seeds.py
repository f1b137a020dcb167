"""Which seeds episodes have: the same as in the host, so that the same seed gives the same episodes there and here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15

# What a draw is for.
ACTION = 1
EPISODE_SEED = 2


def mix(value: int) -> int:
    """SplitMix64's finaliser (Steele, Lea & Flood 2014)."""
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def counter_key(run: int, purpose: int) -> int:
    """The key of a run's draws for one purpose."""
    return mix(mix((run + _GOLDEN) & _MASK) ^ (purpose << 32))


def keyed(key: int, word: int) -> int:
    """The key for one value of the next counter word; also the 64 bits drawn for that value."""
    return mix(((key ^ word) + _GOLDEN) & _MASK)


def keyed_all(key: Any, word: Any) -> NDArray[np.uint64]:
    """`keyed` for arrays of 64-bit keys and words, which are broadcast."""
    with np.errstate(over="ignore"):
        value = (key ^ word) + np.uint64(_GOLDEN)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return value ^ (value >> np.uint64(31))


def decision_keys(
    run: int, seeds: NDArray[np.uint64], steps: NDArray[np.int64], agents: Sequence[int]
) -> NDArray[np.uint64]:
    """Keys of the random numbers of decisions [copies, agents]: fixed by run, episode, step and agent."""
    keys = keyed_all(keyed_all(np.uint64(counter_key(run, ACTION)), seeds), steps.astype(np.uint64))
    return keyed_all(keys[:, None], np.array(agents, np.uint64))


@dataclass(frozen=True)
class Stream:
    """Without end: copy c's episode e is fixed by (run, c, e)."""

    run: int

    def seed(self, copy: int, episode: int, copies: int) -> int | None:
        return keyed(keyed(counter_key(self.run, EPISODE_SEED), copy), episode) >> 14


@dataclass(frozen=True)
class StreamPerCopy:
    """Without end: copy c's first episode has the seed first[c], which also fixes the later ones."""

    first: Sequence[int]

    def seed(self, copy: int, episode: int, copies: int) -> int | None:
        if episode == 0:
            return self.first[copy]
        return keyed(counter_key(self.first[copy], EPISODE_SEED), episode) >> 14


@dataclass(frozen=True)
class Listed:
    """One episode for each seed: copy c plays the seeds c, c + copies, … and then rests."""

    seeds: Sequence[int]

    def seed(self, copy: int, episode: int, copies: int) -> int | None:
        index = copy + episode * copies
        return self.seeds[index] if index < len(self.seeds) else None


EpisodeSeeds = Stream | StreamPerCopy | Listed
