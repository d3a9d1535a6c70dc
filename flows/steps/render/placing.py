"""Where tags may stand that take a paragraph, a row or a cell with them, and where they end."""

from collections.abc import Iterator

from flows.steps.render.scan import Paragraph

_UNITS = {"p": "段", "tr": "行", "tc": "格"}


def alone(tag: str, unit: str, paragraph: Paragraph) -> Iterator[str]:
    """Yield a message for a tag that replaces its paragraph or row but is not alone in it."""
    if unit in ("tr", "tc") and paragraph.table is None:
        yield f"{tag} 只能写在表格里"
        return
    texts = {"p": paragraph.text, "tr": paragraph.row_text, "tc": paragraph.cell_text}
    if texts.get(unit, tag).strip() != tag:
        yield f"{tag} 要独占一{_UNITS[unit]}，同一{_UNITS[unit]}里的其他内容会丢失"
        return
    beside = {"p": paragraph.beside, "tr": paragraph.row_beside}.get(unit, "")
    if beside:
        one = _UNITS[unit]
        yield f"{tag} 所在的{one}里还有{beside}，会随标记一起丢失；请把{beside}移到另外的{one}里"


def apart(
    start: Paragraph, source: str, paragraph: Paragraph, tag: str, unit: str
) -> Iterator[str]:
    """Yield a message for a tag that does not stand where its opening one (`source`) allows it."""
    same_place = (start.index, start.where) == (paragraph.index, paragraph.where)
    if not unit and not same_place:
        yield (
            f"{source} 和 {tag} 不在同一段；跨段的请写成 {{%p … %}}，"
            "跨行的写成 {%tr … %}，并且独占一段或一行"
        )
    elif unit == "tr" and start.table != paragraph.table:
        yield f"{tag} 与开头的 {source} 不在同一个表格"
    elif unit == "tc" and (start.table, start.row) != (paragraph.table, paragraph.row):
        yield f"{tag} 与开头的 {source} 不在同一行"
    elif unit == "p" and start.container != paragraph.container:
        yield (
            f"{tag} 与开头的 {source} 不在同一处：一个在单元格、文本框或内容控件里，"
            "另一个不在；请放在同一单元格或都放在正文里"
        )
