"""`argus serve` as a process, for tests."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from command import ARGUS, environment


@dataclass
class Server:
    """A running server. `lines`: what it has said on standard error after its address."""

    process: subprocess.Popen[str]
    address: str
    lines: list[str] = field(default_factory=list)

    def says(self, words: str) -> bool:
        """Whether some line holds `words`."""
        return any(words in line for line in list(self.lines))


@contextlib.contextmanager
def served(scenario: object, *options: object, bind: str = "tcp://127.0.0.1:*") -> Iterator[Server]:
    """Starts `argus serve SCENARIO OPTIONS`, and ends it."""
    process = subprocess.Popen(
        [str(ARGUS), "serve", str(scenario), "--bind", bind, *map(str, options)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A backtrace takes longer than a test, and holds on to the process that it is of.
        env=environment(SWIFT_BACKTRACE="enable=no"),
    )
    assert process.stderr is not None and process.stdout is not None
    try:
        first = process.stderr.readline()
        assert first.startswith("serving "), first + process.stderr.read()
        server = Server(process, first.split()[-1])

        def read() -> None:
            server.lines.extend(process.stderr)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        yield server
        assert process.poll() in (None, 130, 143), f"the server has ended: {process.poll()} {server.lines[-5:]}"
        process.terminate()
        reader.join(10)
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
        process.stderr.close()
