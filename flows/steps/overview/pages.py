"""How a page is made: Jinja templates that escape everything, one file with all it needs."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flows.steps.months import in_words
from flows.steps.wording.numbers import percent, points, signed_count, signed_points
from templates import HERE as TEMPLATES


def render_page(template: str, scripts: Sequence[str], values: Mapping[str, object]) -> str:
    """Return a page from its template, with its style and script inside.

    The page's content security policy names both by their hash and allows nothing else: no other
    script runs, whatever a ledger holds, and no request leaves (CSP Level 3, 2.3.1).
    """
    style, code = _part("_page.css"), "".join(map(_part, scripts))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(code)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "style": Markup(style),  # noqa: S704  (our own file)
        "script": Markup(code),  # noqa: S704  (our own file)
        "policy": policy,
    }
    page = _environment().get_template(template).render({**values, **parts})
    return page.strip() + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
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
