"""Prefect's settings, to be made before it is imported: no telemetry, a quiet console.

The server records task states in batches of a second: one by one, its default, they took most of
its time. A server started by hand in the project's folder finds the same settings in
pyproject.toml, `[tool.prefect]`.
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

# Each would look through all that is installed for plug-ins of its own whenever a process starts.
WITHOUT_PLUGINS = {"PYDANTIC_DISABLE_PLUGINS": "__all__", "TYPEGUARD_DISABLE_PLUGIN_AUTOLOAD": "1"}


def prepare() -> None:
    """Put the settings into the environment, except those that an administrator has set."""
    for name, value in {**SETTINGS, **WITHOUT_PLUGINS}.items():
        os.environ.setdefault(name, value)


def leave_errors_to_the_command() -> None:
    """Keep Prefect's report of an error off the terminal, since the command reports it itself."""
    name = "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"
    if os.environ.get(name) == SETTINGS[name]:
        os.environ[name] = "CRITICAL"


def campaign_folder() -> Path:
    """Return the campaign folder of a form that names none: BULLETIN_CAMPAIGN or ./campaign."""
    return Path(os.environ.get("BULLETIN_CAMPAIGN", "campaign"))


def working_folder() -> Path:
    """Return the parent of the campaign folder, where flows read ledgers and write outputs."""
    return campaign_folder().parent
