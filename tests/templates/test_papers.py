"""The shipped documents of 文书.csv: without fault for every work, and readable in a made-up month."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.campaign.document_table import shipped_templates
from flows.campaign.template_check import check_template, commented_copy, field_list, preview
from flows.pipeline.template_folders import shipped_folders
from schemas.documents import FILE, HEADER
from schemas.shipped import names, shipped
from tests.support.documents import as_text
from tests.support.templates import END, book, cells
from tests.support.wordfiles import document


@pytest.mark.parametrize("work", names())
@pytest.mark.parametrize("template", sorted(shipped_templates()))
def test_a_shipped_document_has_no_fault(template: str, work: str) -> None:
    """Filled in for all whom it is for, whatever the office's work counts; and no sentence ends twice."""
    definition = shipped(work)
    folders = shipped_folders(definition)
    path = next(folder / template for folder in folders if (folder / template).is_file())
    assert check_template(path, definition) == []
    said = as_text(preview(path, definition))
    assert [bad for bad in ("。。", "，。", "、。", "：。", "，，", "None") if bad in said] == []


# what a template in the folder says, its line, and what the check finds
CHECKED = [
    ("{{ 本县.名称 }}{{ 文号 }}", "各县,每月", []),
    ("{{ 本县.名称 }}", "全市,每月", ["没有名称“本县”"]),
    ("{{ 报送单位.欠报说法 }}{{ 报送期限 }}", "各报送单位,每月", []),
    ("{{ 报送单位.欠款 }}", "各报送单位,每月", ["“报送单位”没有“欠款”"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "faults"), CHECKED)
def test_a_template_of_ones_own_is_checked(
    text: str, line: str, faults: list[str], tmp_path: Path
) -> None:
    """By the line of the table beside it: the names are those of whom the document is for."""
    (tmp_path / FILE).write_text(",".join(HEADER) + f"\n函,函.docx,{line}", encoding="utf-8")
    path = tmp_path / "函.docx"
    path.write_bytes(document(text))
    found = [fault.message for fault in check_template(path, shipped())]
    assert [message[: len(start)] for message, start in zip(found, faults, strict=True)] == faults


def test_the_field_list_has_the_names_of_documents() -> None:
    """Those that no bulletin has, under their own heading."""
    listed = [x.name for x in field_list(shipped()) if x.heading == "文书"]
    once = ["文号", "附件名", "报送期限", "报送期限已过", "欠报的", "月表", "完成的"]
    assert listed == [*once, "报送单位"]


def test_a_workbook_is_checked_and_previewed(tmp_path: Path) -> None:
    """Its faults have their cells, are marked in a copy and listed in front; a preview has the made-up month."""
    (tmp_path / FILE).write_text(",".join(HEADER) + "\n表,表.xlsx,各县,每月", encoding="utf-8")
    path = tmp_path / "表.xlsx"
    rows = [
        ["{{ 本县.名称 }}", "{{ 本县.总数 }}"],
        ["{%tr for 企 in 各企 %}"],
        ["{{ 企.名称 }}"],
        END,
    ]
    path.write_bytes(book(rows))
    faults = check_template(path, shipped())
    assert [(fault.where, fault.message) for fault in faults] == [
        ("“表”B1", "“本县”没有“总数”，是否应为“退休人员总数”"),
        ("“表”A2", "没有名称“各企”，是否应为“各企业”"),
    ]
    copy = commented_copy(path, faults)
    made = load_workbook(io.BytesIO(copy))
    comments = {
        c.coordinate: c.comment.text for row in made["表"].iter_rows() for c in row if c.comment
    }
    assert comments == {f.where[3:]: f"{f.message}。" for f in faults}
    listed = [[cell.value for cell in row] for row in made.worksheets[0].iter_rows(min_row=4)]
    assert listed == [[n, f.where, f"{f.message}。", f.text] for n, f in enumerate(faults, 1)]
    assert copy == commented_copy(path, faults)
    path.write_bytes(
        book(
            [
                ["{{ 本县.名称 }}", "{{ 本县.退休人员总数 }}"],
                ["{%tr for 企 in 各企业 %}"],
                ["{{ 企.名称 }}"],
                END,
            ]
        )
    )
    assert check_template(path, shipped()) == []
    assert cells(preview(path, shipped()))[0] == ["示例乙区", 910]


def test_a_workbook_that_fails_for_somebody_is_a_fault(tmp_path: Path) -> None:
    """It is filled in for every county of the made-up month, also for one with nothing to do."""
    path = tmp_path / "县区表.xlsx"
    path.write_bytes(book([["{{ 1 / 本县.退休人员总数 }}"]]))
    found = [fault.message for fault in check_template(path, shipped())]
    assert found == ["“表”A1：除数为0，算不出来；请先用 {% if … %} 判断除数不为0，或另写一句话"]
