"""The chat page: layout and wiring; every decision is made elsewhere."""

import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from agents.events import Action, Token
from settings import Settings
from ui import cards
from ui.conversation import Conversation, Turn
from ui.guests import user_of
from ui.guide import Guide

if TYPE_CHECKING:
    import gradio as gr

_HERE = Path(__file__).parent
_N_AT_ONCE = 16
_MAX_WAITING = 128
_FRAME_S = 0.05
"""Streamed text is drawn at most this often, in seconds."""
_TOO_LONG = 100_000
"""Longer messages never leave the page's door; shorter ones the agent cuts as the settings say."""

_TO_THE_TOP = """() => {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  for (const part of [document.querySelector("#slate"), window]) part?.scrollTo({ top: 0, behavior });
}"""

_log = logging.getLogger("cicerone.web")


class Page:
    """The parts of the page and what happens when they are used; one for all visitors, so it keeps nothing of them."""

    def __init__(self, agent: Guide) -> None:
        """Remember whom to ask."""
        self.agent = agent

    def draw(self, talk: Conversation, *, busy: bool, calm: bool = False, clear: bool = False) -> tuple[Any, ...]:
        """Return what every part shows now, in the order of `parts`.

        `calm` leaves all but the chat as they are; `clear` empties the box, which otherwise keeps what is being typed.
        """
        import gradio as gr

        if calm:
            return talk.messages(), gr.skip(), gr.skip(), gr.skip(), gr.skip(), talk
        box = gr.Textbox(submit_btn=not busy, stop_btn=busy, **({"value": ""} if clear else {}))
        return talk.messages(), self.slate(talk), cards.chips_html(talk.chips), self.top(talk), box, talk

    def slate(self, talk: Conversation) -> str:
        """Return the cards."""
        return cards.slate_html(talk.slate, talk.chips, self.agent.fields, self.agent.noun)

    def top(self, talk: Conversation) -> str:
        """Return the top line; it says who answered last, which is not always who was asked."""
        planner = self.agent.planner_name()
        away = talk.by_model is False and planner != "basic planner"
        shown = "basic planner" if away else planner
        return cards.render("top.html", many=self.agent.noun[1], planner=shown, away=away)

    async def say(self, text: str, talk: Conversation, user: str) -> AsyncIterator[tuple[Any, ...]]:
        """Take what was typed."""
        text = (text or "")[:_TOO_LONG]
        if not text.strip():
            one = self.agent.noun[0]
            talk.nudge(f"Tell me what you are in the mood for: a kind of {one}, one you enjoyed, or a limit.")
            yield self.draw(talk, busy=False, clear=True)
            return
        async for drawn in self._turn(talk, user, text, None):
            yield drawn

    async def do(self, deed: dict[str, Any], talk: Conversation, user: str) -> AsyncIterator[tuple[Any, ...]]:
        """Take a click on a card, a chip or the top line; a click this page never offers changes nothing."""
        if deed.get("kind") == "fresh":
            talk.closed = True
            await talk.stop()
            yield self.draw(Conversation(), busy=False)
            return
        try:
            action = Action.model_validate(deed)
        except ValidationError:
            yield self.draw(talk, busy=False)
            return
        async for drawn in self._turn(talk, user, "", action):
            yield drawn

    async def _turn(
        self, talk: Conversation, user: str, text: str, action: Action | None
    ) -> AsyncIterator[tuple[Any, ...]]:
        line = talk.line_of(action) if action else talk.line_of_text(text)
        async with talk.lock:
            if talk.closed or (action and talk.is_done(action)):
                if not talk.closed:
                    yield self.draw(talk, busy=False)
                return
            turn = talk.open_turn(line)
            yield self.draw(talk, busy=True, clear=action is None)
            try:
                async for drawn in self._stream(talk, turn, user, text, action):
                    yield drawn
            except Exception:  # the page must stay usable whatever broke; the log has the traceback
                _log.exception("turn failed")
                turn.notices = ["Something went wrong on my side. Nothing is lost: please say it again."]
        if not talk.closed:
            yield self.draw(talk, busy=False)

    async def _stream(
        self, talk: Conversation, turn: Turn, user: str, text: str, action: Action | None
    ) -> AsyncIterator[tuple[Any, ...]]:
        drawn_s = 0.0
        events = self.agent.turn(user, talk.thread_id, text, action=action)
        async for event in talk.follow(turn, events, self.agent.fields):
            if talk.closed:
                return
            streaming = isinstance(event, Token)
            if streaming and time.monotonic() - drawn_s < _FRAME_S:
                continue
            drawn_s = time.monotonic()
            yield self.draw(talk, busy=True, calm=streaming)


