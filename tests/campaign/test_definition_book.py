"""工作定义.xlsx (DESIGN §7): what is written is read back, every fault has its sheet and cell."""

import io
from collections.abc import Mapping

import openpyxl
import pytest

from flows.campaign.definition_book import definition_book, read_definition
from schemas.shipped import RETIREES, names, shipped, tables_of


@pytest.mark.parametrize("name", names())
def test_there_and_back(name: str) -> None:
    """A shipped definition written as a workbook and read again is the same definition."""
    definition, faults = read_definition(definition_book(tables_of(name)))
    assert faults == []
    assert definition == shipped(name)


def edited(cells: Mapping[str, str], *, rows_above: int = 0, without: str = "") -> bytes:
    """Return the retirees' workbook with some cells (`表!A1`) typed over."""
    book = openpyxl.load_workbook(io.BytesIO(definition_book(tables_of(RETIREES))))
    for place, text in cells.items():
        sheet, cell = place.split("!")
        book[sheet][cell] = text
    if rows_above:
        book["指标"].insert_rows(1, rows_above)
    if without:
        del book[without]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("cells", "options", "faults"),
    [
        # cells typed over, other edits -> place, beginning of the message
        ({"栏目!E7": "个数"}, {}, [("栏目!E7", "写的是“个数”。请从下列各项中选填：县区、")]),
        ({"栏目!K8": "退休数"}, {}, [("栏目!K8", "没有“退休数”这一栏，您是不是想用")]),
        ({"指标!E2": ""}, {}, [("指标!E2", "没有填写“应办栏”，算不出比率")]),
        ({"指标!E2": ""}, {"rows_above": 2}, [("指标!E4", "没有填写“应办栏”，算不出比率")]),
        ({"阶段!A1": "阶段名"}, {}, [("阶段", "没有找到表头。应有的栏：名称、")]),
        ({}, {"without": "指标"}, [("", "没有“指标”表。请补上")]),
        ({}, {"without": "校验"}, []),
        ({"上报!B1": ""}, {}, []),
        ({"上报!A2": "备注", "上报!A3": "姓名"}, {}, [("上报!A3", "没有“姓名”这一栏")]),
        ({"分组!B3": "=1/0"}, {}, [("分组!B3", "是没有结果的公式")]),
    ],
)
def test_faults(
    cells: Mapping[str, str], options: Mapping[str, object], faults: list[tuple[str, str]]
) -> None:
    """A fault is said with the cell to be mended; heads may stand under a title."""
    definition, found = read_definition(edited(cells, **options))  # type: ignore[arg-type]  # a table's row
    assert len(found) == len(faults), found
    for (place, message), (cell, beginning) in zip(found, faults, strict=True):
        assert (place, message[: len(beginning)]) == (cell, beginning)
    assert (definition is None) == bool(found)


def test_no_workbook() -> None:
    """What is no workbook says so."""
    assert read_definition(b"no workbook")[1][0][0] == ""
