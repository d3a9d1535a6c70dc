"""A file checked by itself: sender, month, totals, one fault a cell, bounded lists, what counts (DESIGN §4, §5, §6)."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flows.demo.books import PLAIN, Sheet, write_xlsx
from flows.registered import County, Sender
from flows.steps.check.alone import check_alone
from flows.steps.check.counts import SOURCES, counts_of_people
from flows.steps.check.person_hash import hasher
from flows.steps.check.senders import recognise_sender, wrong_months
from flows.steps.model import CheckedLedger, Claims, Table
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.shipped import shipped
from tests.support.factories import CENTRE, COUNTIES, FIRMS, campaign
from tests.support.read_writers import Page, xlsx
from tests.support.retirees import COUNTS

MAY, ISSUED = Month(2022, 5), date(2022, 6, 2)
EAST, WEST, _ = COUNTIES
CHEMICALS, MACHINES, CEMENT = (name for name, _ in FIRMS)
ORDER = ["county", "enterprise", "affiliation", *COUNTS, "note"]


def row(
    firm: str,
    affiliation: str,
    counts: Sequence[Any] = (10, 5, 10, 4, 3, 2, 0),
    county: str = EAST,
    **more: Any,
) -> dict[str, Any]:
    """Return a row of a progress ledger."""
    return {
        "county": county,
        "enterprise": firm,
        "affiliation": affiliation,
        **dict(zip(COUNTS, counts, strict=True)),
        **more,
    }


ROWS = [row(CHEMICALS, "中央"), row(MACHINES, "市属"), row(CEMENT, "县属")]


def checked(path: Path, sheet: Sheet, name: str = "", policy: Any = None) -> list[CheckedLedger]:
    """Write a sheet, read and check it."""
    write_xlsx(path, [sheet])
    return check_alone(
        read_file(path, name or f"{EAST}/{path.name}", shipped()),
        campaign(policy),
        MAY,
        ISSUED,
        b"key",
    )


def progress(rows: Sequence[Any], order: Sequence[str | None] = ORDER, **more: Any) -> Sheet:
    """Return a plain sheet of a progress ledger: its header in row 1, its rows from row 2."""
    return Sheet("progress", "", PLAIN, rows, order, name="进度", **more)


def told(ledger: CheckedLedger) -> list[tuple[str, str | None, str]]:
    """Return (code, cell, sentence) of a ledger's failures."""
    return [(f.code, f.cell, f.message) for f in ledger.failures]


def total(label: str, *counts: int) -> list[Any]:
    """Return a line with a label and counts in the columns of ORDER."""
    return [label, None, None, *counts]


TRUE = [30, 15, 30, 12, 9, 6, 0]


@pytest.mark.parametrize(("below", "wrong"), [
    ([total("合计", *TRUE)], []),
    ([total("合计", 31, *TRUE[1:])], [("D5", 31, 30)]),
    ([total("合计", 30)], []),  # only what the total fills is compared
    ([total("合计", *TRUE), total("其中：中央企业", 10), total("其中:市属", 10)], []),
    ([total("合计", *TRUE), total("其中：中省企业", 10)], []),
    ([total("合计", *TRUE), total("其中：中省企业", 11)], [("D6", 11, 10)]),
    ([total("合计", *TRUE), total("其中：女性", 3), total("其中：上月新增", 99)], []),  # no registered group
    ([total("东浥区小计", 30), total("合计", 30)], []),
])  # fmt: skip
def test_control_totals(
    tmp_path: Path, below: Sequence[Any], wrong: Sequence[tuple[str, int, int]]
) -> None:
    """A total that agrees with none of the sums that it may stand for returns the ledger, with both numbers."""
    (ledger,) = checked(tmp_path / "a.xlsx", progress(ROWS, below=below))
    header = PLAIN["retirees"][0]
    assert [(f.cell, f.value, f.severity) for f in ledger.failures] == [
        (cell, str(said), "ledger") for cell, said, _ in wrong
    ]
    for failure, (_, said, summed) in zip(ledger.failures, wrong, strict=True):
        assert failure.message.endswith(
            f"行“{header}”为{said}，各行相加为{summed}，相差{abs(said - summed)}。"
        )


