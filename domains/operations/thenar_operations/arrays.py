"""Arrays and random streams: every draw comes from a stream that the seed and a name decide."""

import zlib
from collections.abc import Iterable, Sequence
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]

T = TypeVar("T")


def pick(values: Sequence[T], numbers: Iterable[int]) -> list[T]:
    """Return the value at each number."""
    return [values[int(n)] for n in numbers]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random stream of that name, independent of every other name's."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))
