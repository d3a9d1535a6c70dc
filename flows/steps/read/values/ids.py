"""Citizen ID numbers of 15 digits, and those that lost their last digits (GB 11643-1999)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schemas.codes import ID_CHECKS, ID_WEIGHTS


def typed_ids(values: Sequence[str | None]) -> tuple[list[str | None], npt.NDArray[np.bool_]]:
    """Return the ID numbers, those of 15 digits lengthened to 18, and which had 15."""
    old = [value is not None and len(value) == 15 and _is_old(value) for value in values]
    if not any(old):
        return list(values), np.zeros(len(values), dtype=bool)
    numbers = [
        lengthened(value) if is_old and value else value
        for value, is_old in zip(values, old, strict=True)
    ]
    return numbers, np.array(old, dtype=bool)


def _is_old(number: str) -> bool:
    return number.isascii() and number.isdigit()


def lengthened(old: str) -> str:
    """Return a 15-digit number in 18 characters: 19 after the sixth digit, a check at the end."""
    body = old[:6] + "19" + old[6:]
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the check character of the first 17 digits of an ID number (ISO 7064 MOD 11-2)."""
    digits = np.frombuffer(body.encode("ascii"), dtype=np.uint8).astype(np.int64) - 48
    return chr(ID_CHECKS[int(digits @ ID_WEIGHTS) % 11])


def lost_digits(value: str) -> bool:
    """Return whether 18 digits look like a number cut by Excel: 000 at the end, wrong check."""
    return (
        value.endswith("000")
        and len(value) == 18
        and value.isascii()
        and value.isdigit()
        and check_character(value[:17]) != "0"
    )
