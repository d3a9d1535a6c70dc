"""A worksheet of ours as XML: texts and counts, links, drop-downs (ECMA-376 18.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from flows.steps.feedback.workbook.comments import MAIN
from flows.steps.feedback.workbook.styles import Look, Styles
from flows.steps.feedback.workbook.tags import letters_of


@dataclass(frozen=True)
class Cell:
    """A cell: what it holds, how it looks, and the cell that it leads to ('Sheet'!A1)."""

    value: str | int | None
    look: Look
    link: str = ""


@dataclass(frozen=True)
class Row:
    """A row: its cells from the first column, its height in points, whether it is one wide cell."""

    cells: Sequence[Cell]
    height: float
    wide: bool = False


@dataclass
class NewSheet:
    """A worksheet in the making; rows are given in order, an empty one has no cells."""

    widths: Sequence[float]
    hidden: Sequence[int] = ()  # columns from 1
    footer: str = ""
    rows: list[Row] = field(default_factory=list)
    choices: dict[str, Sequence[str]] = field(default_factory=dict)  # by cell

    def add(self, cells: Sequence[Cell], height: float, *, wide: bool = False) -> int:
        """Add a row and return its number."""
        self.rows.append(Row(cells, height, wide))
        return len(self.rows)

    def xml(self, styles: Styles) -> bytes:
        """Return the worksheet's part, with its looks added to the workbook's styles."""
        last = letters_of(len(self.widths))
        parts = [
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
            f'<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>',
            '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"/>',
            '</sheetViews><sheetFormatPr defaultRowHeight="15"/>',
            self._columns(),
            "<sheetData>",
            *(self._row(number, row, styles) for number, row in enumerate(self.rows, 1)),
            "</sheetData>",
            _list("mergeCells", [f'<mergeCell ref="A{n}:{last}{n}"/>' for n in self._wide()]),
            _list("dataValidations", self._validations()),
            _list("hyperlinks", self._links(), counted=False),
            '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" ',
            'header="0.3" footer="0.3"/>',
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>',
            f"<headerFooter><oddFooter>&amp;C{escape(self.footer)}</oddFooter></headerFooter>",
            "</worksheet>",
        ]
        return "".join(parts).encode()

    def _columns(self) -> str:
        columns = []
        for number, width in enumerate(self.widths, 1):
            hidden = ' hidden="1"' if number in self.hidden else ""
            place = f'min="{number}" max="{number}"'
            columns.append(f'<col {place} width="{width}" customWidth="1"{hidden}/>')
        return f"<cols>{''.join(columns)}</cols>"

    def _row(self, number: int, row: Row, styles: Styles) -> str:
        cells = [
            _cell(f"{letters_of(column)}{number}", cell, styles.look(cell.look))
            for column, cell in enumerate(row.cells, 1)
        ]
        return f'<row r="{number}" ht="{row.height:g}" customHeight="1">{"".join(cells)}</row>'

    def _wide(self) -> list[int]:
        return [number for number, row in enumerate(self.rows, 1) if row.wide]

    def _links(self) -> list[str]:
        links = []
        for number, row in enumerate(self.rows, 1):
            for column, cell in enumerate(row.cells, 1):
                if cell.link:
                    place = f"{letters_of(column)}{number}"
                    links.append(f'<hyperlink ref="{place}" location="{escape(cell.link)}"/>')
        return links

    def _validations(self) -> list[str]:
        return [
            f'<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="{cell}">'
            f"<formula1>&quot;{escape(','.join(choices))}&quot;</formula1></dataValidation>"
            for cell, choices in self.choices.items()
        ]


def _cell(address: str, cell: Cell, style: int) -> str:
    if cell.value is None or cell.value == "":
        return f'<c r="{address}" s="{style}"/>'
    if isinstance(cell.value, int):
        return f'<c r="{address}" s="{style}"><v>{cell.value}</v></c>'
    text = f'<is><t xml:space="preserve">{escape(cell.value, quote=False)}</t></is>'
    return f'<c r="{address}" s="{style}" t="inlineStr">{text}</c>'


def _list(name: str, entries: Sequence[str], *, counted: bool = True) -> str:
    count = f' count="{len(entries)}"' if counted else ""
    return f"<{name}{count}>{''.join(entries)}</{name}>" if entries else ""


def linked(sheet: str, cell: str) -> str:
    """Return a cell's place as a link has it."""
    return "'{}'!{}".format(sheet.replace("'", "''"), cell)
