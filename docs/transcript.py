"""Talk to a real model and write the conversation down as Markdown.

Usage: python docs/transcript.py OUT.md "message" "message" …


The model is the one CICERONE_LLM_BASE_URL and CICERONE_LLM_MODEL name; the catalogue is the demo.
"""

import asyncio
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agents.events import TurnFinished
from agents.model.llm import OpenAIModel
from agents.session import Cicerone
from retrieval.opening import open_catalog
from settings import load_settings


def turn_text(message: str, turn: TurnFinished) -> str:
    """Return one turn as Markdown."""
    lines = [f"**User:** {message}", "", f"**Cicerone:** {turn.reply.strip()}", ""]
    for place, item in enumerate(turn.items, start=1):
        why = "; ".join(reason.text for reason in item.reasons)
        lines.append(f"{place}. {item.title} ({item.fields.get('year', '?')}) – {why}")
    lines += [f"> {notice}" for notice in turn.notices]
    tools = ", ".join(f"{tool.name} {tool.n_hits}/{tool.n_pool}" for tool in turn.tools)
    filters = ", ".join(f"{f.field} {f.op} {f.value}" for f in turn.filters)
    lines += ["", f"`planner {turn.planner} · limits: {filters or 'none'} · tools: {tools or 'none'} · "]
    lines[-1] += f"{turn.model_calls} model calls · {turn.tokens} tokens · {turn.ms / 1000:.1f} s`"
    lines += [f"`dropped: {note}`" for note in turn.model_notes]
    return "\n".join(lines) + "\n"


async def talk(messages: list[str]) -> str:
    """Run the conversation and return the page."""
    settings = load_settings()
    model = OpenAIModel(settings)
    parts = [
        f"# A conversation with {model.name}\n",
        f"Demo catalogue, {date.today()}. Written by `docs/transcript.py`.\n",
    ]
    bundle = open_catalog(settings)
    async with Cicerone(bundle, settings, model) as agent:
        for message in messages:
            async for event in agent.turn("reader", "transcript", message):
                if isinstance(event, TurnFinished):
                    parts.append(turn_text(message, event))
    return "\n".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(asyncio.run(talk(sys.argv[2:])), encoding="utf-8")
