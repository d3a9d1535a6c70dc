"""The second step: a ledger read is checked, its good rows are kept, its faults are told cell by cell (DESIGN §5).

`check_alone` in `alone.py` checks a ledger by itself, `judge` in `together.py` all that came in. This page imports nothing: pandera
takes longer to import than all ledgers take to be judged together.
"""
