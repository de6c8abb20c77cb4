"""A stand-in for a language model: an OpenAI-compatible server that plans and explains by rule, after a set time.

python bench/serving/stub_model.py --port 8390 --call-s 0.6
"""

import argparse
import asyncio
import contextlib
import json
import re
import signal
from typing import Any

_PIECES = 6
"""In how many pieces a streamed answer comes, the last one when the call's time is over."""
_ROW = re.compile(r"^1\. ([^|\n]+?) \|", re.MULTILINE)


async def serve(port: int, call_s: float) -> None:
    """Answer until cancelled."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (asked := await _request(reader)) is not None:
                await _answer(asked, writer, call_s)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


async def _request(reader: asyncio.StreamReader) -> dict[str, Any] | None:
    """Read one request; None where the connection is over."""
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    return dict(json.loads(body)) if body else {}


async def _answer(asked: dict[str, Any], writer: asyncio.StreamWriter, call_s: float) -> None:
    said = str(asked.get("messages", [{"content": ""}])[-1]["content"])
    if asked.get("stream"):
        await _stream(said, writer, call_s)
        return
    await asyncio.sleep(call_s)
    message = {"role": "assistant", "content": json.dumps({"limits": [], "query": _wish(said)})}
    usage = {"prompt_tokens": len(said) // 4, "completion_tokens": 20, "total_tokens": len(said) // 4 + 20}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    document = {"id": "stub", "object": "chat.completion", "model": "stub", "choices": [choice], "usage": usage}
    body = json.dumps(document).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


async def _stream(said: str, writer: asyncio.StreamWriter, call_s: float) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    words = _explained(said).split(" ")
    size = -(-len(words) // _PIECES)
    pieces = [" ".join(words[i : i + size]) + " " for i in range(0, len(words), size)]
    for piece in pieces:
        await asyncio.sleep(call_s / len(pieces))
        _event(writer, {"content": piece}, None)
        await writer.drain()
    _event(writer, {}, "stop")
    writer.write(_chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
    await writer.drain()


def _event(writer: asyncio.StreamWriter, delta: dict[str, str], reason: str | None) -> None:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    frame = {"id": "stub", "object": "chat.completion.chunk", "model": "stub", "choices": [choice]}
    writer.write(_chunk(b"data: " + json.dumps(frame).encode() + b"\n\n"))


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _wish(said: str) -> str:
    """Return the last line of the conversation, without what stands before its colon."""
    return said.strip().rsplit("\n", 1)[-1].split(": ", 1)[-1].strip('"')[:200]


def _explained(said: str) -> str:
    first = _ROW.search(said)
    name = first[1] if first else "the first one"
    return f"My first thought is {name}. It is close to what you asked for. The others below are worth a look as well."


def main() -> None:
    """Serve until stopped."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--port", type=int, default=8390)
    args.add_argument("--call-s", type=float, default=0.6)
    given = args.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.port, given.call_s))


if __name__ == "__main__":
    main()
