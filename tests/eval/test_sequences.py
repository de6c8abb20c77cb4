"""Reading sequences: order, texts, who is left out, what is refused."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from eval.sequences import Sequences, read_interactions, read_sequences


def folder(path: Path, lines: list[str], items: list[dict[str, Any]]) -> Path:
    (path / "sequences.txt.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    (path / "items.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, items)).encode()))
    return path


def taken(data: Sequences) -> dict[str, list[str]]:
    return {u: [data.items[i] for i in sequence] for u, sequence in zip(data.users, data.taken, strict=True)}


def test_a_folder_is_read_in_its_order_with_what_is_said_of_items(tmp_path: Path) -> None:
    items: list[dict[str, Any]] = [
        {"item_id": "b", "title": "Blue pen", "kinds": [["Office", "Pens"]], "n": 3},
        {"item_id": "z"},
    ]
    data = read_sequences(folder(tmp_path, ["u1 c a b", "", "u2 a b", "u3 b c a x"], items))
    assert taken(data) == {"u1": ["c", "a", "b"], "u3": ["b", "c", "a", "x"]}
    assert dict(zip(data.items, data.texts, strict=True)) == {
        "b": "Blue pen Office Pens", "z": "", "c": "", "a": "", "x": "",
    }  # fmt: skip


def test_what_is_held_out(tmp_path: Path) -> None:
    data = read_sequences(folder(tmp_path, ["u a b c d"], []))
    assert [data.items[i] for i in data.histories(1)[0]] == ["a", "b", "c"]
    assert [data.items[i] for i in data.histories(2)[0]] == ["a", "b"]
    assert [data.items[data.targets(n)[0]] for n in (1, 2)] == ["d", "c"]


def test_interactions_are_put_in_time_order_each_item_once(tmp_path: Path) -> None:
    rows = ["userId,movieId,rating,timestamp", "2,7,5,30", "1,5,1,9", "2,8,4,10", "2,9,3,20", "2,7,5,40", "1,6,1,8"]
    (tmp_path / "r.csv").write_text("\n".join(rows))
    assert taken(read_interactions(tmp_path / "r.csv")) == {"2": ["8", "9", "7"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [("a,b\n1,2", "must have the columns user, item and timestamp"), ("user,item,timestamp\n1,2,3", "three items")],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_interactions(tmp_path / "r.csv")


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no sequences.txt.gz beside items.jsonl.gz"):
        read_sequences(tmp_path)
    with pytest.raises(InputError, match=r"readable CSV"):
        read_interactions(tmp_path / "missing.csv")
