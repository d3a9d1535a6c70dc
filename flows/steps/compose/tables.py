"""Tables for templates whose columns follow the definition: heads, rows of cells, a total.

A table with more columns than a page takes is split into several, each with the names again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flows.steps.compose.scopes import Scope, unit_of
from flows.steps.compose.unit_fields import MARK
from flows.steps.compose.units import Subject
from flows.steps.model import Field, Record
from flows.steps.wording.numbers import NOTHING
from flows.steps.wording.phrases import Points, enumerated, movement, shown
from schemas.definition import HOUSEHOLDS, Definition, Indicator

# Columns beside the names that a page takes: in the text, in an upright annex, in a wide one.
IN_TEXT, UPRIGHT, LANDSCAPE = 7, 8, 11


@dataclass(frozen=True)
class TableColumn:
    """A column of a table: its head, what stands in the line of a subject, whether in the total."""

    head: str
    value: Callable[[Subject], object]
    totalled: bool = True


@dataclass(frozen=True)
class Table:
    """A table or a part of one: its columns, its lines, its total; `part` counts from 1.

    `first` is the head of the first column, `name` that of the names.
    """

    first: str
    name: str
    columns: Sequence[TableColumn]
    lines: Sequence[Subject]
    total: Subject
    ranked: bool = False
    part: int = 1


@dataclass(frozen=True)
class TableLine:
    """A line of a table: the subject, its number in the table."""

    table: Table
    subject: Subject
    number: int

    @property
    def first(self) -> object:
        """Return the subject's rank, in a table without ranks its number."""
        return self.subject.place("rank") if self.table.ranked else self.number

    @property
    def cells(self) -> tuple[object, ...]:
        """Return what stands in the columns."""
        return tuple(column.value(self.subject) for column in self.table.columns)


_LINE: tuple[Field[TableLine], ...] = (
    Field("首列", "名次，不排名的为序号", "", lambda x: x.first),
    Field("名称", "单位名称", "", lambda x: x.subject.name),
    Field(
        "标注", "数据不是本月的，为“＊”，否则为空", "", lambda x: MARK if x.subject.remark else ""
    ),
    Field("各格", "各栏的数", "", lambda x: x.cells),
)
LINE_FIELDS: Mapping[str, Field[TableLine]] = {field.name: field for field in _LINE}
_TABLE: tuple[Field[Table], ...] = (
    Field("首列名", "第一栏的表头：名次或序号", "", lambda t: t.first),
    Field("名称", "名称一栏的表头", "", lambda t: t.name),
    Field("续", "分成几张的，第二张起为“（续）”", "", lambda t: "（续）" if t.part > 1 else ""),
    Field("各栏", "其余各栏的表头", "", lambda t: tuple(column.head for column in t.columns)),
    Field("各行", "表中各行", "", lambda t: _lines(t)),
    Field("合计", "各栏的合计", "", lambda t: _total(t)),
)
TABLE_FIELDS: Mapping[str, Field[Table]] = {field.name: field for field in _TABLE}


def _lines(table: Table) -> tuple[Record, ...]:
    numbered = enumerate(table.lines, 1)
    return tuple(Record(LINE_FIELDS, TableLine(table, one, n)) for n, one in numbered)


def _total(table: Table) -> tuple[object, ...]:
    return tuple(column.value(table.total) if column.totalled else "" for column in table.columns)


