"""The chat page: layout and wiring; every decision is made elsewhere."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.conversation import Conversation
from ui.guide import Guides
from ui.page import Page, front_of
from ui.visitor import visitor_of

if TYPE_CHECKING:
    import gradio as gr

_HERE = Path(__file__).parent
_N_AT_ONCE = 512
"""Far more than the turns that run and wait: who is refused must hear it from the gate, not wait before it unseen.
The limit is of clicks in pages that have a turn under way already."""
_MAX_WAITING = 128

_TO_THE_TOP = """() => {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  for (const part of [document.querySelector("#slate"), window]) part?.scrollTo({ top: 0, behavior });
}"""


async def build_page(guides: Guides) -> "gr.Blocks":
    """Lay out the page, about the default catalogue at first, and wire its events."""
    import gradio as gr

    page = Page(guides)
    first = await page.fresh()
    with gr.Blocks(title=f"Cicerone · {first.about.noun[1]}", analytics_enabled=False, fill_width=True) as blocks:
        talk = gr.State(first)
        top = _live(page.top(first), "top")
        with gr.Row(elem_id="room", equal_height=False):
            with gr.Column(elem_id="talk", scale=5, min_width=0):
                chat = _chat(first)
                chips = _live("", "chips")
                box = gr.Textbox(
                    placeholder="What are you in the mood for?", show_label=False, label="Your message",
                    container=False, submit_btn=True, autofocus=True, max_lines=5, elem_id="box",
                )  # fmt: skip
            with gr.Column(elem_id="slate", scale=7, min_width=0):
                slate = _live(page.slate(first), "picks")
        parts = [chat, slate, chips, top, box, talk]
        _wire(page, parts)
        _welcome(page, blocks, parts)
    blocks.max_threads = _N_AT_ONCE  # of all events together; what the queue is given counts for each kind of them
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


def _chat(first: Conversation) -> "gr.Chatbot":
    import gradio as gr

    return gr.Chatbot(
        elem_id="chat", show_label=False, label="Conversation", container=False, height=None, buttons=[],
        layout="bubble",
        latex_delimiters=[], allow_tags=False, feedback_options=None, allow_file_downloads=False,
        **front_of(first),
    )  # fmt: skip


def _wire(page: Page, parts: list[Any]) -> None:
    import gradio as gr

    chat, slate, chips, top, box, talk = parts

    async def typed(text: str, talk: Conversation, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        async for drawn in page.say(text, talk, visitor_of(request)):
            yield drawn

    async def picked(talk: Conversation, request: gr.Request, event: gr.SelectData) -> AsyncIterator[tuple[Any, ...]]:
        text = event.value["text"] if isinstance(event.value, dict) else str(event.value)
        async for drawn in page.say(text, talk, visitor_of(request)):
            yield drawn

    async def clicked(talk: Conversation, request: gr.Request, event: gr.EventData) -> AsyncIterator[tuple[Any, ...]]:
        async for drawn in page.do(dict(event._data), talk, visitor_of(request)):
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


def _welcome(page: Page, blocks: "gr.Blocks", parts: list[Any]) -> None:
    import gradio as gr

    async def arrived(talk: Conversation, request: gr.Request) -> tuple[Any, ...]:
        asked = request.query_params
        arriving = page.arrive(asked.get("catalog"), talk, visitor_of(request), asked.get("thread") or "")
        drawn = [shown async for shown in arriving]
        return drawn[-1]

    # Not by the queue: its stream closes when this ends, and a message sent at that moment would hear no answer.
    blocks.load(arrived, parts[-1], parts, queue=False, show_progress="hidden", api_visibility="private")
