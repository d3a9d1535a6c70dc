"""What is wrong with a number of identity, in words (domain.md §4)."""

from datetime import date

import numpy as np

from schemas.predicates import ID_CHECKS, ID_WEIGHTS, USCC_ALPHABET, USCC_WEIGHTS


def uscc_fault(code: str) -> str | None:
    """Return what is wrong with a unified social credit code, or None where it is good (GB 32100-2015)."""
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
    """Return what is wrong with an 18-character citizen ID number, or None where it is good (GB 11643-1999)."""
    if len(number) != 18:
        return f"应为18位，现为{len(number)}位"
    if not (number.isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")):
        return "含有不允许的字符"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "出生日期不存在"
    digits = np.array([int(character) for character in number[:17]])
    return None if chr(ID_CHECKS[int(digits @ ID_WEIGHTS) % 11]) == number[17] else "校验码不对，可能有数字录错"
