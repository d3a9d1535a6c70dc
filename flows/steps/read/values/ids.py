"""Citizen ID numbers of the old form, and those that lost their last digits (GB 11643-1999, domain.md §4)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schemas.codes import ID_CHECKS, ID_WEIGHTS


def typed_ids(values: Sequence[str | None]) -> tuple[list[str | None], npt.NDArray[np.bool_]]:
    """Return the ID numbers with those of 15 digits in the form of 18, and which of them had 15."""
    old = np.array(
        [
            value is not None and len(value) == 15 and value.isascii() and value.isdigit()
            for value in values
        ],
        dtype=bool,
    )
    return [
        lengthened(value) if is_old and value else value
        for value, is_old in zip(values, old, strict=True)
    ], old


def lengthened(old: str) -> str:
    """Return the 18 characters of a 15-digit number: 19 after the sixth digit, the check character at the end."""
    body = old[:6] + "19" + old[6:]
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the check character of the first 17 digits of an ID number (ISO 7064 MOD 11-2)."""
    digits = np.frombuffer(body.encode("ascii"), dtype=np.uint8).astype(np.int64) - 48
    return chr(ID_CHECKS[int(digits @ ID_WEIGHTS) % 11])


def lost_digits(value: str) -> bool:
    """Return whether a text of 18 digits looks like a number that Excel cut: it ends in 000 and its check digit is wrong."""
    return (
        value.endswith("000")
        and len(value) == 18
        and value.isascii()
        and value.isdigit()
        and check_character(value[:17]) != "0"
    )
