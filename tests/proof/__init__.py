"""What the program promises, tried many times: `python -m tests.proof [--short | --long] [--only NAME]`, or `make proof`."""
