"""Ledgers in layouts drawn at random, with the truth about them: each row's values and cells, and what each sheet row is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from schemas.columns import Kind
from schemas.shipped import shipped
from tests.support.read_writers import Page, Span
from tests.support.retirees import COUNTS, KINDS, columns_of

GROUPS = {
    "archives_due": "人事档案移交",
    "archives": "人事档案移交",
    "party_members": "党员组织关系",
    "party": "党员组织关系",
}
CHILDREN = {
    "archives_due": "应移交",
    "archives": "已移交",
    "party_members": "党员数",
    "party": "已转接",
}
ASIDE = ("序号", "民族", "签订率", "名次", None)  # columns of no use, and an empty one
NAMES = st.text(st.sampled_from("浥沅洹岚江山水火工厂"), min_size=3, max_size=8).map(
    lambda text: f"{text}有限公司"
)
COUNT = st.integers(0, 99_999)
WRITTEN = st.sampled_from(
    [lambda n: n, lambda n: float(n), str, "{:,}".format, "{}人".format, lambda n: f" {n} "]
)
ID = "11010519491231002X"


@dataclass
class Drawn:
    """A sheet being drawn: its rows, merged cells, the truth of its data rows with their cells, and the rows by what they are."""

    rows: list[list[Any]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    truth: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, tuple[int, int]]] = field(default_factory=list)
    roles: Counter[str] = field(default_factory=Counter)

    def add(self, role: str, *rows: Sequence[Any]) -> None:
        """Add rows of a role; one without a value is blank."""
        for row in rows:
            self.rows.append(list(row))
            self.roles[role if any(value is not None for value in row) else "blank"] += 1

    @property
    def page(self) -> Page:
        """Return the sheet as it is written."""
        return Page(self.rows, [span for span in self.spans if span[:2] != span[2:]])


@dataclass(frozen=True)
class Plan:
    """How one table is laid out: its fields and asides from left to right, and the texts of its header's levels."""

    kind: Kind
    columns: Sequence[str | None]  # fields; asides begin with *
    levels: Sequence[Sequence[str | None]]
    left: int


@st.composite
def plans(draw: Any, kind: Kind) -> Plan:
    """Draw which columns a table has, where they stand and how they are headed."""
    fields = [
        c.name for c in KINDS[kind] if c.expected or c.name == "county" or draw(st.booleans())
    ]
    columns: list[str | None] = draw(st.permutations(fields))
    two_levels = kind == "progress" and draw(st.booleans())
    if two_levels:
        columns = [c for c in columns if c not in CHILDREN] + [c for c in CHILDREN if c in columns]
    for aside in draw(st.lists(st.sampled_from(ASIDE), max_size=3, unique=True)):
        columns.insert(
            draw(st.integers(0, len(columns) - (4 if two_levels else 0))),
            "*" + aside if aside else None,
        )
    upper: list[str | None] = []
    for name in columns:
        if two_levels and name in CHILDREN:
            upper.append(GROUPS[name])
        else:
            upper.append(
                None
                if name is None
                else name[1:]
                if name.startswith("*")
                else draw(st.sampled_from(_spellings(kind, name)))
            )
    lower = [CHILDREN.get(c or "") for c in columns] if two_levels else []
    return Plan(kind, columns, [upper, lower] if two_levels else [upper], draw(st.integers(0, 3)))


def _spellings(kind: Kind, name: str) -> list[str]:
    return [
        text
        for text, field_name in shipped().headers(kind).exact.items()
        if field_name == name and "/" not in text
    ]


@st.composite
def rows_of(draw: Any, kind: Kind) -> list[dict[str, Any]]:
    """Draw the truth of a table's rows."""
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        row: dict[str, Any] = {
            "county": draw(st.sampled_from(["东浥区", "南沚县"])),
            "enterprise": draw(NAMES),
            "affiliation": "市属",
        }
        if kind == "progress":
            row |= {name: draw(COUNT) for name in COUNTS}
        else:
            row |= {
                "person": draw(st.sampled_from(["甲某", "乙某"])),
                "sex": "女",
                "id": ID,
                "politics": "群众",
            }
        rows.append(row)
    return rows


@st.composite
def sheets(draw: Any, kind: Kind, *, merged: bool) -> Drawn:
    """Draw a sheet with one or two tables of a kind; `merged` says whether the format knows merged cells."""
    drawn = Drawn()
    drawn.add("blank", *[[]] * draw(st.integers(0, 3)))
    plan = draw(plans(kind))
    for number in range(draw(st.integers(1, 2))):
        if number and draw(st.booleans()):
            plan = draw(plans(kind))
        _add_table(draw, drawn, plan, merged)
    while drawn.rows and all(value is None for value in drawn.rows[-1]):
        drawn.rows.pop()
        drawn.roles["blank"] -= 1
    return drawn


