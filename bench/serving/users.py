"""People who talk to a server over HTTP: they say something, read the answer, think, and say more."""

import asyncio
import random
import time
from dataclasses import dataclass, field

import httpx2

from eval.metrics import percentile

OPENINGS = (
    "a slow, dreamy story about memory",
    "a heist that goes wrong",
    "two friends on a long journey",
    "something light for a rainy evening",
    "a mystery in a small town, not too long",
    "an adventure at sea",
    "a drama about a family",
    "something funny and a little sad",
)
FOLLOW_UPS = ("newer", "anything else?", "more like the second one", "from the 90s or later", "something else please")


@dataclass
class Answered:
    """One request as its sender saw it."""

    at_s: float
    """When it was sent, on the clock of time.monotonic()."""
    ms: float
    status: int
    """0 where no answer came at all."""
    model_calls: int = 0
    planner: str = ""
    problem: str = ""
    """What is wrong, where something is."""


@dataclass
class Crowd:
    """So many users, each in a thread of its own; `size` may be changed while they talk."""

    port: int
    think_s: float
    size: int = 0
    answers: list[Answered] = field(default_factory=list)
    _users: list["asyncio.Task[None]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
        self._client = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", limits=limits, timeout=90)

    async def grow(self, size: int, over_s: float) -> None:
        """Let users come evenly until there are `size`, or let the last ones go at once."""
        self.size = size
        n_new = size - len(self._users)
        for _ in range(n_new):
            self._users.append(asyncio.create_task(self._live(len(self._users))))
            await asyncio.sleep(over_s / n_new)
        gone = self._users[size:]
        del self._users[size:]
        for user in gone:
            user.cancel()
        await asyncio.gather(*gone, return_exceptions=True)

    async def leave(self) -> None:
        """Let everybody finish what they wait for, and go."""
        await self.grow(0, 0)
        await self._client.aclose()

    async def _live(self, number: int) -> None:
        dice = random.Random(number)
        while True:
            thread_id = None
            for text in (dice.choice(OPENINGS), *dice.sample(FOLLOW_UPS, 4)):
                thread_id = await self._say(text, thread_id, dice)
                await asyncio.sleep(self.think_s * dice.uniform(0.5, 1.5))

    async def _say(self, text: str, thread_id: str | None, dice: random.Random) -> str | None:
        """Say it until it is heard; return the thread."""
        asked = {"message": text, **({"thread_id": thread_id} if thread_id else {})}
        while True:
            at_s, started = time.monotonic(), time.perf_counter()
            try:
                answer = await self._client.post("/v1/chat", json=asked)
            except httpx2.HTTPError as error:
                self.answers.append(Answered(at_s, (time.perf_counter() - started) * 1000, 0, problem=repr(error)))
                return thread_id
            ms = (time.perf_counter() - started) * 1000
            told = answer.json() if answer.status_code == 200 else {}
            calls, planner = told.get("model_calls", 0), told.get("planner", "")
            problem = "" if told else answer.text[:300]
            self.answers.append(Answered(at_s, ms, answer.status_code, calls, planner, problem))
            if answer.status_code != 429:
                return told.get("thread_id", thread_id)
            await asyncio.sleep(float(answer.headers["Retry-After"]) * dice.uniform(1, 2))


@dataclass
class Summary:
    """What a number of requests came to; times in seconds, of accepted turns."""

    n: int
    n_refused: int
    n_errors: int
    p50: float
    p95: float
    p99: float
    refused_p95_ms: float
    refused_max_ms: float
    calls_a_turn: float
    by_model: float
    """Share of turns that the model planned."""
    problems: set[str]
    """What the errors said."""

    @classmethod
    def of(cls, answers: list[Answered], since_s: float = 0, until_s: float = float("inf")) -> "Summary":
        """Sum up what was sent in a span of time."""
        asked = [answer for answer in answers if since_s <= answer.at_s < until_s]
        good = [answer for answer in asked if answer.status == 200]
        refused = [answer.ms for answer in asked if answer.status == 429]
        spent = [answer.ms / 1000 for answer in good] or [0.0]
        n = max(1, len(good))
        return cls(
            n=len(good),
            n_refused=len(refused),
            n_errors=len(asked) - len(good) - len(refused),
            p50=percentile(spent, 0.5),
            p95=percentile(spent, 0.95),
            p99=percentile(spent, 0.99),
            refused_p95_ms=percentile(refused, 0.95) if refused else 0.0,
            refused_max_ms=max(refused, default=0.0),
            calls_a_turn=sum(answer.model_calls for answer in good) / n,
            by_model=sum(answer.planner == "llm" for answer in good) / n,
            problems={answer.problem for answer in asked if answer.status not in (200, 429)},
        )
