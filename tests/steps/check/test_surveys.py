"""A sender's first month against 名录's 摸底人数: rows in, questions out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from flows.settings import Campaign
from flows.steps.check.month_ledgers import StoredLedger, new_ledger
from flows.steps.check.months import Base
from flows.steps.check.together import judge
from flows.steps.months import Month
from schemas.rules import SURVEYED_REMEDY
from schemas.shipped import shipped
from tests.support.factories import COUNTIES, FIRMS, campaign, examined

EAST, WEST, SOUTH = COUNTIES
CHEMICALS, MACHINES, CEMENT = (name for name, _ in FIRMS)
MAY = Month(2022, 5)
Sent = Mapping[str, Sequence[tuple[str, str, int]]]  # each sender's county, enterprise, retirees


def surveyed(counties: Mapping[str, int], enterprises: Mapping[str, int]) -> Campaign:
    """Return the campaign with some 摸底人数."""
    plain = campaign()
    return plain.model_copy(update={
        "counties": tuple(c.model_copy(update={"surveyed": counties.get(c.name)}) for c in plain.counties),
        "enterprises": tuple(
            e.model_copy(update={"surveyed": enterprises.get(e.name)}) for e in plain.enterprises
        ),
    })  # fmt: skip


def ledgers(sent: Sent, run: int, note: str | None = None) -> list[Any]:
    """Return the ledgers of a run; only the retirees of a row matter here."""
    return [
        new_ledger(
            examined(sender, [(c, e, (n, 0, n, 0, 0, 0, 0)) for c, e, n in rows], note=note),
            run,
            shipped(),
        )
        for sender, rows in sent.items()
    ]


def stored(sent: Sent) -> list[StoredLedger]:
    """Return ledgers that an earlier run accepted."""
    names = ("content", "file", "kind", "sender", "likely", "first_run", "keys", "retirees")
    return [
        StoredLedger(**{name: getattr(x, name) for name in names}, verdict="accepted")
        for x in ledgers(sent, 1)
    ]


ONE = {CHEMICALS: 320}
FULL: Sent = {WEST: [(WEST, CEMENT, 1)], SOUTH: [(SOUTH, CEMENT, 1)]}


# the surveys, stored, sent; the questions: sender, cell, message
@pytest.mark.parametrize(("counties", "enterprises", "before", "sent", "questions"), [
    ({}, {}, {}, {EAST: [(EAST, CHEMICALS, 3200)]}, []),
    ({}, ONE, {}, {EAST: [(EAST, CHEMICALS, 384)]}, []),  # 20 % to the man
    ({}, ONE, {}, {EAST: [(EAST, MACHINES, 1), (EAST, CHEMICALS, 3200)]},
     [(EAST, "E6", "“退休人员总数”为3200，名录中的摸底人数为320，多2880，相差较大。")]),
    # fewer: only when no county is to come, or in the enterprise's own ledger
    ({}, ONE, {}, {EAST: [(EAST, CHEMICALS, 32)]}, []),
    ({}, ONE, FULL, {EAST: [(EAST, CHEMICALS, 32)]},
     [(EAST, "E5", "“退休人员总数”为32，名录中的摸底人数为320，少288，相差较大。")]),
    ({}, ONE, {}, {CHEMICALS: [(EAST, CHEMICALS, 20), (WEST, CHEMICALS, 12)]},
     [(CHEMICALS, "E5", f"{CHEMICALS}各县（市、区）合计，“退休人员总数”为32，名录中的摸底人数为320，少288，相差较大。")]),
    # an enterprise in two counties
    ({}, ONE, {WEST: [(WEST, CHEMICALS, 220)]}, {EAST: [(EAST, CHEMICALS, 100)]}, []),
    ({}, ONE, {WEST: [(WEST, CHEMICALS, 220)]}, {EAST: [(EAST, CHEMICALS, 1000)]},
     [(EAST, "E5", f"{CHEMICALS}各县（市、区）合计，“退休人员总数”为1220，名录中的摸底人数为320，多900，相差较大。")]),
    ({}, ONE, {}, {EAST: [(EAST, CHEMICALS, 1000)], WEST: [(WEST, CHEMICALS, 220)]},  # the other is right
     [(EAST, "E5", f"{CHEMICALS}各县（市、区）合计，“退休人员总数”为1220，名录中的摸底人数为320，多900，相差较大。")]),
    # a county's own ledger
    ({EAST: 500}, {}, {}, {EAST: [(EAST, CHEMICALS, 300), (EAST, CEMENT, 200)]}, []),
    ({EAST: 500}, {}, {}, {EAST: [(EAST, CHEMICALS, 300), (EAST, CEMENT, 20)]},
     [(EAST, None, f"{EAST}各行合计，“退休人员总数”为320，名录中的摸底人数为500，少180，相差较大。")]),
    ({EAST: 500}, {}, {}, {CHEMICALS: [(EAST, CHEMICALS, 30)]}, []),
    # what is asked of an enterprise is not asked of its county again
    ({EAST: 500}, ONE, {}, {EAST: [(EAST, CHEMICALS, 3200), (EAST, CEMENT, 180)]},
     [(EAST, "E5", "“退休人员总数”为3200，名录中的摸底人数为320，多2880，相差较大。")]),
])  # fmt: skip
def test_a_first_month(
    counties: Mapping[str, int],
    enterprises: Mapping[str, int],
    before: Sent,
    sent: Sent,
    questions: list[tuple[str, str | None, str]],
) -> None:
    """A ledger that is asked anything is held, the others are accepted."""
    settings = surveyed(counties, enterprises)
    judged = judge(ledgers(sent, 2), stored(before), {}, settings, MAY)
    found = [(x.sender, f) for x in judged for f in x.checked.failures]
    assert [(sender, f.cell, f.message) for sender, f in found] == questions
    assert {f.remedy for _, f in found} <= {SURVEYED_REMEDY}
    asked = {sender for sender, _ in found}
    assert {x.sender: x.verdict for x in judged} == {
        name: "held" if name in asked else "accepted" for name in sent
    }


def test_later_months_and_explained_rows() -> None:
    """A sender with an accepted month is compared with that; a reason in 备注 makes a note."""
    settings = surveyed({}, ONE)
    far: Sent = {EAST: [(EAST, CHEMICALS, 3200)]}
    base = Base(Month(2022, 4), {(EAST, CHEMICALS): ledger_row(3200)})
    assert judge(ledgers(far, 2), [], {EAST: base}, settings, MAY)[0].verdict == "accepted"
    (explained,) = judge(ledgers(far, 2, "摸底时漏报"), [], {}, settings, MAY)
    assert (explained.verdict, [f.severity for f in explained.checked.failures]) == (
        "accepted",
        ["note"],
    )


def test_a_row_with_a_fault_of_its_own() -> None:
    """Its sum says nothing: the enterprise is not asked about beside the fault."""
    (ledger,) = ledgers({EAST: [(EAST, CHEMICALS, 3200)]}, 2)
    bad = replace(ledger.checked, counts=ledger.checked.counts.assign(good=False), rejected=1)
    (judged,) = judge([replace(ledger, checked=bad)], [], {}, surveyed({}, ONE), MAY)
    assert (judged.verdict, judged.checked.failures) == ("returned", [])


def ledger_row(retirees: int) -> dict[str, int]:
    """Return a row's counts as a base has them."""
    names = ("agreement", "archives", "party_members", "party", "functions")
    return {"retirees": retirees, "archives_due": retirees, **dict.fromkeys(names, 0)}
