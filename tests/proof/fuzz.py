"""Mutated workbooks, random layouts, mutated templates: each gets a verdict, and no figure changes without a fault."""

import os
import random
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proof import children, offices
from tests.proof.lines import Line, Size, line_of
from tests.proof.mutations import mutations, with_macros
from tests.proof.readers import readers_line
from tests.support import read_writers as write
from tests.support.retirees import columns_of
from tests.support.working import CHEMICALS, EAST, MACHINES, Office

SEED = 20221129
FIELDS = ("county", "enterprise", "affiliation", "retirees", "agreement", "archives_due", "archives", "party_members", "party", "functions")  # fmt: skip
ROWS = [
    [EAST, CHEMICALS, "中央", 123, 45, 123, 31, 17, 5, 2],
    [EAST, MACHINES, "市属", 678, 90, 678, 71, 29, 11, 3],
]
TOTAL = ["合计", None, None, *(a + b for a, b in zip(ROWS[0][3:], ROWS[1][3:], strict=True))]  # type: ignore[operator]  # numbers from the fourth column on
PAGE = write.Page([
    [f"填报单位：{EAST}", None, None, "统计月份：2022年5月"],
    [columns_of("progress")[name].header for name in FIELDS], *ROWS, TOTAL,
], name="进度")  # fmt: skip
FORMATS: Mapping[str, Callable[[], bytes]] = {
    "xlsx": lambda: write.xlsx([PAGE]),
    "xlsm": lambda: with_macros(write.xlsx([PAGE])),
    "xls": lambda: write.xls([PAGE]),
    "ods": lambda: write.ods([PAGE]),
    "csv": lambda: write.text(PAGE, "gb18030"),
    "et": lambda: write.xls([PAGE]),
}
CUT_SHORT = ROWS[0][3:]  # a text that ends with a row cannot be told from a shorter one
MEMORY, SECONDS = 2**30, 30


def lines(work: Path, *, size: Size) -> Iterator[Line]:
    """Yield the lines of the table."""
    office = work / "office"
    children.done(lambda: offices.new_office(office) and None, work)
    count = {"short": 10, "usual": 240, "long": 4000}[size]
    for ending, make in FORMATS.items():
        yield _workbooks(
            office, work, ending, mutations(make(), ending, count, random.Random(SEED))
        )
    yield _templates(work, {"short": 3, "usual": 40, "long": 400}[size])
    if size == "short":  # the rest have tests of their own
        return
    yield _neighbours(office, work, 100 if size == "long" else 8)
    yield _layouts(work, 2000 if size == "long" else 40)
    yield from readers_line(work, os.environ.get("LEDGER_CORPUS"))


def _workbooks(office: Path, work: Path, ending: str, inputs: list[bytes]) -> Line:
    folder = work / f"mutated {ending}"
    folder.mkdir()
    paths = [folder / f"{number}.{ending}" for number in range(len(inputs))]
    for path, data in zip(paths, inputs, strict=True):
        path.write_bytes(data)
    ended = children.done(lambda: _verdicts(office, [str(path) for path in paths]), work)
    promise = f"a mutated .{ending}: a verdict, and a fault where a figure changed"
    if ended.value is None:
        return Line(promise, len(inputs), [f"{ending}: {ended.code} {ended.said[-600:]}"] * len(inputs))  # fmt: skip
    return line_of(promise, (wrong and f"{path.name}: {wrong}" for path, wrong in zip(paths, ended.value, strict=True)))  # fmt: skip


def _verdicts(office: Path, paths: list[str]) -> list[str | None]:
    """Return of each file what is wrong with its verdict, examined in processes as a run's are."""
    from flows.intake.worker_pool import Workers, apart
    from flows.intake.worker_process import Limits

    calls = [(path, str(office / "campaign")) for path in paths]
    with Workers(Limits(MEMORY, SECONDS), count=2) as workers:
        return [found if isinstance(found, str | None) else str(found) for found in apart(verdict, calls, workers)]  # fmt: skip


