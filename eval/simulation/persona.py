"""What a model is told of the person it plays: attributes only, no title of what they look for."""

import random
from collections.abc import Sequence

from eval.simulation.phrases import phrases
from eval.simulation.system import Reply
from eval.simulation.task import Task, several
from eval.simulation.user import LOOKS_AT, World
from retrieval.items import Filter, Role

_VOICES = {
    "terse": "You write short messages, a few words each, without greetings.",
    "plain": "You write one plain sentence at a time.",
    "chatty": "You are friendly and write one or two casual sentences.",
}
_REVEALS = {
    "at_once": "You say all you want in your first message.",
    "on_asking": "You tell only what you are told to tell; more only when you are asked.",
    "on_rejection": "You tell only what you are told to tell; more only when you reject a list.",
}
_RULES = """You play a person who talks to an assistant that recommends {many}. You are the person, never the assistant.
You know no titles and must not make any up: you speak of {many} only by what they are like.
{voice} {reveal}
You want {wanted} with ALL of this:
{limits}
You also like: {likes}.
A list is shown to you as facts. Take an item only if its facts meet every point above; nothing else will do.
Answer with one JSON object and nothing else:
{{"move": "open" | "answer" | "reject" | "accept" | "ask" | "give_up", "item": number of the item or null,
"text": "what you say"}}"""
_MOST_LIKES = 3
_FIELDS_SHOWN = 4


def rules(task: Task, world: World) -> str:
    """Return the system prompt of a task."""
    one, many = world.nouns
    wanted = f"{task.n_wanted} {many}" if task.n_wanted > 1 else f"one {one}"
    limits = "\n".join(f"- {worded(given, world)}" for given in task.limits)
    liked = ", ".join(_likes(task, world)) or "nothing in particular"
    voice, reveal = _VOICES[task.voice], _REVEALS[task.reveal]
    return _RULES.format(many=many, voice=voice, reveal=reveal, wanted=wanted, limits=limits, likes=liked)


def worded(given: Filter, world: World) -> str:
    """Return a limit in words, the same ones each time."""
    return phrases(given, world.fields[given.field])[-1].text.removeprefix("but ")


def _likes(task: Task, world: World) -> list[str]:
    """Return some values of the first target in facets that no limit speaks of; never its title."""
    if not task.targets:
        return []
    values, limited = world.values(task.targets[0]), {given.field for given in task.limits}
    free = [f.name for f in world.catalog.with_role(Role.FACET) if f.name not in limited and f.coverage > 0.5]
    found = [str(several(values[name])[0]) for name in free if values.get(name)]
    return random.Random(task.task_id).sample(found, min(_MOST_LIKES, len(found)))


def shown(reply: Reply, task: Task, world: World) -> str:
    """Return the items of a reply as numbered facts: the fields of the limits, and some others; no titles."""
    names = [given.field for given in task.limits]
    more = [f.name for f in world.catalog.with_role(Role.FACET, Role.NUMBER) if f.name not in names]
    lines = []
    for number, item in enumerate(list(dict.fromkeys(reply.items))[:LOOKS_AT], 1):
        values = world.values(item)
        fields = [name for name in dict.fromkeys([*names, *more]) if name in values][: len(names) + _FIELDS_SHOWN]
        facts = "; ".join(f"{world.fields[name].label}: {_told(values[name])}" for name in fields)
        known = " (you know this one already)" if item in task.avoid else ""
        lines.append(f"{number}. {facts}{known}")
    return "\n".join(lines) or "(no items)"


def _told(value: object) -> str:
    parts = several(value)
    return ", ".join(map(str, parts[:8])) + (" …" if len(parts) > 8 else "")


def told_now(new: Sequence[Filter], world: World) -> str:
    """Return the instruction of what may be told in this message."""
    if not new:
        return "Tell nothing new."
    return "Tell in this message, in your own words: " + "; ".join(worded(given, world) for given in new) + "."
