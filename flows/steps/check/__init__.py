"""The second step: a ledger is checked, and its faults are located cell by cell (DESIGN §5).

`check_alone` in `alone.py` checks a ledger by itself, `judge` in `together.py` all that came in.
This module imports nothing: pandera takes longer to import than it takes to judge all ledgers
together.
"""
