"""`argus serve` as a child of this process."""

from __future__ import annotations

import os
import pathlib
import subprocess
import tempfile
from collections.abc import Sequence

from argus_env.errors import ArgusError
from argus_env.native.library import home
from argus_env.peer.endpoint import ENDPOINT_VARIABLE

# How much of its output is looked at when it fails, in bytes.
_TAIL = 4000


class LocalServer:
    """A child that serves at an ipc path in a private folder, and ends with this process at the latest.

    Attributes:
        address: where it serves.
    """

    def __init__(self, *arguments: str) -> None:
        """Starts `argus serve ARGUMENTS`.

        Raises:
            ArgusError: of the kind `library`: the command is not built.
        """
        command = home() / ".build" / "release" / "argus"
        if not command.exists():
            raise ArgusError(
                f"the command is missing ({command}): found no such file, expected the built command. Try "
                f"'{home()}/argus list', which builds it; or set ARGUS_HOME to another clone of ArgusOrch.",
                "library",
            )
        self._owner = os.getpid()
        self._folder: tempfile.TemporaryDirectory[str] | None = tempfile.TemporaryDirectory(prefix="argus-")
        self.address = f"ipc://{self._folder.name}/server"
        self._output = tempfile.TemporaryFile()
        self._process = self._start(command, arguments)

    def _start(self, command: pathlib.Path, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "ARGUS_HOME": str(home()), "NO_COLOR": "1"}
        environment.pop(ENDPOINT_VARIABLE, None)
        # Its networks are small: threads that wait for each other, and for those of this process, cost more than they do.
        environment.setdefault("OMP_NUM_THREADS", "1")
        try:
            # Its input ends with this process, and then it ends too. An interrupt from the keyboard is not for it.
            return subprocess.Popen(
                [command, "serve", f"--bind={self.address}", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._output,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise ArgusError(
                f"the command cannot be started ({command}): found {error.strerror}, expected the built command. Try "
                f"'{home()}/argus list'.",
                "library",
            ) from error

    def watch(self) -> None:
        """Raises an `ArgusError` with its last words if it has ended."""
        status = self._process.poll()
        if status is None:
            return
        self._output.seek(max(0, os.fstat(self._output.fileno()).st_size - _TAIL))
        lines = self._output.read().decode("utf-8", "replace").strip().splitlines()
        for line in reversed(lines):
            if line.startswith("error: "):
                raise ArgusError(line.removeprefix("error: "))
        how = f"signal {-status}" if status < 0 else f"status {status}"
        words = " / ".join(lines[-3:])
        raise ArgusError(
            f"the server does not start ('argus serve'): found its end with {how} and the words {words!r}, expected a "
            "process that goes on."
        )

    def hide(self) -> None:
        """Removes the folder: who has connected needs it no more, and so nothing is left if this process is killed."""
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def close(self) -> None:
        """Ends the child. May be called again. In a fork of this process it does nothing."""
        if os.getpid() != self._owner:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()
        self.hide()