def _add_table(draw: Any, drawn: Drawn, plan: Plan, merged: bool) -> None:
    pad, width = [None] * plan.left, len(plan.columns)
    if draw(st.booleans()):
        drawn.add("title", [*pad, "2022年5月国有企业退休人员社会化管理情况表"])
        if merged:
            drawn.spans.append(
                (len(drawn.rows) - 1, plan.left, len(drawn.rows) - 1, plan.left + width - 1)
            )
    line = draw(
        st.sampled_from(
            [
                None,
                ["填报单位（盖章）：东浥区"],
                ["填报单位", "东浥区", None, "填报时间", "2022年5月28日"],
            ]
        )
    )
    if line is not None or drawn.truth:
        drawn.add("title", [*pad, *(line or ["填报单位：东浥区"])])
    _add_header(drawn, plan, merged)
    below = {
        "numbers": [*range(1, width + 1)],
        "units": [_unit(name) for name in plan.columns],
        "": [],
    }
    chosen = draw(
        st.sampled_from(["numbers", "units", ""] if plan.kind == "progress" else ["numbers", ""])
    )
    if chosen and any(below[chosen]):
        drawn.add("below-header", [*pad, *below[chosen]])
    if draw(st.booleans()):
        drawn.add("blank", [])
    _add_body(draw, drawn, plan, merged)
    for text in draw(
        st.sampled_from([(), ("填报人：甲某",), ("注：数据截至月末。", "审核人：乙某")])
    ):
        drawn.add("footer", [*pad, text])


def _unit(name: str | None) -> str | None:
    column = columns_of("progress").get(name or "")
    return column.unit or None if column is not None else None


def _add_header(drawn: Drawn, plan: Plan, merged: bool) -> None:
    top, bottom = len(drawn.rows), len(drawn.rows) + len(plan.levels) - 1
    texts = [list(level) for level in plan.levels]
    if bottom > top:
        for at, name in enumerate(plan.columns):
            if name in CHILDREN:
                first = (
                    at == 0
                    or texts[0][at - 1] is None
                    or plan.levels[0][at - 1] != plan.levels[0][at]
                )
                if first and merged:
                    last = max(
                        i for i, text in enumerate(plan.levels[0]) if text == plan.levels[0][at]
                    )
                    drawn.spans.append((top, plan.left + at, top, plan.left + last))
                elif not first:
                    texts[0][at] = None
            elif name is not None and merged:
                drawn.spans.append((top, plan.left + at, bottom, plan.left + at))
    for level in texts:
        drawn.add("header", [*[None] * plan.left, *level])


def _add_body(draw: Any, drawn: Drawn, plan: Plan, merged: bool) -> None:
    """Add the data rows with control totals, blank and numbered rows among them."""
    rows = draw(rows_of(plan.kind))
    merge = merged and "county" in plan.columns and draw(st.booleans())
    if merge:
        rows = [{**row, "county": rows[0]["county"]} for row in rows]
    total = draw(st.sampled_from(["first", "last", None])) if plan.kind == "progress" else None
    names = [at for at, name in enumerate(plan.columns) if name in ("county", "enterprise")]
    label_at = draw(
        st.sampled_from(
            [
                at
                for at, name in enumerate(plan.columns[: max(names) + 1])
                if name not in (*COUNTS, "note", "community")
            ]
        )
    )
    if total == "first":
        drawn.add("total", _total(plan, rows, label_at))
    start = len(drawn.rows)
    for i, row in enumerate(rows):
        _add_row(draw, drawn, plan, row, start if merge else None, i)
        if not merge and draw(st.integers(0, 5)) == 0:
            numbered = [float(i) if name == "*序号" else None for name in plan.columns]
            drawn.rows.append([*[None] * plan.left, *numbered])
            drawn.roles["blank"] += 1
    if merge and len(drawn.rows) - start > 1:
        column = plan.left + list(plan.columns).index("county")
        drawn.spans.append((start, column, len(drawn.rows) - 1, column))
    if total == "last":
        drawn.add("total", _total(plan, rows, label_at))


def _total(plan: Plan, rows: Sequence[Mapping[str, Any]], label_at: int) -> list[Any]:
    cells = [sum(row[name] for row in rows) if name in COUNTS else None for name in plan.columns]
    cells[label_at] = "合 计"
    return [*[None] * plan.left, *cells]


def _add_row(
    draw: Any, drawn: Drawn, plan: Plan, row: Mapping[str, Any], county_at: int | None, number: int
) -> None:
    """Add a data row; of a merged county only the first row holds the text."""
    at = len(drawn.rows)
    values: list[Any] = []
    for name in plan.columns:
        if name is None or name.startswith("*"):
            values.append(
                {"*序号": number + 1, "*签订率": "99.63%", "*名次": 1, "*民族": "汉"}.get(
                    name or ""
                )
            )
        elif name == "county" and county_at is not None and county_at != at:
            values.append(None)
        else:
            value = row.get(name)
            values.append(draw(WRITTEN)(value) if name in COUNTS else value)
    drawn.add("data", [*[None] * plan.left, *values])
    drawn.truth.append(
        {name: row.get(name) if name in plan.columns else None for name in columns_of(plan.kind)}
    )
    drawn.cells.append({
        name: (county_at if name == "county" and county_at is not None else at, plan.left + c)
        for c, name in enumerate(plan.columns) if name is not None and not name.startswith("*")
    })  # fmt: skip
