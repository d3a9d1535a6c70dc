"""A small working folder on disk, and runs of it: what tests of whole months start from."""

import atexit
import contextlib
import copy
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter

from flows import cli
from flows.demo.books import PLAIN, Sheet, write_xlsx
from flows.intake.job import open_job
from flows.intake.progress import SILENT, ProgressListener
from flows.intake.worker_pool import stage_apart
from flows.pipeline.run import run_month
from flows.steps.model import Outcome
from flows.steps.months import Month
from schemas.registry import COUNTIES, ENTERPRISES, FILE, REGISTRY, SENDERS
from tests.support.retirees import COUNTS

EAST, WEST, SOUTH = "东浥区", "西浥区", "南沚县"
CHEMICALS, MACHINES, CEMENT = "示例市浥江化工有限公司", "示例市沅岚机械有限公司", "示例市洹滨水泥厂"
AFFILIATION = {CHEMICALS: "中央", MACHINES: "市属", CEMENT: "县属"}
CENTRE = "示例市市直企业职工托管中心"
SETTINGS = """\
name = "国有企业退休人员社会化管理"
city = "示例市"
office = "示例市国有企业退休人员社会化管理工作领导小组办公室"
start = 2022-01-10
[deadlines]
handover = 2022-07-31
acceptance = 2022-12-31
[bulletin]
title = "国有企业退休人员社会化管理工作简报"
first_month = "2022-04"
report_to = ["市委"]
copies = 10
[policy]
missing = "carry_forward"
"""
# Small made-up cities jump as no real one does: what they are not tested for is not asked.
UNASKED = """\
trial_rules = ["unit-vanished"]
[policy.doubt]
base_count = 1000000
progress_points = 100
"""
REGISTERED: Mapping[str, Sequence[Sequence[str]]] = {
    COUNTIES: [[EAST, "990101", "东浥"], [WEST, "990102", ""], [SOUTH, "990103", ""]],
    ENTERPRISES: [[name, "", affiliation, ""] for name, affiliation in AFFILIATION.items()],
    SENDERS: [
        [name, "县区", "", f"{i}@example.com" if i != 2 else "", "进度台账"]
        for i, name in enumerate((EAST, WEST, SOUTH))
    ],
}
Row = tuple[str, Sequence[int]]  # enterprise, counts in the order of COUNTS


class Office:
    """A working folder in which ledgers come in and months are run."""

    def __init__(
        self,
        folder: Path,
        settings: str = SETTINGS + UNASKED,
        registered: Mapping[str, Sequence[Sequence[str]]] = REGISTERED,
    ) -> None:
        self.folder = folder
        (folder / "campaign").mkdir(parents=True, exist_ok=True)
        (folder / "campaign" / "campaign.toml").write_text(settings, encoding="utf-8")
        with xlsxwriter.Workbook(str(folder / "campaign" / FILE)) as book:
            for sheet, rows in registered.items():
                page = book.add_worksheet(sheet)
                page.write_row(0, 0, [column.header for column in REGISTRY[sheet]])
                for r, row in enumerate(rows, 1):
                    page.write_row(r, 0, row)

    def ledger(
        self, month: str, sender: str, rows: Iterable[Row], name: str = "台账.xlsx", **changes: Any
    ) -> Path:
        """Put a county's progress ledger into the month's folder; `changes` are made to the first row."""
        lines = [{"county": sender, "enterprise": firm, "affiliation": AFFILIATION.get(firm, "县属"), **dict(zip(COUNTS, counts, strict=True))}
                 for firm, counts in rows]  # fmt: skip
        lines[0] |= changes
        above = [[f"填报单位：{sender}", None, None, f"统计月份：{Month.parse(month).label}"]]
        path = self.folder / "ledgers" / month / sender / name
        write_xlsx(
            path, [Sheet("progress", "", PLAIN, lines, [*PLAIN], above, name="进度", total="last")]
        )
        return path

    def run(self, month: str, issued: str = "", listener: ProgressListener = SILENT) -> Outcome:
        """Run a month in this process."""
        day = (
            date.fromisoformat(issued)
            if issued
            else Month.parse(month).shifted(1).first_day.replace(day=2)
        )
        folder = self.folder
        opened = open_job(
            Month.parse(month),
            folder / "campaign",
            folder / "ledgers" / month,
            folder / "outputs",
            day,
            storing=True,
        )
        return run_month(opened, stage_apart, listener)

    def out(self, month: str, *parts: str) -> Path:
        """Return a path inside a month's outputs."""
        return self.folder.joinpath("outputs", month, *parts)

    def digests(self, month: str) -> dict[str, str]:
        """Return the sha256 of every file of a month's outputs."""
        folder = self.out(month)
        return {
            p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*"))
            if p.is_file()
        }


def copied(build: Callable[[Path], Office], folder: Path) -> Office:
    """Return an office as `build` makes it in a folder; its months are run once a session, then copied."""
    made = copy.copy(_built(build))
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    made.folder = folder
    return made


@cache
def _built(build: Callable[[Path], Office]) -> Office:
    folder = Path(tempfile.mkdtemp(prefix="bulletin-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return build(folder)


def bulletin(office: Office | Path, *words: str) -> tuple[int, str]:
    """Return the exit code and all that a command prints in a working folder."""
    here, said = Path.cwd(), io.StringIO()
    os.chdir(office if isinstance(office, Path) else office.folder)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = cli.guarded(
                lambda: cli.app(list(words), prog_name="bulletin", standalone_mode=False)
            )
    finally:
        os.chdir(here)
    return code, said.getvalue()
