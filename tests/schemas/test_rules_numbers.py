"""ID numbers and credit codes: our vectorised checks against python-stdnum's, with the differences that are meant (domain.md §4)."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent, InvalidFormat
from stdnum.util import isdigits

from schemas.codes import (
    ID_CHECKS,
    ID_WEIGHTS,
    USCC_ALPHABET,
    USCC_WEIGHTS,
    id_fault,
    id_like,
    uscc_fault,
)
from schemas.predicates import good_id, good_uscc
from tests.support.frames import frame

GOOD_IDS = ["11010519491231002X", "440524188001010014"]
GOOD_CODES = [
    "91350100M000100Y43",
    "911522010783762860",
    "91340600MA2PBP2120",
    "91620105L015101280",
]
quick = settings(max_examples=60, deadline=None, derandomize=True)
DAYS = st.dates(date(1880, 1, 1), date(2099, 12, 31)).map(lambda day: f"{day:%Y%m%d}")


def ids(numbers: Sequence[str | None]) -> list[bool]:
    """Return which ID numbers our check takes for good."""
    return [
        bool(flag)
        for flag in good_id(frame("roster", *({"id": number} for number in numbers)), "id")
    ]


def codes(numbers: Sequence[str | None]) -> list[bool]:
    """Return which credit codes our check takes for good."""
    return [
        bool(flag)
        for flag in good_uscc(frame("progress", *({"uscc": number} for number in numbers)), "uscc")
    ]


def with_check(body: str) -> str:
    """Return 17 digits with their check character."""
    return body + chr(ID_CHECKS[int(np.dot([int(c) for c in body], ID_WEIGHTS)) % 11])


def with_code_check(body: str) -> str:
    """Return the first 17 characters of a credit code with their check character."""
    return (
        body
        + USCC_ALPHABET[
            (31 - int(np.dot([USCC_ALPHABET.index(c) for c in body], USCC_WEIGHTS)) % 31) % 31
        ]
    )


def by_stdnum(number: str) -> bool:
    """Return whether python-stdnum takes an ID number for good, its table of areas left aside; births before 1880 are none of ours."""
    if len(number) != 18 or not isdigits(number[:-1]) or ric.calc_check_digit(number) != number[-1]:
        return False
    try:
        return 1880 <= ric.get_birth_date(number).year <= 2100
    except InvalidComponent:
        return False


def test_good_ones() -> None:
    """The examples of the standards, those whose weighted sum is a multiple of 31 among them; what is empty is told elsewhere."""
    assert ids([*GOOD_IDS, None]) == [True, True, True]
    assert [ric.is_valid(number) for number in GOOD_IDS] == [
        True,
        False,
    ]  # the second one's county has been abolished
    assert codes([*GOOD_CODES, None]) == [True] * 5


@pytest.mark.parametrize(("number", "fault"), [
    ("1101051949123100", "应为18位，现为16位"), ("11010519490230002X", "出生日期不存在"), ("110105187912310028", "出生日期不存在"),
    ("110105194912310021", "校验码不对，可能有数字录错"), ("1101051949123l002X", "含有不允许的字符"), ("１10105194912310021", "含有不允许的字符"),
    ("11010519491231002X", None),
])  # fmt: skip
def test_what_is_wrong_with_an_id_number(number: str, fault: str | None) -> None:
    """The words name the first thing that is wrong; the vectorised check agrees."""
    assert id_fault(number) == fault
    assert ids([number]) == [fault is None]


@pytest.mark.parametrize(("code", "fault"), [
    ("91350100M000100Y4", "应为18位，现为17位"), ("91350100I000100Y43", "含有不允许的字符（字母 I、O、S、V、Z 不用）"),
    ("9135A100M000100Y43", "第3至8位应是数字"), ("91350100M000100Y34", "校验码不对，可能有字符录错"), ("91350100M000100Y43", None),
])  # fmt: skip
def test_what_is_wrong_with_a_credit_code(code: str, fault: str | None) -> None:
    """As for ID numbers."""
    assert uscc_fault(code) == fault
    assert codes([code]) == [fault is None]


@quick
@given(
    st.lists(
        st.tuples(st.integers(100000, 999999), DAYS, st.integers(0, 999)), min_size=1, max_size=30
    )
)
def test_numbers_with_the_right_check_digit_are_good_whatever_their_area(
    parts: list[tuple[int, str, int]],
) -> None:
    """Abolished and unknown areas pass."""
    numbers = [with_check(f"{area}{day}{order:03d}") for area, day, order in parts]
    assert ids(numbers) == [by_stdnum(number) for number in numbers] == [True] * len(numbers)
    assert [id_fault(number) for number in numbers] == [None] * len(numbers)
    assert all(map(id_like, numbers))


@quick
@given(
    st.integers(100000, 999999),
    DAYS,
    st.integers(0, 999),
    st.integers(0, 16),
    st.sampled_from("0123456789X"),
)
def test_one_wrong_character_is_found(
    area: int, day: str, order: int, at: int, character: str
) -> None:
    """ISO 7064 MOD 11-2 finds every single error; python-stdnum and we say the same."""
    number = with_check(f"{area}{day}{order:03d}")
    changed = number[:at] + character + number[at + 1 :]
    assert (
        ids([changed]) == [by_stdnum(changed)] == [changed == number] == [id_fault(changed) is None]
    )


@quick
@given(st.text("0123456789X", min_size=15, max_size=19))
def test_any_text_of_digits_is_judged_as_python_stdnum_judges_it(text: str) -> None:
    """Lengths, dates and check digits alike."""
    assert ids([text]) == [by_stdnum(text)] == [id_fault(text) is None]


@quick
@given(
    st.sampled_from("159"),
    st.sampled_from("1239"),
    st.integers(0, 999999),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
)
def test_codes_with_the_right_check_character_are_good(
    first: str, second: str, area: int, body: str
) -> None:
    """python-stdnum agrees on every one, also where the sum is a multiple of 31."""
    code = with_code_check(f"{first}{second}{area:06d}{body}")
    assert uscc.is_valid(code)
    assert codes([code]) == [True]
    assert uscc_fault(code) is None


@quick
@given(
    st.integers(0, 999999),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
    st.integers(0, 17),
    st.sampled_from(USCC_ALPHABET),
)
def test_one_wrong_character_of_a_code_is_found(
    area: int, body: str, at: int, character: str
) -> None:
    """A changed character is found by both, but for letters in the first two places, which only we allow."""
    code = with_code_check(f"91{area:06d}{body}")
    changed = code[:at] + character + code[at + 1 :]
    assert codes([changed]) == [changed == code] == [uscc_fault(changed) is None]
    assert uscc.is_valid(changed) <= (changed == code)


@quick
@given(
    st.sampled_from(["N1", "N2", "Y1"]),
    st.integers(0, 999999),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
)
def test_letters_may_stand_in_the_first_two_places(start: str, area: int, body: str) -> None:
    """Codes such as N1… are good, though python-stdnum refuses their format."""
    code = with_code_check(f"{start}{area:06d}{body}")
    with pytest.raises(InvalidFormat):
        uscc.validate(code)
    assert codes([code]) == [True]


@quick
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=20), st.sampled_from([*GOOD_IDS, *GOOD_CODES])),
        max_size=20,
    )
)
def test_strange_texts_are_judged_one_by_one(texts: list[str | None]) -> None:
    """A column of anything gives for each cell what the words give for it alone, and never an error."""
    assert ids(texts) == [text is None or id_fault(text) is None for text in texts]
    assert codes(texts) == [text is None or uscc_fault(text) is None for text in texts]


@quick
@given(st.integers(0, 50_000), st.booleans())
def test_what_is_built_like_an_id_number(days: int, right: bool) -> None:
    """A wrong check digit does not make an ID number a credit code."""
    body = f"990101{date(1920, 1, 1) + timedelta(days):%Y%m%d}123"
    number = with_check(body)
    assert id_like(number if right else number[:-1] + ("1" if number[-1] != "1" else "2"))
    assert not any(map(id_like, GOOD_CODES))
