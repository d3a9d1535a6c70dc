"""The program runs on systems without the modules that only Unix has."""

import os
import subprocess
import sys

from tests.support.paths import ROOT

IMPORTED = """
import builtins, importlib, pkgutil, sys, warnings
warnings.simplefilter("ignore")
MISSING, OURS = ("fcntl", "resource", "pwd"), ("flows", "schemas", "templates")
real = builtins.__import__

def as_on_windows(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "").split(".")[0]
    if importer in OURS and name in MISSING:
        raise ModuleNotFoundError(name)
    return real(name, globals, locals, fromlist, level)

builtins.__import__ = as_on_windows
for package in OURS:
    module = importlib.import_module(package)
    for found in pkgutil.walk_packages(module.__path__, f"{package}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
            print(found.name)
"""


def test_every_module_is_imported_without_fcntl_resource_and_pwd() -> None:
    """None of our modules needs them when it is imported."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert {"flows.cli", "flows.monthly", "flows.intake.worker_pool"} <= set(
        done.stdout.splitlines()
    )
