"""What a file says of itself around its tables: who sent it, for which month, on which day (DESIGN §4)."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from flows.steps.model import Claims, address
from flows.steps.read.cells import written
from flows.steps.read.dates import months_in, parse_date
from flows.steps.read.grid import Grid
from flows.steps.read.layout import Region
from schemas.spellings import labels, squeeze, unit_scale

_LONGEST_TITLE = 60
_STAMP = re.compile(r"[(（](?:盖章|公章|签章|章|盖公章|全称)[)）]")


def read_claims(grid: Grid, regions: Sequence[Region]) -> Claims:
    """Return the claims in the lines above and below a sheet's tables."""
    senders, months, dates = [], [], []
    for row, role in _lines(regions):
        for column, label, text in _parts(grid.row(row)):
            cell = address(row + 1, column)
            if label == "sender" and text:
                senders.append((text, grid.sheet, cell))
            elif label == "date" and (day := parse_date(text)) is not None:
                dates.append((day.first, text, grid.sheet, cell))
            elif label == "month" or (label is None and role == "title" and _may_be_title(text)):
                months += [(year, month, text, grid.sheet, cell) for year, month in _months(text)[-1:]]
    return Claims(tuple(senders), tuple(months), tuple(dates))


def sheet_unit(grid: Grid, region: Region) -> int:
    """Return the factor of the unit that a line above a table gives for all of it (单位：万人 is 10 000), else 1."""
    for row in region.rows("title").tolist():
        for _, label, text in _parts(grid.row(row)):
            scale = unit_scale(text.strip("()（） ")) if label == "unit" else None
            if scale:
                return scale
    return 1


def merge_claims(claims: Sequence[Claims]) -> Claims:
    """Return the claims of all sheets of a file as one."""
    return Claims(*(tuple(part for each in claims for part in getattr(each, name)) for name in ("senders", "months", "dates")))


def _lines(regions: Sequence[Region]) -> Iterator[tuple[int, str]]:
    for region in regions:
        for i, role in enumerate(region.roles):
            if role in ("title", "footer"):
                yield region.start + i, role


def _may_be_title(text: str) -> bool:
    return len(text) <= _LONGEST_TITLE and not re.match(r"\s*(?:注|说明|填表说明|备注|要求)", text)


def _months(text: str) -> list[tuple[int | None, int]]:
    found = months_in(text)
    if not found and (day := parse_date(text)) is not None:
        return [(day.first.year, day.first.month)]
    return found


def _parts(cells: Sequence[object]) -> Iterator[tuple[int, str | None, str]]:
    """Yield (column, part played, text) for each label with what follows it, and for each text without a label.

    A label's value stands behind its colon, or in the next filled cell at its right.
    """
    taken = -1
    for column, value in enumerate(cells):
        if value is None or column <= taken:
            continue
        text = written(value)
        found = list(_labelled().finditer(text))
        if not found:
            yield column, None, text
            continue
        for match, after in zip(found, [*found[1:], None], strict=True):
            rest = text[match.end() : after.start() if after else len(text)].strip(" \u3000:：")
            if not rest and after is None:
                taken, rest = _next_filled(cells, column)
            yield column if rest in text else taken, labels().get(squeeze(match["label"])), _STAMP.sub("", rest).strip()


def _next_filled(cells: Sequence[object], column: int) -> tuple[int, str]:
    for at in range(column + 1, len(cells)):
        if cells[at] is not None:
            text = written(cells[at])
            return (column, "") if _labelled().search(text) else (at, text)
    return column, ""


@cache
def _labelled() -> re.Pattern[str]:
    """Return the pattern of a label: at the start or after a blank, with a colon behind it or nothing at all."""
    names = sorted((text for text, role in labels().exact.items() if role not in ("total", "subtotal", "part")), key=len, reverse=True)
    spaced = "|".join(r"\s*".join(map(re.escape, name)) for name in names)
    return re.compile(rf"(?:^|(?<=[\s\u3000;；,，)）]))(?P<label>{spaced})\s*(?:[(（][^()（）]*[)）])?\s*(?:[:：]|$)")
