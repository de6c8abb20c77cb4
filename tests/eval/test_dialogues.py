"""Dialogues are read strictly, and what may be missing may be missing."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from eval.dialogues import Dialogue, Utterance, exchanges, read_dialogues


def one(**changes: Any) -> dict[str, Any]:
    turns = [{"role": "user", "text": "Hello"}, {"role": "assistant", "text": "Try Heat (1995)", "items": ["tt1", 2]}]
    return {"dialogue_id": "d1", "system": "a", "turns": turns, "labels": {"overall": [3, 4]}} | changes


def written(folder: Path, *lines: Any) -> Path:
    path = folder / "dialogues.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_a_dialogue_keeps_its_turns_items_and_annotators(tmp_path: Path) -> None:
    (read,) = read_dialogues(written(tmp_path, one()))
    assert read.turns[1] == Utterance("assistant", "Try Heat (1995)", ("tt1", "2"))
    assert read.labels == {"overall": (3.0, 4.0)}
    assert read.label("overall") == 3.5
    assert read.label("fluency") is None


def test_labels_items_texts_and_turns_may_be_missing(tmp_path: Path) -> None:
    turns = [{"role": "assistant", "text": ""}, {"role": "user", "text": None, "labels": {"satisfaction": 4}}]
    bare = one(labels=None, turns=turns)
    empty = one(dialogue_id=7, turns=[], labels={"overall": None})
    read = read_dialogues(written(tmp_path, bare, empty))
    assert [turn.text for turn in read[0].turns] == ["", ""]
    assert read[0].turns[1].labels == {"satisfaction": (4.0,)}
    assert (read[1].dialogue_id, read[1].label("overall")) == ("7", None)


def test_a_packed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "dialogues.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(one()).encode()))
    assert len(read_dialogues(path)) == 1


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "nested too deep"),
        ([1], "not a JSON object"),
        (one(dialogue_id="d2", turns="x"), '"turns" must be a list'),
        (one(dialogue_id="d2", turns=[{"role": "system", "text": ""}]), 'the "role" of turn 1'),
        (one(dialogue_id="d2", turns=[{"role": "user", "text": 3}]), 'the "text" of turn 1'),
        (one(dialogue_id="d2", turns=[{"role": "user", "text": "", "items": "tt1"}]), 'the "items" of turn 1'),
        (one(dialogue_id="d2", labels={"overall": "good"}), 'the label "overall" of the dialogue'),
        (one(dialogue_id="d2", labels={"overall": [True]}), 'the label "overall" of the dialogue'),
        (one(dialogue_id="", turns=[]), '"dialogue_id" must be a text'),
        (one(dialogue_id="d2", system=None), '"system" must be a text'),
        (one(), "repeats the dialogue_id of line 1"),
    ],
)
def test_a_bad_line_is_named_by_its_number_in_the_file(tmp_path: Path, bad: Any, said: str) -> None:
    with pytest.raises(InputError, match="Line 3 of") as caught:
        read_dialogues(written(tmp_path, one(), "", bad))
    assert said in str(caught.value)


def test_a_file_without_dialogues_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no dialogue"):
        read_dialogues(written(tmp_path, ""))


def test_turns_of_one_side_in_a_row_are_one_exchange() -> None:
    said: list[tuple[Any, str]] = [("assistant", "Hi"), ("user", "a"), ("user", "b"), ("assistant", "c"), ("user", "d")]
    found = exchanges(Dialogue("d", "s", tuple(Utterance(role, text) for role, text in said)))
    assert [(e.asked, e.reply, e.reaction) for e in found] == [("", "Hi", "a\nb"), ("a\nb", "c", "d")]
    assert exchanges(Dialogue("d", "s", ())) == []
