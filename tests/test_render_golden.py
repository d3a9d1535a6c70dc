"""The wording of each shipped template with the sample month, kept as readable text so that a change of wording shows in review.

After a wanted change: `BULLETIN_GOLDEN=write .venv/bin/python -m pytest tests/test_render_golden.py`, then read the difference.
"""

import os
from pathlib import Path

import pytest

from flows.templating import preview
from tests.documents import as_text

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE.parent / "templates"


@pytest.mark.parametrize("name", ["全市", "县区", "企业", "退回通知"])
def test_the_wording_is_the_one_reviewed(name: str) -> None:
    """Each template says of the sample month what its golden text says."""
    golden = HERE / "golden" / f"{name}.txt"
    said = as_text(preview(TEMPLATES / f"{name}.docx"))
    if os.environ.get("BULLETIN_GOLDEN") == "write":
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
