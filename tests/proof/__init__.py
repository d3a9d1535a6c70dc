"""What the program promises, tried many times: `python -m tests.proof [--long] [--only NAME]`, or `make proof`."""
