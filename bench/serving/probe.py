"""One caller beside the crowd, in a process of its own: python bench/serving/probe.py PORT SECONDS.

A program that plays hundreds of users is late itself. This one asks twice a second and prints a line an answer: its
status and how many milliseconds it took.
"""

import http.client
import json
import sys
import threading
import time

_EVERY_S = 0.5


def ask(port: int) -> None:
    """Take one turn, and say how that went."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
    body, started = json.dumps({"message": "a drama about a family"}), time.perf_counter()
    try:
        connection.request("POST", "/v1/chat", body, {"Content-Type": "application/json"})
        status = connection.getresponse().status
    except OSError:
        status = 0
    print(status, round((time.perf_counter() - started) * 1000, 1), flush=True)


def main() -> None:
    """Ask until the time is over, and wait for what is still to come."""
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    callers = []
    for _ in range(int(seconds / _EVERY_S)):
        callers.append(threading.Thread(target=ask, args=(port,)))
        callers[-1].start()
        time.sleep(_EVERY_S)
    for caller in callers:
        caller.join()


if __name__ == "__main__":
    main()
