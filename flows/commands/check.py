"""`bulletin check`: what is wrong with a file, before or without a run."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from flows.commands import console
from flows.commands.exit_codes import OK, RETURNED
from flows.intake.job import open_job
from flows.intake.worker_pool import examine_apart
from flows.pipeline.bulletins import template_folders
from flows.pipeline.check import Checked, check, files_to_check
from flows.steps.export import quality_record
from flows.steps.months import Month
from flows.steps.render import Renderer
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
    """Check some files, write verdicts and packets, and say what came of it; return the exit code."""
    opened = open_job(month, campaign, None, outputs, issued, store)
    job = opened.job
    files = files_to_check(job, places)
    ledgers = [ledger for found in examine_apart(job, files) for ledger in found]
    checked = check(job, ledgers, files, Renderer(template_folders(job)))
    if as_json:
        console.print_json(quality_record(checked.ledgers, checked.failures))
    else:
        for line in lines_of_check(checked):
            console.say(line)
    return OK if checked.clean else RETURNED


def lines_of_check(checked: Checked) -> Iterator[str]:
    """Yield what checking found in words: a line a ledger, its first faults, and where the packets are."""
    for ledger in checked.ledgers:
        kind = KIND_NAMES[ledger.kind] if ledger.kind else "未识别"
        sender, verdict = (
            ledger.sender or ledger.likely or "报送单位不明",
            VERDICT_NAMES[ledger.verdict],
        )
        yield f"{ledger.file}（{sender}，{kind}）：{verdict}，数据{ledger.read}行，错{ledger.rejected}行"
        own = sorted(
            (f for f in checked.failures if f.file == ledger.file),
            key=lambda f: ("ledger", "row", "note").index(f.severity),
        )
        for failure in own[:SHOWN]:
            place = f"{failure.sheet or ''}!{failure.cell} " if failure.cell else ""
            yield f"  [{SEVERITIES[failure.severity]}] {place}{failure.message}{failure.remedy}"
        if len(own) > SHOWN:
            yield f"  ……另有 {len(own) - SHOWN} 处，见 {checked.files[0]}"
    yield from (f"  退回材料 {path}" for path in checked.files[1:])
