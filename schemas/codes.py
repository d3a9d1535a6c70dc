"""How numbers of identity are built, and in words what is wrong with one (domain.md §4).

Check digits are those of GB 11643-1999 (citizens) and GB 32100-2015 (organisations).
"""

import calendar

import numpy as np

ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
ID_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = np.array(
    [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28], dtype=np.int64
)
FIRST_YEAR, LAST_YEAR = 1880, 2100  # of a birth


def uscc_fault(code: str) -> str | None:
    """Return what is wrong with a unified social credit code (GB 32100-2015), or None."""
    if len(code) != 18:
        return f"应为18位，现为{len(code)}位"
    values = [USCC_ALPHABET.find(character) for character in code]
    if min(values) < 0:
        return "含有不允许的字符（字母 I、O、S、V、Z 不用）"
    if not code[2:8].isdigit():
        return "第3至8位应是数字"
    check = (31 - int(np.dot(values[:17], USCC_WEIGHTS)) % 31) % 31
    return None if check == values[17] else "校验码不对，可能有字符录错"


def id_fault(number: str) -> str | None:
    """Return what is wrong with a citizen ID number (GB 11643-1999), or None."""
    if len(number) != 18:
        return f"应为18位，现为{len(number)}位"
    if not (
        number.isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")
    ):
        return "含有不允许的字符"
    if not _real_date(int(number[6:10]), int(number[10:12]), int(number[12:14])):
        return "出生日期不存在"
    digits = np.array([int(character) for character in number[:17]])
    return (
        None
        if chr(ID_CHECKS[int(digits @ ID_WEIGHTS) % 11]) == number[17]
        else "校验码不对，可能有数字录错"
    )


def _real_date(year: int, month: int, day: int) -> bool:
    return (
        FIRST_YEAR <= year <= LAST_YEAR
        and 1 <= month <= 12
        and 1 <= day <= calendar.monthrange(year, month)[1]
    )


def id_like(text: str) -> bool:
    """Return whether a text is built like a citizen ID number, whatever its check digit."""
    digits = text[:17]
    return (
        digits.isdecimal()
        and text[17:].upper().strip("0123456789X") == ""
        and _real_date(*map(int, (text[6:10], text[10:12], text[12:14])))
    )
