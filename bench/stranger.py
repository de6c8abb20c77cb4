"""From a fresh clone to the first answer, as a stranger would: python bench/stranger.py [--port 7870].

Clones this repository into a temporary folder, runs `make run` there, asks one question over HTTP, stops, starts again.
"""

import argparse
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.request
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 600


def start(folder: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    """Run `make run` and return the process and the seconds until /readyz answers 200."""
    started = time.monotonic()
    environment = {**os.environ, "CICERONE_PORT": str(port), "CICERONE_PLANNER": "basic"}
    process = subprocess.Popen(["make", "run"], cwd=folder, env=environment, start_new_session=True)
    while time.monotonic() - started < TIMEOUT_S and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return process, time.monotonic() - started
        except OSError:
            time.sleep(0.1)
    raise SystemExit("make run did not become ready")


def ask(port: int, message: str) -> tuple[float, int]:
    """Ask one question; return seconds and how many items came."""
    started = time.monotonic()
    body = json.dumps({"message": message}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return time.monotonic() - started, len(json.load(answer)["items"])


def stop(process: subprocess.Popen[bytes]) -> None:
    """End what was started, and nothing else."""
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=60)


def main() -> None:
    """Print the three times."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--port", type=int, default=7870)
    port = args.parse_args().port
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "clone"
        started = time.monotonic()
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        process, _ = start(folder, port)
        _, n_items = ask(port, "a comedy from the seventies, under two hours")
        first_s = time.monotonic() - started
        stop(process)
        process, second_s = start(folder, port)
        answer_s, _ = ask(port, "something like Casablanca")
        stop(process)
    print(f"{date.today()} · {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"fresh clone to first answer: {first_s:.1f} s ({n_items} items)")
    print(f"second start to ready: {second_s:.1f} s; first answer then {answer_s:.2f} s")


if __name__ == "__main__":
    main()
