"""名录 changes between months: nothing that was issued is corrected by it, and nothing false is said of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from schemas.registry import COUNTIES, ENTERPRISES, REGISTRY, SENDERS
from tests.support.documents import as_text
from tests.support.working import (
    CEMENT,
    CHEMICALS,
    EAST,
    MACHINES,
    REGISTERED,
    SETTINGS,
    SOUTH,
    WEST,
    Office,
    Row,
    bulletin,
)

Registered = Mapping[str, Sequence[Sequence[str]]]
Ledgers = Mapping[str, Sequence[Row]]
APRIL: Ledgers = {
    EAST: [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0)), (MACHINES, (40, 40, 40, 0, 0, 0, 0))],
    WEST: [(MACHINES, (50, 10, 50, 0, 10, 0, 0))],
    SOUTH: [(CEMENT, (30, 5, 30, 0, 5, 0, 0))],
}
MAY: Ledgers = {
    EAST: [(CHEMICALS, (100, 70, 102, 10, 20, 4, 0)), (MACHINES, (40, 40, 40, 0, 0, 0, 0))],
    WEST: [(MACHINES, (50, 20, 50, 0, 10, 0, 0))],
    SOUTH: [(CEMENT, (30, 9, 30, 0, 5, 0, 0))],
}
NEW_WEST, NEW_WORKS, BUREAU = "西浥新区", "示例市沅岚重工有限公司", "示例市西浥国资中心"


def changed(sheet: str, change: Callable[[list[list[str]]], object]) -> Registered:
    """Return 名录 with one sheet changed."""
    rows = {name: [list(row) for row in of_sheet] for name, of_sheet in REGISTERED.items()}
    change(rows[sheet])
    return rows


def renamed_county() -> Registered:
    """Return 名录 in which a county has a new name, the old one as its alias, as a sender too."""
    rows = {name: [list(row) for row in of_sheet] for name, of_sheet in REGISTERED.items()}
    rows[COUNTIES][1] = [NEW_WEST, "990102", WEST]
    rows[SENDERS][1] = [NEW_WEST, "县区", WEST, "", "进度台账"]
    return rows


def without_south() -> Registered:
    """Return 名录 from which a county and its sender have been deleted."""
    rows = {name: [list(row) for row in of_sheet] for name, of_sheet in REGISTERED.items()}
    del rows[COUNTIES][2], rows[SENDERS][2]
    return rows


def dated(changes: Mapping[tuple[str, str], tuple[str, str, str]]) -> dict[str, list[list[str]]]:
    """Return 名录 in which some entries, by sheet and name, have 起, 止 and 并入."""
    rows = {name: [list(row) for row in of_sheet] for name, of_sheet in REGISTERED.items()}
    for (sheet, name), period in changes.items():
        (row,) = (row for row in rows[sheet] if row[0] == name)
        heads = [column.name for column in REGISTRY[sheet]]
        row += [""] * (heads.index("begins") - len(row))
        row[heads.index("begins") :] = period
    return rows


def added() -> Registered:
    """Return 名录 with a county, a sender and an enterprise that begin in May."""
    rows = dated({})
    for sheet, row in NEW.items():
        heads = [column.name for column in REGISTRY[sheet]]
        more = [""] * (heads.index("begins") - len(row))
        rows[sheet].insert(0, [*row, *more, "2022-05", "", ""])
    return rows


NORTH, MILL = "北汭县", "示例市北汭纺织厂"
NEW = {
    COUNTIES: [NORTH, "990104", ""],
    ENTERPRISES: [MILL, "", "县属", ""],
    SENDERS: [NORTH, "县区", "", "", "进度台账"],
}


@dataclass(frozen=True)
class Change:
    """A change of 名录 after April was issued: the new 名录, May's ledgers, and May's city.

    `more` is by how many the agreements are more than in April, of the city and of some entries;
    `says` is what the city's bulletin says of a merger.
    """

    registered: Registered
    may: Ledgers = field(default_factory=lambda: MAY)
    more: Mapping[str, int] = field(default_factory=lambda: {"全市": 24})
    says: str = ""


CHANGES: Mapping[str, Change] = {
    "nothing": Change(REGISTERED),
    "a county is renamed": Change(
        renamed_county(),
        {EAST: MAY[EAST], NEW_WEST: MAY[WEST], SOUTH: MAY[SOUTH]},
        {"全市": 24, NEW_WEST: 10},
    ),
    "an enterprise is renamed": Change(
        changed(ENTERPRISES, lambda rows: rows.__setitem__(1, [NEW_WORKS, "", "市属", MACHINES])),
        {**MAY, WEST: [(NEW_WORKS, MAY[WEST][0][1])]},
        {"全市": 24, NEW_WORKS: 10},
    ),
    "an enterprise is deleted": Change(
        changed(ENTERPRISES, lambda rows: rows.pop(1)),
        {EAST: MAY[EAST][:1], SOUTH: MAY[SOUTH]},
        {"全市": -26},
    ),
    "a sender is deleted": Change(
        changed(SENDERS, lambda rows: rows.pop(1)),
        {EAST: MAY[EAST], SOUTH: MAY[SOUTH]},
        {"全市": 4, SOUTH: 4},
    ),
    "a county and its sender are deleted": Change(
        without_south(), {EAST: MAY[EAST], WEST: MAY[WEST]}, {"全市": 15, EAST: 10}
    ),
    "a sender is replaced": Change(
        changed(SENDERS, lambda rows: rows.__setitem__(1, [BUREAU, "企业", "", "", "进度台账"])),
        {EAST: MAY[EAST], BUREAU: MAY[WEST], SOUTH: MAY[SOUTH]},
        {"全市": 24, WEST: 10},
    ),
    "an enterprise moves to another county": Change(
        REGISTERED,
        {EAST: [MAY[EAST][0]], WEST: [(MACHINES, (90, 60, 90, 0, 10, 0, 0))], SOUTH: MAY[SOUTH]},
        {"全市": 24, WEST: 50},
    ),
    "a county, a sender and an enterprise are added": Change(
        {
            COUNTIES: [["北汭县", "990104", ""], *REGISTERED[COUNTIES]],
            ENTERPRISES: [["示例市北汭纺织厂", "", "县属", ""], *REGISTERED[ENTERPRISES]],
            SENDERS: [["北汭县", "县区", "", "", "进度台账"], *REGISTERED[SENDERS]],
        },
        {**MAY, "北汭县": [("示例市北汭纺织厂", (10, 2, 10, 0, 0, 0, 0))]},
        {"全市": 26, EAST: 10},
    ),
    "a county is merged into another": Change(
        dated({(COUNTIES, WEST): ("", "2022-04", EAST)}),
        {EAST: [MAY[EAST][0], (MACHINES, (90, 60, 90, 0, 10, 0, 0))], SOUTH: MAY[SOUTH]},
        {"全市": 24, EAST: 20, SOUTH: 4, MACHINES: 10},
        f"自本月起，{WEST}并入{EAST}，数据合并统计；与上月相比的增减，按合并后的范围计算。",
    ),
    "a county is merged, and nobody reports for it yet": Change(
        dated({(COUNTIES, WEST): ("", "2022-04", EAST)}),
        {SOUTH: MAY[SOUTH]},
        {"全市": 4, EAST: 0, SOUTH: 4, MACHINES: 0, CHEMICALS: 0},
        f"自本月起，{WEST}并入{EAST}，",
    ),
    "an enterprise is merged into another": Change(
        dated({(ENTERPRISES, MACHINES): ("", "2022-04", CHEMICALS)}),
        {EAST: [(CHEMICALS, (140, 115, 142, 10, 20, 4, 0))],
         WEST: [(CHEMICALS, (50, 20, 50, 0, 10, 0, 0))], SOUTH: MAY[SOUTH]},
        {"全市": 29, EAST: 15, WEST: 10, CHEMICALS: 25},
        f"自本月起，{MACHINES}并入{CHEMICALS}，",
    ),
    "a county leaves": Change(
        dated({(COUNTIES, SOUTH): ("", "2022-04", "")}),
        {EAST: MAY[EAST], WEST: MAY[WEST]},
        {"全市": 15, EAST: 10, WEST: 10},
    ),
    "an enterprise leaves": Change(
        dated({(ENTERPRISES, MACHINES): ("", "2022-04", "")}),
        {EAST: MAY[EAST][:1], SOUTH: MAY[SOUTH]},
        {"全市": 10 - 40 - 10 + 4, EAST: -30, WEST: -10},
    ),
    "a sender hands over to another": Change(
        changed(SENDERS, lambda rows: rows.__setitem__(slice(1, 2), [
            [WEST, "县区", "", "", "进度台账", "", "2022-04", BUREAU],
            [BUREAU, "企业", "", "", "进度台账", "2022-05", "", ""],
        ])),
        {EAST: MAY[EAST], SOUTH: MAY[SOUTH]},
        {"全市": 14, WEST: 0},
    ),
    "a county, a sender and an enterprise begin": Change(
        added(), {**MAY, NORTH: [(MILL, (10, 2, 10, 0, 0, 0, 0))]}, {"全市": 26, NORTH: 2}
    ),
    "an affiliation is mended": Change(
        changed(ENTERPRISES, lambda rows: rows.__setitem__(2, [CEMENT, "", "市属", ""])),
    ),
}  # fmt: skip


def ledgers(office: Office, month: str, rows: Ledgers) -> None:
    """Put a month's ledgers into the folder; a bureau reports for the county WEST."""
    for sender, of_sender in rows.items():
        more = {"county": WEST} if sender == BUREAU else {}
        office.ledger(month, sender, of_sender, **more)


