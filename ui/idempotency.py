"""Idempotency-Key: a request that is sent again gets the answer it had, and nothing is done twice."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, HTTPException, Request, Response

from agents.people import People
from errors import Conflict, InputError

HEADER = "Idempotency-Key"
_SURE = 22
"""Characters that no other guest comes upon by chance, as those of a UUID."""
_PATIENCE_S = 30
_JSON = "application/json"


@dataclass(frozen=True)
class Asked:
    """A request, and under which key it may be sent again."""

    user_id: str
    whose: str
    """Who may use the key: a user, or "" for a guest that nothing but the key connects with the first try."""
    key: str
    """"" for a request without one."""
    body_hash: str
    thread_id: str | None
    """The conversation it is a turn of; None opens one."""

    @property
    def key_hash(self) -> str:
        """What the answer is kept under."""
        return hashlib.sha256(json.dumps([self.whose, self.key]).encode()).hexdigest()

    @property
    def turn_id(self) -> str | None:
        """The id its turn has at every try."""
        return self.key_hash[:16] if self.key else None


async def asked(request: Request, user_id: str, thread_id: str | None = None, *, new_guest: bool = False) -> Asked:
    """Read the key of a request, and what it asks for. Raises InputError for a key that is none."""
    key = request.headers.get(HEADER, "").strip()
    if not key:
        return Asked(user_id, user_id, "", "", thread_id)
    unknown = new_guest and thread_id is None
    if unknown and len(key) < _SURE:
        raise InputError(f"{HEADER} is too short for a guest: others might send the same. Send a UUID.")
    meant = [request.url.path, request.headers.get("accept", ""), json.loads(await request.body())]
    body_hash = hashlib.sha256(json.dumps(meant, sort_keys=True).encode()).hexdigest()
    return Asked(user_id, "" if unknown else user_id, key, body_hash, thread_id)


async def takes_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            max_length=200,
            description="A fresh UUID; sent again within a day with the same body, the request is answered as before.",
        ),
    ] = None,
) -> None:
    """Tell of the header in the description of a route; `asked` reads it. Async, as others are run in a thread."""


@dataclass
class Once:
    """One try at a request."""

    thread_id: str | None
    turn_id: str | None
    saved: str | None = None
    """What it was answered with before."""
    answer: str | None = None
    """What it is answered with; set it when all is done."""


@asynccontextmanager
async def once(asked: Asked, people: People) -> AsyncIterator[Once]:
    """Hold a request's key for one try: others with it wait. What an earlier try left half done is taken back.

    Raises Conflict where another try takes too long, HTTPException 422 where the key was sent with something else.
    """
    if not asked.key:
        yield Once(asked.thread_id, None)
        return
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await stack.enter_async_context(people.threads.lock(asked.whose, f"{HEADER} {asked.key}"))
        except TimeoutError as error:
            raise Conflict(f"A request with this {HEADER} is still being answered. Send it again later.") from error
        before = await asyncio.to_thread(people.answers.find, asked.key_hash)
        if before and before.body_hash != asked.body_hash:
            raise HTTPException(422, f"This {HEADER} came with another request. Send a fresh one with every request.")
        if before and before.answer is not None:
            yield Once(asked.thread_id, asked.turn_id, saved=before.answer)
            return
        if before and asked.turn_id:
            await people.threads.take_back(before.user_id, before.thread_id, asked.turn_id)
        async with _begun(asked, people) as tried:
            yield tried


@asynccontextmanager
async def _begun(asked: Asked, people: People) -> AsyncIterator[Once]:
    tried = Once(asked.thread_id or secrets.token_urlsafe(18), asked.turn_id)
    begun = (asked.key_hash, asked.user_id, asked.body_hash, tried.thread_id or "")
    await asyncio.to_thread(people.answers.begin, *begun)
    try:
        yield tried
    except Exception:
        await asyncio.to_thread(people.answers.drop, asked.key_hash)
        raise
    if tried.answer is not None:
        await asyncio.to_thread(people.answers.keep, asked.key_hash, tried.answer)


async def answered_once(asked: Asked, people: People, answer: Callable[[Once], Awaitable[Response]]) -> Response:
    """Answer a request with JSON, or as it was answered before."""
    async with once(asked, people) as tried:
        if tried.saved is not None:
            return Response(tried.saved, media_type=_JSON, headers={"Idempotent-Replayed": "true"})
        response = await answer(tried)
        tried.answer = bytes(response.body).decode()
        return response
