"""From ledger to bulletin. What Prefect has to know before it is imported is set here, since every module of ours imports this."""

from flows.prefect_support.environment import prepare

prepare()
