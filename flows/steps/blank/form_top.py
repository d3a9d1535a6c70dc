"""The lines above an own form's table: title, sender and month, signers, boxes, colours."""

from typing import Any

from flows.steps.blank.cell_formats import FAULT, LOCKED_FILL, CellFormats
from flows.steps.blank.form_content import OwnForm, label_of
from schemas.columns import KIND_NAMES, NO_CHANGE, NOTHING, OPEN_BOX, TICKED_BOX

TITLE, SENDER, SIGNED, BOXES, LEGEND, HEADER, SUM = range(7)  # zero-based rows
FIRST = SUM + 1
SIGNERS = ("填报人", "审核人", "负责人", "电话")
# The columns of a box's label, and what is said of the box, which stands right of the label.
BOX_LABELS = {
    NO_CHANGE: (1, 3, "与上月完全一样的，右边选☑，不用再填，按上月数统计"),
    NOTHING: (5, 11, "没有{people}的，右边选☑，表内不填"),
}


def box_cell(role: str) -> tuple[int, int]:
    """Return the zero-based row and column of a box."""
    return BOXES, BOX_LABELS[role][1] + 1


def write_top(sheet: Any, cell_format: CellFormats, form: OwnForm, width: int) -> None:
    """Write the lines above the table, which is `width` columns wide."""
    title = cell_format(bold=True, font_size=16, align="center", valign="vcenter")
    text = f"{form.campaign}{KIND_NAMES['progress']}（{form.month.label}）"
    sheet.merge_range(TITLE, 0, TITLE, width - 1, text, title)
    label, entry = cell_format(bold=True, align="right"), cell_format(bottom=1)
    for column, role, value in ((1, "sender", form.sender), (4, "month", form.month.label)):
        sheet.write_string(SENDER, column, label_of(role), label)
        sheet.write_string(SENDER, column + 1, value, entry)
    free = cell_format(bottom=1, locked=False, align="center")
    for column, text in zip((1, 4, 7, 11), SIGNERS, strict=True):
        sheet.write_string(SIGNED, column, text, label)
        sheet.write_blank(SIGNED, column + 1, None, free)
    _write_boxes(sheet, cell_format, form.definition.words.people)
    _write_legend(sheet, cell_format)


def _write_boxes(sheet: Any, cell_format: CellFormats, people: str) -> None:
    label = cell_format(bold=True, align="right", valign="vcenter")
    box = cell_format(border=1, locked=False, align="center", valign="vcenter", font_size=14)
    for role, (first, last, said) in BOX_LABELS.items():
        text = f"{label_of(role)}（{said.format(people=people)}）"
        sheet.merge_range(BOXES, first, BOXES, last, text, label)
        cell = box_cell(role)
        sheet.write_string(*cell, OPEN_BOX, box)
        sheet.data_validation(
            *cell,
            *cell,
            {
                "validate": "list",
                "source": [OPEN_BOX, TICKED_BOX],
                "error_title": label_of(role),
                "error_message": f"请从下拉列表中选{OPEN_BOX}或{TICKED_BOX}",
            },
        )


def _write_legend(sheet: Any, cell_format: CellFormats) -> None:
    """Write what the colours of the cells mean."""
    sheet.write_string(LEGEND, 1, "颜色", cell_format(bold=True, align="right"))
    middle = {"border": 1, "align": "center"}
    for first, last, text, look in (
        (2, 2, "白底：请填写", {}),
        (3, 4, "灰底：已填好或上月的数，不用填", {"bg_color": LOCKED_FILL}),
        (5, 9, "红底：有问题，原因见本行“检查”栏", FAULT),
    ):
        if first == last:
            sheet.write_string(LEGEND, first, text, cell_format(**middle, **look))
        else:
            sheet.merge_range(LEGEND, first, LEGEND, last, text, cell_format(**middle, **look))
