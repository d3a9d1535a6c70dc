"""Eight bytes of a text as one number, to compare and parse the tags of many cells at once.

A word holds the byte at its position in its lowest eight bits and the next seven above it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from flows.steps.read.factors import factorize

Array = npt.NDArray[Any]  # Any: of bytes, words, flags and counts alike
PAD = 32  # zero bytes around a text, so that words may begin before it and end after it
# Masks of the lowest n bytes of a word.
_LOW = np.array([(1 << 8 * n) - 1 for n in range(9)], dtype=np.uint64)
_ZEROS = np.uint64(0x3030303030303030)
_A = 65


class Words:
    """A text whose bytes and words are looked up in bulk; positions include the padding."""

    def __init__(self, text: bytes) -> None:
        self.text = bytes(PAD) + text + bytes(PAD)
        self.bytes = np.frombuffer(self.text, dtype=np.uint8)
        self._words: Array = np.ndarray(
            (len(self.text) - 7,), dtype="<u8", buffer=self.text, strides=(1,)
        )

    def at(self, positions: Array) -> Array:
        """Return the words that begin at some positions."""
        return self._words[positions]

    def slices(self, starts: Array, stops: Array) -> list[bytes]:
        """Return the bytes between pairs of positions."""
        text = self.text
        return [
            text[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
        ]


def begins(words: Array, with_: bytes) -> Array:
    """Return whether each word begins with some bytes, eight at most."""
    wanted = np.uint64(int.from_bytes(with_, "little"))
    flags: Array = (words & _LOW[len(with_)]) == wanted
    return flags


def columns_of(words: Array) -> tuple[Array, Array]:
    """Return the zero-based columns that words begin with (A, AB, XFD), and their letter counts."""
    first, second, third = (
        (words >> np.uint64(8 * i)).astype(np.uint8) - np.uint8(_A) for i in range(3)
    )
    two = second < 26  # what lies below A has become a large number
    three = two & (third < 26)
    columns = first.astype(np.int32)
    columns[two] = columns[two] * 26 + 26 + second[two]
    columns[three] = columns[three] * 26 + 26 + third[three]
    columns[first >= 26] = -1
    return columns, 1 + two.astype(np.int64) + three


def digit_counts(words: Array) -> Array:
    """Return how many digits each word begins with."""
    counts = np.zeros(len(words), dtype=np.int64)
    for i in range(8):
        digit = (words >> np.uint64(8 * i)).astype(np.uint8) - np.uint8(48)
        counts += (counts == i) & (digit < 10)
    return counts


def numbers_of(words: Array, lengths: Array) -> tuple[Array, Array]:
    """Return the numbers that the last 1 to 8 characters of words spell, and if all are digits.

    Pairs of digits are joined, then pairs of pairs, within the word.
    """
    shift = ((8 - lengths) * 8).astype(np.uint64)
    digits = (words ^ _ZEROS) >> shift << shift
    carry = (digits + np.uint64(0x7676767676767676)) | digits  # a byte above 9 sets its highest bit
    good = (carry & np.uint64(0x8080808080808080)) == 0
    pairs = (digits * np.uint64(10 * 2**8 + 1)) >> np.uint64(8) & np.uint64(0x00FF00FF00FF00FF)
    fours = (pairs * np.uint64(100 * 2**16 + 1)) >> np.uint64(16) & np.uint64(0x0000FFFF0000FFFF)
    return (fours * np.uint64(10000 * 2**32 + 1)) >> np.uint64(32), good


def factorized(
    words: Words, starts: Array, lengths: Array, longest: int
) -> tuple[Array, list[bytes]] | None:
    """Return the code of each text and the distinct texts; None if one is longer than `longest`."""
    if not len(starts):
        return np.empty(0, dtype=np.int64), []
    if int(lengths.max()) > longest or int(lengths.min()) < 0:
        return None
    codes = np.zeros(len(starts), dtype=np.int64)
    for offset in range(0, int(lengths.max()), 8):
        part = words.at(starts + offset) & _LOW[np.clip(lengths - offset, 0, 8)]
        part_codes, distinct = factorize(part)
        codes = codes * len(distinct) + part_codes
    codes, distinct = factorize(codes)
    first = np.zeros(len(distinct), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, words.slices(starts[first], starts[first] + lengths[first])
