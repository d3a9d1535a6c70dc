"""The working folder as the page sees it: its months, its jobs, what came in and what is stored."""

import queue
import threading
import traceback
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from flows.campaign.folder import folder_files, load_campaign
from flows.desk.action_log import ActionLog
from flows.desk.batches import Batch, Batches
from flows.desk.in_process import InProcess
from flows.desk.links import Links
from flows.desk.runs import Maker
from flows.desk.security import OneTime, Password, RateLimit, Sessions, Signer
from flows.intake.job import STORE, Job, open_job, open_store, today
from flows.intake.lock import month_lock
from flows.intake.worker_pool import examine_apart, stage_apart
from flows.pipeline.bulletins import template_folders
from flows.pipeline.check import check, files_to_check
from flows.pipeline.run import take_in
from flows.pipeline.snapshot import MonthSnapshot, load_snapshot
from flows.settings import Campaign
from flows.steps.model import Failure, LedgerReport, UserError
from flows.steps.months import Month
from flows.steps.render import Renderer

DESK = "desk"


class Desk:
    """All that the routes share."""

    def __init__(self, folder: Path, maker: Maker | None = None) -> None:
        self.folder = folder.resolve()
        self.campaign_folder = self.folder / "campaign"
        self.outputs, self.ledgers = self.folder / "outputs", self.folder / "ledgers"
        self.own = self.folder / DESK
        self.own.mkdir(mode=0o700, exist_ok=True)
        self.own.chmod(0o700)
        self.password, self.sessions = Password(self.own), Sessions()
        self.guesses, self.tokens = RateLimit(5, 300.0), RateLimit(30, 300.0)
        self.once, self.signer = OneTime(), Signer(self.own)
        self.links, self.log = Links(self.own), ActionLog(self.own)
        self.batches = Batches(self.own, self.ledgers)
        self.maker = maker or InProcess(self.folder)
        self.settings_lock = threading.Lock()
        self._campaigns: dict[tuple[tuple[str, int, int], ...], Campaign] = {}
        self._intake = Intake(self)
        self.batches.discard_stale()
        for batch in self.batches.unfinished():
            self._intake.add(batch)

    def campaign(self) -> Campaign:
        """Return the campaign as its folder has it; raises CampaignError."""
        states = [(path.as_posix(), path.stat()) for path in self._campaign_files()]
        key = tuple((name, state.st_size, state.st_mtime_ns) for name, state in states)
        if key not in self._campaigns:
            self._campaigns = {key: load_campaign(self.campaign_folder)}
        return self._campaigns[key]

    def _campaign_files(self) -> list[Path]:
        """Return the files of the campaign folder, those of its store left out."""
        files: list[Path] = []
        for part in self.campaign_folder.iterdir():
            if part.name != STORE:
                files += part.rglob("*") if part.is_dir() else [part]
        return sorted(path for path in files if path.is_file())

    def job(self, month: Month, *, storing: bool = False) -> Job:
        """Return the job of a month."""
        ledgers = self.ledgers / str(month)
        opened = open_job(month, self.campaign_folder, ledgers, self.outputs, storing=storing)
        return opened.job

    def snapshot(self, month: Month) -> MonthSnapshot:
        """Return a month as the store has it."""
        return load_snapshot(open_store(self.campaign_folder, None), self.campaign(), month)

    def months(self) -> list[Month]:
        """Return the months to choose from, the newest first: last month and all with ledgers."""
        months = {Month.of(today()).previous}
        for parent in (self.ledgers, self.outputs):
            for path in parent.iterdir() if parent.is_dir() else ():
                try:
                    months.add(Month.parse(path.name))
                except ValueError:
                    continue
        return sorted(months, reverse=True)

    def examine(
        self, month: Month, sender: str, by: str, uploads: Sequence[tuple[str, BinaryIO]]
    ) -> Batch:
        """Return a batch of uploads with its verdicts; nothing of it is stored."""
        batch = self.batches.receive(str(month), sender, by, uploads)
        folder = self.batches.examined_folder(batch.id, sender)
        job = replace(self.job(month), outputs=self.batches.output_folder(batch))
        files = files_to_check(job, [str(folder)])
        ledgers = [ledger for found in examine_apart(job, files) for ledger in found]
        checked = check(job, ledgers, files, Renderer(template_folders(job)))
        output = job.outputs / str(month)
        packet = [path.relative_to(output).as_posix() for path in checked.files]
        batch = replace(
            batch,
            ledgers=[_ledger_record(ledger) for ledger in checked.ledgers],
            failures=[_failure_record(fault) for fault in checked.failures],
            packet=[name for name in packet if name.startswith("returns/")],
        )
        self.batches.update(batch)
        return batch

    def confirm(self, batch: Batch) -> Batch:
        """Return a batch whose files are among the month's ledgers, to be stored at once."""
        confirmed = self.batches.confirm(batch.id)
        if confirmed is None:
            raise UserError("这批文件已经不在了，请重新交")
        if not batch.confirmed:
            self._intake.add(confirmed)
        return confirmed

    def judge_again(self, month: Month, sender: str) -> None:
        """Let a sender's stored ledgers be looked at again, since something was decided."""
        snapshot = self.snapshot(month)
        names = [s.file for s in snapshot.live if s.sender == sender]
        self._intake.look_again(month, names)

    def settle(self) -> None:
        """Wait until all that was confirmed is stored: a run starts from there."""
        self._intake.join()

    def former_settings(self) -> Path:
        """Return the folder of what the settings were before."""
        return self.own / "former"

    def settings_files(self) -> dict[str, bytes]:
        """Return the campaign's files that the settings page hands out."""
        return folder_files(self.campaign_folder)


class Intake:
    """Stores what was confirmed, in the order in which it was, one after the other."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._work: queue.Queue[tuple[Month, Collection[str], Batch | None]] = queue.Queue()
        threading.Thread(target=self._run, daemon=True).start()

    def add(self, batch: Batch) -> None:
        """Store a confirmed batch."""
        self._work.put((Month.parse(batch.month), frozenset(batch.stored), batch))

    def look_again(self, month: Month, names: Collection[str]) -> None:
        """Look at stored ledgers again."""
        self._work.put((month, frozenset(names), None))

    def join(self) -> None:
        """Wait for all that was asked for so far."""
        self._work.join()

    def _run(self) -> None:
        while True:
            month, names, batch = self._work.get()
            try:
                self._store(month, names)
                if batch is not None:
                    self._desk.batches.update(replace(batch, done=True))
            except Exception:  # noqa: BLE001  (the next run stores it; the thread must go on)
                traceback.print_exc()
            finally:
                self._work.task_done()

    def _store(self, month: Month, names: Collection[str]) -> None:
        job = self._desk.job(month, storing=True)
        with month_lock(job.store, str(month), lambda _: None):
            take_in(job, names, partial(stage_apart))


def _ledger_record(ledger: LedgerReport) -> dict[str, Any]:
    return {
        "file": ledger.file.rpartition("/")[2],
        "sender": ledger.sender or ledger.likely,
        "kind": ledger.kind,
        "verdict": ledger.verdict,
        "read": ledger.read,
        "rejected": ledger.rejected,
        "lines": dict(ledger.lines),
    }


def _failure_record(failure: Failure) -> dict[str, Any]:
    return {
        "file": failure.file.rpartition("/")[2],
        "sheet": failure.sheet,
        "cell": failure.cell,
        "code": failure.code,
        "severity": failure.severity,
        "message": failure.message,
        "remedy": failure.remedy,
    }
