"""`bulletin store tidy`, `forget`, `rekey` and `verify`: maintenance of the store."""

from datetime import timedelta
from pathlib import Path

from flows.campaign.folder import load_campaign
from flows.commands import console
from flows.commands.exit_codes import NOTHING_MADE, OK
from flows.intake.job import open_store
from flows.intake.lock import upkeep_lock
from flows.intake.person_key import rekey
from flows.intake.waiting import discard_abandoned, discard_stale
from flows.pipeline.verify import verify
from flows.steps.model import UserError
from flows.steps.months import Month
from flows.steps.store import Store, months_stored
from flows.steps.store.upkeep import forget, tidy


def tidy_command(campaign: Path | None, store: str | None) -> int:
    """Return the exit code; tidies the store and prints what was done."""
    place = _filled(campaign, store)
    for done in tidy(place):
        console.say(f"{done.table}：合并 {done.merged} 个文件，清理 {done.deleted} 个过期文件")
    if left := discard_abandoned(place):
        console.say(f"中断的任务留下的 {left} 个台账已清理")
    return OK


def forget_command(before: Month, campaign: Path | None, store: str | None) -> int:
    """Return the exit code; deletes roster rows of the months before one and prints how many."""
    place = _filled(campaign, store)
    with upkeep_lock(place, months_stored(place), console.say):
        months = forget(place, str(before))
        discard_stale(place, timedelta(0))
    for month, count in months.items():
        console.say(f"{Month.parse(month).label}：已删除花名册明细 {count} 行，各项人数保留")
    if months:
        console.say(
            "这些月份的数字仍可重新编制；但不能再逐人溯源，也不能再与迟报的花名册比对重复人员。"
        )
        console.say(
            "台账原件、退回材料和备份里的没有动，请另行删除；原件还在的，再编制会重新入库。"
        )
    else:
        console.say(f"{before.label}之前没有花名册明细。")
    return OK


def rekey_command(campaign: Path | None, store: str | None, *, lost: bool) -> int:
    """Return the exit code; replaces the key of the persons in the store."""
    place = _filled(campaign, store)
    done = rekey(campaign or Path("campaign"), place, months_stored(place), lost=lost)
    if lost:
        console.say(f"已另做一个密钥。{done.persons} 行人员原来的标识已删除，各项人数保留。")
        console.say(
            "以前各月的花名册不能再逐人比对；再报的按整册替换原来的。台账原件还在的月份，"
            "再运行 bulletin run 就按新的密钥重新入库。"
        )
    else:
        console.say(
            f"密钥已换，{done.persons} 行人员的标识已改写，重复人员照旧查得出，数字和印发件不变。"
        )
    console.say("以前的备份仍是旧的密钥和标识，请重做备份（bulletin backup），旧的销毁。")
    return OK


def verify_command(campaign: Path | None, store: str | None) -> int:
    """Return the exit code; prints what was checked, and each thing that is wrong."""
    place, folder = _filled(campaign, store), campaign or Path("campaign")
    wrong = 0
    for check in verify(place, folder, load_campaign(folder)):
        held = check.tried - len(check.faults)
        console.say(f"{check.what}：检查 {check.tried} 项，完好 {max(held, 0)} 项")
        for fault in check.faults:
            console.say(f"  {fault}")
        wrong += len(check.faults)
    console.say(
        "数据存储完好。" if not wrong else f"有 {wrong} 处问题，请从备份恢复或核对程序版本。"
    )
    return NOTHING_MADE if wrong else OK


def _filled(campaign: Path | None, store: str | None) -> Store:
    """Return the store; raises UserError if it is empty, since the location is then a wrong one."""
    place = open_store(campaign or Path("campaign"), store)
    if place.table("submissions") is None:
        raise UserError(
            f"“{place.uri}”中没有入过库的数据。"
            "请用 --campaign 指明活动文件夹，或用 --store 指明数据存储"
        )
    return place
