"""The names of the files in an office's folder of templates.

It imports nothing of what makes documents: every command that makes some, or none, looks here.
"""

from collections.abc import Collection
from pathlib import Path

# at the end of the names that the check of templates gives to copies
PREVIEW, COMMENTED = "（预览）", "（已批注）"


def unused_templates(folder: Path, used: Collection[str]) -> list[str]:
    """Return a line for each file in a folder of templates that is not among those used."""
    lines = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        is_ours = path.name in used or path.stem.endswith(PREVIEW)
        if path.is_file() and not is_ours and not path.name.startswith((".", "~$")):
            lines.append(f"{folder.name} 文件夹里的“{path.name}”没有用到：{_meant(path, used)}")
    return lines


def _meant(path: Path, used: Collection[str]) -> str:
    """Return what a file in the folder of templates has to be called to be used."""
    plain = "".join(path.stem.split())
    wanted = next((n for n in used if plain.startswith(Path(n).stem)), "")
    if not wanted:
        return f"模板只认这几个文件名：{'、'.join(used)}"
    if path.suffix.lower() != ".docx":
        return f"要用作模板，请用 Word 或 WPS 另存为“{wanted}”（Word 文档）"
    return f"要用作模板，请改名为“{wanted}”"
