"""How a 64-bit seed reaches an environment's `reset(seed=…)`.

Most packages take any whole number that is not negative; then the seed is passed on as it is. Some take at most 32
bits (`numpy.random.seed` does); for those a seed below 2^32 is passed on as it is, and a larger one as the exclusive or
of its two halves. Which of both an environment is gets tried once, with the largest seed, before anything runs.
"""

from __future__ import annotations

from collections.abc import Callable

_LARGEST = (1 << 64) - 1


def unchanged(seed: int) -> int:
    """For packages that take 64 bits."""
    return seed


def folded(seed: int) -> int:
    """For packages that take 32 bits: below 2^32 unchanged, otherwise both halves combined."""
    return seed if seed < 1 << 32 else (seed >> 32) ^ (seed & 0xFFFFFFFF)


def seed_mapping(reset: Callable[[int], object]) -> Callable[[int], int]:
    """The mapping that `reset` accepts; leaves the environment at the start of an episode.

    Whatever `reset` raises for a small seed is raised.
    """
    try:
        reset(_LARGEST)
    except (ValueError, OverflowError, TypeError):
        reset(folded(_LARGEST))
        return folded
    return unchanged
