"""Small made-up reports: what the tests of documents and pages start from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flows.campaign.document_table import shipped_documents
from flows.registered import County, Enterprise, Sender
from flows.settings import Campaign
from flows.steps.compose.papers import paper_of
from flows.steps.compose.planning import PlannedDocument
from flows.steps.model import Coverage, Failure, Figures, LedgerReport, Line, Paper, Report, Trend
from flows.steps.months import Month
from flows.steps.roll_up import roll_up
from schemas.columns import Level
from schemas.documents import BULLETINS
from schemas.rules import RULES
from tests.support.factories import CENTRE, COUNTIES, FIRMS, campaign, line

MONTH = Month(2022, 5)
EAST, WEST, SOUTH = COUNTIES
(CHEMICAL, _), (MACHINES, _), (CEMENT, _) = FIRMS


def ledger(
    sender: str | None, verdict: str, kind: str | None = "progress", **more: Any
) -> LedgerReport:
    """Return a ledger of the month; its file is named after its sender."""
    facts = {
        "file": f"{sender}.xlsx",
        "sha256": "0" * 64,
        "sender": sender,
        "likely": sender,
        "read": 3,
        "rejected": 0,
        "received": date(2022, 6, 2),
    }
    return LedgerReport(**{**facts, "kind": kind, "verdict": verdict, **more})


def failure(
    file: str, code: str, cell: str | None = "F7", message: str = "有误。", **more: Any
) -> Failure:
    """Return a fault of a file with its rule's severity."""
    row = int("".join(c for c in cell or "" if c.isdigit()) or 0) or None
    facts: dict[str, Any] = {
        "file": file,
        "sheet": "进度",
        "cell": cell,
        "row": row,
        "header": "已签协议人数",
        "value": "12a",
        "code": code,
    }
    facts |= {"severity": RULES[code].severity, "message": message, "remedy": "请核对后改正。"}
    return Failure(**{**facts, **more})


def report(lines: Sequence[Line], *, of: Campaign | None = None, before: Sequence[Line] | None = None, coverage: Sequence[Coverage] = (),
           ledgers: Sequence[LedgerReport] = (), failures: Sequence[Failure] = (), month: Month = MONTH, **more: Any) -> Report:  # fmt: skip
    """Return a month's report of some lines; `before` are last month's, none in the first month."""
    of = of or campaign()
    previous = None if before is None else roll_up(before, (), of, month.previous)
    figures = roll_up(lines, coverage, of, month, previous)
    trends = [_trend(f) for f in (previous, figures) if f is not None]
    return Report(of, month, date(2022, 6, 2), figures, trends, ledgers, failures, **more)


def _trend(figures: Figures) -> Trend:
    return Trend(
        figures.month, {entry.name: entry.rates for entry in (figures.city, *figures.counties)}
    )


def bulletin_of(report: Report, level: Level, name: str) -> Paper:
    """Return a bulletin by its line in the shipped table, ready to be rendered."""
    line = next(x for x in shipped_documents() if x.name == BULLETINS[level])
    return paper_of(report, PlannedDocument(line, name, ""))


def small_report() -> Report:
    """Return a month with a bit of everything: all signed, under way and carried, without retirees; returned, missing, unreadable."""
    before = [
        line(EAST, CHEMICAL, (100, 50, 100, 20, 10, 2, 0), "中省企业"),
        line(EAST, CENTRE, (60, 60, 60, 30, 0, 0, 0), "托管中心", sender=CENTRE),
        line(WEST, MACHINES, (300, 100, 310, 31, 40, 10, 3)),
    ]
    lines = [
        line(EAST, CHEMICAL, (100, 100, 100, 50, 10, 10, 25), "中省企业"),
        line(EAST, CENTRE, (59, 59, 59, 59, 0, 0, 0), "托管中心", sender=CENTRE),
        before[2],
    ]
    coverage = [
        Coverage(EAST, "progress", "accepted", "2022-05"), Coverage(WEST, "progress", "returned", "2022-04"),
        Coverage(SOUTH, "progress", "missing", None), Coverage(CHEMICAL, "progress", "unreadable", None),
        Coverage(CENTRE, "roster", "partly", "2022-05"),
    ]  # fmt: skip
    ledgers = [
        ledger(EAST, "accepted"), ledger(WEST, "returned", rejected=2), ledger(CENTRE, "partly", "roster", read=60, rejected=1),
        ledger(None, "unreadable", None, file=f"{CHEMICAL}/五月.xlsx", likely=CHEMICAL, read=0),
        ledger(None, "returned", file="不明.xlsx", likely=None, read=1),
    ]  # fmt: skip
    failures = [
        failure("", "not-submitted", None, "南沚县未报送2022年5月的进度台账。", value=SOUTH, sheet=None, header=None),
        failure("不明.xlsx", "sender-unknown", "A2", "认不出报送单位。"),
        failure(f"{CHEMICAL}/五月.xlsx", "file-unreadable", None, "文件无法读取。", value=None, sheet=None, header=None),
        failure(f"{CENTRE}.xlsx", "id-invalid", "C4", "身份证号（**************2830）有误。", value="**************2830"),
        failure(f"{EAST}.xlsx", "reported-twice", "C5", "另有单位也报了数据。", aside=f"另一报送单位：{CHEMICAL}"),
        *(failure(f"{WEST}.xlsx", "not-a-number", f"F{row}", f"第{row}行应填数字。") for row in (7, 9)),
    ]  # fmt: skip
    return report(lines, before=before, coverage=coverage, ledgers=ledgers, failures=failures)


def many_counties(names: Sequence[str], counts: Sequence[Sequence[int]], **more: Any) -> Report:
    """Return the first month of a city of given counties, each with one enterprise of the given counts."""
    senders = [Sender(name=name, type="县区", owes=("progress",), county=name) for name in names]
    firms = [f"{name}农机厂" for name in names]
    of = campaign(senders=senders).model_copy(update={
        "counties": tuple(County(name=name) for name in names),
        "enterprises": tuple(Enterprise(name=firm, affiliation="县属") for firm in firms),
    })  # fmt: skip
    lines = [
        line(name, firm, own, "县属企业")
        for name, firm, own in zip(names, firms, counts, strict=True)
    ]
    coverage = [Coverage(name, "progress", "accepted", "2022-05") for name in names]
    return report(
        lines,
        of=of,
        coverage=coverage,
        ledgers=[ledger(name, "accepted") for name in names],
        **more,
    )


def files_of(one: Report, packets: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Return the paths that a month's folder holds, with the packets given by sender."""
    county = "县区"
    levels = {county: one.figures.counties, "企业": one.figures.enterprises}
    paths = [
        f"bulletins/{level}/{entry.name}.docx"
        for level, entries in levels.items()
        for entry in entries
    ]
    paths += [
        f"returns/{sender}/{name}" for sender, names in (packets or {}).items() for name in names
    ]
    return sorted(
        [
            *paths,
            "bulletins/全市.docx",
            "汇总表.xlsx",
            "上报表.xlsx",
            "index.html",
            "returns/index.html",
            "figures.json",
            "quality.json",
        ]
    )


def with_campaign(one: Report, **changes: Any) -> Report:
    """Return a report whose campaign's settings are changed."""
    settings = one.campaign.settings.model_copy(update=changes)
    return replace(one, campaign=one.campaign.model_copy(update={"settings": settings}))
