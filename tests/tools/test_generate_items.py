"""generate_items: honest evidence, nothing of the history itself, and what is said where it cannot be used."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shelf import shelf_bundle, write_generator

from errors import ToolError
from retrieval.bundle import Bundle
from retrieval.semantic_ids.served import open_generator
from tools import GENERATE_ITEMS, call_tool
from tools.spec import ToolContext, ToolResult


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return shelf_bundle(tmp_path_factory.mktemp("shelf"))


def generate(bundle: Bundle, **args: Any) -> ToolResult:
    return GENERATE_ITEMS.call(args, ToolContext(bundle))


def test_everything_but_the_history_comes_out_once_best_first(shelf: Bundle) -> None:
    found = generate(shelf, history=["c", "a"])
    assert sorted(hit.item_id for hit in found.hits) == sorted(set("abcdefgh") - {"a", "c"})
    assert [hit.why["place"] for hit in found.hits] == [1, 2, 3, 4, 5, 6]
    logs = [hit.why["generated"] for hit in found.hits]
    assert logs == sorted(logs, reverse=True)
    assert all(log < 0 for log in logs)


def test_evidence_names_the_latest_of_the_history_and_the_one_most_alike_in_codes(shelf: Bundle) -> None:
    # Items are alike in their first code by fours (a–d, e–h), in their second by pairs.
    why = {hit.item_id: hit.why for hit in generate(shelf, history=["c", "a", "e"]).hits}
    assert all(evidence["after"] == "e" for evidence in why.values())
    assert why["b"]["like"] == "a"
    assert why["d"]["like"] == "c"
    assert why["f"]["like"] == why["h"]["like"] == "e"
    assert why["b"]["codes"][:2] == [0, 0]
    assert "like" not in {hit.item_id: hit.why for hit in generate(shelf, history=["a"]).hits}["h"]


def test_the_order_of_a_history_matters(shelf: Bundle) -> None:
    def logs(*history: str) -> list[float]:
        found = {hit.item_id: hit.why["generated"] for hit in generate(shelf, history=list(history)).hits}
        return [found[item_id] for item_id in sorted(found)]

    assert not np.allclose(logs("a", "h"), logs("h", "a"))


def test_of_an_item_taken_twice_the_later_time_counts(shelf: Bundle) -> None:
    twice, once = generate(shelf, history=["a", "h", "a"]), generate(shelf, history=["h", "a"])
    assert [hit.why for hit in twice.hits] == [hit.why for hit in once.hits]
    assert twice.hits[0].why["after"] == "a"


def test_a_query_counts_only_where_it_was_trained_for(shelf: Bundle) -> None:
    plain, told = generate(shelf, history=["a"]), generate(shelf, history=["a"], query="kettle")
    assert [hit.why for hit in told.hits] == [hit.why for hit in plain.hits]
    assert "not trained on requests" in told.note
    with pytest.raises(ToolError, match="oldest first"):
        generate(shelf, query="kettle")
    assert shelf.generator is not None
    about = dataclasses.replace(shelf.generator.about, settings={"asked": 0.2})
    hearing = dataclasses.replace(shelf, generator=dataclasses.replace(shelf.generator, about=about))  # type: ignore[type-var]
    assert [hit.why for hit in generate(hearing, history=["a"], query="kettle").hits] != [h.why for h in plain.hits]
    with pytest.raises(ToolError, match="oldest first"):
        generate(hearing, query="  ")
    alone = generate(hearing, query="kettle")
    assert len(alone.hits) == 8
    assert not any("after" in hit.why or "like" in hit.why for hit in alone.hits)


def test_unknown_items_are_noted_and_none_left_is_an_error(shelf: Bundle) -> None:
    assert generate(shelf, history=["zz", "a"]).note == "Not in the catalogue: zz."
    with pytest.raises(ToolError, match="Not in the catalogue: zz"):
        generate(shelf, history=["zz"])
    assert len(generate(shelf, history=["a", *(f"{i}" * 500 for i in range(9))]).note) < 400
    with pytest.raises(ToolError, match="oldest first"):
        generate(shelf)


def test_a_bundle_without_a_model_says_who_knows_why(games: Bundle) -> None:
    assert games.generator is None
    with pytest.raises(ToolError, match="doctor says why"):
        call_tool("generate_items", {"history": ["g01"]}, ToolContext(games))


@pytest.mark.parametrize(
    ("ids", "facts", "damage"),
    [(["a", "b"], {"why_off": "It adds nothing."}, False), (["b", "a"], {}, False), (["a", "b"], {}, True)],
    ids=["switched off", "of other items", "damaged"],
)
def test_a_model_that_cannot_be_used_is_as_good_as_none(
    tmp_path: Path, ids: list[str], facts: dict[str, Any], damage: bool
) -> None:
    write_generator(tmp_path, ids, **facts)
    if damage:
        (tmp_path / "encoder.onnx").write_bytes(b"")
    assert open_generator(tmp_path, ["a", "b"]) is None


def test_one_that_can_is_opened(tmp_path: Path) -> None:
    write_generator(tmp_path, ["a", "b"])
    assert open_generator(tmp_path, ["a", "b"]) is not None
