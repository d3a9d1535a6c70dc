"""Runs of the monthly deployment as another process sees them: started, followed, stopped."""

import logging
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.states import Cancelling

from flows.prefect_support.forms import MonthlyForm
from flows.steps.model import UserError

DEPLOYMENT = "monthly/scheduled"
_PREFECTS_OWN = ("Beginning", "Created", "Downloading", "Finished")  # lines in English


def start_run(form: MonthlyForm) -> UUID:
    """Return the id of a new run of the deployment, made by whoever serves it.

    Raises UserError if the server does not take it: for a month that its form does not offer.
    """
    parameters = {"form": form.model_dump(mode="json", exclude_defaults=True)}
    try:
        run: Any = run_deployment(DEPLOYMENT, parameters=parameters, timeout=0, as_subflow=False)
    except PrefectHTTPStatusError as error:
        raise UserError(
            f"{form.month}不能编制：月份应在设置里的首期之后、验收截止日后两年以内"
        ) from error
    except httpx.HTTPError as error:
        raise UserError("Prefect 服务没有回答，请稍后再按“编制”，或请管理员查看") from error
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
    said = (log.message for log in logs if log.level == logging.INFO)
    lines = [line for line in said if not (line.isascii() or line.startswith(_PREFECTS_OWN))]
    return lines, message, ended and state is not None and not state.is_completed()


def cancel_run(run: UUID) -> None:
    """Ask whoever makes a run to stop it."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run, Cancelling())
