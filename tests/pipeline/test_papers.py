"""Documents of 文书.csv: a document of one's own, its numbers, what is written by hand."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from flows.campaign.document_table import documents_of, shipped_documents
from flows.mail.letters import letters
from flows.steps.compose.planning import documents_due
from schemas.documents import FILE, FOLDER, HEADER
from tests.support.documents import as_text
from tests.support.templates import END, FOR, Rows, book, cells, opened
from tests.support.wordfiles import document
from tests.support.working import CHEMICALS, EAST, WEST, Office, bulletin

GOOD, WRONG = (100, 60, 102, 10, 20, 4, 0), (100, 600, 102, 10, 20, 4, 0)
SHIPPED = ["一页摘要", "联系单", "进度通报"]


def office_with(tmp_path: Path, lines: str, **templates: bytes) -> Office:
    """Return an office with a table of documents and templates by name, and two months' ledgers."""
    office = Office(tmp_path)
    folder = tmp_path / "campaign" / FOLDER
    folder.mkdir()
    (folder / FILE).write_text(",".join(HEADER) + "\n" + lines, encoding="utf-8")
    for name, content in templates.items():
        (folder / f"{name}.docx").write_bytes(content)
    office.ledger("2022-04", EAST, [(CHEMICALS, GOOD)])
    office.ledger("2022-05", EAST, [(CHEMICALS, GOOD)])
    office.ledger("2022-05", WEST, [(CHEMICALS, WRONG)])
    return office


def papers(office: Office, month: str, name: str) -> dict[str, str]:
    """Return the documents of a name as texts by their file names."""
    folder = office.out(month, "documents", name)
    return {p.name: as_text(p.read_bytes()).strip() for p in sorted(folder.glob("*"))}


# 对象, 何时, what the file names speak of in April and in May (in which the east is accepted, the west returned)
DUE = [
    ("全市", "每月", ["示例市"], ["示例市"]),
    ("全市", "末月", [], []),
    ("全市", "手工", [], []),
    ("全市", "退回", [], ["示例市"]),
    ("各县", "每月", ["东浥区", "西浥区", "南沚县"], ["东浥区", "西浥区", "南沚县"]),
    ("各单位", "每月", [CHEMICALS], [CHEMICALS]),
    ("各报送单位", "通过", ["东浥区"], ["东浥区"]),
    ("各报送单位", "退回", [], ["西浥区"]),
    ("各报送单位", "未报送", ["西浥区", "南沚县"], ["南沚县"]),
    ("各报送单位", "待核实", [], []),
]


def test_a_document_of_ones_own(tmp_path: Path) -> None:
    """A template and a line make it, for whom and when the line says; the overview and the manifest name it."""
    lines = [
        f"喜报{number},喜报.docx,{subject},{occasion},{{月份}}{{文书}}（{{名称}}）"
        for number, (subject, occasion, _, _) in enumerate(DUE)
    ]
    text = document("{{ 月份 }}{{ 全市.名称 }}")
    office = office_with(tmp_path, "\n".join(lines), 喜报=text)
    for month, label, column in (("2022-04", "2022年4月", 2), ("2022-05", "2022年5月", 3)):
        outcome = office.run(month)
        page = office.out(month, "index.html").read_text(encoding="utf-8")
        for number, due in enumerate(DUE):
            names = due[column]
            expected = {f"{label}喜报{number}（{name}）.docx": f"{label}示例市" for name in names}
            assert (due, papers(office, month, f"喜报{number}")) == (due, expected)
            assert (due, f"文书：喜报{number}" in page) == (due, bool(names))
            listed = [p for p in outcome.files if p.startswith(f"documents/喜报{number}/")]
            assert (due, len(listed)) == (due, len(names))


