"""The tables of the README that derive from the schema: `python -m tests.readme` writes them, a test holds them current."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from schemas.columns import KIND_NAMES, Column, Kind
from schemas.rules import RULES, SEVERITIES
from schemas.shipped import shipped
from tests.support.retirees import KINDS

README = Path(__file__).parent.parent / "README.md"


def column_table(kind: Kind) -> str:
    """Return a table of the columns of a kind: header, how to fill it in."""
    rows = [f"| {column.header} | {_wanted(column)}{column.help} |" for column in KINDS[kind]]
    return "\n".join([f"| {KIND_NAMES[kind]}栏目 | 怎么填 |", "|---|---|", *rows])


def _wanted(column: Column) -> str:
    return "必填。" if column.required else "可不填。" if not column.expected else ""


def rule_table() -> str:
    """Return a table of the rules: code, title, what it costs, what to do."""
    rows = [
        f"| `{r.code}` | {r.title} | {SEVERITIES[r.severity]} | {_plain(r.remedy)} |"
        for r in RULES.values()
    ]
    return "\n".join(["| 代码 | 问题 | 处理 | 怎么改 |", "|---|---|---|---|", *rows])


def _plain(text: str) -> str:
    for name, word in shipped().terms.items():
        text = text.replace(f"{{{name}}}", word)
    return re.sub(r"\{\w+\}", "…", text).replace("|", "\\|")


PARTS: Mapping[str, Callable[[], str]] = {
    "columns:progress": lambda: column_table("progress"),
    "columns:roster": lambda: column_table("roster"),
    "rules": rule_table,
}


def filled(text: str) -> str:
    """Return the README with its derived tables written anew."""
    for name, make in PARTS.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = pattern.sub(lambda m, make=make: f"{m[1]}{make()}\n{m[2]}", text, count=1)  # type: ignore[misc]  # a default binds it
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
