"""Marking a workbook: each faulty cell is filled and commented in its sheet (openpyxl)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from flows.steps.feedback.looks import AUTHOR, DOUBT, FILLS, WRONG, note
from flows.steps.model import Failure
from schemas.rules import RULES

BEFORE = "原批注："  # what stood in the cell's comment before ours
OURS = '"台账审核"<>""'  # the formula of our conditional formats: always true, and known again
LARGEST_AREA = 100_000  # cells of a merged area that are looked at one by one
_SEVERITY = {"ledger": "必须改正", "row": "必须改正，否则本行不计入", "note": "提示"}
_RANK = {"ledger": 0, "row": 1, "note": 2}


def mark(book: Any, failures: Iterable[Failure]) -> None:
    """Fill and comment the faulty cells, in merged areas the first cell; old marks are removed."""
    for sheet in book.worksheets:
        _unmark(sheet)
    by_cell: dict[tuple[str, str], list[Failure]] = {}
    for failure in dict.fromkeys(failures):
        sheet = sheet_named(book.sheetnames, failure.sheet)
        if sheet is not None and failure.cell is not None and hasattr(book[sheet], "merged_cells"):
            by_cell.setdefault((sheet, failure.cell), []).append(failure)
    tops = {name: _merged(book[name]) for name in {name for name, _ in by_cell}}
    gathered: dict[tuple[str, str], list[Failure]] = {}
    for (name, cell), found in by_cell.items():
        gathered.setdefault((name, tops[name].get(cell, cell)), []).extend(found)
    for (name, cell), found in gathered.items():
        _mark_cell(book[name][cell], found)
    for name in tops:
        _above_other_formats(
            book[name], {cell: found for (sheet, cell), found in gathered.items() if sheet == name}
        )


def sheet_named(names: Sequence[str], wanted: str | None) -> str | None:
    """Return the sheet that a failure names; stars stand for hidden characters of the name."""
    if wanted is None or wanted in names:
        return wanted
    if "*" not in wanted:
        return None
    pattern = re.compile(".+".join(map(re.escape, re.split(r"\*+", wanted))))
    return next((name for name in names if pattern.fullmatch(name)), None)


def _mark_cell(cell: Any, failures: Sequence[Failure]) -> None:
    ordered = sorted(dict.fromkeys(failures), key=lambda f: _RANK[f.severity])
    cell.fill = FILLS[ordered[0].severity]
    before = cell.comment.text if cell.comment is not None else ""
    told = list(dict.fromkeys(map(_told, ordered)))
    cell.comment = note("\n\n".join([*told, *([f"{BEFORE}{before}"] if before else [])]))


def _above_other_formats(sheet: Any, marked: Mapping[str, Sequence[Failure]]) -> None:
    """Add our colours as conditional formats above those of the sheet that would cover them."""
    others = list(sheet.conditional_formatting)
    if not others:
        return
    sheet.conditional_formatting = ConditionalFormattingList()
    for priority, colour in enumerate((WRONG, DOUBT), 1):
        cells = [
            cell
            for cell, found in marked.items()
            if (colour == DOUBT) == all(f.severity == "note" for f in found)
        ]
        if cells:
            ours = FormulaRule(  # type: ignore[no-untyped-call]  # the stubs type none of its arguments
                formula=[OURS], fill=PatternFill(bgColor=colour), stopIfTrue=True
            )
            ours.priority = priority
            sheet.conditional_formatting.add(" ".join(cells), ours)
    for other in others:
        for rule in other.rules:
            rule.priority += 2
            sheet.conditional_formatting.add(str(other.sqref), rule)


def _told(failure: Failure) -> str:
    """Return the comment on a fault: rule, what is wrong, the value as reported, what to do."""
    value = f"填报内容：{failure.value}\n" if failure.value else ""
    title = f"【{RULES[failure.code].title}】{_SEVERITY[failure.severity]}"
    return f"{title}\n{failure.message}\n{value}怎么改：{failure.remedy}"


def _merged(sheet: Any) -> Mapping[str, str]:
    """Return the first cell of each merged area, by the address of each other cell in it."""
    tops: dict[str, str] = {}
    for area in sheet.merged_cells.ranges:
        if area.size["rows"] * area.size["columns"] <= LARGEST_AREA:
            letters = [
                get_column_letter(column) for column in range(area.min_col, area.max_col + 1)
            ]
            tops |= {
                f"{c}{row}": f"{letters[0]}{area.min_row}"
                for row in range(area.min_row, area.max_row + 1)
                for c in letters
            }
    return tops


def _unmark(sheet: Any) -> None:
    """Remove the marks of an earlier round from a copy that came back: comments and colours."""
    for own in [
        own
        for own in sheet.conditional_formatting
        if any(OURS in rule.formula for rule in own.rules)
    ]:
        del sheet.conditional_formatting[str(own.sqref)]
    for cell in [
        cell
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None and cell.comment.author == AUTHOR
    ]:
        kept = cell.comment.text.partition(BEFORE)[2]
        cell.comment = Comment(kept, "填报单位") if kept else None
        if cell.fill.fgColor.rgb in (WRONG, DOUBT):
            cell.fill = PatternFill()
