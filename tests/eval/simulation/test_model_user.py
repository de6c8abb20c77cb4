"""The user a model speaks for: what it is told, what is done with what it says, and what happens where it fails."""

import asyncio
import json
from typing import Any

from fakes import ScriptedLLM
from simulated import FUTURE, TOY_STORY, TOY_STORY_3, Scripted, reply, task_of, world_of

from errors import ModelUnavailable
from eval.simulation.model_user import ModelUser
from eval.simulation.persona import rules
from eval.simulation.play import play
from eval.simulation.system import Reply
from eval.simulation.task import Task
from retrieval.bundle import Bundle


def said(move: str, text: str, item: int | None = None) -> str:
    return json.dumps({"move": move, "item": item, "text": text})


def played(films: Bundle, model: ScriptedLLM, task: Task, *replies: Reply) -> tuple[dict[str, Any], Scripted]:
    world, system = world_of(films), Scripted(*replies)
    return asyncio.run(play(task, ModelUser(task, world, 0, model), system, world)), system


def test_it_is_told_what_is_wanted_but_no_title(films: Bundle) -> None:
    told = rules(task_of(), world_of(films))
    assert "Tom Hanks" in told
    assert "Toy Story" not in told
    with ScriptedLLM(said("open", "Something funny with Tom Hanks?"), said("accept", "That one.", 1)) as model:
        played(films, model, task_of(), reply(TOY_STORY, text="Here."))
    assert not any("Toy Story" in str(asked["messages"]) for asked in model.asked)


def test_its_words_are_sent_and_its_choice_is_judged_by_the_rows(films: Bundle) -> None:
    with ScriptedLLM(said("open", "Something funny?"), said("accept", "The first.", 1)) as model:
        line, system = played(films, model, task_of(), reply(FUTURE, TOY_STORY))
    assert system.heard == ["Something funny?"]
    assert (line["reward"], line["flags"]["taken"], line["flags"]["by_model"]) == (0, [FUTURE], 2)


def test_a_fault_is_repaired_once(films: Bundle) -> None:
    replies = ["I would like a comedy", said("open", "A comedy?"), said("accept", "It.", 9), said("accept", "It.", 2)]
    with ScriptedLLM(*replies) as model:
        line, _ = played(films, model, task_of(), reply(FUTURE, TOY_STORY))
    assert (line["reward"], line["flags"]["fallbacks"]) == (1, 0)
    assert "no JSON" in model.asked[1]["messages"][-1]["content"]


def test_the_agenda_speaks_where_the_model_fails(films: Bundle) -> None:
    with ScriptedLLM("?", "?", ModelUnavailable("gone")) as model:
        line, system = played(films, model, task_of(), reply(TOY_STORY))
    assert (line["reward"], line["flags"]["fallbacks"], line["flags"]["by_model"]) == (1, 2, 0)
    assert "Tom Hanks" in system.heard[0]


def test_it_may_tell_what_the_task_reveals_and_no_more(films: Bundle) -> None:
    task = task_of(n_opening=1, reveal="on_rejection")
    answers = [said("open", "A comedy?"), said("reject", "With Tom Hanks, please."), said("accept", "Yes.", 1)]
    with ScriptedLLM(*answers) as model:
        line, _ = played(films, model, task, reply(FUTURE), reply(TOY_STORY))
    asked = [request["messages"][-1]["content"] for request in model.asked]
    assert "Tom Hanks" not in asked[0]
    assert "Tom Hanks" in asked[1]
    assert line["reward"] == 1


def test_it_gathers_several_and_its_patience_ends(films: Bundle) -> None:
    two = [said("open", "Two comedies?"), said("accept", "One.", 1), said("accept", "And this.", 2)]
    with ScriptedLLM(*two) as model:
        line, _ = played(films, model, task_of(n_wanted=2), reply(TOY_STORY), reply(FUTURE, TOY_STORY_3))
    assert (line["reward"], line["flags"]["taken"]) == (1, [TOY_STORY, TOY_STORY_3])
    with ScriptedLLM(*[said("reject", "No.")] * 12) as model:
        line, _ = played(films, model, task_of(patience=3), reply(FUTURE))
        model._replies.clear()
    assert line["flags"]["end"] == "give_up"


def test_a_title_it_makes_out_is_a_leak(films: Bundle) -> None:
    with ScriptedLLM(said("open", "Toy Story?"), said("accept", "Yes.", 1)) as model:
        line, _ = played(films, model, task_of(), reply(TOY_STORY))
    assert line["flags"]["leaked"]
