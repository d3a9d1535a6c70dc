"""上报表.xlsx: the office's own ledger for the level above, a row a unit (DESIGN §7).

It has the form that a blank one has, so that the level above reads it like any ledger: there the
office is a county, and the counties of a unit are one. The same report gives the same bytes.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from flows.settings import Campaign
from flows.steps.blank.cell_formats import TYPED_HEAD, CellFormats
from flows.steps.blank.form_content import label_of
from flows.steps.blank.form_sheets import lay_out_pages
from flows.steps.model import Entry, Report
from flows.steps.months import Month
from flows.steps.standings import roll_call
from schemas.definition import AFFILIATION, COUNTY, ENTERPRISE, NOTE, USCC, Column
from schemas.definition_sheets import KIND_NAMES

_TITLE, _SENDER, _HEADER = range(3)  # zero-based rows, as in the blank form
_FIRST = _HEADER + 1
_WIDTHS = {"county": 12, "enterprise": 34, "uscc": 21, "choice": 12, "text": 26}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_CREATED = datetime(1980, 1, 1)  # a fixed moment, so that the same figures have the same bytes


def upward_ledger(report: Report) -> bytes:
    """Return the workbook: title, sender and month, heads of the level above, rows, sum, notes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, dict(_OPTIONS)) as book:
        book.set_properties({"title": KIND_NAMES["progress"], "created": _CREATED})
        _Writer(book, report).write()
    return buffer.getvalue()