def documents(office: Office, month: str) -> list[str]:
    """Return the bulletins of a month's folder."""
    folder = office.out(month, "bulletins")
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.docx"))


def more_agreements(office: Office, month: str) -> dict[str, int | None]:
    """Return by how much the agreements of city, counties and enterprises changed against last month."""
    figures = json.loads(office.out(month, "figures.json").read_text(encoding="utf-8"))
    entries = [{**figures["city"], "name": "全市"}, *figures["counties"], *figures["enterprises"]]
    return {e["name"]: e["change"] and e["change"]["counts"]["agreement"] for e in entries}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_registry_corrects_nothing(name: str, tmp_path: Path) -> None:
    """April stays as it was issued, May is compared with it rightly, and history blames nobody."""
    change = CHANGES[name]
    office = Office(tmp_path)
    ledgers(office, "2022-04", APRIL)
    office.run("2022-04")
    assert bulletin(office, "issue", "2022-04")[0] == 0
    issued, before = documents(office, "2022-04"), office.digests("2022-04")
    Office(tmp_path, registered=change.registered)
    again = office.run("2022-04")
    ledgers(office, "2022-05", change.may)
    office.run("2022-05")
    assert documents(office, "2022-04") == issued
    assert [x.verdict for x in again.report.ledgers] == ["accepted"] * 3
    assert again.report.corrections == []
    after = office.digests("2022-04")
    assert {path for path in after if after[path] != before.get(path)} <= {"manifest.json"}
    told = as_text(office.out("2022-05", "bulletins", "全市.docx").read_bytes())
    assert "更正" not in told
    assert (change.says in told, "并入" in told) == (True, change.says != "")
    assert "印发时" not in bulletin(office, "history")[1]
    found = more_agreements(office, "2022-05")
    assert {key: found[key] for key in change.more} == change.more


