"""Example asks: the bank speaks of the catalogue at hand, and a message gets those of its own form."""

import json

import pytest
from planning_briefs import brief_of

from agents.planning.brief import PlanBrief
from agents.planning.draft import draft_from_text
from agents.planning.examples import bank_of, nearest
from agents.planning.prompts import json_messages, plan_schema
from retrieval.bundle import Bundle


@pytest.mark.parametrize("bundle", ["films", "games"])
def test_every_example_is_a_plan_its_own_schema_takes(bundle: str, request: pytest.FixtureRequest) -> None:
    brief = brief_of(request.getfixturevalue(bundle), "something calm")
    schema = plan_schema(brief.fields)
    fields = schema["properties"]["limits"]["items"]["properties"]["field"]["enum"]
    for example in bank_of(brief):
        plan = json.loads(example.answer)
        assert set(plan) == set(schema["required"])
        assert plan["order_by"] in schema["properties"]["order_by"]["enum"]
        assert all(limit["field"] in fields for limit in plan["limits"])
        assert draft_from_text(example.answer) is not None
        assert "film" not in example.said or bundle == "films"


@pytest.mark.parametrize(
    ("text", "shown", "form"),
    [
        ("something like Toy Story but sadder", False, "something like “The Blue Door”"),
        ("more like the second one", True, "more like the second one"),
        ("anything else?", True, "anything else?"),
        ("the highest critic score", False, "the highest"),
        ("Comedy but no Horror, good for children", False, "but no"),
        ("no, I meant Drama instead", True, "I meant"),
        ("I had a terrible week and want something gentle", False, "I had a long day"),
    ],
)
def test_a_message_gets_the_example_of_its_form_last(films: Bundle, text: str, shown: bool, form: str) -> None:
    brief = brief_of(films, text, shown=["tt0133093", "tt0114709"] if shown else None)
    assert form in nearest(brief, 3)[-1].said


def test_the_stable_part_of_the_prompt_is_the_same_for_every_message(films: Bundle) -> None:
    def stable(brief: PlanBrief) -> str:
        return str(json_messages(brief)[0]["content"])

    briefs = [brief_of(films, "a comedy from the nineties"), brief_of(films, "more like that", shown=["tt0133093"])]
    briefs[1].profile = "likes Drama"
    assert stable(briefs[0]) == stable(briefs[1])
    assert "likes Drama" in json_messages(briefs[1])[-1]["content"]
