"""A private Postgres server in a folder of its own, reached by a Unix socket only: for tests and measurements."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")
_READY_WITHIN_S = 30


def programs() -> Path | None:
    """Return the folder of Postgres' own programs, or None where they are not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(_DEBIAN.glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


class PostgresServer:
    """A running server; every database asked of it is a new one."""

    def __init__(self, folder: Path, bin_dir: Path, *, sync: bool = False) -> None:
        """Without `sync` nothing is sure to outlive the machine: quicker."""
        self._folder, self._bin, self._sync = folder, bin_dir, sync
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        # Postgres refuses to run as root; Debian's package brings a user for it.
        self._user = "postgres" if os.getuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run("initdb", "-D", str(folder / "data"), "-U", "cicerone", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ["-D", str(self._folder / "data"), "-k", str(self._folder), "-c", "listen_addresses="]
        options += [] if self._sync else ["-F"]
        program = [str(self._bin / "postgres"), *options]
        self._process = subprocess.Popen(program, user=self._user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end_s = time.monotonic() + _READY_WITHIN_S
        while subprocess.run(
            [self._bin / "pg_isready", "-q", "-h", self._folder, "-d", "postgres"], check=False
        ).returncode:
            if time.monotonic() > end_s:
                raise TimeoutError("Postgres did not start.")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it at once."""
        if self._process:
            self._process.send_signal(signal.SIGINT)  # SIGTERM would wait for every client to leave
            self._process.wait(_READY_WITHIN_S)
            self._process = None

    def url(self) -> str:
        """Make a new database and return its address."""
        name = f"people{next(self._numbers)}"
        self._run("createdb", "-h", str(self._folder), "-U", "cicerone", name)
        return f"postgresql://cicerone@/{name}?host={self._folder}"

    def _run(self, program: str, *args: str) -> None:
        subprocess.run([self._bin / program, *args], user=self._user, check=True, capture_output=True, cwd=self._folder)


@contextmanager
def postgres_server(bin_dir: Path, *, sync: bool = False) -> Iterator[PostgresServer]:
    """Start a server, and leave nothing of it. `bin_dir` is what `programs` returned."""
    with tempfile.TemporaryDirectory(prefix="cicerone-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder), bin_dir, sync=sync)
        server.start()
        try:
            yield server
        finally:
            server.stop()