def test_a_new_ledger_still_corrects(tmp_path: Path) -> None:
    """A ledger that comes after a county was renamed makes a 更正稿, and is the one that is named."""
    office = Office(tmp_path)
    ledgers(office, "2022-04", APRIL)
    office.run("2022-04")
    bulletin(office, "issue", "2022-04")
    Office(tmp_path, registered=renamed_county())
    office.ledger("2022-04", NEW_WEST, [(MACHINES, (50, 15, 50, 0, 10, 0, 0))], "更正.xlsx")
    office.run("2022-04", "2022-05-20")
    assert documents(office, "2022-04") == sorted(
        ["全市.docx", "全市（更正稿）.docx", f"企业/{MACHINES}（更正稿）.docx", f"县区/{WEST}（更正稿）.docx"]
        + [f"县区/{name}.docx" for name in (EAST, WEST, SOUTH)]
        + [f"企业/{name}.docx" for name in (CHEMICALS, MACHINES, CEMENT)]
    )  # fmt: skip
    told = bulletin(office, "history")[1]
    assert f"{WEST}“已签协议人数”：印发时 10，现为 15（{WEST}，{NEW_WEST}/更正.xlsx）" in told
    assert EAST not in told.split("印发时", 1)[1]
    ledgers(office, "2022-05", {EAST: MAY[EAST], NEW_WEST: MAY[WEST], SOUTH: MAY[SOUTH]})
    office.run("2022-05")
    for path, sentence in [
        ("全市.docx", True),
        (f"县区/{NEW_WEST}.docx", True),
        (f"县区/{EAST}.docx", False),
    ]:
        text = as_text(office.out("2022-05", "bulletins", path).read_bytes())
        assert (path, "已签协议人数由10人更正为15人" in text) == (path, sentence)


