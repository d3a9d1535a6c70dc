"""A draft edited in Word: what it says otherwise than the figures, that it is issued as it is, that no run loses it."""

import json
from pathlib import Path

import docx
import pytest

from flows.pipeline.hand_edits import edit_notes
from flows.steps.model import UserError
from tests.support.wordfiles import document
from tests.support.working import CHEMICALS, EAST, Office, bulletin

CITY = "bulletins/全市.docx"
EDITED = "bulletins/全市（手改）.docx"
PRINTED = (
    "截至5月31日，已签协议1230人，占82.00%。",
    "望河县300人，青梧区200人。",
    "请各单位抓紧办理。",
)

# the edited paragraphs, the notes
CASES = [
    (PRINTED, []),
    ((*PRINTED[:2], "请各单位于月底前抓紧办理。"), []),
    (PRINTED[:1], []),
    (("截至5月31日，已签协议1234人，占82.00%。", *PRINTED[1:]), ["“截至5月31日，已签协议1234人，…”：1234（编制时为1230）"]),
    (("截至5月31日，已签协议人数占82.00%。", *PRINTED[1:]), []),
    ((PRINTED[0], "望河县200人，青梧区300人。", PRINTED[2]), ["“望河县200人，青梧区300人。”：200、300（编制时为300、200）"]),
    ((*PRINTED, "王市长要求：6月15日前完成。"), ["“王市长要求：6月15日前完成。”：6、15"]),
    ((*PRINTED, "其中望河县300人。"), []),
    ((PRINTED[0] + PRINTED[1], PRINTED[2]), []),
    ((PRINTED[0], "望河县301人。", "青梧区200人。", PRINTED[2]), ["“望河县301人。”：301"]),
]  # fmt: skip


@pytest.mark.parametrize(("paragraphs", "notes"), CASES)
def test_numbers_that_were_not_printed(paragraphs: tuple[str, ...], notes: list[str]) -> None:
    """Numbers that the program did not print in a paragraph are told with what it printed; words alone are not."""
    assert edit_notes(document(*PRINTED), document(*paragraphs), CITY) == notes


def test_a_file_that_word_did_not_write() -> None:
    """Bytes that are no Word document are not issued."""
    with pytest.raises(
        UserError, match=r"“bulletins/全市.docx”不是 Word 文档（.docx），没有登记印发"
    ):
        edit_notes(document(*PRINTED), b"%PDF-1.7", CITY)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office whose April is run."""
    place = Office(tmp_path)
    place.ledger("2022-04", EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    place.run("2022-04")
    return place


def edit(office: Office, sentence: str) -> bytes:
    """Add a sentence to the city's draft, as Word does it; return the file's bytes."""
    path = office.out("2022-04", *CITY.split("/"))
    opened = docx.Document(str(path))
    opened.add_paragraph(sentence)
    opened.save(str(path))
    return path.read_bytes()


def test_an_edited_draft_is_issued_when_it_is_accepted(office: Office) -> None:
    """Refused without the option; with it the edited bytes are what is issued, noted in history, and written by every later run."""
    edited = edit(office, "另增加98765人。")
    code, said = bulletin(office, "issue", "2022-04")
    assert (code, "bulletins/全市.docx在编制之后被手改" in said, "--accept-edited" in said) == (
        1,
        True,
        True,
    )
    code, said = bulletin(office, "issue", "2022-04", "--accept-edited")
    assert (code, said.splitlines()[:5]) == (
        0, ["2022年4月还有 2 个应报的台账没有通过：", "  未报送  西浥区进度台账", "  未报送  南沚县进度台账",
            "bulletins/全市.docx 手改过，请核对：", "  “另增加98765人。”：98765"])  # fmt: skip
    (issue,) = json.loads(bulletin(office, "history", "--json")[1])
    assert issue["edited"] == {CITY: ["“另增加98765人。”：98765"]}
    assert "手改后印发 bulletins/全市.docx：“另增加" in bulletin(office, "history")[1]
    office.run("2022-04")
    assert office.out("2022-04", *CITY.split("/")).read_bytes() == edited
    assert not office.out("2022-04", *EDITED.split("/")).exists()


def test_no_run_loses_an_edited_draft(office: Office) -> None:
    """A run and a render write the draft anew and keep each edit beside it; kept ones stay, and are no drafts to issue."""
    draft, kept = office.out("2022-04", *CITY.split("/")), office.out("2022-04", *EDITED.split("/"))
    printed, first = draft.read_bytes(), edit(office, "第一次修改。")
    office.run("2022-04")
    assert (draft.read_bytes(), kept.read_bytes()) == (printed, first)
    second = edit(office, "第二次修改。")
    assert bulletin(office, "render", "2022-04", "--level", "city")[0] == 0
    again = kept.with_name("全市（手改2）.docx")
    assert (draft.read_bytes(), kept.read_bytes(), again.read_bytes()) == (printed, first, second)
    office.ledger("2022-04", EAST, [(CHEMICALS, (100, 70, 102, 10, 20, 4, 0))], name="更正.xlsx")
    code, said = bulletin(office, "run", "2022-04", "--without-prefect", "--issued", "2022-05-02")
    assert "手改稿  bulletins/全市（手改）.docx、bulletins/全市（手改2）.docx" in said, (code, said)
    assert (kept.read_bytes(), again.read_bytes()) == (first, second)
    assert bulletin(office, "issue", "2022-04")[0] == 0


def test_a_file_of_another_content_is_not_written_over(office: Office) -> None:
    """A blank form does not replace another file; a bulletin of another day goes beside the draft, each time anew."""
    form = office.folder / "表.xlsx"
    form.write_bytes(b"mine")
    said = bulletin(office, "blank", "progress", "表.xlsx")
    assert (said, form.read_bytes()) == (
        (1, "“表.xlsx”已经存在，内容不同，没有覆盖。请换一个文件名，或先把它移走\n"),
        b"mine",
    )
    edited = edit(office, "修改。")
    words = ("render", "2022-04", "--level", "city", "--as-of", "2099-01-02")
    assert [bulletin(office, *words) for _ in range(2)] == [
        (0, "outputs/2022-04/bulletins/全市（截至2099-01-02T2359）.docx\n")
    ] * 2
    assert office.out("2022-04", *CITY.split("/")).read_bytes() == edited
