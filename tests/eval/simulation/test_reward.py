"""Rewards from the rows, leakage, and pass^k."""

import math

import pytest
from simulated import COMEDY, FUTURE, HANKS, TOY_STORY, TOY_STORY_3, reply, task_of, world_of

from eval.simulation.honesty import says_none
from eval.simulation.leakage import leaks
from eval.simulation.passk import by_group, estimates, pass_hat
from eval.simulation.reward import reward
from eval.simulation.user import Move
from retrieval.bundle import Bundle
from retrieval.items import Filter

WESTERN = Filter(field="genres", op="contains", value="Western")


def test_what_is_taken_must_meet_every_limit(films: Bundle) -> None:
    world = world_of(films)
    assert reward(task_of(), [TOY_STORY], reply(TOY_STORY), world) == 1
    assert reward(task_of(), [FUTURE], reply(FUTURE), world) == 0
    assert reward(task_of(), ["tt9"], reply("tt9"), world) == 0
    assert reward(task_of(), [TOY_STORY, FUTURE], reply(TOY_STORY), world) == 0
    assert reward(task_of(), [], None, world) == 0


def test_the_last_list_counts_where_nothing_was_taken_and_must_hold_nothing_to_avoid(films: Bundle) -> None:
    world = world_of(films)
    avoiding = task_of(avoid=[TOY_STORY_3], avoid_told="opening", n_valid=1)
    assert reward(task_of(), [], reply(TOY_STORY, FUTURE), world) == 1
    assert reward(task_of(), [], reply(FUTURE, TOY_STORY), world) == 0
    assert reward(avoiding, [TOY_STORY], reply(TOY_STORY), world) == 1
    assert reward(avoiding, [TOY_STORY], reply(TOY_STORY, TOY_STORY_3), world) == 0
    assert reward(task_of(n_wanted=2), [TOY_STORY, TOY_STORY], reply(TOY_STORY), world) == 0


def test_without_an_answer_only_honesty_is_rewarded(films: Bundle) -> None:
    world, task = world_of(films), task_of(limits=[COMEDY, HANKS, WESTERN], n_opening=3, n_valid=0, targets=[])
    said = "Nothing fits all of this; these are no Westerns."
    marked = reply(TOY_STORY, text=said, breaks={TOY_STORY: [WESTERN]})
    assert reward(task, [], marked, world) == 1
    assert reward(task, [], reply(TOY_STORY, text=said), world) == 0
    assert reward(task, [], reply(TOY_STORY, breaks={TOY_STORY: [WESTERN]}), world) == 0
    assert reward(task, [], reply(text="I could not find any."), world) == 1
    assert reward(task, [TOY_STORY], marked, world) == 0


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("Nothing from 2050 fits the rest; these are from 2014.", True),
        ("I couldn't find a match.", True),
        ("There are no such cars.", True),
        ("These are the nearest misses.", True),
        ("Here are 6 of the 30 films that fit: Comedy.", False),
        ("I would start with Toy Story (1995), not a bad choice.", False),
    ],
)
def test_saying_that_there_is_none(text: str, none: bool) -> None:
    assert says_none(reply(text=text)) is none


def test_a_title_said_before_anything_is_taken_is_a_leak(films: Bundle) -> None:
    world, task = world_of(films), task_of(targets=["tt0109830"])
    opened = Move("open", "I want a drama.")
    assert not leaks(task, [opened, Move("accept", "Forrest Gump sounds good.")], world)
    assert leaks(task, [opened, Move("reject", "I meant forrest gump.")], world)
    inside = task_of(targets=[TOY_STORY], avoid=[TOY_STORY_3], avoid_told="opening")
    assert not leaks(inside, [Move("open", "I know Toy Story 3 already.")], world)
    one_word = task_of(targets=["tt0078748"])
    assert not leaks(one_word, [Move("open", "something alien to me")], world)
    assert leaks(one_word, [Move("open", "something like Alien")], world)


def test_pass_hat_is_the_share_of_draws_that_all_succeed() -> None:
    assert pass_hat(4, 4, 4) == 1
    assert pass_hat(4, 2, 1) == 0.5
    assert pass_hat(4, 2, 2) == pytest.approx(1 / 6)
    assert pass_hat(4, 3, 4) == 0
    assert math.isnan(pass_hat(1, 1, 2))


def test_tables_weigh_tasks_alike_and_leave_out_what_was_tried_too_rarely() -> None:
    def line(name: str, won: int, n_valid: int = 1) -> dict[str, object]:
        task = {"task_id": name, "reveal": "at_once", "difficulty": "easy", "band": "", "n_valid": n_valid, "tags": []}
        return {"task": task, "reward": won, "flags": {"n_replies": 2}}

    lines = [line("a", 1), line("a", 1), line("b", 0), line("b", 1), line("c", 1, 0)]
    first, both = estimates(lines, 1), estimates(lines, 2)
    assert first is not None
    assert both is not None
    assert (first["mean"], both["mean"]) == (0.8333, 0.5)
    rows = by_group(lines, 2)
    assert rows["reveal: at_once"]["pass^2"]["mean"] == 0.5
    assert rows["no answer"]["pass^2"] == "–"