def test_a_part_may_stand_under_a_subtotal(tmp_path: Path) -> None:
    """其中 below a county's 小计 speaks of that county alone."""
    rows = [row(CHEMICALS, "中央"), row(MACHINES, "市属")]
    sheet = progress(
        rows,
        below=[
            total("小计", 20),
            total("其中：市属", 10),
            [WEST, CEMENT, "市属", *[7] * 7],
            total("小计", 7),
            total("其中：市属", 7),
        ],
    )
    (ledger,) = checked(tmp_path / "a.xlsx", sheet, f"{CHEMICALS}/a.xlsx")
    assert [code for code, _, _ in told(ledger)] == ["affiliation-mismatch"]


def test_sums_over_cells_that_could_not_be_read_are_not_compared(tmp_path: Path) -> None:
    """The cell is told, not the total too."""
    rows = [*ROWS[:2], row(CEMENT, "县属", ("若干", 5, 10, 4, 3, 2, 0))]
    (ledger,) = checked(tmp_path / "a.xlsx", progress(rows, below=[total("合计", 999, 15)]))
    assert told(ledger) == [("not-a-number", "D4", "“退休人员总数”应填数字，现为“若干”。")]


def test_the_first_costly_fault_of_a_cell_is_the_only_one(tmp_path: Path) -> None:
    """A number that is none is not also missing, a negative one not also compared, nor any other with it; notes are told beside."""
    rows = [
        row(CHEMICALS, "中央", ("x", 5, 10, 4, 3, 2, 0)),
        row("某厂", "集体", (-5, -3, 10, 4, 3, 2, 0)),
        row("某厂", "县属大集体"),
    ]
    (ledger,) = checked(tmp_path / "a.xlsx", progress(rows))
    assert sorted((f.cell, f.code) for f in ledger.failures) == [
        ("B3", "unknown-enterprise"), ("B4", "duplicate-row"), ("B4", "unknown-enterprise"), ("C3", "not-in-list"), ("C4", "not-in-list"),
        ("C4", "out-of-scope"), ("D2", "not-a-number"), ("D3", "negative"), ("E3", "negative"),
    ]  # fmt: skip
    assert (ledger.read, ledger.rejected) == (3, 3)


def test_a_missing_column_is_told_once(tmp_path: Path) -> None:
    """Not once more in each row; a county's own ledger needs no county."""
    order = [name for name in ORDER if name not in ("county", "functions")]
    (own,) = checked(tmp_path / "a.xlsx", progress(ROWS, order))
    assert [(f.code, f.header) for f in own.failures] == [("missing-column", PLAIN["functions"][0])]
    (other,) = checked(tmp_path / "b.xlsx", progress(ROWS, order), f"{CHEMICALS}/b.xlsx")
    assert [(f.code, f.header) for f in other.failures] == [
        ("missing-column", PLAIN["functions"][0]),
        ("missing-column", PLAIN["county"][0]),
    ]
    assert (other.read, other.rejected) == (3, 0)


def test_archives_without_their_own_total_are_measured_by_the_retirees(tmp_path: Path) -> None:
    """And the sentence says so."""
    order = [name for name in ORDER if name != "archives_due"]
    (ledger,) = checked(
        tmp_path / "a.xlsx", progress([row(CHEMICALS, "中央", (10, 5, None, 12, 3, 2, 0))], order)
    )
    assert told(ledger) == [
        ("archives-exceed", "F2", "“已移交档案数”12份，多于“退休人员总数”10份。")
    ]


def test_rules_on_trial_are_notes(tmp_path: Path) -> None:
    """policy.trial_rules; a rule without which nothing can be counted stays what it is."""
    rows = [row(CHEMICALS, "中央", (10, 11, 10, 4, 3, 2, "x"))]
    (ledger,) = checked(
        tmp_path / "a.xlsx",
        progress(rows),
        policy={"trial_rules": ["more-than-total", "not-a-number", "month-mismatch"]},
    )
    assert [(f.code, f.severity) for f in ledger.failures] == [
        ("more-than-total", "note"),
        ("not-a-number", "row"),
    ]
    assert ledger.rejected == 1


