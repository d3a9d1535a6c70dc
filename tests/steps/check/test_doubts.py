"""What a careful clerk would doubt: rows that do not count until they are mended or explained."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from flows.demo.books import PLAIN, Sheet, write_xlsx
from flows.steps.check.alone import check_alone
from flows.steps.check.month_ledgers import StoredLedger, new_ledger
from flows.steps.check.senders import recognise_sender
from flows.steps.check.together import judge, verdict_of
from flows.steps.model import CheckedLedger, Claims
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.shipped import shipped
from tests.steps.check.test_alone import ISSUED, MAY, ORDER, row
from tests.support.factories import CENTRE, COUNTIES, FIRMS, campaign, examined
from tests.support.retirees import COUNTS

EAST, WEST, _ = COUNTIES
CHEMICALS, MACHINES, CEMENT = (name for name, _ in FIRMS)
A, B, C = (10, 5, 10, 4, 3, 2, 0), (20, 9, 20, 8, 6, 4, 1), (30, 14, 30, 12, 9, 6, 1)  # C = A + B
OTHER = (7, 7, 7, 7, 1, 1, 7)


def checked(
    folder: Path, rows: Sequence[Any], file: str = f"{EAST}/五月.xlsx", **more: Any
) -> CheckedLedger:
    """Write a progress ledger of some rows from row 2, read and check it."""
    path = folder / "a.xlsx"
    write_xlsx(path, [Sheet("progress", "", PLAIN, rows, ORDER, name="进度")])
    (ledger,) = check_alone(read_file(path, file, shipped()), campaign(**more), MAY, ISSUED, b"key")
    return ledger


def firm(
    name: str | None, counts: Sequence[int] = A, note: str | None = None, county: str = EAST
) -> dict[str, Any]:
    """Return a row of an enterprise."""
    affiliation = dict(FIRMS).get(name or "", "市属")
    return row("", affiliation, counts, county, note=note) | {"enterprise": name}


def doubts(ledger: CheckedLedger) -> list[tuple[str, str, str | None]]:
    """Return (code, severity, cell) of a ledger's failures."""
    return [(f.code, f.severity, f.cell) for f in ledger.failures]


@pytest.mark.parametrize(("rows", "expected", "verdict", "good"), [
    # an enterprise that is not in 名录
    ([firm(MACHINES), firm("某某公司", OTHER)], [("unknown-enterprise", "query", "B3")], "held", [True, False]),
    ([firm(MACHINES), firm("某某公司", OTHER, "新划入")], [("unknown-enterprise", "note", "B3")], "accepted", [True, True]),
    ([firm(MACHINES), firm("某某公司", OTHER, "无")], [("unknown-enterprise", "query", "B3")], "held", [True, False]),
    ([firm(MACHINES), firm("某某公司", OTHER, "—")], [("unknown-enterprise", "query", "B3")], "held", [True, False]),
    # a row that is bad is not only doubted
    ([firm(MACHINES), firm("某某公司", (7, 8, 7, 7, 1, 1, 7))], [("unknown-enterprise", "query", "B3"), ("more-than-total", "row", "E3")], "returned", [True, False]),
    # sums in the place of an enterprise: below, above, of one row, without a name
    ([firm("机械小组", C), firm(MACHINES, A), firm(CEMENT, B)], [("looks-like-total", "query", "B2")], "held", [False, True, True]),
    ([firm(MACHINES, A), firm(CEMENT, B), firm("机械小组", C)], [("looks-like-total", "query", "B4")], "held", [True, True, False]),
    ([firm("机械类企业", A), firm(MACHINES, A), firm(CEMENT, B)], [("looks-like-total", "query", "B2")], "held", [False, True, True]),
    ([firm(MACHINES, A), firm(CEMENT, B), firm(None, C)], [("looks-like-total", "query", "B4")], "held", [True, True, False]),
    ([firm(MACHINES, A), firm(CEMENT, B), firm("浥江分厂", C, "确为一户")], [("looks-like-total", "note", "B4")], "accepted", [True] * 3),
    # a registered enterprise is none
    ([firm(MACHINES, A), firm(CEMENT, B), firm(CHEMICALS, C)], [], "accepted", [True] * 3),
    # another county's row in a county's own ledger
    ([firm(MACHINES), firm(MACHINES, county=WEST)], [("foreign-county", "query", "A3")], "held", [True, False]),
    ([firm(MACHINES), firm(MACHINES, note="代报", county=WEST)], [("foreign-county", "note", "A3")], "accepted", [True, True]),
])  # fmt: skip
def test_doubted_rows(
    tmp_path: Path, rows: Sequence[Any], expected: Any, verdict: str, good: Sequence[bool]
) -> None:
    """A query holds its row back, and a ledger that nothing else returns; a reason in 备注 makes it a note."""
    ledger = checked(tmp_path, rows)
    assert (doubts(ledger), verdict_of(ledger, campaign())) == (expected, verdict)
    counts: Any = ledger.counts  # of the rows that name an enterprise
    assert counts["good"].tolist() == [
        g for r, g in zip(rows, good, strict=True) if r["enterprise"]
    ]
    assert ledger.rejected == list(good).count(False)


def test_the_reason_is_carried(tmp_path: Path) -> None:
    """In the note's sentence; and the failure names its unit."""
    (note,) = checked(tmp_path, [firm(MACHINES, note="由集团划入", county=WEST)]).failures
    assert note.message == f"本台账由{EAST}报送，本行填的却是“{WEST}”。备注说明：“由集团划入”。"
    assert (note.remedy, note.unit) == ("已作说明，可不处理。", f"{WEST}{MACHINES}")


