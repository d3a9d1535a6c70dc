"""`bulletin backup` and `restore`: all that cannot be made again, in one file."""

import os
from pathlib import Path

from flows.commands import console
from flows.commands.exit_codes import OK
from flows.intake.person_key import KEY_VARIABLE
from flows.pipeline.backup import Backup, restore_backup, write_backup


def backup_command(target: Path, campaign: Path | None) -> int:
    """Return 0 after an archive of the campaign is written and checked."""
    found = write_backup(campaign or Path("campaign"), target)
    console.say(f"已备份到“{target}”：{_said(found)}，读回核对无误。")
    if os.environ.get(KEY_VARIABLE):
        console.say(f"花名册密钥由环境变量 {KEY_VARIABLE} 给出，不在备份里，请另外保存。")
    console.say("里面有密钥和花名册数据，请与台账一样保管。台账和输出文件夹没有备份。")
    return OK


def restore_command(path: Path, folder: Path) -> int:
    """Return 0 after an archive is restored into an empty folder."""
    found = restore_backup(path, folder)
    console.say(f"已恢复到“{folder}”：{_said(found)}，备份于 {found.made}（{found.program}）。")
    console.say(f"在 {folder} 里输入 bulletin history 查看，输入 bulletin render 重出简报。")
    return OK


def _said(found: Backup) -> str:
    return f"{found.files} 个文件，{found.size / 2**20:.1f} MB"
