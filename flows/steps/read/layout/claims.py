"""What a file claims around its tables: its sender, its month, its date (DESIGN §4)."""

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cache

from flows.steps.model import CellValue, Claims, address, display_text
from flows.steps.read.grid import Grid
from flows.steps.read.layout.regions import Region
from flows.steps.read.layout.row_roles import Role
from flows.steps.read.values.dates import months_in, parse_date
from schemas.columns import NO_CHANGE, NOTHING
from schemas.spellings import labels, squeeze

_LONGEST_TITLE = 60
_NO_TITLE = re.compile(
    r"\s*(?:注|说明|填表说明|备注|要求)|.*(?:日前|日之前|日以前|底前|末前|请|务必)", re.DOTALL
)
_STAMP = re.compile(r"[(（](?:盖章|公章|签章|章|盖公章|全称)[)）]")
_ANY_BRACKET = {"(": "[(（]", ")": "[)）]"}
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_DAYS = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日")  # a day of issue says less than a month
_LINES = 40  # lines above and below a table that may hold claims
_LONG_LABEL = 4  # characters from which a label may be followed by a blank instead of a colon


def read_claims(grid: Grid, regions: Sequence[Region]) -> Claims:
    """Return the claims in the lines above and below a sheet's tables."""
    senders, months, dates, boxes = [], [], [], []
    for row, role in _lines(regions):
        for column, label, text in _parts(grid.cells(row)):
            cell = address(row + 1, column)
            # A date beside a stamp is not a sender.
            if label == "sender" and text and parse_date(text) is None:
                senders.append((text, grid.sheet, cell))
            elif label == "date" and (day := parse_date(text)) is not None:
                dates.append((day.first, text, grid.sheet, cell))
            elif label in (NO_CHANGE, NOTHING):
                boxes.append((label, text, grid.sheet, cell))
            elif label == "month" or (label is None and role == Role.TITLE and _may_be_title(text)):
                months += [
                    (year, month, text, grid.sheet, cell)
                    for year, month in _stated(_months(text, label))
                ]
    return Claims(tuple(senders), tuple(months), tuple(dates), tuple(boxes))


def sheet_units(grid: Grid, region: Region) -> Iterator[str]:
    """Yield the units given above a whole table: 单位：万人."""
    for row in region.rows(Role.TITLE).tolist()[-_LINES:]:
        for _, label, text in _parts(grid.cells(row)):
            if label == "unit":
                yield text


def merge_claims(claims: Sequence[Claims]) -> Claims:
    """Return the claims of all sheets of a file as one."""
    chain = itertools.chain.from_iterable
    return Claims(
        tuple(chain(each.senders for each in claims)),
        tuple(chain(each.months for each in claims)),
        tuple(chain(each.dates for each in claims)),
        tuple(chain(each.boxes for each in claims)),
    )


def _lines(regions: Sequence[Region]) -> Iterator[tuple[int, Role]]:
    for region in regions:
        for role in (Role.TITLE, Role.FOOTER):
            rows = region.rows(role).tolist()
            yield from (
                (row, role) for row in (rows[-_LINES:] if role == Role.TITLE else rows[:_LINES])
            )


def _may_be_title(text: str) -> bool:
    return len(text) <= _LONGEST_TITLE and not _NO_TITLE.match(text)


def _stated(months: Sequence[tuple[int | None, int]]) -> Sequence[tuple[int | None, int]]:
    """Return the month that a line is about: the last one, of those with a year if any has one."""
    return [m for m in months if m[0] is not None][-1:] or months[-1:]


def _months(text: str, label: str | None) -> list[tuple[int | None, int]]:
    whole = squeeze(text)
    months = months_in(_DAYS.sub("", _IN_BRACKETS.sub("", whole)))
    if months:
        return months
    found = months_in(text)
    if not found and (day := parse_date(text)) is not None:
        return [(day.first.year, day.first.month)]
    if not found and label == "month" and text.isdecimal() and 1 <= int(text) <= 12:
        return [(None, int(text))]
    return found


def _parts(cells: Sequence[tuple[int, CellValue]]) -> Iterator[tuple[int, str | None, str]]:
    """Yield (column, role, text) for each label with its value, and for each text without a label.

    A label's value follows its colon, or is the next filled cell to its right.
    """
    taken = -1
    for i, (column, value) in enumerate(cells):
        if column <= taken:
            continue
        text = display_text(value)
        found = list(_labelled().finditer(text))
        if not found:
            yield column, None, text
        for match, after in zip(found, [*found[1:], None], strict=bool(found)):
            rest = text[match.end() : after.start() if after else len(text)].strip(" \u3000:：")
            at = column
            if not rest and after is None:
                at, rest = _next_text(cells[i + 1 : i + 2], column)
                taken = at
            yield at, labels().get(squeeze(match["label"])), _STAMP.sub("", rest).strip()


def _next_text(cells: Sequence[tuple[int, CellValue]], column: int) -> tuple[int, str]:
    """Return the column and text of the cell after a label; no text if that is a label too."""
    for at, value in cells:
        text = display_text(value)
        return (column, "") if _labelled().search(text) else (at, text)
    return column, ""


@cache
def _labelled() -> re.Pattern[str]:
    """Return the pattern of a label at the start or after a blank.

    A colon or the end follows it, after a long label a blank will do.
    """
    names = sorted(
        (
            text
            for text, role in labels().exact.items()
            if role not in ("total", "subtotal", "part")
        ),
        key=len,
        reverse=True,
    )
    spaced = [
        (len(name) >= _LONG_LABEL, r"\s*".join(_ANY_BRACKET.get(c, re.escape(c)) for c in name))
        for name in names
    ]
    long, short = (
        "|".join(pattern for is_long, pattern in spaced if is_long == wanted)
        for wanted in (True, False)
    )
    bracket = r"\s*(?:[(（][^()（）]*[)）])?\s*"
    begin = r"(?:^|(?<=[\s\u3000;；,，)）]))"
    return re.compile(
        rf"{begin}(?P<label>(?:{long})(?={bracket}(?:[:：\s\u3000]|$))|(?:{short})(?={bracket}(?:[:：]|$))){bracket}[:：]?"
    )
