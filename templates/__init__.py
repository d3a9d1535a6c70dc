"""The folder of the shipped templates, named once."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
