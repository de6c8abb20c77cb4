"""The user without a model: what they tell when, what they take, when they leave."""

import asyncio
from typing import Any

from simulated import COMEDY, FUTURE, HANKS, NINETIES, TOY_STORY, TOY_STORY_3, Scripted, reply, task_of, world_of

from eval.simulation.agenda import AgendaUser
from eval.simulation.play import play
from eval.simulation.system import Reply
from eval.simulation.task import Task
from retrieval.bundle import Bundle

MATRIX = "tt0133093"


def played(films: Bundle, task: Task, *replies: Reply, seed: int = 0) -> tuple[dict[str, Any], Scripted]:
    world, system = world_of(films), Scripted(*replies)
    return asyncio.run(play(task, AgendaUser(task, world, seed), system, world)), system


def test_who_is_shown_what_they_want_takes_it(films: Bundle) -> None:
    line, system = played(films, task_of(), reply(FUTURE, TOY_STORY))
    assert (line["reward"], line["flags"]["end"], line["flags"]["taken"]) == (1, "accept", [TOY_STORY])
    assert "second" in line["turns"][-1]["text"]
    assert len(system.heard) == 1
    assert "Tom Hanks" in system.heard[0]


def test_another_seed_says_the_same_in_other_words(films: Bundle) -> None:
    said = {played(films, task_of(), reply(TOY_STORY), seed=seed)[1].heard[0] for seed in range(8)}
    assert len(said) > 3
    assert played(films, task_of(), reply(TOY_STORY))[1].heard == played(films, task_of(), reply(TOY_STORY))[1].heard


def test_a_limit_is_held_back_until_a_list_is_rejected(films: Bundle) -> None:
    task = task_of(n_opening=1, reveal="on_rejection")
    line, system = played(films, task, reply(FUTURE), reply(TOY_STORY))
    assert "Tom Hanks" not in system.heard[0]
    assert "Tom Hanks" in system.heard[1]
    assert [turn.get("move") for turn in line["turns"][::2]] == ["open", "reject", "accept"]
    assert line["reward"] == 1


def test_who_tells_only_when_asked_gives_no_reason(films: Bundle) -> None:
    task = task_of(n_opening=1, reveal="on_asking", patience=4)
    question = {"question": "Who should be in the cast?"}
    _, silent = played(films, task, reply(FUTURE))
    _, asked = played(films, task, reply(FUTURE, **question), reply(TOY_STORY))
    assert not any("Tom Hanks" in text for text in silent.heard)
    assert "Tom Hanks" in asked.heard[1]


def test_a_question_is_answered_by_the_choice_or_left_open(films: Bundle) -> None:
    task = task_of(limits=[NINETIES, COMEDY], n_opening=1, reveal="on_asking")
    _, chosen = played(films, task, reply(MATRIX, question="Which?", choices=("Comedy", "Drama", "War")), reply(MATRIX))
    assert "Comedy" in chosen.heard[1]
    open_to = reply(MATRIX, question="Which?", choices=("France", "Japan"))
    _, left = played(films, task, open_to, reply(MATRIX))
    assert "Comedy" not in left.heard[1]


def test_patience_ends_and_is_shorter_with_whoever_does_not_listen(films: Bundle) -> None:
    _, listens = played(films, task_of(limits=[COMEDY, HANKS, NINETIES], n_opening=3, n_valid=1), reply(TOY_STORY_3))
    line, ignores = played(films, task_of(), reply(MATRIX))
    assert (line["reward"], line["flags"]["end"]) == (0, "give_up")
    assert len(ignores.heard) < 5
    assert len(ignores.heard) <= len(listens.heard)


def test_several_items_are_gathered_over_lists(films: Bundle) -> None:
    line, _ = played(films, task_of(n_wanted=2), reply(TOY_STORY), reply(TOY_STORY_3))
    assert (line["reward"], line["flags"]["taken"]) == (1, [TOY_STORY, TOY_STORY_3])
    again, _ = played(films, task_of(n_wanted=2), reply(TOY_STORY))
    assert again["reward"] == 0


def test_a_fact_is_asked_before_taking_and_looked_for_in_the_answer(films: Bundle) -> None:
    task = task_of(asks="runtime_min")
    line, system = played(films, task, reply(TOY_STORY), reply(TOY_STORY, text="It runs 81 minutes."))
    assert "runtime" in system.heard[1]
    assert (line["reward"], line["flags"]["answered"]) == (1, True)
    vague, _ = played(films, task, reply(TOY_STORY), reply(TOY_STORY, text="Not long."))
    assert vague["flags"]["answered"] is False


def test_what_is_known_is_told_by_title_or_as_history(films: Bundle) -> None:
    told, spoken = played(films, task_of(avoid=[TOY_STORY_3], avoid_told="opening", n_valid=1), reply(TOY_STORY))
    assert "Toy Story 3" in spoken.heard[0]
    assert spoken.histories == [[]]
    assert not told["flags"]["leaked"]
    _, silent = played(films, task_of(avoid=[TOY_STORY_3], avoid_told="history", n_valid=1), reply(TOY_STORY))
    assert "Toy Story 3" not in silent.heard[0]
    assert silent.histories == [[TOY_STORY_3]]