def _split(table: Table, most: int) -> tuple[Record, ...]:
    """Return a table in parts of about as many columns each, at most `most`."""
    count = len(table.columns)
    parts = max(-(-count // most), 1)
    ends = [count * number // parts for number in range(parts + 1)]
    return tuple(
        Record(TABLE_FIELDS, replace(table, columns=table.columns[start:end], part=number))
        for number, (start, end) in enumerate(pairwise(ends), 1)
        if table.lines
    )


def county_tables(scope: Scope) -> tuple[Record, ...]:
    """Return the table of the counties in the order of their ranks: base, rates, stage."""
    facts = scope.facts
    ranked = bool(facts.report.campaign.ranking) and facts.ranked > 1
    lines = [unit_of(facts, entry) for entry in scope.ordered]
    columns = list(_standing(facts.definition))
    if ranked and not facts.first and len(columns) % IN_TEXT:  # it makes no table more
        columns.insert(0, _CLIMB)
    first, name = "名次" if ranked else "序号", facts.definition.words.middle
    total = unit_of(facts, facts.figures.city)
    return _split(Table(first, name, columns, lines, total, ranked), IN_TEXT)


def member_tables(scope: Scope) -> tuple[Record, ...]:
    """Return the table of a subject's members: base, rates, stage."""
    words = scope.facts.definition.words
    name = f"{words.unit}名称" if scope.level == "county" else words.middle
    columns = list(_standing(scope.facts.definition))
    return _split(Table("序号", name, columns, scope.members, scope.unit), IN_TEXT)


def group_tables(scope: Scope) -> tuple[Record, ...]:
    """Return the table of the groups, none where the definition has none."""
    lines = scope.group_subjects
    columns = [c for c in _standing(scope.facts.definition) if _says_anything(c, lines)]
    return _split(Table("序号", "分组", columns, lines, scope.unit), IN_TEXT)


def _says_anything(column: TableColumn, lines: Sequence[Subject]) -> bool:
    return any(shown(column.value(line)) != NOTHING for line in lines)


def county_annex(scope: Scope) -> tuple[Record, ...]:
    """Return the counts and rates of all counties, in as many tables as they need."""
    facts = scope.facts
    lines = [unit_of(facts, entry) for entry in facts.figures.counties]
    columns = [*_units(facts.definition), *_everything(facts.definition)]
    total = unit_of(facts, facts.figures.city)
    name = facts.definition.words.middle
    return _split(Table("序号", name, columns, lines, total), UPRIGHT)


def unit_annex(scope: Scope) -> tuple[Record, ...]:
    """Return the counts and rates of all units, in as many tables as they need."""
    facts = scope.facts
    lines = [unit_of(facts, entry) for entry in facts.figures.enterprises]
    groups = [TableColumn("分组", lambda u: enumerated(u.entry.groups), totalled=False)]
    columns = [*(groups if facts.definition.group_of else []), *_everything(facts.definition)]
    total = unit_of(facts, facts.figures.city)
    name = f"{facts.definition.words.unit}名称"
    return _split(Table("序号", name, columns, lines, total), LANDSCAPE)


def _climb(unit: Subject) -> str | None:
    change = unit.rank_change
    return "持平" if change == 0 else movement(change).removesuffix("位") or None


_CLIMB = TableColumn("升降", _climb, totalled=False)


def _standing(definition: Definition) -> Iterator[TableColumn]:
    """Yield the columns of the tables in the text: base, rates, what the first gained, stage.

    What it gained is left out where there would be more columns than a page takes.
    """
    spoken, stages = definition.spoken, bool(definition.stages)
    yield _count(definition, definition.main)
    for number, one in enumerate(spoken):
        yield _rate(one)
        if number == 0 and len(spoken) + stages + 2 <= IN_TEXT:
            yield TableColumn("增减百分点", _gained(one.key))
    if not spoken:
        yield from (_count(definition, one.done) for one in definition.counted)
    if stages:
        yield TableColumn("阶段", lambda u: u.entry.stage)


def _everything(definition: Definition) -> Iterator[TableColumn]:
    """Yield all counts in the order of the form, each rate behind what is done of it."""
    for name in definition.counts:
        yield _count(definition, name)
        indicator = definition.indicator.get(name)
        if indicator in definition.spoken and indicator is not None:
            yield _rate(indicator)


def _units(definition: Definition) -> Iterator[TableColumn]:
    head = f"{definition.households_name}（{definition.unit_of(HOUSEHOLDS)}）"
    yield TableColumn(head, lambda u: u.households)


def _count(definition: Definition, name: str) -> TableColumn:
    column = definition.column(name)
    head = f"{column.header}（{column.unit}）" if column.unit else column.header
    return TableColumn(head, lambda u: u.count(name))


def _rate(indicator: Indicator) -> TableColumn:
    return TableColumn(indicator.name, lambda u: u.rate(indicator.key))


def _gained(key: str) -> Callable[[Subject], Points]:
    return lambda u: u.gained(key)
