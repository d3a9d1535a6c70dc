"""What the commands say of a campaign's folder of templates."""

from pathlib import Path

from flows.commands import console
from flows.steps.render.renderer import unused_templates


def tell_unused(folder: Path | None) -> None:
    """Print a line to standard error for each file in the folder that no document is made with."""
    for line in unused_templates(folder) if folder is not None else ():
        console.complain(f"提示：{line}。")
