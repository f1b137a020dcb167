"""The built command, as the tests run it."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "release"
ARGUS = BUILD / "argus"


# Peers are started as `python …`: the interpreter of the tests, which has the packages that they need.
PATH = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"


def environment(**extra):
    return dict(os.environ, ARGUS_HOME=str(ROOT), NO_COLOR="1", PATH=PATH, **extra)


def argus(*arguments, timeout=300, cwd=None, check=None, **extra):
    """Runs the command to its end; `check` is the exit status that it must have."""
    result = subprocess.run(
        [str(ARGUS), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env=environment(**extra),
    )
    if check is not None:
        assert result.returncode == check, f"{arguments}: {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def start(*arguments, preexec_fn=None, **extra):
    """Starts the command and returns its process; `extra` are environment variables."""
    return subprocess.Popen(
        [str(ARGUS), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
        env=environment(**extra),
        preexec_fn=preexec_fn,
    )
