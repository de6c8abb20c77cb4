"""Example asks in the words of the catalogue at hand, and the few that are nearest in form to a message."""

import json
import math
from collections import Counter
from typing import Any, NamedTuple

from agents.planning.brief import PlanBrief, usable_fields
from agents.wording import is_flag
from retrieval.items import Field, Role
from retrieval.text import tokens

APPLIED = "Applied already: "
LAST = "LAST message: "
BEFORE = "User said before: "
_EMPTY: dict[str, Any] = {"query": "", "limits": [], "similar_to": [], "order_by": "", "ask": ""}


class Example(NamedTuple):
    """A conversation as the model is shown one, the plan it should write, and what marks its form."""

    said: str
    plan: dict[str, Any]
    marks: frozenset[str]
    """Intents, and kinds and cues of mentions, as a message of this form is understood."""

    @property
    def answer(self) -> str:
        """The plan as the model should write it."""
        return json.dumps({**_EMPTY, **self.plan}, ensure_ascii=False)

    @property
    def calls(self) -> str:
        """The plan as tool calls."""
        plan = self.plan
        by_tool = {
            "filter_items": {name: plan[name] for name in ("limits", "order_by") if plan.get(name)},
            "search_meaning": {"query": plan.get("query")} if plan.get("query") else {},
            "similar_items": {"items": plan["similar_to"]} if plan.get("similar_to") else {},
            "ask_user": {"text": plan["ask"]} if plan.get("ask") else {},
        }
        made = [f"{tool}({json.dumps(args, ensure_ascii=False)})" for tool, args in by_tool.items() if args]
        return " ".join(made or ["filter_items({})"])


def nearest(brief: PlanBrief, n: int) -> list[Example]:
    """Return the examples that share the rarest words and marks with the message, the nearest last.

    A message of any subject resembles an example by its form alone: the words that carry it ("like", "but", "not",
    "instead") and what it was linked to.
    """
    bank = bank_of(brief)
    worn = [_worn(example.said.rpartition(LAST)[2], example.marks) for example in bank]
    n_with = Counter(sign for signs in worn for sign in signs)
    mine = _worn(brief.message, _marks(brief))
    near = [sum(math.log(1 + len(bank) / n_with[sign]) for sign in signs & mine) / len(signs) ** 0.5 for signs in worn]
    return [bank[i] for i in sorted(range(len(bank)), key=lambda i: (near[i], -i))[-n:]]


def _worn(said: str, marks: frozenset[str]) -> frozenset[str]:
    return frozenset(tokens(said)) | {f"a {mark} mark" for mark in marks}


def _marks(brief: PlanBrief) -> frozenset[str]:
    linked = {"refused" if m.negated else m.cue or m.kind for m in brief.mentions}
    later = {"later"} if brief.past else set()
    return frozenset({brief.understood.intent, *(linked or {"vague"}), *later})


def bank_of(brief: PlanBrief) -> list[Example]:
    """Write examples with this catalogue's own fields, so that none of them speaks of another domain."""
    one, many = brief.nouns
    fields = usable_fields(brief.fields)
    bank = [
        _example("I had a long day, something calm and unusual", {"query": "calm unusual"}, "recommend vague"),
        _example(
            f"it is for my parents, they love old stories about the sea and hate it when a {one} is loud",
            {"query": "old stories sea quiet"},
            "recommend vague",
        ),
        _example(
            f"what is the {one} where two brothers find a map and lose it again",
            {"query": "two brothers find map lose"},
            "recommend vague",
        ),
        _example("something like “The Blue Door” but darker", {"query": "dark"}, "similar title similar"),
        _example("more like the second one", {"similar_to": ["2"]}, "similar later", n_shown=6),
        _example("like number 3 but calmer", {"similar_to": ["3"], "query": "calm"}, "similar later", n_shown=6),
        _example("anything else?", {"query": "calm unusual"}, "more later", before="something calm and unusual"),
        _example(
            "haha yes, I know that one already, it was great",
            {"query": "rainy day"},
            "recommend feedback smalltalk later vague title",
            before=f"{many} for a rainy day",
        ),
        _example("hello! what can you show me?", {"ask": "What are you in the mood for?"}, "smalltalk help"),
    ]
    return [*bank, *_with_values(fields, brief.hints, many), *_with_numbers(fields)]


def _with_values(fields: list[Field], hints: dict[str, list[str]], many: str) -> list[Example]:
    told = [f for f in fields if len(hints.get(f.name, [])) >= 2]
    facet = next((f for f in told if not is_flag(f, hints[f.name][0])), None)
    if facet is None:
        return []
    yes, no = hints[facet.name][:2]
    only = f"{facet.label}: {yes}"
    return [
        _example(f"{yes} for a rainy day", {"query": "rainy day"}, "recommend value", applied=only),
        _example(
            f"{yes} but no {no}, good for a rainy day",
            {"query": "rainy day"},
            "recommend value refused",
            applied=f"{only}; not {no}",
        ),
        _example(f"no, I meant {no} instead", {}, "recommend value refused later", applied=f"{facet.label}: {no}"),
        _example(
            f"we are all tired of {no}",
            {"limits": [{"field": facet.name, "op": "not_contains", "value": no}]},
            "recommend vague refused dislike",
        ),
    ]


def _with_numbers(fields: list[Field]) -> list[Example]:
    number = next((f for f in fields if f.role is Role.NUMBER and f.unit != "year" and f.high is not None), None)
    if number is None or number.high is None:
        return []
    bound = round((number.low or 0) + (number.high - (number.low or 0)) / 3)
    limited = f"{number.label} at most {bound}"
    return [
        _example(f"the highest {number.label}", {"order_by": f"highest {number.name}"}, "recommend order"),
        _example(f"{limited}, and not a sad one", {"query": "cheerful"}, "recommend range", applied=limited),
    ]


def _example(
    said: str, plan: dict[str, Any], marks: str, *, before: str = "", applied: str = "", n_shown: int = 0
) -> Example:
    lines = [BEFORE + before] if before else []
    lines += [f"On screen: {n_shown}, numbered 1 to {n_shown}."] if n_shown else []
    lines += [f"{APPLIED}{applied}."] if applied else []
    return Example("\n".join([*lines, LAST + said]), plan, frozenset(marks.split()))
