"""起, 止 and 并入 of 名录: what the registry is in a month, and each fault with its cell."""

import io
from collections.abc import Mapping, Sequence

import pytest
import xlsxwriter

from flows.campaign.registry import read_registry
from flows.settings import Campaign
from flows.steps.months import Month
from schemas.registry import COUNTIES, ENTERPRISES, REGISTRY, SENDERS
from schemas.shipped import shipped
from tests.support.factories import campaign

# a county's name, aliases, 起, 止, 并入
Entry = tuple[str, str, str, str, str]
A, B, C = "甲县", "乙县", "丙县"


def book(counties: Sequence[Entry]) -> bytes:
    """Return a 名录.xlsx of some counties, each its own sender, without enterprises."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as file:
        for sheet, columns in REGISTRY.items():
            page = file.add_worksheet(sheet)
            page.write_row(0, 0, [column.header for column in columns])
            for r, (name, aliases, *period) in enumerate(counties, 1):
                given = {"name": name, "aliases": aliases, "type": "县区", "owes": "进度台账"}
                given |= dict(zip(("begins", "ends", "successor"), period, strict=True))
                if sheet == SENDERS:
                    given |= {"begins": "", "ends": "", "successor": "", "aliases": ""}
                if sheet != ENTERPRISES and (sheet == COUNTIES or name not in seen(counties, r)):
                    page.write_row(r, 0, [given.get(c.name, "") for c in columns])
    return buffer.getvalue()


def seen(counties: Sequence[Entry], row: int) -> set[str]:
    """Return the names above a row."""
    return {name for name, *_ in counties[: row - 1]}


# the counties, the fault's place and what it begins with
FAULTS: Sequence[tuple[list[Entry], list[tuple[str, str]]]] = [
    ([(A, "", "2022-03", "2022-06", "")], []),
    ([(A, "", "2022年3月", "2022/6", "")], []),
    ([(A, "", "2022-03-01", "", "")], []),  # as WPS makes a date of a month
    ([(A, "", "三月", "", "")], [("县区!E2", "“起”应写月份，如 2022-03，现为“三月”")]),
    ([(A, "", "2022.1", "", "")], [("县区!E2", "“起”应写月份")]),  # January or October
    ([(A, "", "", "2022-13", "")], [("县区!F2", "“止”应写月份")]),
    ([(A, "", "2022-06", "2022-05", "")], [("县区!F2", "止（2022-05）早于起（2022-06）")]),
    ([(A, "", "", "", B), (B, "", "", "", "")], [("县区!G2", "写了“并入”，没有写“止”")]),
    ([(A, "", "", "2022-05", B)], [("县区!G2", "“县区”表中没有“乙县”")]),
    ([(A, "", "", "2022-05", "乙"), (B, "乙", "", "", "")], []),
    ([(A, "", "", "2022-05", A)], [("县区!G2", "“甲县”并来并去，又并入了自己")]),
    ([(A, "", "", "2022-05", B), (B, "", "", "2022-07", A)],
     [("县区!G2", "“甲县”并来并去"), ("县区!G3", "“乙县”并来并去")]),
    ([(A, "", "", "2022-05", B), (B, "", "", "2022-05", C), (C, "", "", "", "")],
     [("县区!G2", "“乙县”在2022年6月不在名录中")]),
    ([(A, "", "", "2022-05", B), (B, "", "", "2022-06", C), (C, "", "", "", "")], []),
    ([(A, "", "", "2022-05", ""), (A, "", "2022-08", "", "")], []),
    ([(A, "", "", "2022-05", ""), (A, "", "2022-05", "", "")],
     [("县区!A3", "“甲县”已在 县区!A2 用过，一个名称或别名只能指一个单位；同名而先后不同时的")]),
    ([(A, "", "", "", ""), (A, "", "", "", "")],
     [("县区!A3", "“甲县”已在 县区!A2 用过，一个名称或别名只能指一个单位")]),
]  # fmt: skip


@pytest.mark.parametrize(("counties", "faults"), FAULTS)
def test_faults(counties: list[Entry], faults: list[tuple[str, str]]) -> None:
    """Every fault is told at its cell."""
    faults = read_registry(book(counties), shipped())[1]
    found = [fault for fault in faults if fault[0].startswith("县区")]
    assert [(place, message[: len(start)]) for (place, message), (_, start) in zip(found, faults, strict=True)] == faults  # fmt: skip


CHAIN: list[Entry] = [
    (A, "甲", "", "2022-03", B),
    (B, "", "", "2022-05", C),
    (C, "", "", "", ""),
    ("丁县", "", "2022-05", "2022-06", ""),
]
# the month, the counties and senders in it, whose past counts for whom, what merges with it
MONTHS: Sequence[tuple[str, list[str], Mapping[str, str], list[tuple[str, str]]]] = [
    ("2022-03", [A, B, C], {}, []),
    ("2022-04", [B, C], {A: B, "甲": B}, [(A, B)]),
    ("2022-05", [B, C, "丁县"], {A: B}, []),
    ("2022-06", [C, "丁县"], {A: C, "甲": C, B: C}, [(B, C)]),
    ("2022-07", [C], {A: C, B: C, "丁县": "丁县"}, []),
]


@pytest.mark.parametrize(("month", "names", "now", "mergers"), MONTHS)
def test_the_registry_of_a_month(
    month: str, names: list[str], now: Mapping[str, str], mergers: list[tuple[str, str]]
) -> None:
    """A month has the units of its time; a county's own sender ends with it, past names lead to the successor."""
    registry, faults = read_registry(book(CHAIN), shipped())
    assert faults == []
    assert registry is not None
    fields = {name: getattr(registry, name) for name in ("counties", "enterprises", "senders")}
    whole = Campaign(settings=campaign().settings, **fields, digest="made-up")
    then = whole.in_month(Month.parse(month))
    assert [county.name for county in then.counties] == names
    assert [sender.name for sender in then.senders] == names
    assert {name: then.county_now(name) for name in now} == now
    assert {key: f.name for key, f in then.former.senders.items()} == {
        key: f.name for key, f in then.former.counties.items() if key != "甲"
    }
    assert [(merger.name, merger.successor) for merger in then.mergers] == mergers


def test_an_undated_registry_is_every_month_s() -> None:
    """Without 起 and 止 the campaign is the same in each month."""
    whole = campaign()
    assert whole.in_month(Month(2022, 5)) is whole
