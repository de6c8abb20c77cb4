"""Playing conversations on the tiny films: what is not as it must be is found, and a run goes on from its file."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from agents.session import Cicerone
from errors import InputError
from eval.conversations.run import play, play_suites, told
from eval.conversations.suite import Conversation, Suite, read_suite, suites_of
from retrieval.bundle import Bundle
from settings import Settings


def conversation(*turns: dict[str, Any], name: str = "one") -> Conversation:
    return Conversation.model_validate({"name": name, "turn": list(turns)})


def failed(films: Bundle, *turns: dict[str, Any]) -> list[dict[str, Any]]:
    agent = Cicerone(films, Settings(planner="basic"))
    found: list[dict[str, Any]] = asyncio.run(play(conversation(*turns), agent))["failed"]
    return found


def test_a_conversation_that_goes_as_expected_passes(films: Bundle) -> None:
    assert not failed(
        films,
        {"say": "a comedy", "limits": ["genres has Comedy"], "every": ["genres has Comedy"], "items": "some"},
        {"do": "dislike #1", "dislikes": ["#1"], "excludes": ["#1"], "same_limits_as": 1},
        {"say": "from the nineties", "fields": ["genres", "year"], "chips": 2, "asked": False},
        {"do": "remove_chip year", "free": ["year"]},
    )


@pytest.mark.parametrize(
    "expectation",
    [
        {"limits": ["genres has Drama"]}, {"fields": ["year"]}, {"free": ["genres"]}, {"chips": 3},
        {"same_limits_as": 0}, {"every": ["genres has Horror"]}, {"some": ["genres has Western"]}, {"items": 1},
        {"includes": ["Alien"]}, {"excludes": ["Toy Story"]}, {"order": "year desc"}, {"about": ["Alien"]},
        {"likes": ["Alien"]}, {"statements": ["Alien"]}, {"asked": True}, {"intent": "help"}, {"notice": True},
    ],
    ids=str,
)  # fmt: skip
def test_every_kind_of_expectation_can_fail(films: Bundle, expectation: dict[str, Any]) -> None:
    found = failed(
        films, {"say": "a comedy with Tom Hanks"} | expectation, {"say": "what can you do?"}, {"say": "undo"}
    )
    assert [failure["turn"] for failure in found] == [1]


def test_a_second_run_takes_what_the_first_had_finished(films: Bundle, tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    turns = [{"say": "a comedy"}, {"say": "more"}, {"say": "undo", "intent": "compare"}]
    suite = Suite(catalog="films", conversation=[conversation(*turns, name="first"), conversation(*turns, name="two")])
    agent = Cicerone(films, Settings(planner="basic"))

    def run(only: str) -> list[dict[str, Any]]:
        return asyncio.run(play_suites({"s": suite}, agent, lambda done, total: None, only=only, out=out))

    run("first")
    kept = json.loads(out.read_text())
    kept["conversations"][0]["ms"] = -1
    out.write_text(json.dumps(kept))
    results = run("")
    assert [result["ms"] == -1 for result in results] == [True, False]
    assert "0 of 2 conversations pass" in told(results)
    with pytest.raises(InputError, match="no earlier run"):
        out.write_text("[]")
        run("")


def test_a_file_with_a_slip_names_it(tmp_path: Path) -> None:
    path = tmp_path / "slip.toml"
    turns = '{ say = "a" }, { say = "b" }, { say = "c", limit = [] }'
    path.write_text(f'catalog = "demo"\n[[conversation]]\nname = "x"\nturn = [{turns}]\n')
    with pytest.raises(InputError, match="limit"):
        read_suite(path)
    with pytest.raises(InputError, match="Choose one of"):
        suites_of("wines")
