"""The working folder as the page sees it: its months, its jobs, what came in and what is stored."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from flows.campaign.folder import folder_files, load_campaign
from flows.desk.action_log import ActionLog
from flows.desk.batches import Batch, Batches
from flows.desk.checking import check_apart
from flows.desk.in_process import InProcess
from flows.desk.interrupted import RememberedRuns
from flows.desk.links import Links
from flows.desk.runs import Maker
from flows.desk.security import OneTime, Password, RateLimit, Sessions, Signer
from flows.desk.storing import Intake
from flows.intake.job import STORE, Job, open_job, open_store, today
from flows.intake.lock import is_held
from flows.intake.worker_pool import examine_apart
from flows.pipeline.check import files_to_check
from flows.pipeline.hand_edits import MANIFEST
from flows.pipeline.snapshot import MonthSnapshot, load_snapshot
from flows.settings import Campaign
from flows.steps.model import Failure, LedgerReport, UserError
from flows.steps.months import Month

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
        self.maker = RememberedRuns(
            maker or InProcess(self.folder),
            self.own,
            self._is_held,
            lambda month: self.outputs / str(month) / MANIFEST,
        )
        self.settings_lock = threading.Lock()
        self._campaigns: dict[tuple[tuple[str, int, int], ...], Campaign] = {}
        self._intake = Intake(self.batches, lambda month: self.job(month, storing=True))
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
        opened = open_job(
            month,
            self.campaign_folder,
            ledgers,
            self.outputs,
            storing=storing,
            loaded=self.campaign(),
        )
        return opened.job

    def _is_held(self, month: Month) -> bool:
        return is_held(open_store(self.campaign_folder, None), str(month))

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
        with self._intake.put_off():
            return self._examined(month, self.batches.receive(str(month), sender, by, uploads))

    def _examined(self, month: Month, batch: Batch) -> Batch:
        folder = self.batches.examined_folder(batch.id, batch.sender)
        job = replace(self.job(month), outputs=self.batches.output_folder(batch))
        files = files_to_check(job, [str(folder)])
        ledgers = [ledger for found in examine_apart(job, files) for ledger in found]
        checked = check_apart(job, ledgers, files)
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
