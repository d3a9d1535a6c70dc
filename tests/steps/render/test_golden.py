"""The wording of each shipped template with the sample month, kept as readable text so that a change of wording shows in review.

After a wanted change: `BULLETIN_GOLDEN=write .venv/bin/python -m pytest tests/steps/render/test_golden.py`, then read the difference.
"""

import os

import pytest

from flows.campaign.template_check import preview
from schemas.shipped import shipped
from templates import HERE as TEMPLATES
from tests.support.documents import as_text
from tests.support.paths import GOLDEN


@pytest.mark.parametrize("name", ["全市", "县区", "企业", "退回通知", "回执", "督办通知单"])
def test_the_wording_is_the_one_reviewed(name: str) -> None:
    """Each template says of the sample month what its golden text says."""
    golden = GOLDEN / f"{name}.txt"
    said = as_text(preview(TEMPLATES / f"{name}.docx", shipped()))
    if os.environ.get("BULLETIN_GOLDEN") == "write":
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