def build_page(agent: Guide, settings: Settings) -> "gr.Blocks":
    """Lay out the page and wire its events; `settings` is kept for what later parts of the page need."""
    import gradio as gr

    page = Page(agent)
    with gr.Blocks(title=f"Cicerone · {agent.noun[1]}", analytics_enabled=False, fill_width=True) as blocks:
        talk = gr.State(Conversation())
        top = _live(page.top(Conversation()), "top")
        with gr.Row(elem_id="room", equal_height=False):
            with gr.Column(elem_id="talk", scale=5, min_width=0):
                chat = _chat(agent)
                chips = _live("", "chips")
                box = gr.Textbox(
                    placeholder="What are you in the mood for?", show_label=False, label="Your message",
                    container=False, submit_btn=True, autofocus=True, max_lines=5, elem_id="box",
                )  # fmt: skip
            with gr.Column(elem_id="slate", scale=7, min_width=0):
                slate = _live(page.slate(Conversation()), "picks")
        parts = [chat, slate, chips, top, box, talk]
        _wire(page, parts)
    blocks.queue(default_concurrency_limit=_N_AT_ONCE, max_size=_MAX_WAITING, api_open=False)
    return blocks


def _live(value: str, elem_id: str) -> "gr.HTML":
    r"""Return a part that shows escaped HTML and reports clicks on data-deed.

    The template is the value and nothing else: Gradio evaluates a template as JavaScript after its {{x}} are filled
    in, so that a title holding ${…} or \x3c would run.
    """
    import gradio as gr

    script = (_HERE / "deeds.js").read_text("utf-8")
    return gr.HTML(
        value, html_template="${value}", js_on_load=script, elem_id=elem_id, apply_default_css=False, padding=False
    )


def _chat(agent: Guide) -> "gr.Chatbot":
    import gradio as gr

    return gr.Chatbot(
        elem_id="chat", show_label=False, label="Conversation", container=False, height=None, buttons=[],
        layout="bubble",
        latex_delimiters=[], allow_tags=False, feedback_options=None, allow_file_downloads=False,
        placeholder=cards.render("welcome.html", many=agent.noun[1], name=agent.catalog_name),
        examples=[{"text": starter[:1].upper() + starter[1:]} for starter in agent.starters()],
    )  # fmt: skip


def _wire(page: Page, parts: list[Any]) -> None:
    import gradio as gr

    chat, slate, chips, top, box, talk = parts

    async def typed(text: str, talk: Conversation, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        async for drawn in page.say(text, talk, user_of(request)):
            yield drawn

    async def picked(talk: Conversation, request: gr.Request, event: gr.SelectData) -> AsyncIterator[tuple[Any, ...]]:
        text = event.value["text"] if isinstance(event.value, dict) else str(event.value)
        async for drawn in page.say(text, talk, user_of(request)):
            yield drawn

    async def clicked(talk: Conversation, request: gr.Request, event: gr.EventData) -> AsyncIterator[tuple[Any, ...]]:
        async for drawn in page.do(dict(event._data), talk, user_of(request)):
            yield drawn

    async def stopped(talk: Conversation) -> tuple[Any, ...]:
        await talk.stop()
        return page.draw(talk, busy=False)

    private: dict[str, Any] = {"outputs": parts, "show_progress": "hidden", "api_visibility": "private"}
    box.submit(typed, [box, talk], **private)
    chat.example_select(picked, talk, **private)
    chat.option_select(picked, talk, **private)
    for part in (slate, chips, top):
        part.deed(clicked, talk, trigger_mode="multiple", **private)
    for listen in (box.submit, chat.option_select):
        listen(None, js=_TO_THE_TOP, api_visibility="private")
    box.stop(stopped, talk, **private)
