"""True sentences about real rows are kept; the same sentences with one fact damaged are caught."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agents.answering.brief import ExplainBrief
from agents.answering.claims import ClaimChecker
from agents.answering.templates import item_sentence
from agents.events import SlateItem
from agents.nouns import nouns_of
from agents.planning.brief import value_hints
from retrieval.bundle import Bundle
from retrieval.items import Role

N_SLATES = 35
Fields = dict[str, str]
FILMS = {"year": "year", "number": "runtime_min", "unit": "minutes", "facet": "genres", "person": "directors"}
GAMES = {"year": "released", "number": "playtime_min", "unit": "minutes", "facet": "categories", "person": "designers"}
ONE = (
    "{title} ({year}) runs {number} {unit}.",
    "I would start with **{title}**, a {facet} pick from {year} by {person}.",
    "{title} is a {facet} pick, and it takes {number} {unit}.",
    "“{title}” is by {person}.",
    "{person} made {title} in {year}.",
)
TWO = (
    "{title} is from {year}, while {title2} is from {year2}.",
    "{title} is by {person}, and {title2} is by {person2}.",
    "{title} runs {number} {unit}; {title2} takes {number2} {unit}.",
    "{title} is a {facet} pick, but {title2} is a {facet2} one.",
)


def slate_of(bundle: Bundle, dice: random.Random, names: Fields) -> list[SlateItem]:
    rows = dice.sample(range(bundle.catalog.n_items), 12)
    items = [
        SlateItem(item_id=one.item_id, title=one.title, score=1, fields=one.values)
        for one in bundle.catalog.items(rows)
    ]
    whole = [i for i in items if all(i.fields.get(names[n]) for n in ("year", "number", "facet", "person"))]
    return whole[:5]


def facts_of(item: SlateItem, names: Fields, end: str = "") -> dict[str, Any]:
    values = {key: item.fields[names[key]] for key in ("year", "number", "facet", "person")}
    firsts = {key: value[0] if isinstance(value, list) else value for key, value in values.items()}
    return {f"{key}{end}": value for key, value in {**firsts, "title": item.title, "unit": names["unit"]}.items()}


def damaged(facts: dict[str, Any], key: str, dice: random.Random, slate: list[SlateItem], names: Fields) -> Any:
    """Return another value for one fact: of another item where that is untrue of this one, else made up."""
    name = key.rstrip("2")
    own = next(item for item in slate if item.title == facts["title2" if key.endswith("2") else "title"])
    if name == "title":
        return "The Silent Marmalade"
    value = facts[key]
    if isinstance(value, int | float):
        others = [item.fields[names[name]] for item in slate if abs(item.fields[names[name]] - value) > 2]
        taken = {v for v in own.fields.values() if isinstance(v, int | float)}
        return dice.choice([v for v in (*others, value + 7, value - 9) if v not in taken])
    mine = " ".join(map(str, own.fields.values()))
    every = [item.fields[names[name]] for item in slate]
    others = [v for values in every for v in (values if isinstance(values, list) else [values]) if v not in mine]
    return dice.choice(others) if others else None


def sentences(bundle: Bundle, names: Fields) -> Iterator[tuple[ExplainBrief, str, Callable[[str], str | None]]]:
    """Yield briefs, true sentences about them, and a way to damage one fact of such a sentence."""
    for seed in range(N_SLATES):
        dice = random.Random(seed)
        slate = slate_of(bundle, dice, names)
        if len(slate) < 2:
            continue
        about = ExplainBrief(
            message="something good", items=slate, fields=bundle.catalog.fields, noun=nouns_of(bundle.name)[:2],
            hints=value_hints(bundle.catalog),
        )  # fmt: skip
        for pattern in (*ONE, *TWO):
            first, second = dice.sample(slate, 2)
            facts = {**facts_of(first, names), **facts_of(second, names, "2")}

            def damage(key: str, pattern: str = pattern, facts: dict[str, Any] = facts) -> str | None:
                if f"{{{key}}}" not in pattern:
                    return None
                other = damaged(facts, key, dice, slate, names)  # noqa: B023 - used before the next round
                return None if other is None else pattern.format(**{**facts, key: other})

            yield about, pattern.format(**facts), damage


@pytest.mark.parametrize(("name", "names"), [("films", FILMS), ("games", GAMES)])
def test_true_sentences_are_kept_and_damaged_ones_caught(
    name: str, names: Fields, request: pytest.FixtureRequest
) -> None:
    bundle: Bundle = request.getfixturevalue(name)
    refused, missed = [], []
    n_true = n_damaged = 0
    for about, sentence, damage in sentences(bundle, names):
        n_true += 1
        if wrong := ClaimChecker(about).wrong(sentence):
            refused.append((sentence, wrong))
        for key in ("year", "number", "person", "facet", "title", "year2", "number2", "person2", "facet2"):
            if (false := damage(key)) is not None and false != sentence:
                n_damaged += 1
                if not ClaimChecker(about).wrong(false):
                    missed.append((sentence, false))
    assert n_true > 300
    assert n_damaged > 600
    assert len(refused) <= 0.05 * n_true, refused[:10]
    assert len(missed) <= 0.01 * n_damaged, (len(missed), n_damaged, missed[:10])


def test_facts_exchanged_between_two_items_are_caught(films: Bundle) -> None:
    n = 0
    for about, _, _ in list(sentences(films, FILMS))[::9]:
        a, b = about.items[:2]
        for field in ("directors", "runtime_min", "year"):
            one, other = a.fields[field], b.fields[field]
            if one == other or isinstance(one, list) and set(one) & set(other):
                continue
            one, other = (v[0] if isinstance(v, list) else v for v in (one, other))
            said = {"directors": "is by {}", "runtime_min": "runs {} minutes", "year": "is from {}"}[field]
            true = f"{a.title} {said.format(one)} and {b.title} {said.format(other)}."
            false = f"{a.title} {said.format(other)} and {b.title} {said.format(one)}."
            assert ClaimChecker(about).wrong(true) == "", true
            assert ClaimChecker(about).wrong(false), false
            n += 1
    assert n > 100


def test_our_own_sentences_pass_our_own_check(films: Bundle, games: Bundle) -> None:
    for bundle, names in ((films, FILMS), (games, GAMES)):
        for about, _, _ in list(sentences(bundle, names))[::9]:
            for item in about.items:
                assert ClaimChecker(about).wrong(item_sentence(item, about)) == ""


def test_every_role_of_the_slate_is_there(films: Bundle) -> None:
    assert {films.catalog.fields[FILMS[key]].role for key in ("year", "facet", "person")} == {
        Role.NUMBER, Role.FACET, Role.PERSON,
    }  # fmt: skip
