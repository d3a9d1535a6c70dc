"""What the commands say of a campaign's folder of templates."""

from pathlib import Path

from flows.campaign.document_table import documents_of
from flows.campaign.template_files import unused_templates
from flows.commands import console
from schemas.documents import FILE, FOLDER


def tell_unused(folder: Path | None) -> None:
    """Print a line to standard error for each file in the folder that no document is made with."""
    if folder is None:
        return
    documents = folder.parent / FOLDER
    table = documents / FILE
    beside = [path.name for path in documents.iterdir()] if documents.is_dir() else []
    lines, _ = documents_of(table.read_bytes() if table.is_file() else b"", beside)
    for line in unused_templates(folder, list(dict.fromkeys(each.template for each in lines))):
        console.complain(f"提示：{line}。")
