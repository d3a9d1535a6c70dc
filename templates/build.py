"""Builds the shipped Word templates anew: `python -m templates.build`.

The office edits copies of them in Word or WPS; what is built here is what the program comes with.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from templates import city

HERE = Path(__file__).resolve().parent
BUILDERS: Mapping[str, Callable[[], bytes]] = {"全市.docx": city.build}


def main() -> None:
    """Write all templates into this folder."""
    for name, build in BUILDERS.items():
        (HERE / name).write_bytes(build())


if __name__ == "__main__":
    main()
