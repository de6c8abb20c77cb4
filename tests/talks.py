"""Talks with this agent over the tiny catalogues, with everything it tells of its turns."""

import asyncio
from typing import Any

from agents.events import Action, TurnFinished
from agents.session import Cicerone
from eval.accounts import answered_turn, asked_turn
from eval.dialogues import Dialogue, dialogue_in
from retrieval.bundle import Bundle
from settings import Settings

TALKS: dict[str, tuple[tuple[str | Action, ...], ...]] = {
    "films": (
        ("a comedy from the nineties", "I have seen the first one", "something else", "how long is the second one?"),
        ("something like Alien, but not a horror film", "more", "compare the first two", "thanks"),
        ("a film with Tom Hanks under two hours", "before 1995", "actually from any year", "what did you show me?"),
        ("films directed by Ridley Scott", Action(kind="dislike", item_id="tt0078748"), "more", "how many are there?"),
        ("a western made in 2031", "Hello", "which genres are there?", ""),
    ),
    "games": (
        ("a game for two under 40 euros", "a shorter one", "more", "which of these is the cheapest?"),
        ("something cooperative", "not too heavy", "I don't like the first one", "others"),
    ),
}


def held(bundle: Bundle, *said: str | Action, name: str = "d") -> Dialogue:
    """Return a talk with this agent."""

    async def talk() -> list[dict[str, Any]]:
        turns: list[dict[str, Any]] = []
        async with Cicerone(bundle, Settings(planner="basic")) as agent:
            for one in said:
                text, action = ("", one) if isinstance(one, Action) else (one, None)
                async for event in agent.turn("u", "t", text, action=action):
                    if isinstance(event, TurnFinished):
                        turns += [asked_turn(text, action), answered_turn(event)]
        return turns

    return dialogue_in({"dialogue_id": name, "system": "own", "turns": asyncio.run(talk())})