def test_failures_beyond_the_limit_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first are listed in the order of rows, one more says how many there are; every row is accounted for."""
    monkeypatch.setattr("flows.steps.check.validate.LISTED", 3)
    monkeypatch.setattr("flows.steps.failures.LISTED", 3)
    rows = [
        row(f"某{i}厂", "市属", (10, 11 if i < 5 else 5, 10, 4, 3, 4 if i < 5 else 2, 0))
        for i in range(8)
    ]
    (ledger,) = checked(tmp_path / "a.xlsx", progress(rows))
    assert [(f.code, f.cell) for f in ledger.failures if f.code == "more-than-total"] == [
        ("more-than-total", "E2"), ("more-than-total", "I2"), ("more-than-total", "E3"), ("more-than-total", None),
    ]  # fmt: skip
    more = ledger.failures[-2]
    assert (more.severity, more.message) == ("row", "“分项大于总数”另有7处，只列出前3处。")
    # the others are of no registered enterprise
    assert (ledger.read, ledger.rejected, ledger.doubted) == (8, 8, 3)


def test_numbers_of_persons_do_not_reach_a_failure(tmp_path: Path) -> None:
    """In sheet names, headers, labels of totals, titles and the line of the sender."""
    number, phone = "11010519491231002X", "13812345678"
    headers = {**PLAIN, "uscc": (f"备用{number}",)}
    sheet = Sheet("progress", f"2022年4月{number}", headers, ROWS, [*ORDER, "uscc"], [[f"填报单位：王建国{phone}"]],
                  [[f"{phone}合计", None, None, 31]], name=f"表{number}")  # fmt: skip
    (ledger,) = checked(tmp_path / "a.xlsx", sheet)
    assert {"unknown-column", "sender-unknown", "month-mismatch", "control-total"} <= {
        f.code for f in ledger.failures
    }
    assert not any(secret in str(f) for f in ledger.failures for secret in (number, phone))
    assert not any(number in cell for cells in ledger.counts["at_retirees"] for cell in cells)  # type: ignore[index]  # it has counts


NAMED = campaign().model_copy(update={
    "senders": (*campaign().senders, Sender(name="示例集团", type="企业", owes=("progress",))),
    "counties": (County(name=EAST, aliases=("浥东", "示例")), *campaign().counties[1:]),
})  # fmt: skip


@pytest.mark.parametrize(("file", "stated", "sender", "likely", "code"), [
    (f"{EAST}/五月.xlsx", [], EAST, EAST, None),
    ("五月.xlsx", [EAST], EAST, EAST, None),
    ("东浥5月.xlsx", [], EAST, EAST, None),  # an alias
    (f"{EAST}/{EAST}五月.xlsx", [f" {EAST} "], EAST, EAST, None),
    (f"{EAST}/五月.xlsx", [WEST], None, EAST, "sender-conflict"),
    (f"{EAST}/{WEST}.xlsx", [], None, EAST, "sender-conflict"),
    (f"{EAST}西浥区.xlsx", [], None, None, "sender-conflict"),
    ("五月.xlsx", [], None, None, "sender-unknown"),
    (f"{EAST}/五月.xlsx", ["某某单位"], None, EAST, "sender-unknown"),
    ("五月.xlsx", [EAST, WEST], None, None, "sender-conflict"),
    ("汇总/示例集团/五月.xlsx", [], "示例集团", "示例集团", None),
    ("五月.xlsx", ["浥东"], EAST, EAST, None),  # an alias of its county
    ("浥东/五月.xlsx", [], EAST, EAST, None),
    ("浥东五月.xlsx", [], EAST, EAST, None),
    (f"{WEST}（浥东）.xlsx", [], WEST, WEST, None),  # which is looked for only where no sender is named
    ("示例集团/浥东.xlsx", ["浥东"], None, "示例集团", "sender-conflict"),
])  # fmt: skip
def test_who_sent_a_file(
    file: str, stated: Sequence[str], sender: str | None, likely: str | None, code: str | None
) -> None:
    """Its own line, its folder and its name have to agree; two that do not, or none, return the file."""
    claims = Claims(senders=tuple((text, "进度", "A2") for text in stated))
    origin = recognise_sender(file, claims, NAMED)
    codes = [failure.code for failure in origin.failures]
    assert (origin.sender, origin.likely, codes) == (sender, likely, [code] if code else [])


@pytest.mark.parametrize(("months", "day", "wrong"), [
    ([(2022, 5)], None, 0), ([(None, 5)], None, 0), ([(2022, 4)], None, 1), ([(2021, 5)], None, 1), ([(2022, 1), (2022, 5)], None, 0),
    ([], date(2022, 5, 1), 0), ([], date(2022, 7, 1), 0), ([], date(2022, 4, 30), 1), ([], date(2022, 7, 2), 1), ([(2022, 5)], date(2021, 5, 28), 1),
])  # fmt: skip
def test_the_month_of_a_file(
    months: Sequence[tuple[int | None, int]], day: date | None, wrong: int
) -> None:
    """A title of another month returns it; a day of filling in only before the month or more than 31 days after it."""
    claims = Claims(
        months=tuple((y, m, "标题", "进度", "A1") for y, m in months),
        dates=((day, "日期", "进度", "A2"),) if day else (),
    )
    codes = [failure.code for failure in wrong_months("五月.xlsx", claims, MAY)]
    assert codes == ["month-mismatch"] * wrong


def test_the_keyed_hash_is_hmac_sha256() -> None:
    """RFC 4231, test cases 1 and 6, cut to 16 bytes: what stands in the store does not depend on our short cut."""
    assert hasher(b"\x0b" * 20)("Hi There").hex() == "b0344c61d8db38535ca8afceaf0bf12b"
    assert (
        hasher(b"\xaa" * 131)("Test Using Larger Than Block-Size Key - Hash Key First").hex()
        == "60e431591ee0b67f0d8a26aacbf5b77f"
    )


def test_a_bad_row_keeps_its_hash_alone(tmp_path: Path) -> None:
    """Where columns have slipped a name may stand in any of them: nothing of such a row goes to the store but the person's hash."""
    good = {"person": "甲某", "sex": "女", "id": "11010519491231002X", "enterprise": MACHINES, "affiliation": "市属", "county": EAST,
            "politics": "群众"}  # fmt: skip
    bad = good | {
        "id": "440524188001010014",
        "sex": "男",
        "county": "司马相",
        "affiliation": "司马相",
        "enterprise": "司马相",
    }
    columns = {column.name: column for column in shipped().roster}
    header, *rows = (
        [columns[name].header for name in good],
        *(list(row.values()) for row in (good, bad)),
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx([Page([header, *rows])]))
    (ledger,) = check_alone(
        read_file(path, f"{EAST}/a.xlsx", shipped()), campaign(), MAY, ISSUED, b"key"
    )
    people: Any = ledger.people
    kept = people.astype(object).where(people.notna(), None)
    assert kept[["good", "county", "enterprise", "affiliation"]].to_numpy().tolist() == [
        [True, EAST, MACHINES, "市属"], [False, None, None, None],
    ]  # fmt: skip


