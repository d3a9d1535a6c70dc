"""The first step: a file as it was sent becomes typed ledgers, every value with its cell (DESIGN §4).

`read_file` in `file.py` is the step. This page imports nothing: 名录 and templates are opened with parts of the step, in half a second.
"""
