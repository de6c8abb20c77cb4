"""What is wrong is found under its own name, and dialogues of this agent have nothing wrong."""

from typing import Any

import pytest
from dialogue_of import dialogue_of
from talks import TALKS, held

from eval.dialogues import Dialogue, dialogue_in
from eval.judging.code_scores import judge
from eval.judging.cut_off import is_cut
from eval.judging.faults import FAULTS
from eval.judging.grounded import Ground
from retrieval.bundle import Bundle


@pytest.fixture(scope="module")
def ground(films: Bundle) -> Ground:
    return Ground(films)


@pytest.mark.parametrize("catalog", TALKS)
def test_this_agent_does_nothing_wrong_that_code_can_see(catalog: str, request: pytest.FixtureRequest) -> None:
    bundle: Bundle = request.getfixturevalue(catalog)
    ground = Ground(bundle)
    for said in TALKS[catalog]:
        line = judge(held(bundle, *said), ground)
        found = [(turn["exchange"], *one) for turn in line["turns"] for one in turn["found"]]
        assert not found, said
        assert line["checks"]["faults"] == dict.fromkeys(FAULTS, 0)
        assert line["checks"]["claims"] > line["checks"]["exchanges"]
        assert line["checks"]["ms"] > 0


def answered(text: str, *shown: dict[str, Any], asked: str = "a comedy", **more: Any) -> Dialogue:
    """Return a talk of one exchange with its account."""
    reply = {"role": "assistant", "text": text, "items": [one["item_id"] for one in shown], "shown": list(shown)} | more
    return dialogue_in({"dialogue_id": "d", "system": "s", "turns": [{"role": "user", "text": asked}, reply]})


TOY_STORY = {"item_id": "tt0114709", "title": "Toy Story"}


def reason(text: str, source: str) -> dict[str, Any]:
    return TOY_STORY | {"reasons": [{"text": text, "source": source}]}


@pytest.mark.parametrize(
    ("dialogue", "fault"),
    [
        (answered("Try **Toy Story** (1995).", TOY_STORY), ""),
        (answered("Try **Zorblax Returns**.", TOY_STORY), "invented"),
        (answered("Here.", TOY_STORY, {"item_id": "tt9"}), "invented"),
        (answered("Here.", TOY_STORY | {"title": "Alien"}), "mistitled"),
        (answered("Here.", TOY_STORY, asked="a film before 1980"), "limits_broken"),
        (answered("Here.", TOY_STORY, asked="no comedies please"), "limits_broken"),
        (answered("Here.", TOY_STORY, asked="I have already seen Toy Story, something like it"), "refused_again"),
        (answered("Here.", TOY_STORY, asked="something like Toy Story"), "known_again"),
        (answered("Here.", TOY_STORY, TOY_STORY), "twice"),
        (answered("Here.", reason("Comedy", "genres")), ""),
        (answered("Here.", reason("Western", "genres")), "unsupported"),
        (answered("Here.", reason("directed by Ridley Scott", "directors")), "unsupported"),
        (answered("Here.", reason("liked by people who like Alien", "similar_items")), ""),
        (answered("Here.", reason("liked by people who like Zorblax", "similar_items")), "unsupported"),
        (answered("Here.", reason("mentions zorblax", "search_keywords")), "unsupported"),
        (answered("**Toy Story** is from 1942.", TOY_STORY), "unsupported"),
        (answered("**Toy Story** is a Horror film.", TOY_STORY), "unsupported"),
        (answered("**Toy Story** stars Sigourney Weaver.", TOY_STORY), "unsupported"),
        (answered("Try **Alien**.", TOY_STORY), "inconsistent"),
        (answered("Here are 5 films.", TOY_STORY), "inconsistent"),
        (answered("**Alien** comes first.", TOY_STORY), "inconsistent"),
        (answered(""), "empty"),
        (answered("I picked one of the films that fit. I would start with **Toy Sto", TOY_STORY), "cut"),
        (answered("I could not finish this turn. Please try again."), "failed"),
        (answered("Here.", notices=["The language model took too long. The basic planner answered."]), "timed_out"),
        (answered("Here.", notices=["No connection. The basic planner answered."]), "fallen_back"),
        (answered("Here.", tools=[{"name": "filter_items", "error": "no such field"}]), "calls_failed"),
    ],
)  # fmt: skip
def test_every_fault_is_found(dialogue: Dialogue, fault: str, ground: Ground) -> None:
    counts = judge(dialogue, ground)["checks"]["faults"]
    found = {name for name, n in counts.items() if n}
    assert fault in found if fault else not found


def test_what_the_slate_says_it_breaks_is_no_fault(ground: Ground) -> None:
    given = {"field": "year", "op": "lte", "value": 1980}
    told = answered("Here.", TOY_STORY | {"breaks": [given]}, asked="a film before 1980")
    checks = judge(told, ground)["checks"]
    assert checks["faults"]["limits_broken"] == 0
    assert checks["relaxed"] == 1


def test_a_limit_holds_until_it_is_lifted(ground: Ground) -> None:
    def broken(last: str) -> int:
        talk = dialogue_of("a film before 1980", "Here.", last, "", items={1: ("tt0078748",), 3: ("tt0114709",)})
        return int(judge(talk, ground)["checks"]["faults"]["limits_broken"])

    assert broken("something with toys") == 1
    assert broken("start over") == 0


def test_the_limits_of_a_task_hold_as_far_as_the_first_message_tells_them(ground: Ground) -> None:
    limits = [{"field": "year", "op": "lte", "value": 1980}]
    turns = [{"role": "user", "text": "hm"}, {"role": "assistant", "text": "Here.", "items": ["tt0114709"]}]
    for n, broken in ((1, 1), (0, 0)):
        task = {"limits": limits, "n_opening": n, "avoid": ["tt0114709"], "avoid_told": "opening"}
        checks = judge(dialogue_in({"dialogue_id": "d", "system": "s", "turns": turns, "task": task}), ground)["checks"]
        assert checks["faults"]["task_limits_broken"] == broken
        assert checks["faults"]["refused_again"] == 1
        assert checks["first_valid"] is None


@pytest.mark.parametrize(
    ("reply", "others", "cut"),
    [
        ("How about Big", (), False), ("How about Big", ("And Heat",), False), ("", (), False),
        ("I would take the first of these, and", (), True), ("It is a film of great beauty (with", (), True),
        ("I found 5 of them. Start with the fir", (), True), ("Thanks", ("Fine.", "Good."), True),
        ("Yes: \n1: Heat \n2: Big", ("Fine.", "Good."), False), ("Great!", (), False),
    ],
)  # fmt: skip
def test_replies_that_break_off(reply: str, others: tuple[str, ...], cut: bool) -> None:
    assert is_cut(reply, others) == cut
