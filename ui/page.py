"""What happens when the chat page is used: turns, clicks, another catalogue; and what every part then shows."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from pydantic import ValidationError

from agents.about import About
from agents.events import Action, Token
from errors import CiceroneError
from ui import cards
from ui.back import WAYS, Back
from ui.conversation import Conversation
from ui.guide import Guides
from ui.one_turn import Turn
from ui.reopen import reopen
from ui.visitor import Visitor

_FRAME_S = 0.05
"""Streamed text is drawn at most this often, in seconds."""
_AT_ONCE_S = 0.4
"""A catalogue that takes longer to open is said to be opening, in seconds."""
_TOO_LONG = 100_000
"""Longer messages never leave the page's door; shorter ones the agent cuts as the settings say."""

_log = logging.getLogger("cicerone.web")


class Page:
    """The parts of the page and what happens when they are used; one for all visitors, so it keeps nothing of them."""

    def __init__(self, guides: Guides) -> None:
        """Remember whom to ask."""
        self.guides = guides
        self.back = Back(guides)

    async def fresh(self, name: str | None = None) -> Conversation:
        """Begin a conversation about a catalogue, the default one for None.

        Raises NotFound where there is none of this name, BundleError where it cannot be opened.
        """
        async with self.guides.lend(name) as guide:
            starters = await asyncio.to_thread(lambda: guide.starters)
            catalogs = await asyncio.to_thread(self.guides.catalogs)
            traced = self.guides.people.traces is not None
            return Conversation(guide.about, starters, [(about.name, _choice(about)) for about in catalogs], traced)

    def draw(
        self, talk: Conversation, *, busy: bool, calm: bool = False, box: str | None = None, front: bool = False
    ) -> tuple[Any, ...]:
        """Return what every part shows now, in the order of `parts`.

        `calm` leaves all but the chat as it is; the `box` else keeps what is being typed; `front` also draws what
        stands in an empty chat.
        """
        import gradio as gr

        if calm:
            return talk.messages(), gr.skip(), gr.skip(), gr.skip(), gr.skip(), talk
        chat = gr.Chatbot(talk.messages(), **front_of(talk)) if front else talk.messages()
        written = gr.Textbox(submit_btn=not busy, stop_btn=busy, **({"value": box} if box is not None else {}))
        chips = cards.chips_html(talk.chips, () if busy else self.back.ways(talk))
        return chat, self.slate(talk), chips, self.top(talk), written, talk

    def slate(self, talk: Conversation) -> str:
        """Return the cards."""
        return cards.slate_html(
            talk.slate, talk.chips, talk.about.fields, talk.about.noun, self.guides.image_hosts, talk.adventure,
            (talk.about.name, talk.thread_id or ""),
        )  # fmt: skip

    def top(self, talk: Conversation) -> str:
        """Return the top line; it says who answered last, which is not always who was asked."""
        planner = self.guides.planner_name()
        away = talk.by_model is False and planner != "basic planner"
        shown = "basic planner" if away else planner
        about = talk.about
        # By what was told the page knows that a choice came to nothing.
        return cards.render(
            "top.html", many=about.noun[1], name=about.name, choices=talk.catalogs, planner=shown, away=away,
            told=talk.n_told, thread=talk.thread_id or "",
        )  # fmt: skip

    async def arrive(
        self, name: str | None, talk: Conversation, visitor: Visitor, thread_id: str = ""
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Show the conversation or the catalogue a link asks for; what the page shows already stays as it is."""
        import gradio as gr

        if thread_id:
            async for drawn in self._begin(name, talk, visitor, thread_id):
                yield drawn
            return
        name = name or visitor.prefs.catalog or None
        if name not in (None, talk.about.name):
            async for drawn in self._begin(name, talk, visitor):
                yield drawn
            return
        fresh = await self.fresh(name)
        same = (fresh.about.build_id, fresh.catalogs) == (talk.about.build_id, talk.catalogs)
        if same or talk.turns:
            yield (gr.skip(),) * 6
            return
        # Nothing of the talk itself is drawn: whoever is quick has begun it already.
        talk.about, talk.starters, talk.catalogs = fresh.about, fresh.starters, fresh.catalogs
        yield gr.Chatbot(**front_of(talk)), gr.skip(), gr.skip(), self.top(talk), gr.skip(), gr.skip()

    async def say(self, text: str, talk: Conversation, visitor: Visitor) -> AsyncIterator[tuple[Any, ...]]:
        """Take what was typed."""
        text = (text or "")[:_TOO_LONG]
        if not text.strip():
            one = talk.about.noun[0]
            talk.nudge(f"Tell me what you are in the mood for: a kind of {one}, one you enjoyed, or a limit.")
            yield self.draw(talk, busy=False, box="")
            return
        async for drawn in self._turn(talk, visitor, text, None):
            yield drawn

    async def do(self, deed: dict[str, Any], talk: Conversation, visitor: Visitor) -> AsyncIterator[tuple[Any, ...]]:
        """Take a click on a card, a chip or the top line; a click this page never offers changes nothing."""
        kind, key = deed.get("kind"), str(deed.get("key") or "")
        if kind in ("fresh", "catalog", "open"):
            thread_id = key if kind == "open" else ""
            async for drawn in self._begin(key if kind == "catalog" else talk.about.name, talk, visitor, thread_id):
                yield drawn
            return
        if kind in WAYS:
            async for drawn in self._go_back(str(kind), talk, visitor):
                yield drawn
            return
        try:
            action = Action.model_validate(deed)
        except ValidationError:
            yield self.draw(talk, busy=False)
            return
        async for drawn in self._turn(talk, visitor, "", action):
            yield drawn

    async def _begin(
        self, name: str | None, talk: Conversation, visitor: Visitor, thread_id: str = ""
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Put a fresh conversation, or one of before, in the place of this one, or say in this one why that fails."""
        opening = asyncio.ensure_future(self._opened(name, visitor, thread_id))
        await asyncio.wait({opening}, timeout=_AT_ONCE_S)
        if not opening.done():
            talk.tell(f"Opening {name} …")
            yield self.draw(talk, busy=False)
        try:
            fresh = await opening
        except CiceroneError as error:
            talk.tell(str(error))
            yield self.draw(talk, busy=False)
            return
        talk.closed = True
        await talk.stop()
        yield self.draw(fresh, busy=False, front=True)

    async def _opened(self, name: str | None, visitor: Visitor, thread_id: str) -> Conversation:
        if not thread_id:
            return await self.fresh(name)
        about = (await self.guides.thread(visitor.user_id, thread_id)).catalog
        return await reopen(thread_id, visitor.user_id, self.guides, await self.fresh(about or name))

    async def _go_back(self, way: str, talk: Conversation, visitor: Visitor) -> AsyncIterator[tuple[Any, ...]]:
        """Take back the last turn; then say it again, or put it into the box to be changed."""
        async with talk.lock:
            try:
                text = await self.back.take(talk, visitor.user_id)
            except CiceroneError as error:
                talk.tell(str(error))
                way = "undo"
            yield self.draw(talk, busy=False, box=text if way == "edit" else None, front=not talk.turns)
        if way == "again":
            async for drawn in self._turn(talk, visitor, text, None):
                yield drawn

    async def _turn(
        self, talk: Conversation, visitor: Visitor, text: str, action: Action | None
    ) -> AsyncIterator[tuple[Any, ...]]:
        async with talk.lock:
            if talk.closed or (action and talk.is_done(action)):
                if not talk.closed:
                    yield self.draw(talk, busy=False)
                return
            turn = talk.open_turn(text, action)
            yield self.draw(talk, busy=True, box="" if action is None else None)
            try:
                async for drawn in self._stream(talk, turn, visitor, text, action):
                    yield drawn
            except CiceroneError as error:
                turn.notices, turn.over = [str(error)], True
            except Exception:  # the page must stay usable whatever broke; the log has the traceback
                _log.exception("turn failed")
                turn.notices, turn.over = (
                    ["Something went wrong on my side. Nothing is lost: please say it again."],
                    True,
                )
        if not talk.closed:
            yield self.draw(talk, busy=False)

    async def _stream(
        self, talk: Conversation, turn: Turn, visitor: Visitor, text: str, action: Action | None
    ) -> AsyncIterator[tuple[Any, ...]]:
        drawn_s = 0.0
        async with self.guides.lend(talk.about.name) as guide:
            prefs = visitor.prefs
            events = guide.turn(
                visitor.user_id, talk.thread_id, text, action=action, k=prefs.k, remembers=visitor.known,
                by_model=prefs.by_model, adventure=None if talk.thread_id else prefs.lean,
            )  # fmt: skip
            async for event in talk.follow(turn, events, guide.about):
                if talk.closed:
                    return
                streaming = isinstance(event, Token)
                if streaming and time.monotonic() - drawn_s < _FRAME_S:
                    continue
                drawn_s = time.monotonic()
                yield self.draw(talk, busy=True, calm=streaming)


def _choice(about: About) -> str:
    """Show a catalogue by its name, and by what it holds where the name does not tell."""
    many = about.noun[1]
    return about.name if about.noun[0] in about.name.lower() else f"{about.name} · {many}"


def front_of(talk: Conversation) -> dict[str, Any]:
    """Return what stands in an empty chat."""
    return {
        "placeholder": cards.render("welcome.html", many=talk.about.noun[1]),
        "examples": [{"text": starter[:1].upper() + starter[1:]} for starter in talk.starters],
    }
