"""`bulletin init` and `bulletin demo`: a working folder to begin with, and a made-up city."""

import shutil
from datetime import timedelta
from pathlib import Path

from flows.campaign.definition_book import FILE as DEFINITION_FILE
from flows.campaign.definition_book import definition_book
from flows.campaign.folder import load_campaign
from flows.campaign.starter_folder import write_working_folder
from flows.commands import console
from flows.commands.exit_codes import OK
from flows.commands.run import RunOptions, run_command
from flows.demo.city import make_city, months_from
from flows.demo.names import CITY
from flows.demo.work_folder import write_mended, write_work, write_work_month
from flows.demo.works import make_work
from flows.demo.write import CAMPAIGN, FIRST_MONTH, MONTHS, write_campaign, write_month
from flows.steps.files import write_atomically
from flows.steps.model import UserError
from flows.steps.months import Month
from schemas.columns import KIND_NAMES
from schemas.shipped import RETIREES, shipped, tables_of

MARK = ".demo"  # a folder without it is not ours to delete


def init_command(folder: Path, like: str) -> int:
    """Return the exit code; makes a working folder and prints what to do next."""
    write_working_folder(folder, like)
    console.say(f"已建立工作文件夹“{folder}”。接下来：")
    console.say(f"  1. 先填好 {folder}/campaign/campaign.toml 和 {folder}/campaign/名录.xlsx；")
    console.say(f"     栏目、指标要增减的，改 {folder}/campaign/工作定义.xlsx；")
    blanks = [f"bulletin blank {kind} {KIND_NAMES[kind]}.xlsx" for kind in shipped(like).kinds]
    console.say(f"  2. 再在 {folder} 中输入 {' 和 '.join(blanks)}，")
    console.say("     把空白表发给报送单位（县区、企业可以从名录下拉选取）；")
    console.say("     或输入 bulletin forms 月份，给每个单位一份填好单位的表；")
    console.say(
        f"  3. 把收到的台账放进 {folder}/ledgers/月份，在 {folder} 中输入 bulletin run 月份。"
    )
    console.say("名录填好以前做的“（空白）.xlsx”没有下拉名单，也能填报。")
    return OK


def demo_command(folder: Path, like: str, *, without_prefect: bool) -> int:
    """Return the exit code; makes up a campaign with faulty ledgers and runs its months."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise UserError(
            f"文件夹“{folder}”里已有别的文件，演示数据没有写入。"
            "请换一个空文件夹：bulletin demo 文件夹"
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    if like == RETIREES:
        _demo_of_retirees(folder, without_prefect=without_prefect)
    else:
        _demo_of_work(folder, like, without_prefect=without_prefect)
    last = folder / "outputs" / str(FIRST_MONTH.shifted(MONTHS - 1))
    console.say(
        f"可以看：{last}/bulletins/全市.docx（简报）、{last}/index.html（总览）、"
        f"{last}/returns（退回材料）"
    )
    return OK


def _demo_of_retirees(folder: Path, *, without_prefect: bool) -> None:
    city = make_city()
    write_campaign(folder / "campaign", city, CAMPAIGN)
    load_campaign(folder / "campaign")
    name, counties, firms = city.units[-1].name[:3], len(city.counties), len(city.firms)
    console.say(f"已在“{folder}”造出{name}：{counties}个县区、{firms}户企业（均为虚构）")
    for index, month in enumerate(months_from(FIRST_MONTH, MONTHS)):
        write_month(folder / "ledgers" / str(month), city, index, month)
        _run(folder, month, without_prefect=without_prefect)


def _demo_of_work(folder: Path, like: str, *, without_prefect: bool) -> None:
    """Make up a campaign like a shipped one; who has sent a faulty ledger sends a mended one."""
    work = make_work(like, shipped(like))
    write_work(folder / "campaign", work)
    write_atomically(folder / "campaign" / DEFINITION_FILE, definition_book(tables_of(like)))
    load_campaign(folder / "campaign")
    words, units = work.definition.words, len(work.sites)
    unit = f"{units}{words.unit_measure}{words.unit}"
    console.say(f"已在“{folder}”造出{CITY}：{len(work.counties)}个县区、{unit}（均为虚构）")
    for index, month in enumerate(months_from(FIRST_MONTH, MONTHS)):
        ledgers = folder / "ledgers" / str(month)
        write_work_month(ledgers, work, index, month)
        _run(folder, month, without_prefect=without_prefect)
        again = write_mended(ledgers, work, index, month)
        if again:
            console.say(f"{'、'.join(again)}报来更正的台账，再运行一次")
            _run(folder, month, without_prefect=without_prefect)


def _run(folder: Path, month: Month, *, without_prefect: bool) -> None:
    issued = month.last_day + timedelta(2)
    run_command(
        month,
        folder / "campaign",
        str(folder / "ledgers" / str(month)),
        folder / "outputs",
        issued,
        None,
        RunOptions(without_prefect),
        as_json=False,
    )
