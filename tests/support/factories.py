"""Small made-up campaigns, lines and submissions: what tests start from."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from flows.campaign.document_table import shipped_documents
from flows.intake.discovery import LedgerFile
from flows.intake.job import Job
from flows.registered import County, Enterprise, Sender
from flows.settings import Campaign, Settings
from flows.steps.model import CheckedLedger, Line, Submission, SubmissionHistory
from flows.steps.months import Month
from flows.steps.store import Store
from tests.support.retirees import COUNTS

SETTINGS: Mapping[str, Any] = {
    "name": "国有企业退休人员社会化管理",
    "city": "示例市",
    "office": "示例市国有企业退休人员社会化管理工作领导小组办公室",
    "start": date(2022, 1, 10),
    "deadlines": {"handover": date(2022, 7, 31), "acceptance": date(2022, 12, 31)},
    "bulletin": {"title": "国有企业退休人员社会化管理工作简报", "first_month": "2022-01"},
}
COUNTIES = ("东浥区", "西浥区", "南沚县")
FIRMS = (("浥江化工有限公司", "中央"), ("沅岚机械有限公司", "市属"), ("洹滨水泥厂", "县属"))
CENTRE = "示例市市直企业职工托管中心"


def campaign(
    policy: Mapping[str, Any] | None = None,
    senders: Sequence[Sender] | None = None,
    **settings: Any,
) -> Campaign:
    """Return a campaign of three counties, three enterprises and a trusteeship centre."""
    owing = [
        Sender(name=name, type="县区", owes=("progress",), county=name, aliases=(name[:2],))
        for name in COUNTIES
    ]
    owing += [
        Sender(name=FIRMS[0][0], type="企业", owes=("progress",)),
        Sender(name=CENTRE, type="托管中心", owes=("roster",)),
    ]
    return Campaign(
        settings=Settings.model_validate({**SETTINGS, **settings, "policy": policy or {}}),
        counties=tuple(County(name=name, aliases=(name[:2],)) for name in COUNTIES),
        enterprises=tuple(
            Enterprise(name=name, affiliation=affiliation) for name, affiliation in FIRMS
        ),
        senders=tuple(owing if senders is None else senders),
        digest="made-up",
        documents=shipped_documents(),
    )


def line(county: str, enterprise: str, counts: Sequence[int], group: str = "市属企业", sender: str = "", row: int = 5,
         month: str = "2022-05", submission: str = "") -> Line:  # fmt: skip
    """Return a line; its counts in the order of COUNTS, its cells in the columns E, F, G … of a row."""
    sender = sender or county
    file = f"{sender}.xlsx"
    cells = {name: ([f"{file}!进度!{'EFGHIJK'[i]}{row}"], 1) for i, name in enumerate(COUNTS)}
    cells["enterprise"] = ([f"{file}!进度!C{row}"], 1)
    return Line(
        submission or f"{month}/{sender}",
        month,
        sender,
        file,
        county,
        enterprise,
        group,
        dict(zip(COUNTS, counts, strict=True)),
        cells,
    )


def submission(
    sender: str | None,
    verdict: str = "accepted",
    month: str = "2022-05",
    kind: str | None = "progress",
    **more: Any,
) -> Submission:
    """Return a submission of a sender; its id is the month and the sender."""
    facts: dict[str, Any] = {
        "id": f"{month}/{sender}", "month": month, "content": f"{month}/{sender}/{kind}", "file": f"{sender}.xlsx", "sha256": "0" * 64,
        "kind": kind, "sender": sender, "likely": sender, "verdict": verdict, "read": 3, "rejected": 0, "context": "", "base": (),
        "issued": date(2022, 6, 2), "run": 1, "first_run": 1, "recorded_at": datetime(2022, 6, 2, tzinfo=UTC),
    }  # fmt: skip
    return Submission(**{**facts, **more})


def remembered(*submissions: Submission) -> SubmissionHistory:
    """Return what the store remembers of some submissions."""
    by_month: dict[str, list[Submission]] = {}
    for one in submissions:
        by_month.setdefault(one.month, []).append(one)
    gone = {
        month: {content: s for s in rows for content in s.supersedes}
        for month, rows in by_month.items()
    }
    return SubmissionHistory(by_month, gone)


def examined(sender: str, rows: Sequence[tuple[str, str, Sequence[int]]], *, file: str = "", sha256: str = "", kind: Any = "progress",
             note: str | None = None) -> CheckedLedger:  # fmt: skip
    """Return a progress ledger checked alone, without a fault: (county, enterprise, counts) a row, from row 5 of a sheet 进度."""
    data = [
        {"good": True, "county": county, "enterprise": firm, "affiliation": "市属", "note": note, **dict(zip(COUNTS, counts, strict=True))}
        | {f"at_{name}": [f"进度!{'CEFGHIJK'[i]}{r}"] for i, name in enumerate(("enterprise", *COUNTS))}
        | {f"n_{name}": 1 for name in ("enterprise", *COUNTS)}
        for r, (county, firm, counts) in enumerate(rows, 5)
    ]  # fmt: skip
    counts = pd.DataFrame(data).astype({"note": "str", **dict.fromkeys(COUNTS, "Int64")})
    name = file or f"{sender}.xlsx"
    digest = sha256 or hashlib.sha256(repr((name, rows)).encode()).hexdigest()
    return CheckedLedger(name, digest, kind, sender, sender, len(rows), 0, [], counts)


def found(*ledgers: CheckedLedger) -> list[LedgerFile]:
    """Return examined ledgers' files as a survey finds them."""
    return [LedgerFile(one.file, one.file, one.sha256, 0) for one in ledgers]


def job(
    store: Path | str, month: str = "2022-05", issued: date = date(2022, 6, 2), **more: Any
) -> Job:
    """Return a job on a store."""
    facts: dict[str, Any] = {
        "campaign": campaign(),
        "ledgers": Path("ledgers"),
        "outputs": Path("outputs"),
        "key": b"key",
    }
    return Job(Month.parse(month), issued=issued, store=Store(str(store)), **{**facts, **more})