def test_numbers_are_never_given_twice(tmp_path: Path) -> None:
    """Each document gets the next number of its series and year, keeps it in later runs, and no other gets it."""
    lines = (
        "函,函.docx,各报送单位,未报送,,函〔{年}〕{n}号\n"
        "表,函.docx,全市,每月,,函〔{年}〕{n}号\n"
        "单,函.docx,全市,每月,,单{n}"
    )
    office = office_with(tmp_path, lines, 函=document("{{ 文号 }}"))
    office.run("2022-04")
    first = {
        "函": {"函（西浥区）.docx": "函〔2022〕1号", "函（南沚县）.docx": "函〔2022〕2号"},
        "表": {"表.docx": "函〔2022〕3号"},
        "单": {"单.docx": "单1"},
    }
    assert {name: papers(office, "2022-04", name) for name in first} == first
    office.ledger("2022-04", WEST, [(CHEMICALS, GOOD)])  # no longer to be reminded
    office.run("2022-04", "2023-01-10")
    del first["函"]["函（西浥区）.docx"]
    assert {name: papers(office, "2022-04", name) for name in first} == first
    office.run("2022-05", "2023-01-10")  # another year, another count
    assert papers(office, "2022-05", "函") == {"函（南沚县）.docx": "函〔2023〕1号"}
    assert papers(office, "2022-05", "表") == {"表.docx": "函〔2023〕2号"}
    assert papers(office, "2022-05", "单") == {"单.docx": "单1"}


def test_a_document_by_hand(tmp_path: Path) -> None:
    """It is made when asked for, for one or all, says what there is to choose, and later runs leave it."""
    line = "函,函.docx,各县,手工"
    office = office_with(tmp_path, line, 函=document("{{ 本县.名称 }}"))
    office.run("2022-04")
    assert papers(office, "2022-04", "函") == {}
    code, said = bulletin(office, "render", "2022-04", "--document", "函", "--name", "东浥")
    assert (code, papers(office, "2022-04", "函")) == (0, {"函（东浥区）.docx": "东浥区"}), said
    code, said = bulletin(office, "render", "2022-04", "--document", "函")
    assert (code, "2022年4月的函没有写明 --name。可选：东浥区、西浥区、南沚县；" in said) == (
        1,
        True,
    ), said
    code, said = bulletin(office, "render", "2022-04", "--document", "信")
    assert (code, "没有文书“信”。可选：" in said) == (1, True), said
    office.ledger("2022-04", WEST, [(CHEMICALS, GOOD)])
    office.run("2022-04")
    assert papers(office, "2022-04", "函") == {"函（东浥区）.docx": "东浥区"}
    assert bulletin(office, "render", "2022-04", "--document", "函", "--all")[0] == 0
    assert len(papers(office, "2022-04", "函")) == 3


def test_an_edited_document_is_kept(tmp_path: Path) -> None:
    """What the office has changed stays beside the next run's, like an edited draft of a bulletin."""
    office = office_with(tmp_path, "函,函.docx,全市,每月", 函=document("{{ 报送.通过 }}"))
    office.run("2022-04")
    office.out("2022-04", "documents", "函", "函.docx").write_bytes(document("改过"))
    office.ledger("2022-04", WEST, [(CHEMICALS, GOOD)])
    office.run("2022-04")
    assert papers(office, "2022-04", "函") == {"函.docx": "2", "函（手改）.docx": "改过"}


def test_a_faulty_template_costs_its_document_alone(tmp_path: Path) -> None:
    """The month is made without it, and the run says what is wrong."""
    office = office_with(tmp_path, "函,函.docx,全市,每月", 函=document("{{ 没有 }}"))
    outcome = office.run("2022-04")
    assert papers(office, "2022-04", "函") == {}
    assert [text for text in outcome.undone if "函.docx" in text and "没有" in text] != []
    made = sorted(p.name for p in office.out("2022-04", "documents").iterdir())
    assert made == sorted([*SHIPPED, "提醒函"])


def test_documents_are_sent(tmp_path: Path) -> None:
    """To whom they are for or to an address, with what is attached; those without an address are named, others stay."""
    lines = (
        "函,函.docx,各报送单位,未报送,,,表,是\n"
        "表,函.docx,全市,每月,,,,chief@example.com\n"
        "单,函.docx,各县,每月,,,,否"
    )
    office = office_with(tmp_path, lines, 函=document("{{ 月份 }}"))
    outcome = office.run("2022-04")
    sent, without = letters(outcome.report, outcome.files)
    assert [
        (letter.address, letter.subject, [Path(path).name for path in letter.files])
        for letter in sent
        if any(path.startswith("documents/") for path in letter.files)
    ] == [
        ("1@example.com", "2022年4月函（西浥区）", ["函（西浥区）.docx", "表.docx"]),
        ("chief@example.com", "2022年4月表（示例市）", ["表.docx"]),
    ]
    assert without == ["南沚县"]