def test_what_was_deleted_before_the_issue_stays_in_its_month(tmp_path: Path) -> None:
    """April was made and not issued; May is compared with all of it though a county has been deleted since."""
    office = Office(tmp_path)
    ledgers(office, "2022-04", APRIL)
    office.run("2022-04")
    Office(tmp_path, registered=without_south())
    ledgers(office, "2022-05", {EAST: MAY[EAST], WEST: MAY[WEST]})
    office.run("2022-05")
    found = more_agreements(office, "2022-05")
    assert found == {"全市": 15, EAST: 10, WEST: 10, CHEMICALS: 10, MACHINES: 10}


# what merges or leaves with May, May's ledger of EAST
UNQUESTIONED = {
    "a merged county": (
        dated({(COUNTIES, WEST): ("", "2022-04", EAST)}),
        [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0)), (MACHINES, (90, 50, 90, 0, 10, 0, 0))],
    ),
    "a merged enterprise": (
        dated({(ENTERPRISES, MACHINES): ("", "2022-04", CHEMICALS)}),
        [(CHEMICALS, (140, 100, 142, 10, 20, 4, 0))],
    ),
    "an enterprise that left": (
        dated({(ENTERPRISES, MACHINES): ("", "2022-04", "")}),
        [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))],
    ),
    "a renamed enterprise": (
        changed(ENTERPRISES, lambda rows: rows.__setitem__(1, [NEW_WORKS, "", "市属", MACHINES])),
        [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0)), (NEW_WORKS, (40, 40, 40, 0, 0, 0, 0))],
    ),
}


@pytest.mark.parametrize("name", UNQUESTIONED)
def test_what_merged_is_not_asked_about(name: str, tmp_path: Path) -> None:
    """With all rules in force: neither a jump nor a missing row is seen in what 名录 explains."""
    registered, rows = UNQUESTIONED[name]
    office = Office(tmp_path, SETTINGS)
    ledgers(office, "2022-04", APRIL)
    office.run("2022-04")
    Office(tmp_path, SETTINGS, registered)
    office.ledger("2022-05", EAST, rows)
    found = office.run("2022-05").report
    asked = [(x.file, x.code) for x in found.failures if x.severity != "note"]
    assert ([x.verdict for x in found.ledgers], asked) == (["accepted"], [])
