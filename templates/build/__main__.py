"""Builds the shipped Word templates: `python -m templates.build`.

The office edits copies of them in Word or WPS; what is built here is what the program comes with.
"""

from collections.abc import Callable, Mapping
from functools import partial

from schemas.shipped import shipped
from templates import HERE
from templates.build import (
    city,
    county,
    enterprise,
    fields,
    general,
    notice,
    papers,
    receipt,
    supervision,
)

BUILDERS: Mapping[str, Callable[[], bytes]] = {
    "全市.docx": city.build,
    "县区.docx": county.build,
    "企业.docx": enterprise.build,
    **{f"general/{name}.docx": partial(general.build, name) for name in general.WORDS},
    "退回通知.docx": notice.build,
    "回执.docx": receipt.build,
    "督办通知单.docx": supervision.build,
    **{f"documents/{name}.docx": partial(papers.build, name) for name in papers.NAMES},
    "字段清单.docx": partial(fields.build, shipped()),
}


def main() -> None:
    """Write all templates into this folder."""
    for name, build in BUILDERS.items():
        (HERE / name).write_bytes(build())


if __name__ == "__main__":
    main()