def form(sheet: Any) -> None:
    """Give a form its merged title, its looks and what is printed of it."""
    for area in ("A1:E1", "A2:E2", "A8:E8"):
        sheet.merge_cells(area)
    for cell in ("E5", "E7"):
        sheet[cell].number_format = "0.00%"
    sheet.row_dimensions[5].height = 24
    sheet.print_area = "A1:E8"


def test_a_form_of_the_superior_is_filled_in(tmp_path: Path) -> None:
    """An Excel template beside the table: title, unit, a row a county, a sum, who filled it in; edits are kept."""
    line = "县区表,县区表.xlsx,全市,每月,{月份}县区表"
    office = office_with(tmp_path, line)
    rows: Rows = [
        ["{{ 市名 }}{{ 月份 }}进度表"],
        ["单位：人"],
        ["序号", "县区", "总数", "已签", "率"],
        FOR,
        ["{{ loop.index }}", "{{ 县.名称 }}", "{{ 县.退休人员总数 }}", "{{ 县.已签协议人数 }}", "{{ 县.协议签订率 }}"],
        END,
        ["合计", None, "=SUM(C5:C5)", "=SUM(D5:D5)", "{{ 全市.协议签订率 }}"],
        ["填表人：    审核人：    {{ 简报.日期 }}"],
    ]  # fmt: skip
    template = tmp_path / "campaign" / FOLDER / "县区表.xlsx"
    template.write_bytes(book(rows, form))
    assert bulletin(office, "template", "check", str(template)) == (
        0,
        "“县区表.xlsx”没有问题，可以使用。\n",
    )
    office.ledger("2022-05", WEST, [(CHEMICALS, (50, 50, 50, 10, 20, 4, 0))])
    office.run("2022-05")
    path = office.out("2022-05", "documents", "县区表", "2022年5月县区表.xlsx")
    content = path.read_bytes()
    assert cells(content) == [
        ["示例市2022年5月进度表"],
        ["单位：人"],
        ["序号", "县区", "总数", "已签", "率"],
        [1, "东浥区", 100, 60, 0.6],
        [2, "西浥区", 50, 50, 1],
        [3, "南沚县", "—", "—", "—"],
        ["合计", None, "=SUM(C4:C6)", "=SUM(D4:D6)", 0.7333333333333333],
        ["填表人：    审核人：    2022年6月2日"],
    ]
    sheet = opened(content)
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:E1", "A2:E2", "A8:E8"}
    assert [sheet.row_dimensions[row].height for row in (4, 5, 6, 7)] == [24, 24, 24, None]
    assert sheet.print_area == "'表'!$A$1:$E$8"
    path.write_bytes(book([["手改"]]))
    office.run("2022-05")
    edited = path.with_name("2022年5月县区表（手改）.xlsx")
    assert (path.read_bytes(), cells(edited.read_bytes())) == (content, [["手改"]])


LINE = "督促函,督促函.docx,各县,每月,{月份}督促函（{名称}）,督促〔{年}〕{n}号,一页摘要,是"
EAST_LETTER = f"2022年4月督促函（{EAST}）.docx"


