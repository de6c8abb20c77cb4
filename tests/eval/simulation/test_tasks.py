"""Tasks from the rows of any catalogue: what they promise is so, and the same seed makes the same ones."""

from typing import Any

import pytest

from eval.simulation.generate import TaskMaker
from eval.simulation.phrases import phrases
from eval.simulation.task import Task, broken, meets
from retrieval.bundle import Bundle
from retrieval.items import Field, Filter, Role


def tasks_of(bundle: Bundle, n: int = 30, seed: int = 0) -> list[Task]:
    return TaskMaker(bundle.catalog, has_history=True).tasks(n, seed)


@pytest.fixture(params=["films", "games"])
def bundle(request: pytest.FixtureRequest) -> Bundle:
    found: Bundle = request.getfixturevalue(request.param)
    return found


def test_the_same_seed_makes_the_same_tasks_and_another_others(bundle: Bundle) -> None:
    assert tasks_of(bundle) == tasks_of(bundle)
    assert tasks_of(bundle) != tasks_of(bundle, seed=1)


def test_the_rows_bear_out_how_many_answers_a_task_has(bundle: Bundle) -> None:
    every = bundle.catalog.items(range(bundle.catalog.n_items))
    tasks = tasks_of(bundle)
    for task in tasks:
        fit = {item.item_id for item in every if not broken(item.values, task.limits, bundle.catalog.fields)}
        assert len(fit - set(task.avoid)) == task.n_valid
        assert set(task.targets) <= fit
        assert set(task.avoid) <= fit
        assert bool(task.avoid) == bool(task.avoid_told)
        assert task.n_wanted <= max(1, task.n_valid)
    assert {task.reveal for task in tasks} == {"at_once", "on_asking", "on_rejection"}
    assert any(task.n_valid == 0 for task in tasks)
    assert any(task.avoid for task in tasks)


def test_what_is_held_back_matters(bundle: Bundle) -> None:
    held = [task for task in tasks_of(bundle) if task.reveal != "at_once" and task.solvable]
    assert held
    for task in held:
        told = bundle.catalog.select(task.limits[: task.n_opening]).rows
        assert task.n_opening < len(task.limits)
        assert len(told) >= 4 * task.n_valid


def test_every_limit_of_a_task_can_be_said(bundle: Bundle) -> None:
    for task in tasks_of(bundle):
        for given in task.limits:
            ways = phrases(given, bundle.catalog.fields[given.field])
            assert any(not way.before for way in ways)
            assert all(way.text.strip() for way in ways)


def number(unit: str = "", label: str = "runtime", low: float = 0, high: float = 300) -> Field:
    return Field(name="f", role=Role.NUMBER, label=label, unit=unit, low=low, high=high)


@pytest.mark.parametrize(
    ("field", "op", "value", "said"),
    [
        (number("min"), "lte", 120, "under two hours"),
        (number("year", "year", 1900, 2020), "between", [1990, 1999], "from the 90s"),
        (number("year", "published year", 1900, 2020), "gte", 2000, "published after 1999"),
        (number("usd", "price"), "lte", 20, "under $20"),
        (number("pages", "pages"), "gte", 300, "with at least 300 pages"),
        (number("", "cylinders", 3, 16), "lte", 6, "with 6 or fewer cylinders"),
        (number("%", "critic score"), "gte", 80, "with a critic score of at least 80%"),
        (Field(name="f", role=Role.DATE, label="on sale"), "between", ["2021-01-01", "2021-12-31"], "on sale in 2021"),
        (Field(name="f", role=Role.PERSON, many=True, label="directors"), "contains", "Ida Lupino",
         "directed by Ida Lupino"),
        (Field(name="f", role=Role.FACET, many=True, label="languages"), "not_contains", "French", "not in French"),
        (Field(name="f", role=Role.FACET, label="garden", n_values=2), "eq", "no", "without garden"),
    ],
)  # fmt: skip
def test_limits_are_said_as_people_say_them(field: Field, op: Any, value: Any, said: str) -> None:
    assert said in [way.text for way in phrases(Filter(field="f", op=op, value=value), field)]


@pytest.mark.parametrize(
    ("value", "op", "wanted", "role", "fits"),
    [
        (120, "lte", 120, Role.NUMBER, True),
        (121, "lte", 120, Role.NUMBER, False),
        (None, "lte", 120, Role.NUMBER, False),
        (1995, "between", [1990, 1999], Role.NUMBER, True),
        (4, "eq", 6, Role.NUMBER, False),
        ("2021-05-01", "between", ["2021-01-01", "2021-12-31"], Role.DATE, True),
        ("2020-12-31", "gte", "2021-01-01", Role.DATE, False),
        (["Comedy", "War"], "contains", "comedy", Role.FACET, True),
        (["Amélie"], "contains", "amelie", Role.PERSON, True),
        (["Comedy"], "not_contains", "Comedy", Role.FACET, False),
        (None, "not_contains", "Comedy", Role.FACET, False),
    ],
)
def test_an_item_is_judged_by_its_row(value: Any, op: Any, wanted: Any, role: Role, fits: bool) -> None:
    given = Filter(field="f", op=op, value=wanted)
    assert meets(value, given, Field(name="f", role=role, label="f")) is fits
