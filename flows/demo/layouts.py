"""Layouts of a progress ledger of any definition, as offices lay theirs out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from flows.demo.books import Header, Sheet
from schemas.definition import COUNTY, NOTE, USCC, Column, Definition

_YUAN = {"万元": 10_000}  # how many 元 make the unit of an amount
Line = dict[str, Any]  # a row as it is written: numbers in the unit of their column


@dataclass(frozen=True)
class Made:
    """What a ledger is made of: its definition, its campaign's name, sender, month, and rows."""

    definition: Definition
    campaign: str
    sender: str
    month: str
    rows: Sequence[Line]

    @property
    def columns(self) -> Sequence[Column]:
        """Return the columns in the order of the form."""
        return self.definition.progress

    def sheet(self, title: str, headers: Mapping[str, Header], **more: Any) -> Sheet:
        """Return a sheet with all columns and a running number, unless `more` says otherwise."""
        fields: dict[str, Any] = {
            "order": (None, *(c.name for c in self.columns)),
            "counts": self.definition.counts,
            "measures": {c.name: c.unit for c in self.columns if c.unit},
        }
        return Sheet("progress", title, headers, self.rows, **(fields | more))


def line_of(definition: Definition, row: Mapping[str, object]) -> Line:
    """Return a row as it is written: an amount with its decimals."""
    columns = definition.columns_of("progress")
    return {
        name: Decimal(value) / columns[name].scale
        if isinstance(value, int) and columns[name].decimals
        else value
        for name, value in row.items()
    }


def row_of(definition: Definition, line: Line) -> dict[str, object]:
    """Return the row that is written as a line of typed values."""
    columns = definition.columns_of("progress")
    return {
        name: int(value * columns[name].scale) if isinstance(value, Decimal) else value
        for name, value in line.items()
    }


def _plain(made: Made) -> Sheet:
    return made.sheet(
        f"{made.month}{made.campaign}进度表",
        {c.name: (c.header,) for c in made.columns},
        above=[
            [f"填报单位（盖章）：{made.sender}", None, None, None, f"填报时间：{made.month}28日"]
        ],
        total="last",
    )


def _grouped(made: Made) -> Sheet:
    """Return a sheet with counts of the same unit under one merged head."""
    return made.sheet(
        f"{made.campaign}工作进度统计表（{made.month}）",
        _heads_by_unit(made.columns),
        above=[["填报单位", made.sender, None, "统计月份", made.month]],
        below=[["填报人：甲某", None, None, "审核人：乙某"], ["注：数据截至月末。"]],
        total="first",
        merge_county=True,
        numbered=True,
    )


def _bare(made: Made) -> Sheet:
    headers = {c.name: (_head(c, 0),) for c in made.columns}
    order = [c.name for c in made.columns if c.expected or c.name in (COUNTY, NOTE)]
    return made.sheet("", headers, order=order)


def _own(made: Made) -> Sheet:
    """Return a county's sheet in its own words, with a line of units, not in the first corner."""
    return made.sheet(
        f"{made.sender}{made.month}{made.definition.words.short}台账",
        {c.name: (_head(c, 1),) for c in made.columns},
        order=(None, *(c.name for c in made.columns if c.name not in (COUNTY, USCC))),
        above=[[], [f"填报单位：{made.sender}"]],
        first_row=2,
        first_column=1,
        total="last",
        units=True,
        name="进度",
    )


def _in_yuan(made: Made) -> Sheet:
    """Return a sheet whose amounts are in 元, with the columns in another order."""
    columns = {c.name: c for c in made.columns}
    amounts = [c for c in made.columns if c.unit in _YUAN]
    rows = [dict(row) for row in made.rows]
    for row in rows:
        for column in amounts:
            if isinstance(value := row[column.name], Decimal):
                row[column.name] = round(value * _YUAN[column.unit])
    heads = {name: (c.header,) for name, c in columns.items()}
    heads |= {c.name: (f"{c.header}（元）",) for c in amounts}
    counts = made.definition.counts
    texts = [c.name for c in made.columns if c.name not in (*counts, USCC, NOTE, COUNTY)]
    order = [*texts, COUNTY, *reversed(counts), *({NOTE} & set(columns))]
    below = [["制表：丙某"]]
    above = [[f"填报单位：{made.sender}"]]
    title = f"{made.month}进度"
    sheet = made.sheet(title, heads, order=order, above=above, below=below, name="汇总")
    sheet.rows = rows
    return sheet


LAYOUTS: Mapping[str, Callable[[Made], Sheet]] = {
    "plain": _plain,
    "grouped": _grouped,
    "bare": _bare,
    "own": _own,
    "yuan": _in_yuan,
}


def _head(column: Column, place: int) -> str:
    """Return one of the spellings of a column's head, its own where it has no other."""
    lines = [line for line in column.spellings if "/" not in line]
    spellings = "|".join(lines).split("|") if lines else []
    return spellings[place % len(spellings)] if spellings else column.header


def _heads_by_unit(columns: Sequence[Column]) -> dict[str, Header]:
    """Return heads of which counts of one unit that stand together have a common one above."""
    heads: dict[str, Header] = {}
    for unit, run in groupby(columns, key=lambda c: c.unit if c.is_number else ""):
        group = list(run)
        shared = _shared([c.header for c in group]) if unit and len(group) > 1 else ""
        for column in group:
            alone = f"{column.header}（{unit}）" if unit else column.header
            heads[column.name] = (f"{shared}（{unit}）", column.header) if shared else (alone,)
    return heads


def _shared(texts: Sequence[str]) -> str:
    """Return what texts have in common, the longest that is no single character, or 情况."""
    common = texts[0]
    for text in texts[1:]:
        match = SequenceMatcher(None, common, text).find_longest_match()
        common = common[match.a : match.a + match.size]
    return common if len(common) > 1 else "情况"
