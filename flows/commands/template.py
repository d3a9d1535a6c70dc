"""`bulletin template …`: what is wrong with a template, and what it looks like."""

from pathlib import Path

from flows.campaign.folder import load_campaign
from flows.campaign.template_check import (
    check_template,
    commented_copy,
    definition_for,
    preview,
    template_notes,
)
from flows.campaign.template_files import COMMENTED, PREVIEW
from flows.commands import console
from flows.commands.exit_codes import NOTHING_MADE, OK
from flows.steps.files import write_atomically
from flows.steps.model import UserError
from schemas.documents import FIELD_LIST


def check_command(path: Path) -> int:
    """Return 0 for a good template; print the faults of any other and write a commented copy."""
    _there(path)
    faults = check_template(path, definition_for(path))
    for note in template_notes(path):
        console.say(f"提示：{note}。")
    if not faults:
        console.say(f"“{path.name}”没有问题，可以使用。")
        return OK
    console.say(f"“{path.name}”有 {len(faults)} 处问题：")
    for fault in faults:
        console.say(f"  {fault}")
    copy = path.with_name(f"{path.stem}{COMMENTED}{path.suffix}")
    write_atomically(copy, commented_copy(path, faults))
    console.say(f"已把问题用批注标在副本上：{copy}")
    return NOTHING_MADE


def preview_command(path: Path, *, pdf: bool) -> int:
    """Return 0 after a template's document with sample data is written; print its path."""
    _there(path)
    target = path.with_name(f"{path.stem}{PREVIEW}{path.suffix}")
    write_atomically(target, preview(path, definition_for(path)))
    console.say(str(target))
    if pdf:
        from flows.commands.pdf import to_pdf

        console.say(str(to_pdf(target)))
    return OK


def fields_command(campaign: Path | None) -> int:
    """Return 0 after the list of names for a campaign's templates is written; print its path."""
    from templates.build import fields

    folder = campaign or Path("campaign")
    target = folder / FIELD_LIST
    write_atomically(target, fields.build(load_campaign(folder).definition))
    console.say(str(target))
    return OK


def _there(path: Path) -> None:
    if not path.is_file():
        raise UserError(f"没有文件“{path}”。请核对文件名和所在文件夹")
