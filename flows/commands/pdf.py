"""A document as PDF, made by LibreOffice where it is installed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from flows.steps.model import UserError


def to_pdf(path: Path) -> Path:
    """Return the path of a document's PDF, beside it; raises UserError without LibreOffice."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise UserError(
            "本机没有安装 LibreOffice，不能转成 PDF。请用 Word 或 WPS 打开 .docx 另存为 PDF"
        )
    with tempfile.TemporaryDirectory() as home:
        command = [
            program,
            "--headless",
            f"-env:UserInstallation=file://{home}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(path.parent),
            str(path),
        ]
        done = subprocess.run(  # noqa: S603  (our own command)
            command, capture_output=True, check=False, timeout=180
        )
    pdf = path.with_suffix(".pdf")
    if done.returncode or not pdf.is_file():
        raise UserError(f"“{path.name}”没有转成 PDF。请用 Word 或 WPS 打开 .docx 另存为 PDF")
    return pdf
