"""From ledger to bulletin.

Prefect's settings are made here, before any module of ours can import it.
"""

from flows.prefect_support.environment import prepare

prepare()
