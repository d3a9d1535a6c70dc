"""What Prefect is told before it is imported: no telemetry, quiet console, time to start a server on a fresh machine.

A server that we start writes down the states of tasks a second's worth at a time: one by one, as it does when not told, they took most of
its work. A server that is started by hand in the project's folder reads the same in pyproject.toml, `[tool.prefect]`.
"""

import os
from pathlib import Path

SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
}


def prepare() -> None:
    """Put the settings into the environment; what an administrator has set there stays."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


def leave_errors_to_the_command() -> None:
    """Keep Prefect's account of an error off the terminal: the command that runs the flow says it, in a sentence or as it is raised."""
    name = "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"
    if os.environ.get(name) == SETTINGS[name]:
        os.environ[name] = "CRITICAL"


def campaign_folder() -> Path:
    """Return the campaign folder that flows use where none is given: BULLETIN_CAMPAIGN, else ./campaign."""
    return Path(os.environ.get("BULLETIN_CAMPAIGN", "campaign"))


def working_folder() -> Path:
    """Return the folder in which flows look for ledgers and leave outputs: where the campaign folder lies."""
    return campaign_folder().parent
