"""What the command leaves with (DESIGN §7): bulletins made, nothing made, wrong use, something returned or missing."""

OK = 0
NOTHING_MADE = 1
WRONG_USE = 2
RETURNED = 3