def test_counts_of_a_roster() -> None:
    """Good rows only; what is done after the month is not; a date of the organisational relations counts for members alone."""
    done, late = np.datetime64("2022-05-31", "s"), np.datetime64("2022-06-01", "s")
    people = pd.DataFrame({
        "good": [True, True, True, False], "county": EAST, "enterprise": [CEMENT, CEMENT, MACHINES, CEMENT], "affiliation": "市属",
        "member": [True, False, False, True], "table": 0, "row": [4, 5, 6, 7],
        **{day: [done, done, late, done] for day in shipped().handovers},
    })  # fmt: skip
    table = Table("名单", 3, {column.name: i for i, column in enumerate(shipped().roster)})
    counts = counts_of_people(people, [table], MAY.last_day, shipped())
    assert counts[["enterprise", *COUNTS]].to_numpy().tolist() == [
        [CEMENT, 2, 2, 2, 2, 1, 1, 2],
        [MACHINES, 1, 0, 1, 0, 0, 0, 0],
    ]
    assert counts.loc[0, ["at_enterprise", "at_retirees", "at_party", "n_party"]].tolist() == [
        ["名单!D4"],
        ["名单!C4", "名单!C5"],
        ["名单!N4"],
        1,
    ]


def test_the_cells_kept_of_a_count_are_limited() -> None:
    """The first ones, and how many there are."""
    rows = SOURCES + 10
    people = pd.DataFrame({"good": True, "county": EAST, "enterprise": CENTRE, "affiliation": "托管中心", "member": False, "table": 0,
                           "row": np.arange(1, rows + 1), **{day: np.datetime64("NaT", "s") for day in shipped().handovers}})  # fmt: skip
    line = counts_of_people(people, [Table("名单", 3, {"id": 1})], MAY.last_day, shipped()).iloc[0]
    assert (line["at_retirees"], line["n_retirees"], line["at_party"]) == (
        [f"名单!B{i}" for i in range(1, SOURCES + 1)],
        rows,
        [],
    )
