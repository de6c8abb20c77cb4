"""The words of a turn: a model's, each sentence checked against the slate, or the template's."""

import asyncio

from langgraph.config import get_stream_writer

from agents.answering.explainer import ExplainBrief, explain, template_reply
from agents.events import Notice, Token
from agents.kit import Kit
from agents.turn import Turn


async def answer(turn: Turn, kit: Kit) -> None:
    """Fill `turn.reply` and stream it; past the deadline the template has the last word."""
    tell = get_stream_writer()
    brief = ExplainBrief.of(turn, kit)
    if not turn.text and not turn.action and not turn.always_slate:
        _say(turn, f"Your message was empty. Tell me what kind of {kit.nouns[0]} you are looking for.")
        return
    model = turn.budget if turn.prose and turn.budget.open and turn.text else None
    try:
        async with asyncio.timeout(max(0.5, turn.left_s)):
            async for piece in explain(model, brief):
                _say(turn, piece)
    except TimeoutError:
        brief.problem = "The language model took too long; this answer is my own."
        _say(turn, template_reply(brief))
    if brief.problem:
        turn.notices.append(brief.problem)
        tell(Notice(text=brief.problem))


def _say(turn: Turn, piece: str) -> None:
    turn.reply += piece
    get_stream_writer()(Token(text=piece))
