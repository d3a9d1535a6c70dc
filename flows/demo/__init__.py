"""A made-up city with made-up ledgers, for `bulletin demo`, the tests and the benchmarks.

No real person, company or place appears in it.
"""
