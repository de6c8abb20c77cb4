"""The OpenAI-compatible door: chat completions, whole or streamed, and the catalogues as models.

Nothing is kept between calls: the client sends the conversation, as such clients do.
"""

import json
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, format_sse_event

from agents.about import About
from agents.events import Event, Failed, Token, TurnFinished
from agents.shown import turn_shown
from errors import CiceroneError, NotFound
from retrieval.items import Field
from ui.guide import Guides
from ui.identity import needs, who
from ui.openai_errors import OpenAIRoute, document
from ui.openai_request import CompletionIn
from ui.openai_shapes import CompletionOut, ModelOut, ModelsOut
from ui.rates import turns
from ui.written import Prose, below, prose

_NAME = "cicerone"
_CHARS_A_TOKEN = 4


def openai_router(guides: Guides) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=OpenAIRoute)

    @router.post(
        "/v1/chat/completions",
        response_model=CompletionOut,
        summary="Take one turn as an OpenAI client asks for it; with stream, as chunks",
        description="The conversation comes with every call. docs/openai.md says what is taken, ignored and refused.",
        dependencies=[Depends(turns(guides))],
    )
    async def completions(body: CompletionIn, request: Request) -> Response:
        answer = _Answer(body, who(request).account)
        events = answer.events(guides)
        await anext(events)  # what cannot be answered is refused before anything is streamed
        if body.stream:
            return EventSourceResponse(
                answer.frames(events), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            )
        return JSONResponse(await answer.whole(events))

    @router.get(
        "/v1/models",
        response_model=ModelsOut,
        summary="The catalogues, as models to choose from",
        dependencies=[Depends(needs("read"))],
    )
    def models() -> JSONResponse:
        abouts = guides.catalogs()
        default = [_model(about, _NAME) for about in abouts if about.name == guides.default]
        return JSONResponse(
            {"object": "list", "data": default + [_model(about, f"{_NAME}/{about.name}") for about in abouts]}
        )

    @router.get(
        "/v1/models/{model:path}",
        response_model=ModelOut,
        summary="One catalogue, as a model",
        dependencies=[Depends(needs("read"))],
    )
    def one_model(model: str) -> JSONResponse:
        wanted = _catalog(model) or guides.default
        about = next((about for about in guides.catalogs() if about.name == wanted), None)
        if about is None:
            raise _unknown(model)
        return JSONResponse(_model(about, model))

    return router


def _catalog(model: str) -> str | None:
    """Return the catalogue a model's name stands for, None for the default one. Raises NotFound for other names."""
    head, slash, name = model.partition("/")
    if head != _NAME or bool(slash) != bool(name):
        raise _unknown(model)
    return name or None


def _unknown(model: str) -> NotFound:
    return NotFound(f"There is no model {model[:80]!r} here; GET /v1/models lists them.")


def _model(about: About, name: str) -> dict[str, Any]:
    try:
        created = int(datetime.fromisoformat(about.built_at).timestamp())
    except ValueError:
        created = 0
    extension = {"catalog": about.name, "noun": list(about.noun), "n_items": about.n_items}
    return {"id": name, "object": "model", "created": created, "owned_by": _NAME, "cicerone": extension}


class _Answer:
    """One completion being made."""

    def __init__(self, asked: CompletionIn, account: str) -> None:
        """Raises InputError for what cannot be answered; what it costs is the spending of `account`."""
        self._account = account
        self._asked = asked
        self._catalog = _catalog(asked.model)
        self._fields: dict[str, Field] = {}
        self._line = asked.line()
        self._head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": asked.model}

    async def events(self, guides: Guides) -> AsyncGenerator[Event, None]:
        """Take the turn. Raises CiceroneError, before the first event, where it cannot be taken."""
        async with guides.lend(self._catalog) as guide:
            self._fields = guide.about.fields
            async with aclosing(guide.answer(self._line, k=self._asked.cicerone.k, user_id=self._account)) as events:
                async for event in events:
                    yield event

    async def whole(self, events: AsyncIterator[Event]) -> dict[str, Any]:
        """Return the completion. Raises CiceroneError where the turn failed."""
        last = [event async for event in events if isinstance(event, TurnFinished | Failed)]
        if failed := [event for event in last if isinstance(event, Failed)]:
            raise CiceroneError(failed[0].text)
        (finished,) = [event for event in last if isinstance(event, TurnFinished)]
        content = (prose(finished.reply) + self._below(finished)).strip()
        message = {"role": "assistant", "content": content, "refusal": None, "cicerone": _extension(finished)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        usage = self._usage(finished, content)
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": usage}

    async def frames(self, events: AsyncGenerator[Event, None]) -> AsyncIterator[bytes]:
        """Yield the completion as server-sent events; when the client leaves, the turn ends with them."""
        text, said = Prose(), ""
        async with aclosing(events):
            yield self._frame({"role": "assistant", "content": ""})
            async for event in events:
                piece = ""
                if isinstance(event, Failed):
                    yield _data(document(500, event.text))
                    return
                if isinstance(event, Token):
                    piece = text.take(event.text)
                elif isinstance(event, TurnFinished):
                    piece = text.rest() + self._below(event)
                if piece:
                    said += piece
                    yield self._frame({"content": piece})
                if isinstance(event, TurnFinished):
                    for frame in self._last(event, said):
                        yield frame

    def _last(self, finished: TurnFinished, said: str) -> Iterator[bytes]:
        yield self._frame({"cicerone": _extension(finished)}, "stop")
        if self._asked.stream_options and self._asked.stream_options.include_usage:
            yield _data({**self._chunk(), "choices": [], "usage": self._usage(finished, said)})
        yield format_sse_event(data_str="[DONE]")

    def _below(self, finished: TurnFinished) -> str:
        return below(finished.items, self._fields, finished.question, finished.notices)

    def _chunk(self) -> dict[str, Any]:
        return {**self._head, "object": "chat.completion.chunk"}

    def _frame(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _data({**self._chunk(), "choices": [choice]})

    def _usage(self, finished: TurnFinished, content: str) -> dict[str, Any]:
        """What the language model behind us used; without one, the size of what was said, guessed."""
        prompt, completion = finished.tokens_in, finished.tokens_out
        estimated = finished.tokens_estimated
        if not finished.model_calls:
            n_chars = sum(len(message["text"]) for message in self._line["context"])
            prompt, completion, estimated = -(-n_chars // _CHARS_A_TOKEN), -(-len(content) // _CHARS_A_TOKEN), True
        counted = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
        return counted | {"cicerone": {"estimated": estimated, "model_calls": finished.model_calls}}


def _extension(finished: TurnFinished) -> dict[str, Any]:
    """What a program reads instead of the text."""
    shown = turn_shown(finished)
    del shown["reply"]
    return {"question": None} | shown


def _data(document: dict[str, Any]) -> bytes:
    return format_sse_event(data_str=json.dumps(document, ensure_ascii=False))