def test_a_document_from_two_files_to_the_archive(tmp_path: Path) -> None:
    """A template and a line, no code: checked, previewed, made, listed, sent, issued, kept, corrected, rebuilt."""
    text = document("{{ 文号 }}{{ 本县.名称 }}{{ 本县.协议签订率 }}")
    office = office_with(tmp_path, LINE, 督促函=text)
    template = f"campaign/{FOLDER}/督促函.docx"
    assert [bulletin(office, "template", what, template)[0] for what in ("check", "preview")] == [
        0,
        0,
    ]
    outcome = office.run("2022-04")
    first = {
        EAST_LETTER: "督促〔2022〕1号东浥区60.00%",
        f"2022年4月督促函（{WEST}）.docx": "督促〔2022〕2号西浥区—",
        "2022年4月督促函（南沚县）.docx": "督促〔2022〕3号南沚县—",
    }
    assert papers(office, "2022-04", "督促函") == first
    assert "文书：督促函" in office.out("2022-04", "index.html").read_text(encoding="utf-8")
    sent, _ = letters(outcome.report, outcome.files)
    assert [
        (letter.address, [Path(path).name for path in letter.files])
        for letter in sent
        if "督促函" in letter.subject
    ] == [("0@example.com", [EAST_LETTER, "2022年4月一页摘要.docx"]), ("1@example.com", [f"2022年4月督促函（{WEST}）.docx", "2022年4月一页摘要.docx"])]  # fmt: skip
    assert bulletin(office, "issue", "2022-04", "--yes")[0] == 0
    (issue,) = json.loads(bulletin(office, "history", "--json")[1])
    made = [each["path"] for each in issue["documents"] if each["document"] == "督促函"]
    assert sorted(made) == sorted(f"documents/督促函/{name}" for name in first)
    assert "督促函3份" in bulletin(office, "history")[1]
    bytes_of = {
        name: office.out("2022-04", "documents", "督促函", name).read_bytes() for name in first
    }
    office.ledger("2022-04", WEST, [(CHEMICALS, GOOD)])
    outcome = office.run("2022-04", "2022-05-09")
    corrected = f"documents/督促函/2022年4月督促函（{WEST}）（更正稿）.docx"
    assert corrected in outcome.corrected
    kept = papers(office, "2022-04", "督促函")
    assert kept[Path(corrected).name] == "督促〔2022〕2号西浥区60.00%"
    summary = papers(office, "2022-04", "一页摘要")["2022年4月一页摘要（更正稿）.docx"]
    assert summary.splitlines()[0] == "2022年4月工作进展摘要（更正稿）"
    assert {name: office.out("2022-04", "documents", "督促函", name).read_bytes() for name in first} == bytes_of  # fmt: skip
    assert bulletin(office, "issue", "2022-04", "--yes")[0] == 0
    code, said = bulletin(office, "store", "verify")
    assert (code, "数据存储完好。" in said) == (0, True), said


def test_a_document_as_of_a_day(tmp_path: Path) -> None:
    """Its figures and its number are those of then, beside the present one; none is given for it."""
    text = document("{{ 文号 }}通过{{ 报送.通过 }}")
    office = office_with(tmp_path, LINE.replace("每月", "手工"), 督促函=text)
    office.run("2022-04")
    times = [datetime.now(UTC).isoformat()]
    asked = ["render", "2022-04", "--document", "督促函", "--name", WEST]
    assert bulletin(office, *asked)[0] == 0
    times.append(datetime.now(UTC).isoformat())
    office.ledger("2022-04", WEST, [(CHEMICALS, GOOD)])
    office.run("2022-04")
    assert bulletin(office, *asked)[0] == 0
    now = papers(office, "2022-04", "督促函")
    assert now == {f"2022年4月督促函（{WEST}）.docx": "督促〔2022〕1号通过1"}
    for time, then in zip(times, ("通过0", "督促〔2022〕1号通过0"), strict=True):
        code, said = bulletin(office, *asked, "--as-of", time)
        assert (code, as_text((tmp_path / said.strip()).read_bytes()).strip()) == (0, then), said


def test_every_shipped_line_is_rendered(tmp_path: Path) -> None:
    """On demand, for all whom it is about, in a month with returned, accepted and supervised units."""
    office = Office(tmp_path)
    for month, signed in (("2022-04", 10), ("2022-05", 15)):
        office.ledger(month, EAST, [(CHEMICALS, (100, signed, 100, 100, 10, 10, 100))])
        office.ledger(month, WEST, [(CHEMICALS, WRONG)])
        office.run(month)
    assert bulletin(office, "supervise", "2022-05", "issue", "--issued", "2022-06-02")[0] == 0
    made = {}
    for line in shipped_documents():
        code, said = bulletin(office, "render", "2022-05", "--document", line.name, "--all", "--as-of", "2099-01-01")  # fmt: skip
        assert code == 0, (line.name, said)
        paths = [tmp_path / path for path in said.splitlines()]
        assert [p for p in paths if p.suffix == ".docx" and "{{" in as_text(p.read_bytes())] == []
        made[line.name] = len(paths)
    assert made == {
        "全市简报": 1, "县区简报": 3, "企业简报": 1, "退回通知": 1, "回执": 1, "督办通知单": 2,
        "一页摘要": 1, "进度通报": 1, "联系单": 1, "提醒函": 3, "讲话数据段": 1, "考核得分表": 1, "总结验收报告": 1,
    }  # fmt: skip


