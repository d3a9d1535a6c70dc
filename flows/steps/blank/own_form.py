"""A sender's own form for a month: known rows filled in, with live checks (DESIGN §7).

Beside each count to be typed stands last month's in grey, which the reader ignores.
The same content gives the same bytes.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from flows.steps.blank.cell_formats import (
    FAULT,
    GREY,
    LOCKED_FILL,
    TYPED_HEAD,
    CellFormats,
    number_format,
)
from flows.steps.blank.form_content import FormRow, OwnForm, PlacedColumn, choices, label_of, places
from flows.steps.blank.form_sheets import LISTS_FROM, lay_out, write_facts, write_problems
from flows.steps.blank.form_top import FIRST, HEADER, SUM, TITLE, box_cell, write_top
from flows.steps.blank.live_checks import LiveCheck, RowCells, live_checks, reasons_formula
from schemas.columns import (
    CHECK_HEADER,
    FORM_SHEET,
    KIND_NAMES,
    NO_CHANGE,
    NOTHING,
    TICKED_BOX,
)
from schemas.definition import Column

SPARE_ROWS = 200  # below the known rows, for units that are new
_CREATED = datetime(1980, 1, 1)  # a fixed moment, so that the same form has the same bytes
_WIDTHS: Mapping[str, int] = {"enterprise": 26, "uscc": 21, "text": 16, "count": 10, "amount": 12}


def own_form(form: OwnForm) -> bytes:
    """Return a workbook with the sender's rows, last month's values, live checks and a sum row."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": KIND_NAMES["progress"], "created": _CREATED})
        _Writer(book, form).write()
    return buffer.getvalue()


