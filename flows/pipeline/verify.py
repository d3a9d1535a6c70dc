"""Whether the store is whole: rows, issued documents, and whether they can be made again.

Nothing is written. Each check says how many things it looked at and what is wrong with which.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flows.intake.job import open_job
from flows.pipeline.documents import Sources, key_of, versions_of
from flows.pipeline.figure_links import without_links_to_figures
from flows.pipeline.on_demand import job_as_of
from flows.pipeline.report import report_of
from flows.pipeline.snapshot import load_snapshot
from flows.pipeline.template_folders import template_folders
from flows.settings import Campaign
from flows.steps.compose.planning import documents_due
from flows.steps.model import Submission, UserError
from flows.steps.months import Month
from flows.steps.render import Renderer
from flows.steps.store import (
    Document,
    Issue,
    Store,
    StoreError,
    counts_of,
    documents,
    issues,
    load_history,
    load_journal,
)
from flows.steps.store.tables import SCHEMAS

LAST_MONTH = "9999-12"
_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True)
class StoreCheck:
    """One thing that was checked: how many were looked at, and what is wrong with which."""

    what: str
    tried: int
    faults: Sequence[str]


def verify(store: Store, folder: Path, campaign: Campaign) -> Iterator[StoreCheck]:
    """Yield the checks of a store, one after another; raises UserError where it cannot be read."""
    faults = list(_unreadable(store))
    yield StoreCheck("数据表", len(SCHEMAS), faults)
    if faults:
        return
    history = load_history(store, LAST_MONTH)
    submissions = [s for of_month in history.by_month.values() for s in of_month]
    counted = [s for s in submissions if s.kind == "progress" and s.counts]
    yield StoreCheck("台账的数据行", len(counted), list(_lost_rows(store, counted, campaign)))
    issued = issues(store)
    by_issue = {issue.id: documents(store, issue.month, [issue]) for issue in issued}
    listed = [document for each in by_issue.values() for document in each]
    yield StoreCheck("印发件的校验码", len(listed), list(_altered(listed)))
    for issue in issued:
        untouched = [d for d in by_issue[issue.id] if d.path not in issue.edited]
        label = f"{Month.parse(issue.month).label}印发件按字节重编"
        yield StoreCheck(label, len(untouched), list(_other(store, folder, issue, untouched)))


def _unreadable(store: Store) -> Iterator[str]:
    for name in SCHEMAS:
        try:
            store.read(name)
        except StoreError as error:
            yield f"{name}：{error}"


def _lost_rows(
    store: Store, submissions: Sequence[Submission], campaign: Campaign
) -> Iterator[str]:
    """Yield the ledgers whose good rows are not as many as were accepted."""
    rows = counts_of(store, submissions, campaign.definition, ["submission", "good"])
    good = Counter(row["submission"] for row in rows.to_pylist() if row["good"])
    for submission in submissions:
        accepted = submission.read - submission.rejected
        if good[submission.id] != accepted:
            place = f"{submission.month} {submission.file}"
            yield f"{place}：应有合格数据{accepted}行，库中有{good[submission.id]}行"


def _altered(listed: Sequence[Document]) -> Iterator[str]:
    for document in listed:
        if hashlib.sha256(document.content).hexdigest() != document.sha256:
            yield f"{document.month} {document.path}：内容与登记的校验码不符"


def _other(store: Store, folder: Path, issue: Issue, listed: Sequence[Document]) -> Iterator[str]:
    """Yield the documents of an issue that come out otherwise when they are made again.

    They are made as the store was just before the issue, from the settings of its run.
    """
    before, month = issue.recorded_at - _JUST_BEFORE, Month.parse(issue.month)
    journal = load_journal(store, before)
    opened = open_job(month, folder, None, None, None, store.uri)
    try:
        with job_as_of(opened, journal, before) as job:
            snapshot = load_snapshot(store, job.campaign, month, before, journal=journal)
            report = without_links_to_figures(report_of(snapshot, job.issued))
            renderer = Renderer(template_folders(job))
            keys = {(d.document, d.name) for d in listed}
            sources = Sources(job, snapshot, report, as_of=before)
            planned = [x for x in documents_due(report) if key_of(x) in keys]
            made = {x.path: x for x in versions_of(sources, planned, renderer)}
            for document in listed:
                file = made.get(document.path)
                if file is None:
                    yield f"{document.path}：没有重编出来"
                elif hashlib.sha256(file.make()).hexdigest() != document.sha256:
                    yield f"{document.path}：重编的字节不同（程序或模板的版本不同）"
    except UserError as error:
        yield str(error)
