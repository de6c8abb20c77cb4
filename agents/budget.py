"""What one turn may spend and what it did, in one place: `turn.budget` stands between the turn and its model."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

from agents.model.chat import ChatModel, Message, ModelReply, TooSlow, Usage
from agents.model.endpoint import Endpoint
from agents.model.recorded import RecordingModel
from agents.spans import Spans
from errors import ModelUnavailable

if TYPE_CHECKING:
    from settings import Settings

T = TypeVar("T")

MAX_CALLS = 4
"""Calls of the model in one turn; two (plan, answer) when all goes well."""
MAX_STEPS = 12
"""Steps of the graph in one turn."""
MAX_ROUNDS = 3
"""How often a turn may run tools."""
_CHARS_A_TOKEN = 12
"""More than any language has on average: what is longer comes from a server that does not keep to `max_tokens`."""
_GRACE_S = 0.1
"""The client's own time-out comes before ours, for its sentence says more."""


class Budget:
    """A ChatModel for the length of one turn: refuses more calls than the turn has, and none outlives its deadline.

    A model that did not answer, or was given up on, is not asked again in the same turn.
    """

    def __init__(
        self,
        model: ChatModel | None = None,
        deadline_s: float = math.inf,
        *,
        price_in: float | None = None,
        price_out: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Spend on `model` until `deadline_s` on the clock; prices are per million tokens, None where unknown."""
        self.name = model.name if model else ""
        self.endpoint = model.endpoint if model else Endpoint()
        self._model = model
        self._prices = (price_in, price_out)
        self._clock = clock
        self.deadline_s = deadline_s
        self.usage = Usage()
        self.n_calls = 0
        """Calls made, those that failed included; tries again inside one call are not counted."""
        self.n_rounds = 0
        """How often tools were run."""
        self._failed = False
        self.spans = Spans()
        """The parts of the turn that have ended, calls of the model among them."""
        self.recorder: RecordingModel | None = None

    @classmethod
    def of(cls, model: ChatModel | None, settings: "Settings") -> "Budget":
        """Start the budget of a turn that begins now; what is asked of the model is written down."""
        recorder = RecordingModel(model) if model else None
        deadline_s = time.monotonic() + settings.turn_deadline_s
        budget = cls(recorder, deadline_s, price_in=settings.llm_price_in, price_out=settings.llm_price_out)
        budget.recorder = recorder
        return budget

    @property
    def has_model(self) -> bool:
        """Whether the turn began with a model."""
        return self._model is not None

    @property
    def open(self) -> bool:
        """Whether the model may be asked now."""
        return self._refusal() == ""

    @property
    def cost(self) -> float | None:
        """What the tokens cost, in the currency of the prices; None where these are not set."""
        price_in, price_out = self._prices
        if price_in is None or price_out is None:
            return None
        return (self.usage.tokens_in * price_in + self.usage.tokens_out * price_out) / 1e6

    @property
    def left_s(self) -> float:
        """Seconds left until the deadline, never negative."""
        return max(0.0, self.deadline_s - self._clock())

    def take_round(self) -> bool:
        """Count one more run of tools; False where the turn has had all of its rounds."""
        self.n_rounds += 1
        return self.n_rounds <= MAX_ROUNDS

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[dict[str, Any]] | None = None,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 700,
        timeout_s: float,
    ) -> ModelReply:
        """Return the whole answer. Raises as the model, and ModelUnavailable where the budget is used up."""
        model, limit_s = self._take(timeout_s)
        asked = model.complete(messages, tools=tools, schema=schema, max_tokens=max_tokens, timeout_s=limit_s)
        try:
            with self.spans.span("model", "complete"):
                reply = await _within(limit_s + _GRACE_S, asked)
        except (ModelUnavailable, asyncio.CancelledError):
            self._failed = True
            raise
        self.usage.add(reply)
        return reply.model_copy(update={"text": reply.text[: max_tokens * _CHARS_A_TOKEN]})

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 400, timeout_s: float, usage: Usage | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece. Raises as `complete`, also midway."""
        model, limit_s = self._take(timeout_s)
        ends_s = self._clock() + limit_s + _GRACE_S
        spent = Usage()
        told = model.stream(messages, max_tokens=max_tokens, timeout_s=limit_s, usage=spent)
        try:
            with self.spans.span("model", "stream"):
                async with aclosing(told) as pieces:
                    left = max_tokens * _CHARS_A_TOKEN
                    while (
                        left > 0 and (piece := await _within(ends_s - self._clock(), anext(pieces, None))) is not None
                    ):
                        yield piece[:left]
                        left -= len(piece)
        except ModelUnavailable:
            self._failed = True
            raise
        finally:
            for account in (self.usage, usage):
                if account is not None:
                    account.add(spent)

    def _take(self, timeout_s: float) -> tuple[ChatModel, float]:
        """Count one more call; return the model and the seconds it may take."""
        if refusal := self._refusal():
            raise ModelUnavailable(refusal)
        assert self._model is not None
        self.n_calls += 1
        return self._model, min(timeout_s, self.left_s - _GRACE_S)

    def _refusal(self) -> str:
        if self._model is None:
            return "There is no language model."
        if self._failed:
            return "The language model did not answer, and is not asked again in this turn."
        if self.n_calls >= MAX_CALLS:
            return f"The language model was asked {MAX_CALLS} times in this turn, which is the most it may be."
        return "" if self.left_s > _GRACE_S else "The time of this turn is over."


async def _within(limit_s: float, work: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(max(0.0, limit_s)):
            return await work
    except TimeoutError as error:
        raise TooSlow("The language model did not answer in time.") from error
