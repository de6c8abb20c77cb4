"""Servers as processes of their own, for programs that measure them from outside."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_START_S = 120


@contextmanager
def var_beside(var_dir: Path) -> Iterator[Path]:
    """Make a folder with the same catalogues and people's data of its own; it goes at the end."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("catalogs", "cache"):
            (Path(folder) / name).symlink_to((var_dir / name).resolve())
        yield Path(folder)


@contextmanager
def started(*command: str, log: Path | None = None, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program of this project with settings, and end it by SIGTERM; what it says goes to `log`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CICERONE_", "OPENAI_"))}
    env |= {f"CICERONE_{name.upper()}": value for name, value in settings.items()}
    with open(log or os.devnull, "ab") as told:  # noqa: PTH123 - os.devnull is no Path
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=told, stderr=told)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(45)
            except subprocess.TimeoutExpired:
                process.kill()


def serving(
    port: int, *, log: Path | None = None, **settings: str
) -> AbstractContextManager["subprocess.Popen[bytes]"]:
    """Run a server at a port of the loopback."""
    return started("app.py", "serve", "--port", str(port), log=log, **settings)


def wait_ready(port: int, path: str = "/readyz") -> float:
    """Wait until a server answers 200; return the seconds that took. Raises TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < _START_S:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                if answer.status == 200:
                    return time.monotonic() - began
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"Port {port} was not ready in {_START_S} s.")


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def processor_s(pid: int) -> float:
    """Return the time of the processor that a process has had, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
