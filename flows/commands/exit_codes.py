"""The exit codes of the command `bulletin`."""

OK = 0  # bulletins made, nothing returned or missing
NOTHING_MADE = 1  # and the message says why
WRONG_USE = 2
RETURNED = 3  # bulletins made, some ledger returned or missing