def verdict(path: str, campaign: str) -> str | None:
    """Return what is wrong with a file's verdict: none at all, or other figures without a fault."""
    from flows.campaign.folder import load_campaign
    from flows.intake.discovery import LedgerFile
    from flows.intake.examine import examine
    from flows.steps.months import Month

    warnings.simplefilter("ignore")
    file = LedgerFile(path, f"{EAST}/{Path(path).name}", "0" * 64, Path(path).stat().st_size)
    ledgers = examine(file, load_campaign(Path(campaign)), Month(2022, 5), date(2022, 6, 2), b"key")
    if not ledgers:
        return "no verdict"
    if any(fault.severity != "note" for ledger in ledgers for fault in ledger.failures):
        return None
    sums = [0] * 7
    for ledger in ledgers:
        if ledger.counts is not None:
            good = ledger.counts[ledger.counts["good"].astype(bool)]
            sums = [n + int(good[field].sum()) for n, field in zip(sums, FIELDS[3:], strict=True)]
    if path.endswith(".csv") and sums == CUT_SHORT:
        return None
    return None if sums == TOTAL[3:] else f"{sums} instead of {TOTAL[3:]} without a fault"


def _neighbours(office: Path, work: Path, count: int) -> Line:
    """Run a month with mutated files beside good ledgers; compare what the good senders' say."""
    wanted = children.done(lambda: _month_with({}, office, work / "alone"), work)
    tries = []
    for number in range(count):
        rng = random.Random(SEED + number)
        files = {}
        for ending, make in FORMATS.items():
            for i, data in enumerate(mutations(make(), ending, 4, rng)):
                files[f"外来/{i}.{ending}"] = data
        ended = children.done(lambda files=files, number=number: _month_with(files, office, work / f"beside {number}"), work)  # type: ignore[misc]  # defaults bind them  # fmt: skip
        tries.append(None if ended.value and ended.value == wanted.value else f"{number}: {ended.code} {str(ended.value)[:300]} {ended.said[-500:]}")  # fmt: skip
    return line_of(f"{4 * len(FORMATS)} mutated files from elsewhere in a month: the others' verdicts and rows stay", tries)  # fmt: skip


def _month_with(files: Mapping[str, bytes], office: Path, folder: Path) -> list[str]:
    """Return verdicts and rows of the good senders' ledgers in a month with some more files."""
    place = Office(offices.copied(office, folder))
    for name, data in files.items():
        path = folder / "ledgers" / offices.MONTH / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    report = place.run(offices.MONTH).report
    good = [x for x in report.live if not x.file.startswith("外来/")]
    return sorted(f"{x.file} {x.verdict} {x.read} {x.rejected}" for x in good)


def _layouts(work: Path, examples: int) -> Line:
    """Try the reader's property: what is read is what was written, whatever the layout."""
    from tests.steps.read import test_random as tests

    body = tests.test_what_is_read_is_what_was_written.hypothesis.inner_test
    chosen = settings(max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))  # fmt: skip
    faults = []
    for kind in ("progress", "roster"):
        for name in tests.WRITERS:
            trial = chosen(given(st.data())(_with_data(body, kind, name)))
            ended = children.done(lambda trial=trial: trial() and None, work)  # type: ignore[misc]  # a default binds it
            if ended.code:
                faults.append(f"{kind} {name}: {ended.said[-900:]}")
    return Line("a table in a random layout: each value at its cell, each row accounted for", examples * 2 * len(tests.WRITERS), faults)  # fmt: skip


def _with_data(body: Callable[..., None], kind: str, name: str) -> Callable[[Any], None]:
    def trial(data: Any) -> None:
        body(kind=kind, name=name, data=data)

    return trial


def _templates(work: Path, count: int) -> Line:
    """Check mutated templates, and print those that are said to be good."""
    from templates import HERE

    shipped = sorted(HERE.glob("*.docx"))[:4] if count < 41 else sorted(HERE.rglob("*.docx"))
    tries: list[str | None] = []
    for template in shipped:
        folder = work / f"templates {template.stem}"
        folder.mkdir(exist_ok=True)
        inputs = mutations(template.read_bytes(), "docx", count, random.Random(SEED))
        ended = children.done(partial(_template_verdicts, folder, template.name, inputs), work)
        tries += ended.value or [f"{template.name}: {ended.code} {ended.said[-900:]}"] * count
    return line_of("a mutated template: faults are told, or it prints", tries)


def _template_verdicts(folder: Path, name: str, inputs: list[bytes]) -> list[str | None]:
    from flows.campaign.template_check import check_template, definition_for, preview
    from flows.steps.model import UserError

    found: list[str | None] = []
    for number, data in enumerate(inputs):
        path = folder / name
        path.write_bytes(data)
        try:
            faults = check_template(path, definition_for(path))
            if not faults and not preview(path, definition_for(path)):
                raise ValueError("nothing printed")  # noqa: TRY301  (told like any other)
        except UserError:
            pass
        except Exception as error:  # noqa: BLE001  (what this looks for)
            found.append(f"{name} {number}: {type(error).__name__} {str(error)[:200]}")
            continue
        found.append(None)
    return found
