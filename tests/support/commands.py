"""The commands of the program, as the program itself lists them."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from flows.cli import app


def commands() -> list[str]:
    """Return every command and group of commands, a command of a group with the group's name before it."""
    return list(_names(getattr(typer.main.get_command(app), "commands", {}), ""))


def _names(group: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, command in group.items():
        yield prefix + name
        yield from _names(getattr(command, "commands", {}), f"{prefix}{name} ")
