"""The role of a row by its words: total, footer, example, section, numbers, units (DESIGN §4)."""

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import cache

from flows.steps.model import CellError, CellValue, display_text
from flows.steps.read.values.cells import is_empty
from schemas.characters import INVISIBLE
from schemas.definition import AFFILIATION, Definition
from schemas.spellings import labels, squeeze, unit_scale


class Role(IntEnum):
    """What a row of a sheet is."""

    BLANK = 0
    TITLE = 1
    HEADER = 2
    BELOW_HEADER = 3  # column numbers and units
    DATA = 4
    TOTAL = 5
    SUBTOTAL = 6
    PART = 7  # 其中
    SECTION = 8  # a line inside a table that names the rows below
    EXAMPLE = 9
    FOOTER = 10
    REMARK = 11  # a text beside the columns of the ledger
    OUTSIDE = 12  # in no table of a ledger
    PREFILLED = 13  # a row of the form that nobody has filled in
    UNREAD = 14  # a row with data that is not understood; it costs the ledger

    @property
    def label(self) -> str:
        """Return the role's name in a ledger's `lines`."""
        return self.name.lower().replace("_", "-")


_BY_LABEL = {
    "total": Role.TOTAL,
    "subtotal": Role.SUBTOTAL,
    "part": Role.PART,
    "footer": Role.FOOTER,
    "sender": Role.FOOTER,
    "month": Role.FOOTER,
    "date": Role.FOOTER,
    "example": Role.EXAMPLE,
}
_ENDING = re.compile(r"(?:合计|总计|共计|小计|汇总)(?:数|\d{1,4}[户家个])?$")
_LONGEST_TOTAL = 20  # characters of a text such as 示例县县属企业小计
_SUM_WORDS = re.compile("计|汇总|总数")
_FOOTNOTE = re.compile(r"(?:注|说明|备注)\d*[:、.]")
_EXAMPLE = re.compile(r"\((?:示例|样例)\)|(?:示例|样例)[:、]")
_ENUMERATED = re.compile(r"\(?[一二三四五六七八九十]{1,3}[)、.]")
_COUNTED = re.compile(r"(?:\(.*?\)|共?\d+[户家])$")  # 市属企业（1户）
_NUMBER_OR_LETTER = re.compile(r"\d{1,3}|[A-Z甲乙丙丁戊己庚辛壬癸]")
_LETTERS = "甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@cache
def _beginnings() -> frozenset[str]:
    """Return the characters that labels begin with, to dismiss nearly all other texts quickly."""
    words = [*labels().exact, "其中", "示例", "样例"]
    return frozenset([word[0] for word in words] + list(" \u3000\n\t(（[【*＊"))


def _may_be_label(text: str) -> bool:
    first = text[:1]
    seen = first in _beginnings() or bool(first and INVISIBLE.match(first))
    return seen or _SUM_WORDS.search(text) is not None


def label_roles(values: Sequence[CellValue]) -> dict[int, Role]:
    """Return the roles of the labels among some cells' values, by index."""
    maybe = [(i, v) for i, v in enumerate(values) if isinstance(v, str) and _may_be_label(v)]
    return {i: role for i, value in maybe if (role := label_role(value)) is not None}


def label_role(value: str) -> Role | None:
    """Return the role of a row that begins with a text, None if it may be data."""
    if not _may_be_label(value):
        return None
    text = squeeze(value)
    head, colon, _ = text.partition(":")
    bare = re.sub(r"\(.*?\)", "", text)
    label = (
        labels().get(text)
        or labels().get(bare)
        or (labels().get(head) or labels().get(re.sub(r"\(.*?\)", "", head)) if colon else None)
    )
    if label in _BY_LABEL:
        return _BY_LABEL[label]
    if text.startswith("其中"):
        return Role.PART
    if len(text) <= _LONGEST_TOTAL and (match := _ENDING.search(bare)):
        return Role.SUBTOTAL if match[0].startswith("小计") or len(bare) > 4 else Role.TOTAL
    if _EXAMPLE.match(text):
        return Role.EXAMPLE
    return Role.FOOTER if _FOOTNOTE.match(text) else None


def names_group(value: CellValue, definition: Definition) -> bool:
    """Return whether a text in the units' column names a group that has units."""
    if not isinstance(value, str):
        return False
    text = _COUNTED.sub("", _ENUMERATED.sub("", squeeze(value), count=1))
    return len(text) > 1 and (text in _groups(definition) or _listed(text, definition))


@cache
def _groups(definition: Definition) -> frozenset[str]:
    return frozenset(group.name for group in definition.groups if group.values and group.households)


def _listed(text: str, definition: Definition) -> bool:
    """Return whether a text is a value of a group that has units."""
    if AFFILIATION not in definition.columns_of("progress"):
        return False
    group = definition.group_of.get(definition.choices(AFFILIATION).get(text) or "")
    return group is not None and group not in definition.without_households


def is_enumerated(value: CellValue) -> bool:
    """Return whether a text begins with 一、 or （二）, as the title of a section does."""
    return isinstance(value, str) and _ENUMERATED.match(squeeze(value)) is not None


def are_units(cells: Sequence[CellValue], definition: Definition) -> bool:
    """Return whether the cells of a row are units: 人, 份, 万人, %."""
    texts = [squeeze(value).strip("()") if isinstance(value, str) else "" for value in cells]
    if texts and labels().get(texts[0]) == "unit":
        texts = texts[1:]
    own = _units(definition)
    units = [unit_scale(text) is not None or text in own for text in texts]
    filled = (unit or is_empty(text) for text, unit in zip(texts, units, strict=True))
    return any(units) and all(texts) and all(filled)


@cache
def _units(definition: Definition) -> frozenset[str]:
    return frozenset(squeeze(c.unit) for c in definition.progress if c.is_number and c.unit)


def are_numbers(cells: Sequence[CellValue]) -> bool:
    """Return whether the cells number the columns: 1 2 3 …, (1) (2) (3=1+2) …, 甲 乙 1 2 ….

    列号 may stand before them.
    """
    if any(isinstance(value, CellError) for value in cells):
        return False
    shown = [squeeze(display_text(value)) for value in cells]
    labelled = bool(shown) and labels().get(shown[0].strip("()")) == "numbers"
    numbers = [text for text in shown[labelled:] if not is_empty(text)]
    texts = [re.split("=", text.strip("()栏"))[0].strip("()栏") for text in numbers]
    if labelled and texts and all(_NUMBER_OR_LETTER.fullmatch(text) for text in texts):
        return True
    if len(texts) >= 3 and any("".join(texts) == letters[: len(texts)] for letters in _LETTERS):
        return True
    while texts and texts[0] in [*_LETTERS[0], *_LETTERS[1]]:
        texts = texts[1:]
    start = texts[0] if texts else ""
    return (
        len(texts) >= 3
        and start in ("0", "1", "2")
        and [*map(str, range(int(start), int(start) + len(texts)))] == texts
    )


def heads_a_line(texts: Sequence[str]) -> bool:
    """Return whether any text begins with a label around a table: 填报单位, 统计月份, 单位."""
    heads = [re.split("[:(]", squeeze(text), maxsplit=1)[0] for text in texts]
    return any(labels().get(head) in ("sender", "month", "date", "unit") for head in heads)