class _Writer:
    """Writes the sheet: a method for each part of it."""

    def __init__(self, book: Any, report: Report) -> None:
        self._report = report
        self._columns = report.campaign.definition.upward_columns
        self._units = report.figures.enterprises
        self._sum = _FIRST + len(self._units)
        self._format = CellFormats(book)
        self._sheet = book.add_worksheet(KIND_NAMES["progress"])

    def write(self) -> None:
        """Write the whole sheet."""
        self._write_top()
        for at, (column, head) in enumerate(self._columns, start=1):
            self._write_head(at, column, head)
        known = _Known(self._report)
        for row, unit in enumerate(self._units, start=_FIRST):
            self._number(row, 0, row - _FIRST + 1, 0)
            for at, (column, _) in enumerate(self._columns, start=1):
                self._write_cell(row, at, column, unit, known)
            self._sheet.set_row(row, 5 + 15 * self._lines(unit, known))
        self._write_sum()
        notes = list(_notes(self._report))
        for row, text in enumerate(notes, start=self._sum + 1):
            self._write_note(row, text)
        widest = len(self._columns)
        frozen = next(i for i, (c, _) in enumerate(self._columns, 1) if c.name == ENTERPRISE)
        last = self._sum + len(notes)
        lay_out_pages(self._sheet, _TITLE, _HEADER, last, (frozen, widest))

    def _write_top(self) -> None:
        settings, month = self._report.campaign.settings, self._report.month.label
        look = self._format(bold=True, font_size=16, align="center", valign="vcenter")
        title = f"{settings.name}{KIND_NAMES['progress']}（{month}）"
        self._sheet.merge_range(_TITLE, 0, _TITLE, len(self._columns), "", look)
        self._text(_TITLE, 0, title, bold=True, font_size=16, align="center", valign="vcenter")
        for at, role, value in ((1, "sender", settings.city), (4, "month", month)):
            self._text(_SENDER, at, label_of(role), bold=True, align="right")
            self._text(_SENDER, at + 1, value, bottom=1, num_format="@")

    def _write_head(self, at: int, column: Column, head: str) -> None:
        look = {"bold": True, "border": 1, "align": "center", "valign": "vcenter"}
        if at == 1:
            number = next(iter(self._report.campaign.definition.ignored.exact))
            self._text(_HEADER, 0, number, bg_color=TYPED_HEAD, **look)
            self._sheet.set_column(0, 0, 6)
        self._text(_HEADER, at, head, text_wrap=True, bg_color=TYPED_HEAD, **look)
        self._sheet.set_column(at, at, _width(column))

    def _write_cell(self, row: int, at: int, column: Column, unit: Entry, known: "_Known") -> None:
        if column.is_number:
            value = None if column.name in unit.unknown else unit.counts[column.name]
            self._number(row, at, value, column.decimals)
        else:
            text = known.text(column.name, unit)
            self._text(row, at, text, border=1, num_format="@", text_wrap=True, valign="vcenter")

    def _lines(self, unit: Entry, known: "_Known") -> int:
        """Return how many lines a unit's row takes; a Chinese character is two units wide."""
        texts = [(c, known.text(c.name, unit)) for c, _ in self._columns if not c.is_number]
        return max(1 + (_length(text) - 1) // (_width(c) - 1) for c, text in texts)

    def _write_sum(self) -> None:
        for at, (column, _) in enumerate(self._columns, start=1):
            if column.is_number:
                known = [u.counts[column.name] for u in self._units if column.name not in u.unknown]
                total = sum(known) if known or not self._units else None
                self._number(self._sum, at, total, column.decimals, bold=True)
            else:
                text = label_of("total") if column.name == ENTERPRISE else ""
                self._text(self._sum, at, text, border=1, bold=True, valign="vcenter")
        self._text(self._sum, 0, "", border=1)

    def _write_note(self, row: int, text: str) -> None:
        look = {"text_wrap": True, "valign": "top", "font_size": 10}
        self._sheet.merge_range(row, 0, row, len(self._columns), "", self._format(**look))
        self._text(row, 0, text, **look)
        self._sheet.set_row(row, 15 * (1 + len(text) // 80))

    def _number(self, row: int, at: int, value: int | None, decimals: int, **look: Any) -> None:
        """Write a number, nothing for one that no ledger has had a column for."""
        shown = f"0.{'0' * decimals}" if decimals else "0"
        cell = self._format(border=1, valign="vcenter", num_format=shown, **look)
        if value is None:
            self._sheet.write_blank(row, at, None, cell)
        else:
            self._sheet.write_number(row, at, Decimal(value).scaleb(-decimals), cell)

    def _text(self, row: int, at: int, text: str, **look: Any) -> None:
        """Write a text that stays one, also when the cell is edited later."""
        if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
            look["quote_prefix"] = True
        if text:
            self._sheet.write_string(row, at, text, self._format(**look))
        else:
            self._sheet.write_blank(row, at, None, self._format(**look))


def _length(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _width(column: Column) -> int:
    return _WIDTHS.get(column.type, 11 + column.decimals)


class _Known:
    """What is known of the units beside their figures."""

    def __init__(self, report: Report) -> None:
        campaign = report.campaign
        self._city = campaign.settings.city
        self._codes = {e.name: e.uscc for e in campaign.enterprises}
        self._campaign = campaign
        self._reasons: dict[str, list[str]] = {}
        for explanation in report.explanations:
            reason = f"{explanation.county}：{explanation.reason}"
            reasons = self._reasons.setdefault(explanation.enterprise, [])
            if reason not in reasons:
                reasons.append(reason)

    def text(self, field: str, unit: Entry) -> str:
        """Return what a column that carries the structure says of a unit."""
        if field == COUNTY:
            return self._city
        if field == ENTERPRISE:
            return unit.name
        if field == USCC:
            return self._codes.get(unit.name, "")
        if field == AFFILIATION:
            return affiliation_of(unit, self._campaign)
        return "；".join(self._reasons.get(unit.name, ())) if field == NOTE else ""


def affiliation_of(unit: Entry, campaign: Campaign) -> str:
    """Return a unit's affiliation, the first of the list where its counties name several."""
    choices = campaign.definition.columns_of("progress")[AFFILIATION].choices
    return next((choice for choice in choices if choice in unit.affiliations), "")


def _notes(report: Report) -> Iterator[str]:
    """Yield what has to be said of the figures: their units, what is carried, left out, mixed."""
    amounts: dict[str, list[str]] = {}
    for column, head in report.campaign.definition.upward_columns:
        if column.type == "amount":
            amounts.setdefault(column.unit, []).append(head)
    yield from (
        f"注：{'、'.join(heads)}以{unit}为单位。" for unit, heads in amounts.items() if unit
    )
    lines = roll_call(report)
    carried = [
        f"{x.name}（{Month.parse(x.row.used).label}）" for x in lines if x.carried and x.row.used
    ]
    if carried:
        yield f"注：{'、'.join(carried)}本月没有可用的台账，沿用以前月份的数据。"
    left_out = [x.name for x in lines if x.is_replaced and not x.carried]
    if left_out:
        yield f"注：{'、'.join(left_out)}没有可用的台账，数据没有列入。"
    yield from _mixed(report)


def _mixed(report: Report) -> Iterator[str]:
    """Yield a note for each unit that its counties give different affiliations."""
    definition = report.campaign.definition
    if AFFILIATION not in definition.columns_of("progress"):
        return
    head = definition.header_of("progress", AFFILIATION)
    for unit in report.figures.enterprises:
        if len(unit.affiliations) > 1:
            named: Sequence[str] = [text or "空白" for text in unit.affiliations]
            chosen = affiliation_of(unit, report.campaign)
            yield f"注：“{unit.name}”各处填报的{head}有{'、'.join(named)}，本表填{chosen}。"
