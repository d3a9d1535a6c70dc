"""How long 100 one-page bulletins with a table take, beside docxtpl opening its template for each of them, and Jinja and zip alone.

Run: python tests/bench/bench_render.py [NUMBER]. Goal (DESIGN §10): at most half of docxtpl's time.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from docxtpl import DocxTemplate

from flows.steps.compose import compose
from flows.steps.model import Bulletin
from flows.steps.render.language import Language
from flows.steps.render.template import prepare
from templates.build.city import WORDS, add_county_table
from templates.build.document import new_document, saved
from templates.build.prose import add_prose
from templates.build.tables import add_head
from tests.bench.apart import Figure, judge, say
from tests.support.reports import many_counties

NUMBER = 100


def one_page() -> bytes:
    """Return a template of one page: the head, the overall progress, the table of the counties."""
    document = new_document("一页简报")
    summary = "截至{{ 截止日 }}，全市退休人员{{ 全市.退休人员总数 | 人数 }}。〔已办情况〕。"
    text = f"{summary}\n表题| 各县（市、区）移交进展及排名\n单位| 单位：人\n@县表"
    add_head(document)
    add_prose(document, "一页", {**WORDS, "一页": text}, {"县表": add_county_table})
    return saved(document)


def bulletins(number: int) -> list[Bulletin]:
    """Return the bulletins of cities of eleven counties, each with other figures."""
    names = [f"示例{letter}县" for letter in "甲乙丙丁戊己庚辛壬癸子"]
    made = [
        compose(many_counties(names, [(900 + i, 500 + i % 300, 900, 200 + j, 120, 40, 10 * j) for j in range(len(names))]), "city", "示例市")
        for i in range(number)
    ]  # fmt: skip
    for bulletin in made:
        dict(bulletin.context)  # work out the values once, which is no part of rendering
    return made


def with_docxtpl(template: Path, bulletin: Bulletin) -> bytes:
    """Return a bulletin as docxtpl makes it, the template opened for it."""
    document = DocxTemplate(template)
    document.render(dict(bulletin.context), Language())
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def seconds(work: Callable[[Bulletin], bytes], made: list[Bulletin]) -> float:
    """Return how long a way of rendering takes for all bulletins."""
    start = time.perf_counter()
    for bulletin in made:
        work(bulletin)
    return time.perf_counter() - start


def main() -> None:
    """Print both times and their ratio; the bulletins are composed before, so that only rendering is measured."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "一页.docx")
        path.write_bytes(one_page())
        start = time.perf_counter()
        prepared = prepare(path.name, path.read_bytes())
        once = time.perf_counter() - start
        seconds(lambda b: prepared.filled(b.context, b.charts), bulletins(3))
        ours = once + seconds(lambda b: prepared.filled(b.context, b.charts), bulletins(number))
        theirs = seconds(lambda b: with_docxtpl(path, b), bulletins(number))
    say(f"{number} bulletins {ours:.2f} s, {once:.2f} s of them once; docxtpl {theirs:.2f} s")
    judge(Figure(f"{number} bulletins of one page", "docxtpl", [ours / theirs], 0.5))


if __name__ == "__main__":
    main()
