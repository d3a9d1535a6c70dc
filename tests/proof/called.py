"""Lines of the table that other rooms' tests try: each of their cases is a try."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.proof.lines import Line, Size
from tests.support.paths import ROOT

CASES: Sequence[tuple[str, Sequence[str]]] = (
    ("personal data: no byte of any exit has a number, a telephone or a full name, at debug level too", ["tests/test_privacy.py", "tests/test_exits.py"]),
    ("`store forget`: no file of the store has a hash or a masked value of the months before", ["tests/steps/store/test_upkeep.py"]),
    ("the key of the persons: a lost one is told, an exchanged one finishes or is undone, wherever it is killed", ["tests/intake/test_person_key.py"]),
    ("what a ledger says stays text: in Word, in workbooks, on pages, at the terminal", ["tests/steps/render/test_render.py", "tests/steps/feedback/test_copies.py", "tests/steps/overview/test_pages_safe.py", "tests/commands/test_cli.py::test_a_terminal_obeys_no_text"]),
    ("a worker process that dies, hangs or eats memory costs its own file only", ["tests/intake/test_worker_pool.py", "tests/pipeline/test_hostile_files.py"]),
    ("the office's page: nothing without session, link or token, no path leads out", ["tests/desk/test_closed.py"]),
    ("the page's server killed in an upload and in a run: what was confirmed is there", ["tests/desk/test_restart.py", "tests/desk/test_load.py::test_a_restart_loses_nothing_that_was_confirmed"]),
    ("a Dask worker killed in a month on a cluster: the same bytes", ["tests/test_flows.py::test_on_a_cluster_the_bytes_are_the_same"]),
    ("a month without a network: nothing is missed, the same bytes", ["tests/test_cut_off.py"]),
    ("`store verify`: rows, checksums, every issued bulletin made again byte for byte; what is damaged is found", ["tests/pipeline/test_verify.py"]),
    ("a backup: what it holds is restored byte for byte, a damaged one is refused", ["tests/pipeline/test_backup.py"]),
    ("supply chain: every package pinned with its hashes, no index named, licences read, the wheel whole", ["tests/release/test_locked.py", "tests/test_project.py::test_the_lock_has_hashes_and_names_no_index"]),
)  # fmt: skip


def lines(work: Path, *, size: Size) -> Iterator[Line]:
    """Yield a line for each group of tests; what is skipped, as on a machine that lacks something, is no try."""
    for number, (promise, files) in enumerate(CASES):
        yield _line(promise, files, work / f"{number}.xml")


def _line(promise: str, files: Sequence[str], report: Path) -> Line:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", f"--junitxml={report}", *files]  # fmt: skip
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if not report.exists():
        return Line(promise, 1, [f"{files}: {done.stdout[-500:]}{done.stderr[-500:]}"])
    cases = list(ElementTree.parse(report).iter("testcase"))
    tried = [case for case in cases if case.find("skipped") is None]
    failed = [case for case in tried if case.find("failure") is not None or case.find("error") is not None]  # fmt: skip
    return Line(promise, len(tried), [f"{c.get('classname')}::{c.get('name')}" for c in failed])
