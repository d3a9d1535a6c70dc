"""How a page is made: Jinja templates that escape everything, one file with all it needs."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flows.steps.months import in_words
from flows.steps.wording.numbers import percent, points, signed_count, signed_points
from templates import HERE as TEMPLATES

# Colours, dashes and shapes of a chart's lines; they differ in black and white too.
LOOKS: Sequence[tuple[str, str, str]] = (
    ("#a31515", "", "circle"),
    ("#1f4e79", "8 4", "square"),
    ("#5f5f5f", "2 3", "triangle"),
    ("#a86f00", "12 4 2 4", "diamond"),
    ("#2e7d32", "4 4", "square"),
    ("#7b1fa2", "14 4", "triangle"),
    ("#00838f", "2 6", "circle"),
    ("#404040", "10 3 2 3 2 3", "diamond"),
)
SERIES = "/* series */\n"  # where the style sheet takes the looks of a chart's lines


def render_page(
    template: str,
    scripts: Sequence[str],
    values: Mapping[str, object],
    series: Sequence[str] = (),
) -> str:
    """Return a page from its template, with its style and script inside.

    `series` are the ids of the lines of its chart.

    The page's content security policy names both by their hash and allows nothing else: no other
    script runs, whatever a ledger holds, and no request leaves (CSP Level 3, 2.3.1).
    """
    style = _part("_page.css").replace(SERIES, "".join(map(_look, count(), series)))
    code = "".join(map(_part, scripts))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(code)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "style": Markup(style),  # noqa: S704  (our own file)
        "script": Markup(code),  # noqa: S704  (our own file)
        "policy": policy,
    }
    page = page_environment(TEMPLATES).get_template(template).render({**values, **parts})
    return page.strip() + "\n"


def _look(number: int, name: str) -> str:
    """Return the style of a chart's line and of its marks."""
    color, dashes, _ = LOOKS[number % len(LOOKS)]
    dashed = f" stroke-dasharray: {dashes};" if dashes else ""
    curve = f"svg .curve.{name} {{ stroke: {color};{dashed} }}\n"
    return f"{curve}svg .mark.{name} {{ fill: {color}; }}\n"


@cache
def page_environment(folder: Path) -> Environment:
    """Return the templates of a folder's pages, which escape everything and print as documents."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "points": points,
        "signed_points": signed_points,
        "signed_count": signed_count,
        "in_words": in_words,
    }
    return environment


@cache
def _part(name: str) -> str:
    """Return a style sheet or script, with line feeds only, as a page holds it."""
    return "\n" + (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
