"""Pages as they come out of LibreOffice: text with its place, and what is drawn; for tests of the layout."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from lxml import etree

# The office's fonts and what stands in for them, each with Han glyphs of full width.
FAMILIES: Mapping[str, str] = {
    "仿宋_GB2312": "Serif", "楷体_GB2312": "Serif", "宋体": "Serif", "方正小标宋简体": "Serif", "Times New Roman": "Serif", "黑体": "Sans",
}  # fmt: skip
DPI = 72  # a pixel a point


@dataclass(frozen=True)
class Text:
    """A line of text on a page: where it stands in points from the top left, and what it says."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


@dataclass(frozen=True)
class Page:
    """A page: its size in points, its lines from top to bottom, its picture (rows of pixels, one a point)."""

    width: float
    height: float
    lines: list[Text]
    picture: npt.NDArray[np.uint8]

    def number(self, inside: tuple[float, float, float, float]) -> list[Text]:
        """Return the lines outside of the text area, which is given by its left, top, right and bottom."""
        left, top, right, bottom = inside
        return [
            t
            for t in self.lines
            if t.top > bottom or t.bottom < top or t.right < left or t.left > right
        ]


TURNED_EDGE = 35 / 25.4 * 72  # where the text of a landscape page begins


def missing() -> str | None:
    """Return what the machine lacks to lay out pages, None where it has all."""
    for program in ("soffice", "pdftotext", "pdftoppm", "fc-list"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    fonts = subprocess.run(
        ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=True
    ).stdout
    return (
        None
        if all(f"Noto {kind} CJK SC" in fonts for kind in ("Serif", "Sans"))
        else "Noto CJK fonts are not installed"
    )


def laid_out(folder: Path, documents: Mapping[str, bytes]) -> dict[str, list[Page]]:
    """Return the pages that LibreOffice makes of documents."""
    config = folder / "fonts.conf"
    aliases = "".join(
        f'<alias binding="same"><family>{name}</family><prefer><family>Noto {kind} CJK SC</family></prefer></alias>'
        for name, kind in FAMILIES.items()
    )
    config.write_text(
        f'<?xml version="1.0"?><fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>{aliases}</fontconfig>'
    )
    paths = []
    for name, content in documents.items():
        paths.append(folder / f"{name}.docx")
        paths[-1].write_bytes(content)
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
    ]
    environment = {"FONTCONFIG_FILE": str(config), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    subprocess.run(
        [*command, *map(str, paths)], capture_output=True, check=True, timeout=240, env=environment
    )
    return {path.stem: _pages(path.with_suffix(".pdf")) for path in paths}


def _pages(pdf: Path) -> list[Page]:
    text = subprocess.run(
        ["pdftotext", "-bbox-layout", str(pdf), "-"], capture_output=True, check=True
    ).stdout
    subprocess.run(["pdftoppm", "-r", str(DPI), str(pdf), str(pdf.with_suffix(""))], check=True)
    pictures = sorted(
        pdf.parent.glob(f"{glob_safe(pdf.stem)}-*.ppm"), key=lambda p: int(p.stem.rsplit("-", 1)[1])
    )
    root = etree.fromstring(re.sub(rb"<!DOCTYPE[^>]*>", b"", text), etree.XMLParser(recover=True))
    pages = list(root.iter("{*}page"))
    return [_page(page, picture) for page, picture in zip(pages, pictures, strict=True)]


def glob_safe(stem: str) -> str:
    """Return a file's stem as a pattern that matches it only."""
    return re.sub(r"([\[*?])", r"[\1]", stem)


def _page(page: Any, picture: Path) -> Page:
    width, height = float(page.get("width")), float(page.get("height"))
    words = [_word(w) for w in page.iter("{*}word")]
    edge = (
        TURNED_EDGE if width > height else 0
    )  # a number beside a landscape table is no part of its lines
    lines = [
        *_lines([w for w in words if w.right < edge]),
        *_lines([w for w in words if w.right >= edge]),
    ]
    return Page(width, height, lines, _picture(picture))


def _word(word: Any) -> Text:
    left, top, right, bottom = (float(word.get(side)) for side in ("xMin", "yMin", "xMax", "yMax"))
    return Text(left, top, right, bottom, word.text or "")


def _lines(words: list[Text]) -> list[Text]:
    """Return words put together to lines: those whose middles are at the same height."""
    rows: list[list[Text]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.left)):
        middle = (word.top + word.bottom) / 2
        if rows and abs((rows[-1][0].top + rows[-1][0].bottom) / 2 - middle) < 3:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [
        Text(min(w.left for w in row), min(w.top for w in row), max(w.right for w in row), max(w.bottom for w in row),
             "".join(w.text for w in sorted(row, key=lambda w: w.left)))
        for row in rows
    ]  # fmt: skip


def _picture(path: Path) -> npt.NDArray[np.uint8]:
    """Return a picture in the PPM format as rows of pixels."""
    data = path.read_bytes()
    kind, width, height, _ = re.match(rb"(P6)\s+(\d+)\s+(\d+)\s+(\d+)\s", data).groups()  # type: ignore[union-attr]  # pdftoppm wrote it
    assert kind == b"P6"
    return np.frombuffer(data[-int(width) * int(height) * 3 :], dtype=np.uint8).reshape(
        int(height), int(width), 3
    )


def rules(picture: npt.NDArray[np.uint8], colour: str, length: float) -> list[int]:
    """Return the heights of the horizontal rules of a colour (red or black) that are at least so long, each once."""
    red, green, blue = (picture[:, :, i].astype(int) for i in range(3))
    hit = (
        (red > 180) & (green < 110) & (blue < 110)
        if colour == "red"
        else (red < 150) & (green < 150) & (blue < 150)
    )
    rows = [y for y in range(picture.shape[0]) if _longest(hit[y]) >= length]
    return [y for y in rows if y - 1 not in rows]


def _longest(hit: npt.NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], hit.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))
