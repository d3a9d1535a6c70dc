"""`bulletin check`: what is wrong with some files, outside a run."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from flows.commands import console
from flows.commands.exit_codes import OK, RETURNED
from flows.commands.templates_folder import tell_unused
from flows.intake.job import open_job
from flows.intake.worker_pool import examine_apart
from flows.pipeline.check import Checked, check, files_to_check
from flows.steps.export import quality_record
from flows.steps.months import Month
from flows.steps.wording.phrases import lines_in_words
from schemas.columns import KIND_NAMES, VERDICT_NAMES
from schemas.rules import SEVERITIES

SHOWN = 12  # faults of a ledger printed at the command line


def check_command(
    places: Sequence[str],
    month: Month,
    campaign: Path | None,
    outputs: Path | None,
    issued: date | None,
    store: str | None,
    *,
    as_json: bool,
) -> int:
    """Return the exit code of a check; prints the verdicts and writes the return packets."""
    opened = open_job(month, campaign, None, outputs, issued, store, comparing=True)
    job = opened.job
    tell_unused(job.templates)
    files = files_to_check(job, places)
    ledgers = itertools.chain.from_iterable(examine_apart(job, files))
    checked = check(job, ledgers, files)
    if as_json:
        console.print_json(quality_record(checked.ledgers, checked.failures))
    else:
        for line in lines_of_check(checked):
            console.say(line)
    for message in checked.undone:
        console.complain(message)
    return OK if checked.clean and not checked.undone else RETURNED


def lines_of_check(checked: Checked) -> Iterator[str]:
    """Yield a line for each ledger, its first faults, and the paths of the return packets."""
    for ledger in checked.ledgers:
        kind = KIND_NAMES[ledger.kind] if ledger.kind else "未识别"
        sender = ledger.sender or ledger.likely or "报送单位不明"
        rows = f"数据{ledger.read}行，错{ledger.rejected}行"
        yield f"{ledger.file}（{sender}，{kind}）：{VERDICT_NAMES[ledger.verdict]}，{rows}"
        if lines := lines_in_words(ledger.lines):
            yield f"  {lines}"
        failures = sorted(
            (f for f in checked.failures if f.file == ledger.file),
            key=lambda f: list(SEVERITIES).index(f.severity),
        )
        for failure in failures[:SHOWN]:
            place = f"{failure.sheet or ''}!{failure.cell} " if failure.cell else ""
            yield f"  [{SEVERITIES[failure.severity]}] {place}{failure.message}{failure.remedy}"
        if len(failures) > SHOWN:
            yield f"  ……另有 {len(failures) - SHOWN} 处，见 {checked.files[0]}"
    yield from (f"{name}：督办反馈表，编制时登记，不用检查" for name in checked.forms)
    yield from (f"  退回材料 {path}" for path in checked.files[1:])
