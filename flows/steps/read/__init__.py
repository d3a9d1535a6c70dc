"""The first step: a ledger file as it was sent becomes typed ledgers, every value with its cell.

`read_file` in `file.py` is the step (DESIGN §4). This module imports nothing, so that 名录 and
templates are opened with parts of the step in half a second.
"""
