"""Systems of every kind on the same tasks, runs that go on, and the two commands."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from simulated import FUTURE, TOY_STORY, Scripted, reply, task_of, world_of

from agents.session import Cicerone
from errors import InputError
from eval.dialogues import read_dialogues
from eval.simulation.agenda import AgendaUser
from eval.simulation.agent_system import AgentSystem
from eval.simulation.bad_arm import N_SAMPLES, came_last, played_badly
from eval.simulation.commands import system_of
from eval.simulation.generate import TaskMaker
from eval.simulation.other_systems import ChatSystem, FixedSystem
from eval.simulation.play import play
from eval.simulation.run import Run, run
from eval.simulation.system import System
from retrieval.bundle import Bundle
from settings import Settings


def run_of(films: Bundle, system: System, n_repeats: int = 2) -> Run:
    world = world_of(films)
    tasks = [task_of(), task_of(task_id="films-0-1", reveal="on_rejection", n_opening=1)]
    return Run(tasks, n_repeats, world, system, lambda task, seed: AgendaUser(task, world, seed))


def nothing(done: int, total: int) -> None:
    pass


def agent_of(films: Bundle) -> Cicerone:
    return Cicerone(films, Settings(planner="basic"))


def test_the_agent_is_met_as_people_meet_it(films: Bundle, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    lines = asyncio.run(run(run_of(films, AgentSystem(agent_of(films))), out, nothing))
    assert [line["reward"] for line in lines] == [1, 1, 1, 1]
    read = read_dialogues(out)
    assert [dialogue.dialogue_id for dialogue in read] == ["films-0-0-0", "films-0-0-1", "films-0-1-0", "films-0-1-1"]
    assert read[0].task == task_of().model_dump(mode="json")
    account = next(turn.account for turn in read[0].turns if turn.role == "assistant")
    assert account is not None
    assert account.shown


def test_a_history_is_clicked_and_never_shown(films: Bundle) -> None:
    task = task_of(avoid=[TOY_STORY], avoid_told="history", n_valid=1, targets=[])
    world = world_of(films)
    line = asyncio.run(play(task, AgendaUser(task, world, 0), AgentSystem(agent_of(films)), world))
    assert (line["reward"], line["flags"]["avoided_shown"]) == (1, 0)


def test_a_run_goes_on_where_it_stopped_and_refuses_another_runs_file(films: Bundle, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    whole = asyncio.run(run(run_of(films, Scripted(reply(TOY_STORY))), out, nothing))
    text = out.read_text(encoding="utf-8").splitlines(keepends=True)
    out.write_text("".join(text[:2]) + text[2][:40], encoding="utf-8")
    again = Scripted(reply(TOY_STORY))
    assert asyncio.run(run(run_of(films, again), out, nothing)) == whole
    assert len(again.histories) == 2
    other = run_of(films, AgentSystem(agent_of(films)))
    with pytest.raises(InputError, match="another run"):
        asyncio.run(run(other, out, nothing))


def test_recommenders_that_do_not_listen_come_last(games: Bundle) -> None:
    world = world_of(games)
    tasks = TaskMaker(games.catalog, has_history=False).tasks(12, 0)

    def user_of(task: Any, seed: int) -> AgendaUser:
        return AgendaUser(task, world, seed)

    bad = asyncio.run(played_badly(tasks, world, user_of))
    assert sorted(bad) == ["popular", "random", "repeats"]
    best = [{"task": task.model_dump(), "reward": 1, "system": "best"} for task in tasks]
    assert came_last(best, bad) > 0.9 * N_SAMPLES
    assert came_last(bad["random"], bad) == 0


def test_a_server_is_met_through_its_chat_door(films: Bundle) -> None:
    asked: list[dict[str, Any]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(json.loads(request.content))
        item = {"item_id": TOY_STORY, "title": "Toy Story", "score": 1, "breaks": []}
        return httpx2.Response(200, json={"thread_id": "t", "reply": "This one.", "items": [item], "notices": []})

    async def talk() -> dict[str, Any]:
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
        system = ChatSystem("http://127.0.0.1:1/", films.catalog, client)
        task, world = task_of(avoid=[FUTURE], avoid_told="history", asks="year"), world_of(films)
        return await play(task, AgendaUser(task, world, 0), system, world)

    line = asyncio.run(talk())
    assert line["reward"] == 1
    assert asked[0]["message"] == "I already know Back to the Future."
    assert [body.get("thread_id") for body in asked] == [None, "t", "t"]


def test_replies_written_down_before_are_judged_as_they_are(films: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "fixed.jsonl"
    turns = [{"role": "user", "text": "?"}, {"role": "assistant", "text": "This.", "items": [TOY_STORY]}]
    path.write_text(json.dumps({"dialogue_id": "films-0-0-0", "system": "x", "turns": turns}), encoding="utf-8")
    task, world, system = task_of(), world_of(films), FixedSystem(path)
    assert asyncio.run(play(task, AgendaUser(task, world, 0), system, world))["reward"] == 1
    missing = asyncio.run(play(task, AgendaUser(task, world, 0), system, world, repeat=1))
    assert missing["reward"] == 0
    assert "films-0-0-1" in missing["flags"]["error"]


def test_a_system_nobody_knows_is_refused(films: Bundle) -> None:
    with pytest.raises(InputError, match="random, popular, repeats"):
        system_of("best", agent_of(films))