def test_a_campaign_may_do_without_doubt(tmp_path: Path) -> None:
    """policy.trial_rules makes a note of a query."""
    ledger = checked(tmp_path, [firm("某某公司")], policy={"trial_rules": ["unknown-enterprise"]})
    assert (doubts(ledger), ledger.rejected) == ([("unknown-enterprise", "note", "B2")], 0)


def test_sums_are_in_no_control_total(tmp_path: Path) -> None:
    """A sum row that is doubted does not make the true 合计 wrong."""
    rows = [firm("机械类企业", C), firm(MACHINES, A), firm(CEMENT, B)]
    path = tmp_path / "a.xlsx"
    below = [["合计", None, None, *C]]
    write_xlsx(path, [Sheet("progress", "", PLAIN, rows, ORDER, below=below, name="进度")])
    (ledger,) = check_alone(
        read_file(path, f"{EAST}/a.xlsx", shipped()), campaign(), MAY, ISSUED, b"key"
    )
    assert doubts(ledger) == [("looks-like-total", "query", "B2")]


@pytest.mark.parametrize(("bad", "doubted", "share", "verdict"), [
    (0, 0, 0.0, "accepted"), (0, 1, 0.0, "held"), (1, 0, 0.0, "returned"), (1, 1, 0.0, "returned"),
    (0, 1, 0.1, "partly"), (1, 1, 0.1, "held"), (1, 0, 0.1, "partly"), (2, 0, 0.1, "returned"),
])  # fmt: skip
def test_the_verdict_of_doubted_rows(bad: int, doubted: int, share: float, verdict: str) -> None:
    """Of ten rows: within the policy's share the good ones count, beyond it doubt alone only holds the ledger."""
    ledger = CheckedLedger(
        "甲.xlsx", "", "roster", EAST, EAST, 10, bad + doubted, [], doubted=doubted
    )
    assert verdict_of(ledger, campaign({"bad_rows": {"roster": share}})) == verdict


def stored(ledger: CheckedLedger, verdict: Any = "accepted") -> StoredLedger:
    """Return a ledger as the store holds it since the first run."""
    new = new_ledger(ledger, 1, shipped())
    return StoredLedger(
        new.content,
        new.file,
        new.kind,
        new.sender,
        new.likely,
        1,
        new.keys,
        verdict,
        good_keys=new.good_keys,
    )


BOTH = [(EAST, MACHINES, A), (EAST, CEMENT, B)]


@pytest.mark.parametrize(("before", "rows", "verdict", "replaces"), [
    ("accepted", [[(EAST, MACHINES, A)]], ["held"], [False]),  # lacks a row
    ("accepted", [BOTH], ["accepted"], [True]),
    ("accepted", [[*BOTH, (EAST, CHEMICALS, A)]], ["accepted"], [True]),
    ("accepted", [[(EAST, MACHINES, A)], [(EAST, CEMENT, B)]], ["accepted", "accepted"], [True, True]),  # two files together
    ("accepted", [[(EAST, CHEMICALS, A)]], ["accepted"], [False]),  # another row: both count
    ("returned", [[(EAST, MACHINES, A)]], ["accepted"], [True]),  # nothing accepted is lost
])  # fmt: skip
def test_a_correction_that_lacks_rows_is_held(
    before: str, rows: Any, verdict: Any, replaces: Any
) -> None:
    """The accepted ledger stands meanwhile; the rows are named."""
    old = stored(examined(EAST, BOTH, file="一.xlsx"), before)
    new = [
        new_ledger(examined(EAST, r, file=f"更正{i}.xlsx"), 2, shipped())
        for i, r in enumerate(rows)
    ]
    judged = judge(new, [old], {}, campaign(), Month(2022, 5))
    assert [ledger.verdict for ledger in judged] == verdict
    assert [old.content in ledger.supersedes for ledger in judged] == replaces
    messages = [f.message for ledger in judged for f in ledger.checked.failures]
    lost = (
        f"本文件与已通过的“一.xlsx”是同一台账，却少了1行：{EAST}{CEMENT}。核实前仍以“一.xlsx”为准。"
    )
    assert messages == ([lost] if verdict == ["held"] else [])


@pytest.mark.parametrize(("stated", "file", "sender"), [
    (f"{EAST}国资局", f"{EAST}/五月.xlsx", EAST),
    (f"{EAST}人力资源和社会保障局", "五月.xlsx", EAST),
    ("东浥国资办", "五月.xlsx", EAST),  # by the county's alias
    (f"{EAST}国资局", f"{WEST}/五月.xlsx", None),  # folder and line disagree
    (f"{EAST}机械有限公司", f"{EAST}/五月.xlsx", None),  # no office
    ("示例市国资委", f"{EAST}/五月.xlsx", None),  # of no county
    (f"{CENTRE}办公室", "五月.xlsx", None),  # nor of the trusteeship centre
])  # fmt: skip
def test_an_office_reports_for_its_county(stated: str, file: str, sender: str | None) -> None:
    """The bureau in 填报单位 is never in 名录; its name begins with the county's."""
    claims = Claims(senders=((stated, "进度", "A2"),))
    assert recognise_sender(file, claims, campaign()).sender == sender


def test_counts_are_those_of_the_form() -> None:
    """The tables above give a count for each column."""
    assert {len(A), len(B), len(C), len(OTHER)} == {len(COUNTS)}
