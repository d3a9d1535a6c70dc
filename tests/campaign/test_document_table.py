"""文书.csv: what its lines mean, and each fault with its line."""

from pathlib import Path

import pytest

from flows.campaign.document_table import (
    documents_of,
    read_documents,
    shipped_documents,
    shipped_templates,
)
from flows.campaign.folder import CampaignError, load_campaign
from flows.campaign.starter_folder import write_working_folder
from schemas.documents import FILE, FOLDER, HEADER, DocumentLine
from schemas.shipped import RETIREES

HEAD = ",".join(HEADER) + "\n"
TEMPLATES = ("函.docx", "表.docx")

# the lines under the head, what they mean
GOOD = [
    ("", []),
    ("# 说明\n\n,,,\n", []),
    ("函,函.docx,各报送单位,未报送", [DocumentLine("函", "函.docx", "sender", "missing")]),
    ("函,函.docx,全市,退回,,,,否", [DocumentLine("函", "函.docx", "city", "returned")]),
    (
        "函,函.docx,各县,手工,{名称}{月份}函,函〔{年}〕{n}号,表,是\n表,表.docx,全市,末月,,,,a@example.com",
        [
            DocumentLine("函", "函.docx", "county", "hand", "{名称}{月份}函", "函〔{年}〕{n}号", ("表",), "是"),
            DocumentLine("表", "表.docx", "city", "last", sent="a@example.com"),
        ],
    ),
]  # fmt: skip

# the lines under the head, the place and the beginning of each fault
BAD = [
    ("函,函.docx,全市", [("第2行“何时”", "没有填。名称、模板、对象、何时都要填")]),
    ("函,函.docx,全市,每月,,,,,多", [("第2行", "多于8项")]),
    ("函,信.docx,全市,每月", [("第2行“模板”", "文书文件夹里没有“信.docx”。请放进去；现有的模板：函.docx、表.docx")]),
    ("函,../函.docx,全市,每月", [("第2行“模板”", "“../函.docx”不能用作模板")]),
    ("函,函.doc,全市,每月", [("第2行“模板”", "“函.doc”不能用作模板")]),
    ("../函,函.docx,全市,每月", [("第2行“名称”", "“../函”里有文件名不能用的字符")]),
    ("函,函.docx,各乡,每月", [("第2行“对象”", "没有“各乡”。可以写：全市、各县、各单位、各报送单位")]),
    ("函,函.docx,全市,每年", [("第2行“何时”", "没有“每年”。可以写：每月、末月、通过、退回、待核实、未报送、黄灯、红灯、督办、考核、手工")]),
    ("函,函.docx,各县,退回", [("第2行“何时”", "“退回”说的是台账，对象只能写：全市、各报送单位")]),
    ("函,函.docx,各报送单位,红灯", [("第2行“何时”", "“红灯”说的是进度，对象只能写：全市、各县、各单位")]),
    ("函,函.docx,全市,每月,{县}函", [("第2行“文件名”", "不认识“{县}”。大括号里可以写：名称、月份、文书")]),
    ("函,函.docx,全市,每月,a/函", [("第2行“文件名”", "“a/函”里有文件名不能用的字符")]),
    ("函,函.docx,各县,每月,{月份}函", [("第2行“文件名”", "每个对象一份，文件名里要有“{名称}”")]),
    ("函,函.docx,全市,每月,,函〔{年}〕号", [("第2行“字号”", "“函〔{年}〕号”里没有“{n}”")]),
    ("函,函.docx,全市,每月,,函{月}{n}号", [("第2行“字号”", "不认识“{月}”")]),
    ("函,函.docx,各县,督办", [("第2行“何时”", "“督办”说的是督办，对象只能写：督办事项")]),
    ("函,函.docx,督办事项,每月", [("第2行“何时”", "对象是“督办事项”的，只能写：督办、手工")]),
    ("函,函.docx,督办事项,督办,,函{n}", [("第2行“字号”", "督办事项的编号由程序给，只能写 督办〔{年}〕{n}号，或者不填")]),
    ("函,函.docx,各县,每月,,,反馈表", [("第2行“附件”", "“反馈表”只能附在对象是督办事项的文书后面")]),
    ("函,函.docx,全市,每月,,,信", [("第2行“附件”", "没有文书“信”")]),
    ("函,函.docx,全市,每月,,,函", [("第2行“附件”", "没有文书“函”")]),
    ("函,函.docx,全市,每月,,,,某人", [("第2行“发送”", "“某人”不是邮箱地址")]),
    (
        "函,函.docx,全市,每月\n# 说明\n函,表.docx,各乡,每年",
        [("第4行“对象”", "没有“各乡”"), ("第4行“何时”", "没有“每年”"), ("第4行“名称”", "“函”在第2行已有")],
    ),
]  # fmt: skip


