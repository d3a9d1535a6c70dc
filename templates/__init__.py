"""The folders of the shipped templates, named once."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
GENERAL = HERE / "general"  # for campaigns without templates of their own
DOCUMENTS = HERE / "documents"  # with the table that says what they are for