def test_a_form_is_issued_and_corrected(tmp_path: Path) -> None:
    """An edited one says which cells no longer say what was printed; later data give a 更正稿 beside it."""
    office = office_with(tmp_path, "县区表,县区表.xlsx,全市,每月")
    rows: Rows = [
        ["{{ 市名 }}"],
        FOR,
        ["{{ 县.名称 }}", "{{ 县.已签协议人数 }}"],
        END,
        ["合计", "=SUM(B3:B3)"],
    ]
    template = tmp_path / "campaign" / FOLDER / "县区表.xlsx"
    template.write_bytes(book(rows))
    office.run("2022-05")
    folder = office.out("2022-05", "documents", "县区表")
    path = folder / "县区表.xlsx"
    edited = load_workbook(path)
    edited["表"]["B2"], edited["表"]["A3"], edited["表"]["C1"] = 61, None, "手写的"
    edited.save(path)
    code, said = bulletin(office, "issue", "2022-05", "--yes", "--accept-edited")
    assert (
        code,
        [note in said for note in ("“表”B2：编制时为60，现为61", "“表”A3：编制时为西浥区，现为空")],
    ) == (
        0,
        [True, True],
    ), said
    issued = path.read_bytes()
    office.ledger("2022-05", EAST, [(CHEMICALS, (100, 70, 102, 10, 20, 4, 0))], "更正.xlsx")
    office.run("2022-05", "2022-06-20")
    assert path.read_bytes() == issued
    assert cells((folder / "县区表（更正稿）.xlsx").read_bytes())[1] == ["东浥区", 70]


# an own line of a document that the program looks for, and what of its letters goes to whom in May
SENT = [
    ("退回通知,退回通知.docx,各报送单位,退回,,,一页摘要,是", [("1@example.com", ["2022年5月一页摘要.docx", "台账（已标注）.xlsx", "退回通知.docx"])]),
    ("退回通知,退回通知.docx,各报送单位,退回,,,,否", []),
    ("回执,回执.docx,各报送单位,通过,,,,chief@example.com", [("chief@example.com", ["回执.docx"])]),
    ("县区简报,县区.docx,各县,每月,,,一页摘要,是", [("0@example.com", ["2022年5月一页摘要.docx", "东浥区.docx"]), ("1@example.com", ["2022年5月一页摘要.docx", "西浥区.docx"])]),
    ("全市简报,全市.docx,全市,每月,,,,chief@example.com", [("chief@example.com", ["全市.docx", "汇总表.xlsx"])]),
    ("企业简报,企业.docx,各单位,手工,,,,", []),
]  # fmt: skip


def test_what_the_program_looks_for_is_sent_as_its_line_says(tmp_path: Path) -> None:
    """Sent or not, to whom, with what; and what is made by hand alone is not in the month."""
    office = office_with(tmp_path, "")
    outcome = office.run("2022-05")
    assert [path for path in outcome.files if path.startswith("bulletins/企业/")] != []
    for line, expected in SENT:
        own, faults = documents_of((",".join(HEADER) + "\n" + line).encode(), ())
        assert faults == []
        report = replace(outcome.report, campaign=outcome.report.campaign.model_copy(update={"documents": own}))  # fmt: skip
        sent, _ = letters(report, outcome.files)
        name = line.partition(",")[0]
        paths = {planned.path for planned in documents_due(report) if planned.line.name == name}
        found = [
            (letter.address, sorted(Path(path).name for path in letter.files))
            for letter in sent
            if paths & {*letter.files}
        ]
        assert (line, found) == (line, expected)