# a line of a document that the program looks for, the place and the beginning of each fault
FIXED = [
    ("县区简报,函.docx,各县,每月", []),
    ("县区简报,函.docx,各县,手工,{名称},简报{n},,是", []),
    ("退回通知,函.docx,各报送单位,退回,,,,否", []),
    ("督办通知单,函.docx,督办事项,督办,{月份}{名称}", []),
    ("县区简报,函.docx,各单位,每月", [("第2行“对象”", "“县区简报”的对象只能是各县")]),
    ("县区简报,函.docx,各县,红灯", [("第2行“何时”", "“县区简报”只能写每月，或者写手工")]),
    ("县区简报,函.docx,各县,每月,{月份}{名称}", [("第2行“文件名”", "“县区简报”的文件名不能改，印发、退回和网页都按它找")]),
    ("回执,函.docx,各报送单位,通过,,收〔{年}〕{n}号", [("第2行“字号”", "“回执”没有字号")]),
    ("督办通知单,函.docx,各县,红灯", [("第2行“对象”", "“督办通知单”的对象只能是督办事项"), ("第2行“何时”", "“督办通知单”只能写督办，或者写手工")]),
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("lines", "meaning"), GOOD)
def test_a_good_line(lines: str, meaning: list[DocumentLine], encoding: str) -> None:
    """A line becomes a document, whichever program saved the file; notes and empty lines mean nothing."""
    assert read_documents((HEAD + lines).encode(encoding), TEMPLATES) == (meaning, [])


@pytest.mark.parametrize(("lines", "faults"), BAD)
def test_a_faulty_line(lines: str, faults: list[tuple[str, str]]) -> None:
    """Every fault is told with its line and column, and with what could stand there."""
    found = read_documents((HEAD + lines).encode(), TEMPLATES)[1]
    assert [(place, message[: len(start)]) for (place, message), (_, start) in zip(found, faults, strict=True)] == faults  # fmt: skip


@pytest.mark.parametrize(("line", "faults"), FIXED)
def test_a_line_of_what_the_program_looks_for(line: str, faults: list[tuple[str, str]]) -> None:
    """Template, sending and 手工 are the office's; whom it is for and where it lies are not."""
    templates = {*TEMPLATES, *shipped_templates()}
    found = read_documents((HEAD + line).encode(), templates, shipped_documents())[1]
    assert [(place, message[: len(start)]) for (place, message), (_, start) in zip(found, faults, strict=True)] == faults  # fmt: skip


def test_a_changed_bulletin_keeps_its_place() -> None:
    """An own line that leaves the file name out has that of the shipped one."""
    documents, faults = documents_of((HEAD + "县区简报,函.docx,各县,手工").encode(), TEMPLATES)
    assert faults == []
    (line,) = (line for line in documents if line.name == "县区简报")
    assert (line.template, line.file_name) == ("函.docx", "{名称}")


def test_own_lines_beside_the_shipped() -> None:
    """A line of the same name takes the place of the shipped one, any other is added."""
    lines = "提醒函,提醒函.docx,各报送单位,手工\n喜报,函.docx,各县,每月\n"
    documents, faults = documents_of((HEAD + lines).encode(), TEMPLATES)
    assert faults == []
    shipped = [line.name for line in shipped_documents()]
    assert [line.name for line in documents] == [*shipped, "喜报"]
    changed = [line.name for line in documents if line.occasion == "hand"]
    assert changed == ["提醒函", "讲话数据段"]


def test_every_shipped_template_has_its_line() -> None:
    """What is shipped in the folder is used by the table, and by nothing twice."""
    used = [line.template for line in shipped_documents()]
    assert sorted(used) == sorted(shipped_templates())


def test_faults_of_the_campaign_folder(tmp_path: Path) -> None:
    """The faults of the table are the campaign folder's, with the file's name."""
    write_working_folder(tmp_path, RETIREES)
    folder = tmp_path / "campaign" / FOLDER
    folder.mkdir()
    (folder / FILE).write_text(HEAD + "函,函.docx,全市,每月", encoding="utf-8")
    with pytest.raises(CampaignError) as raised:
        load_campaign(tmp_path / "campaign")
    assert [(f.file, f.place) for f in raised.value.faults] == [(f"{FOLDER}/{FILE}", "第2行“模板”")]
