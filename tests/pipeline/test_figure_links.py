"""Numbers of the city's draft link to 核对.html: each to its own; off unless asked for, none when issued (issue 19)."""

import json
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import html

from flows.campaign.definition_book import FILE, definition_book
from flows.demo.city import months_from
from flows.demo.work_folder import write_work, write_work_month
from flows.demo.works import make_work
from flows.demo.write import FIRST_MONTH
from flows.pipeline import ahead
from flows.steps.ooxml import parsed
from flows.steps.render.package import W
from schemas.shipped import shipped, tables_of
from tests.support.documents import as_text, parts_of
from tests.support.working import (
    CEMENT,
    CHEMICALS,
    EAST,
    MACHINES,
    SETTINGS,
    UNASKED,
    WEST,
    Office,
    bulletin,
)

MONTH = "2022-05"
CITY = ("bulletins", "全市.docx")
LINKED = SETTINGS.replace("copies = 10\n", "copies = 10\nlinks = true\n") + UNASKED
LEDGERS = {
    "2022-04": {EAST: [(CHEMICALS, [100, 60, 100, 70, 10, 8, 60])], WEST: [(MACHINES, [50, 30, 50, 30, 5, 3, 20])]},
    MONTH: {EAST: [(CHEMICALS, [100, 80, 100, 70, 10, 8, 60]), (CEMENT, [30, 20, 30, 10, 3, 2, 10])],
            WEST: [(MACHINES, [50, 40, 50, 30, 5, 3, 20])]},
}  # fmt: skip


def office_at(folder: Path, settings: str = LINKED) -> Office:
    """Return an office with two months run."""
    office = Office(folder, settings)
    for month, ledgers in LEDGERS.items():
        for sender, rows in ledgers.items():
            office.ledger(month, sender, rows)
        office.run(month)
    return office


def links_in(content: bytes) -> list[tuple[str, str]]:
    """Return the links of a document to the page: place and text."""
    links = parsed(parts_of(content)["word/document.xml"]).iter(f"{W}hyperlink")
    found = [(x.get(f"{W}anchor", ""), "".join(map(str, x.itertext()))) for x in links]
    return [(place, text) for place, text in found if not place.startswith("_")]


def numbers(text: str) -> set[str]:
    """Return the numbers of a text without their signs."""
    return set(re.findall(r"\d+(?:\.\d+)?%?", text))


def wrong_links(folder: Path, month: str) -> list[tuple[str, str]]:
    """Return the links of a month's draft whose number does not stand at its place in 核对.html."""
    page: Any = html.document_fromstring((folder / "核对.html").read_bytes())
    places = {element.get("id"): element.text_content() for element in page.xpath("//*[@id]")}
    links = links_in(folder.joinpath(*CITY).read_bytes())
    assert len(links) > 100
    return [(place, text) for place, text in links if not numbers(text) <= numbers(places[place])]


def test_each_number_leads_to_its_own_place(tmp_path: Path) -> None:
    """Counts, rates and their changes, in text and tables; other documents and the texts are as without."""
    linked, plain = office_at(tmp_path / "a"), office_at(tmp_path / "b", SETTINGS + UNASKED)
    folder = linked.out(MONTH)
    assert wrong_links(folder, MONTH) == []
    links = links_in(folder.joinpath(*CITY).read_bytes())
    expected = [("all-retirees", "180人"), ("all-rate-agreement", "77.78%"), ("all-rate-agreement", "+17.78"),
                ("all-rate-agreement", "比上月提高17.78个百分点"), ("all-agreement", "140"), ("c1-retirees", "130"),
                ("g1-rate-agreement", "80.00%"), ("e1-archives", "70")]  # fmt: skip
    assert [link for link in expected if link not in links] == []
    differing = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.read_bytes() != plain.out(MONTH, str(path.relative_to(folder))).read_bytes()
    ]  # fmt: skip
    assert differing == ["bulletins/全市.docx", "manifest.json"]
    texts = [as_text(office.out(MONTH, *CITY).read_bytes()) for office in (linked, plain)]
    assert texts[0] == texts[1]
    assert links_in(plain.out(MONTH, *CITY).read_bytes()) == []


def test_the_workers_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = office_at(tmp_path / "a").out(MONTH, *CITY).read_bytes()
    monkeypatch.setattr(ahead, "MANY", 1)
    assert office_at(tmp_path / "b").out(MONTH, *CITY).read_bytes() == first


def test_what_is_issued_has_no_links(tmp_path: Path) -> None:
    """The bytes are those of a draft without links; the folder shows them, verify makes them again, a run leaves them."""
    linked, plain = office_at(tmp_path / "a"), office_at(tmp_path / "b", SETTINGS + UNASKED)
    expected = plain.out(MONTH, *CITY).read_bytes()
    draft = linked.out(MONTH, *CITY)
    assert draft.read_bytes() != expected
    assert bulletin(linked, "issue", MONTH, "--yes")[0] == 0
    assert draft.read_bytes() == expected
    code, said = bulletin(linked, "store", "verify")
    assert (code, "字节不同" in said) == (0, False), said
    linked.run(MONTH)
    assert draft.read_bytes() == expected
    assert [path.name for path in draft.parent.glob("*.docx")] == ["全市.docx"]
    (issue,) = json.loads(bulletin(linked, "history", "--json")[1])
    assert not issue["edited"]


def test_an_edited_draft_is_issued_without_its_links(tmp_path: Path) -> None:
    """Its own words stay, and its numbers; no later run takes it for a new edit."""
    office = office_at(tmp_path)
    draft = office.out(MONTH, *CITY)
    opened = docx.Document(str(draft))
    opened.add_paragraph("另增加98765人。")
    opened.save(str(draft))
    text = as_text(draft.read_bytes())
    code, said = bulletin(office, "issue", MONTH, "--yes", "--accept-edited")
    assert (code, "98765" in said, "模板在编制之后有改动" in said) == (0, True, False), said
    issued = draft.read_bytes()
    assert (links_in(issued), as_text(issued) == text) == ([], True)
    assert "核对".encode() not in b"".join(parts_of(issued).values())
    office.run(MONTH)
    assert draft.read_bytes() == issued
    assert [path.name for path in draft.parent.glob("*.docx")] == ["全市.docx"]


@pytest.mark.parametrize("name", ["老旧小区改造", "根治拖欠工资"])
def test_a_work_of_another_definition(tmp_path: Path, name: str) -> None:
    """The general template: every link leads to its number, amounts too."""
    work = make_work(name, shipped(name), counties=5)
    office = Office(tmp_path)
    write_work(tmp_path / "campaign", work)
    settings = tmp_path / "campaign" / "campaign.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("copies = 60", "copies = 60\nlinks = true"), encoding="utf-8")  # fmt: skip
    (tmp_path / "campaign" / FILE).write_bytes(definition_book(tables_of(name)))
    for index, month in enumerate(months_from(FIRST_MONTH, 2)):
        write_work_month(tmp_path / "ledgers" / str(month), work, index, month)
        office.run(str(month))
    assert wrong_links(office.out("2022-04"), "2022-04") == []
