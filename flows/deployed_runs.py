"""Runs of the monthly deployment as another process sees them: started, followed, stopped."""

import logging
from typing import Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.deployments import run_deployment
from prefect.states import Cancelling

from flows.prefect_support.forms import MonthlyForm

DEPLOYMENT = "monthly/scheduled"


def start_run(form: MonthlyForm) -> UUID:
    """Return the id of a new run of the deployment, made by whoever serves it."""
    parameters = {"form": form.model_dump(mode="json", exclude_defaults=True)}
    run: Any = run_deployment(DEPLOYMENT, parameters=parameters, timeout=0, as_subflow=False)
    identity: UUID = run.id
    return identity


def progress_of(run: UUID) -> tuple[list[str], str | None, bool]:
    """Return the lines that a run has logged, the message of its end, and whether it failed.

    The message is None while it goes on.
    """
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(run).state
        logs = client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run])))
    ended = state is not None and state.is_final()
    message = (state.message or state.name or "") if state is not None and ended else None
    lines = [log.message for log in logs if log.level == logging.INFO]
    return lines, message, ended and state is not None and not state.is_completed()


def cancel_run(run: UUID) -> None:
    """Ask whoever makes a run to stop it."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run, Cancelling())