class _Writer:
    """Writes one form: a method for each part of the sheet."""

    def __init__(self, book: Any, form: OwnForm) -> None:
        self._book, self._form = book, form
        self._columns = form.definition.columns_of("progress")
        self._places = places(form.definition)
        self._sheet = book.add_worksheet(KIND_NAMES["progress"])
        self._last = FIRST + len(form.rows) + SPARE_ROWS - 1
        self._format = CellFormats(book)

    def write(self) -> None:
        """Write the form's sheets: the table, last month's problems, the hidden facts."""
        write_top(self._sheet, self._format, self._form, self._visible)
        for index, place in enumerate(self._places):
            self._write_column(index, place)
        for number, row in enumerate(self._form.rows):
            self._write_row(number, row)
        self._write_checks()
        self._write_sums()
        last = max(FIRST + len(self._form.rows), FIRST + 1)
        enterprise = self._at("enterprise")
        lay_out(self._sheet, TITLE, HEADER, last, (enterprise, self._at_check))
        if self._form.problems:
            write_problems(self._book, self._form)
        write_facts(self._book, self._form)

    def _at(self, field: str, *, before: bool = False) -> int:
        return next(
            index
            for index, place in enumerate(self._places)
            if place.field == field and place.before == before
        )

    @property
    def _visible(self) -> int:
        return sum(not place.hidden for place in self._places)

    def _write_column(self, index: int, place: PlacedColumn) -> None:
        column = self._columns.get(place.field or "")
        typed = column is not None and not place.before
        head = self._format(
            bold=True,
            border=1,
            align="center",
            valign="vcenter",
            text_wrap=True,
            bg_color=TYPED_HEAD if typed else LOCKED_FILL,
            font_color="#000000" if typed else GREY,
        )
        self._sheet.write_string(HEADER, index, place.header, head)
        width = _WIDTHS.get(column.type, 11) if column is not None else 8
        options = {"hidden": True} if place.hidden else {}
        self._sheet.set_column(index, index, width, None, options)
        if column is None or not typed:
            return
        unit = f"，单位：{column.unit}" if column.unit else ""
        self._sheet.write_comment(HEADER, index, f"{column.help}{unit}", {"x_scale": 1.6})
        rule = self._rule(column)
        if rule is not None:
            self._sheet.data_validation(FIRST, index, self._last, index, rule)

    def _rule(self, column: Column) -> Mapping[str, Any] | None:
        title, message = column.header, column.help
        texts = {"error_title": title, "error_message": message}
        if column.is_number:
            kind = "decimal" if column.decimals else "integer"
            return {"validate": kind, "criteria": ">=", "value": 0, **texts}
        names = choices(self._form, column)
        if not names:
            return None
        source = self._list(column.name, names)
        strictness = "warning" if column.type == "enterprise" else "stop"
        return {"validate": "list", "source": source, "error_type": strictness, **texts}

    def _list(self, name: str, names: Sequence[str]) -> str:
        """Return the reference of a list on the hidden sheet."""
        offset = LISTS_FROM + list(self._columns).index(name)
        letters = xl_col_to_name(offset)
        return f"='{FORM_SHEET}'!${letters}$1:${letters}${len(names)}"

    def _write_row(self, number: int, row: FormRow) -> None:
        line = FIRST + number
        known = {"county": row.county, "enterprise": row.enterprise, "uscc": row.uscc}
        known["affiliation"] = row.affiliation
        for index, place in enumerate(self._places):
            column = self._columns.get(place.field or "")
            if column is None:
                continue
            if place.before:
                self._write_before(line, index, column, row.before.get(column.name))
            elif column.is_number:
                is_base = column.name in self._form.definition.bases
                base = row.before.get(column.name) if is_base else None
                self._write_count(line, index, column, base)
            else:
                self._write_text(line, index, known.get(column.name, ""), column)
        self._sheet.write_number(line, 0, number + 1, self._format(border=1, font_color=GREY))

    def _write_before(self, line: int, index: int, column: Column, value: int | None) -> None:
        look = {"border": 1, "font_color": GREY, "bg_color": LOCKED_FILL}
        grey = self._format(**look, num_format=number_format(column))
        self._write_number(line, index, column, value, grey)

    def _write_count(self, line: int, index: int, column: Column, value: int | None) -> None:
        free = self._format(border=1, locked=False, num_format=number_format(column))
        self._write_number(line, index, column, value, free)

    def _write_number(
        self, line: int, index: int, column: Column, value: int | None, look: Any
    ) -> None:
        if value is None:
            self._sheet.write_blank(line, index, None, look)
        else:
            self._sheet.write_number(line, index, Decimal(value) / column.scale, look)

    def _write_text(self, line: int, index: int, value: str, column: Column) -> None:
        locked = bool(value) and column.type != "text"
        fill = {"bg_color": LOCKED_FILL} if locked else {}
        cell = self._format(border=1, locked=locked, num_format=number_format(column), **fill)
        if value:
            self._sheet.write_string(line, index, value, cell)
        else:
            self._sheet.write_blank(line, index, None, cell)

    def _checks_of(self, line: int) -> list[LiveCheck]:
        cells: dict[str, str] = {}
        before: dict[str, str] = {}
        for index, place in enumerate(self._places):
            if place.field is not None:
                address = f"${xl_col_to_name(index)}{line + 1}"
                (before if place.before else cells)[place.field] = address
        row = RowCells(cells, before, _absolute(NO_CHANGE))
        return list(live_checks(self._form.definition, row, self._form.doubt))

    def _write_checks(self) -> None:
        """Write the column 检查 and the rules that turn a faulty cell red, spare rows included."""
        check = self._at_check
        known = len(self._form.rows)
        free = self._format(border=1, locked=False)
        for line in range(FIRST, self._last + 1):
            cell = self._format(font_color="#9C0006", border=1, text_wrap=True)
            self._sheet.write_formula(line, check, reasons_formula(self._checks_of(line)), cell, "")
            if line >= FIRST + known:
                self._write_spare(line, free)
        red = self._book.add_format(FAULT)
        for item in self._checks_of(FIRST):
            index = self._at(item.field)
            rule = {"type": "formula", "criteria": f"={item.broken}", "format": red}
            self._sheet.conditional_format(FIRST, index, self._last, index, rule)

    def _write_spare(self, line: int, free: Any) -> None:
        for index, place in enumerate(self._places):
            if place.field is not None and not place.before:
                self._sheet.write_blank(line, index, None, free)
            elif place.field is not None:
                self._write_before(line, index, self._columns[place.field], None)

    @property
    def _at_check(self) -> int:
        return next(i for i, place in enumerate(self._places) if place.header == CHECK_HEADER)

    def _write_sums(self) -> None:
        """Write the sum row right below the header, so that rows can be added at the end."""
        for index, place in enumerate(self._places):
            column = self._columns.get(place.field or "")
            if column is None or not column.is_number or place.hidden:
                continue
            letters = xl_col_to_name(index)
            formula = f"=SUM({letters}{FIRST + 1}:{letters}{self._last + 1})"
            known = place.before or column.name in self._form.definition.bases
            total = sum(row.before.get(column.name, 0) for row in self._form.rows) if known else 0
            look = self._sum_format(number_format(column))
            self._sheet.write_formula(SUM, index, formula, look, Decimal(total) / column.scale)
        at = self._at("enterprise")
        self._sheet.write_string(SUM, at, label_of("total"), self._sum_format("0"))
        cell = self._format(font_color="#9C0006", border=1, text_wrap=True)
        self._sheet.write_formula(SUM, self._at_check, self._sheet_check(), cell, "")

    def _sum_format(self, shown: str) -> Any:
        return self._format(bold=True, border=1, num_format=shown, bg_color=LOCKED_FILL)

    def _sheet_check(self) -> str:
        """Return the formula that says what the whole sheet lacks: cells, or a box without rows."""
        empty, typed = [], []
        names = self._range("enterprise")
        for name, column in self._columns.items():
            if column.is_number and column.required:
                empty.append(f'SUMPRODUCT(({names}<>"")*({self._range(name)}=""))')
            if name in self._form.definition.progressing:
                typed.append(self._range(name))
        left, begun = "+".join(empty) or "0", f"COUNTA({','.join(typed)})"
        unchanged, nothing = (f'{_absolute(box)}="{TICKED_BOX}"' for box in (NO_CHANGE, NOTHING))
        filled = f'SUMPRODUCT(--({names}<>""))'
        return (
            f'=IF({nothing},IF({filled}>0,"已选“零报告”，表内却有数据",""),'
            f'IF(OR({unchanged},{begun}=0,{left}=0),"","还有"&({left})&"格没有填"))'
        )

    def _range(self, field: str) -> str:
        letters = xl_col_to_name(self._at(field))
        return f"${letters}${FIRST + 1}:${letters}${self._last + 1}"


def _absolute(box: str) -> str:
    """Return the address of a box, the same from every cell."""
    row, column = box_cell(box)
    return f"${xl_col_to_name(column)}${row + 1}"
