"""Output of the command line: Chinese help and usage faults, progress on a terminal, lines."""

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from schemas.characters import OBEYED_CLASS

T = TypeVar("T")
WIDTH = 26  # of the left column in help
YES = ("是", "y", "yes")
_OBEYED = re.compile(f"[{OBEYED_CLASS}]")


class ChineseCommand(TyperCommand):
    """A command with Chinese help. Its method takes Any, since the library's types are private."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the command's help."""
        formatter.write(_help(self, ctx))


class ChineseGroup(TyperGroup):
    """A group of commands with Chinese help."""

    command_class = ChineseCommand

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the group's help."""
        formatter.write(_help(self, ctx))


def _help(command: TyperCommand | TyperGroup, ctx: typer.Context) -> str:
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    options = [p for p in command.params if isinstance(p, TyperOption) and not p.hidden]
    words = " ".join(f"{_name(a)}" if a.required else f"[{_name(a)}]" for a in arguments)
    group = getattr(command, "commands", None)
    usage = f"用法：{ctx.command_path} {'命令 …' if group else words} [选项]".replace("  ", " ")
    parts = [usage, "", (command.help or "").strip()]
    if arguments:
        parts += ["", "参数："] + [_row(_name(a), a.help) for a in arguments]
    if group:
        parts += ["", "命令："] + [
            _row(name, (c.help or "").strip().split("\n")[0])
            for name, c in group.items()
            if not c.hidden
        ]
    parts += ["", "选项："] + [_row(_option(o), _option_help(o)) for o in options]
    return "\n".join([*parts, _row("--help", "显示本说明"), ""])


def _option(option: TyperOption) -> str:
    names = "、".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.metavar or '值'}"


def _option_help(option: TyperOption) -> str:
    return (option.help or "") + ("（必填）" if option.required else "")


def _row(left: str, right: str | None) -> str:
    width = sum(2 if ord(c) > 255 else 1 for c in left)
    gap = " " * (WIDTH - width) if width < WIDTH else "\n" + " " * (WIDTH + 2)
    return f"  {left}{gap}{right or ''}"


def usage_fault(error: Any) -> str:  # Any: typer raises private types
    """Return the Chinese message for a usage error that the library raised."""
    name = type(error).__name__
    if name == "NoArgsIsHelpError":
        return str(error).rstrip()
    path = error.ctx.command_path if getattr(error, "ctx", None) else "bulletin"
    hint = f"输入 {path} --help 查看用法。"
    parameter = getattr(error, "param", None)
    label = "" if parameter is None else _label(parameter)
    if name == "NoSuchOption":
        near = f"您是不是想用 {'、'.join(error.possibilities)}？" if error.possibilities else ""
        return f"没有选项“{error.option_name}”。{near}{hint}"
    if name == "MissingParameter":
        return f"缺少“{label}”。{hint}"
    if name == "BadParameter":
        return f"{f'“{label}”有误：' if label else ''}{error.message}。{hint}"
    if name == "NoSuchCommand" or "No such command" in str(getattr(error, "message", "")):
        return f"没有这个命令：{' '.join(sys.argv[1:2])}。{hint}"
    return f"命令写法有误：多余或不完整的参数。{hint}"


def _name(argument: TyperArgument) -> str:
    return argument.metavar or argument.name or ""


def _label(parameter: Any) -> str:  # Any: typer raises private types
    return (
        str(parameter.metavar or parameter.name)
        if parameter.param_type_name == "argument"
        else "/".join(parameter.opts)
    )


def prepare() -> None:
    """Make both output streams accept Chinese: UTF-8 if their own encoding cannot write it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            try:
                "简报，”".encode(stream.encoding)
            except UnicodeEncodeError:
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="replace")


def harmless(text: str) -> str:
    """Return a text without what a terminal would obey: a file's name may hold anything.

    Control characters, escape sequences and marks that turn the direction of writing become a sign.
    """
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", text)


def say(text: str) -> None:
    """Print a line to standard output."""
    sys.stdout.write(harmless(text) + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Print a line to standard error."""
    sys.stderr.write(harmless(text) + "\n")


def print_json(value: object) -> None:
    """Print a value for a program to read; what a terminal would obey is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    sys.stdout.write(_OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")


def on_terminal() -> bool:
    """Return whether standard error is a terminal that can draw progress."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def can_ask() -> bool:
    """Return whether a person at a terminal can answer a question."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str) -> bool:
    """Return whether a question is answered with yes."""
    sys.stdout.write(question)
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in YES


def tracked(items: Iterable[T], total: int, title: str) -> Iterator[T]:
    """Yield the items, drawing a progress bar on a terminal and nothing elsewhere."""
    if not on_terminal() or total < 2:
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=title, total=total, console=Console(stderr=True))


@contextmanager
def teller(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield the function that reports a run's progress; a silent one if `quiet`."""
    yield (lambda text: None) if quiet else say


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as aligned columns; a Chinese character is two wide."""
    texts = [[str(value) for value in row] for row in [header, *rows]]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    return "\n".join(
        "  ".join(t + " " * (w - _width(t)) for t, w in zip(row, widths, strict=True)).rstrip()
        for row in texts
    )


def _width(text: str) -> int:
    return sum(2 if ord(character) > 255 else 1 for character in text)
