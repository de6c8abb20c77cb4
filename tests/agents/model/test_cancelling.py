"""Over real sockets: who goes away, or has waited long enough, takes the request to the model along."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import pytest

from agents.budget import Budget
from agents.model.llm import OpenAIModel
from agents.session import Cicerone
from errors import ModelUnavailable
from retrieval.bundle import Bundle
from settings import Settings

ASK = [{"role": "user", "content": "hello"}]
CHUNK = f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': 'on '}}]})}\n\n".encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSED_WITHIN_S = 2.0


class Server:
    """Takes requests on a loopback port; streams slowly or says nothing, and notes when the other side hangs up."""

    def __init__(self, *, talks: bool) -> None:
        self.asked = asyncio.Event()
        self.left = asyncio.Event()
        self._talks = talks

    async def run(self, client: Callable[[OpenAIModel], Awaitable[None]]) -> float:
        """Let a client do its part; return the seconds from its end until its connection was closed."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            model = OpenAIModel(Settings(_env_file=None, llm_base_url=f"http://127.0.0.1:{port}/v1"))
            await client(model)
            ended_s = time.monotonic()
            await asyncio.wait_for(self.left.wait(), CLOSED_WITHIN_S * 5)
            return time.monotonic() - ended_s

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talking = asyncio.create_task(self._talk(reader, writer))
        await self.asked.wait()
        try:
            while await reader.read(65536):
                pass
        except ConnectionError:
            pass
        finally:
            self.left.set()
            talking.cancel()
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked.set()
        writer.write(HEAD if self._talks else b"")
        while self._talks:
            writer.write(f"{len(CHUNK):x}\r\n".encode() + CHUNK + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)


def closed_after(talks: bool, client: Callable[[Server, OpenAIModel], Awaitable[None]]) -> float:
    async def run() -> float:
        server = Server(talks=talks)
        return await server.run(lambda model: client(server, model))

    return asyncio.run(run())


def test_a_listener_that_leaves_a_stream_closes_the_request() -> None:
    async def leave(_: Server, model: OpenAIModel) -> None:
        pieces = Budget(model).stream(ASK, timeout_s=30)
        assert await anext(pieces) == "on "
        await pieces.aclose()

    assert closed_after(True, leave) < CLOSED_WITHIN_S


@pytest.mark.parametrize("talks", [True, False], ids=["in the middle of a stream", "before the first word"])
def test_a_turn_that_is_cancelled_closes_the_request(talks: bool) -> None:
    async def cancel(server: Server, model: OpenAIModel) -> None:
        async def listen() -> None:
            async for _ in Budget(model).stream(ASK, timeout_s=30):
                pass

        turn = asyncio.create_task(listen())
        await server.asked.wait()
        await asyncio.sleep(0.05)
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn

    assert closed_after(talks, cancel) < CLOSED_WITHIN_S


def test_a_client_that_leaves_in_the_middle_of_a_turn_closes_the_request(films: Bundle) -> None:
    async def leave(server: Server, model: OpenAIModel) -> None:
        async def talk() -> None:
            async with Cicerone(films, Settings(_env_file=None), model) as agent:
                async for _ in agent.turn("ann", None, "a comedy from the nineties"):
                    pass

        turn = asyncio.create_task(talk())
        await server.asked.wait()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn

    assert closed_after(False, leave) < CLOSED_WITHIN_S


def test_a_whole_answer_nobody_waits_for_any_longer_closes_the_request() -> None:
    async def give_up(_: Server, model: OpenAIModel) -> None:
        with pytest.raises(ModelUnavailable, match="in time"):
            await Budget(model).complete(ASK, timeout_s=0.3)

    assert closed_after(False, give_up) < CLOSED_WITHIN_S


def test_a_stream_that_never_ends_is_left_at_the_deadline() -> None:
    async def listen(_: Server, model: OpenAIModel) -> None:
        with pytest.raises(ModelUnavailable, match="in time"):
            async for _piece in Budget(model).stream(ASK, max_tokens=100_000, timeout_s=0.3):
                pass

    assert closed_after(True, listen) < CLOSED_WITHIN_S
