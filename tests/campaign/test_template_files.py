"""What is said of the files in an office's folder of templates."""

from pathlib import Path

from flows.campaign.document_table import shipped_documents
from flows.campaign.template_files import unused_templates


def test_files_that_no_document_is_made_with_are_told(tmp_path: Path) -> None:
    """With the name that they would need; what the program wrote there itself is not."""
    names = [
        "全市.docx",
        "县区(1).docx",
        "县区.dotx",
        "县 区.docx",
        "说明.txt",
        "县区（预览）.docx",
        "~$全市.docx",
        ".x",
    ]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    where = tmp_path.name
    used = [line.template for line in shipped_documents()]
    assert unused_templates(tmp_path, used[:6]) == [
        f"{where} 文件夹里的“县 区.docx”没有用到：要用作模板，请改名为“县区.docx”",
        f"{where} 文件夹里的“县区(1).docx”没有用到：要用作模板，请改名为“县区.docx”",
        f"{where} 文件夹里的“县区.dotx”没有用到：要用作模板，请用 Word 或 WPS 另存为“县区.docx”（Word 文档）",
        f"{where} 文件夹里的“说明.txt”没有用到：模板只认这几个文件名：全市.docx、县区.docx、企业.docx、退回通知.docx、回执.docx、督办通知单.docx",
    ]
