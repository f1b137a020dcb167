"""A child's tie to the host that started it."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading


def end_with_host() -> None:
    """Ends this process when its standard input ends, which its host holds open as long as it lives.

    Does nothing where standard input is no pipe. An interrupt from the keyboard goes to the host and its children
    alike: the host says when its children end, so they ignore it.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        descriptor = sys.stdin.fileno()
        mode = os.fstat(descriptor).st_mode
    except (AttributeError, OSError, ValueError):
        return
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        threading.Thread(target=_wait_for_end, args=(descriptor,), name="argus-lifeline", daemon=True).start()


def _wait_for_end(descriptor: int) -> None:
    try:
        while os.read(descriptor, 4096):
            pass
    except OSError:
        pass
    os._exit(0)
