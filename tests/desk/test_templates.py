"""Templates on the page: what is used, what is wrong with it, what it looks like."""

from pathlib import Path

from flows.steps.ooxml import read_parts, write_parts
from templates import HERE
from tests.support.desk import page_of
from tests.support.documents import as_text
from tests.support.working import Office

NAME = "全市.docx"
PLACE = "/office/templates"


def test_a_template_is_looked_at(tmp_path: Path) -> None:
    """The program's own is good and is filled; the office's with a wrong name is marked; nothing else is given."""
    office = Office(tmp_path)
    browser = page_of(office)
    browser.sign_in()
    page = browser.get(
        PLACE,
    ).text
    assert f"{NAME}</a>（程序自带）" in page
    assert "字段清单" not in page
    assert "没有问题，可以使用" in browser.get(f"{PLACE}?name={NAME}").text
    filled = browser.client.get(f"{PLACE}/file", params={"name": NAME})
    assert "%E9%A2%84%E8%A7%88" in filled.headers["content-disposition"]
    assert "协议签订率" in as_text(filled.content)
    parts = read_parts((HERE / NAME).read_bytes())
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        "月份".encode(), "月粉".encode()
    )
    own = tmp_path / "campaign" / "templates" / NAME
    own.parent.mkdir()
    own.write_bytes(write_parts(parts.items()))
    page = browser.get(f"{PLACE}?name={NAME}").text
    assert f"{NAME}</a>（本办公室的）" in page
    assert "月粉" in page
    marked = read_parts(browser.client.get(f"{PLACE}/file", params={"name": NAME}).content)
    assert "月粉" in marked["word/comments.xml"].decode()
    for trick in ("../campaign.toml", "名录.xlsx", ""):
        assert browser.client.get(f"{PLACE}/file", params={"name": trick}).status_code == 404
