"""Files of turns: a line out for a line in, in order, and a run that was cut short goes on where it stopped."""

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from fake_agent import FakeAgent

from errors import InputError
from ui.batch import run_batch


class Counting(FakeAgent):
    """Knows what it was asked; as the real one, it refuses what is no line."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []

    async def recommend(self, raw: Any, *, k: int = 10, full: bool = True) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise InputError("The line is no object.")
        self.asked.append(raw.get("id"))
        return await super().recommend(raw, k=k, full=full)


def write(path: Path, *lines: Any) -> Path:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def answers(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def run(source: Path, out: Path, k: int = 3) -> tuple[tuple[int, int], Counting, list[tuple[int, int]]]:
    agent, steps = Counting(), list[tuple[int, int]]()
    done = asyncio.run(run_batch(agent, source, out, k, lambda *step: steps.append(step)))  # type: ignore[arg-type]
    return done, agent, steps


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "in.jsonl", {"id": "c", "query": "x"}, {"id": "a", "query": "y"}, {"id": "b", "query": "z"})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def test_every_line_is_answered_in_the_order_of_the_input(source: Path, out: Path) -> None:
    done, _, steps = run(source, out)
    assert done == (3, 0)
    assert [answer["id"] for answer in answers(out)] == ["c", "a", "b"]
    assert [len(answer["items"]) for answer in answers(out)] == [3, 3, 3]
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_line_may_ask_for_its_own_number(tmp_path: Path, out: Path) -> None:
    run(write(tmp_path / "in.jsonl", {"query": "x", "k": 1}, {"query": "x"}), out, k=2)
    assert [len(answer["items"]) for answer in answers(out)] == [1, 2]


def test_lines_without_an_id_are_numbered_and_blank_ones_skipped(tmp_path: Path, out: Path) -> None:
    run(write(tmp_path / "in.jsonl", {"query": "x"}, "", "  ", {"query": "y"}), out)
    assert [answer["id"] for answer in answers(out)] == [0, 1]


def test_a_half_written_line_is_cut_and_answered_again(source: Path, out: Path) -> None:
    run(source, out)
    whole = out.read_bytes()
    out.write_bytes(whole[:-20])
    done, agent, steps = run(source, out)
    assert done == (1, 0)
    assert agent.asked == ["b"]
    assert steps == [(3, 3)]
    assert out.read_bytes() == whole


def test_a_finished_file_stays_as_it_is(source: Path, out: Path) -> None:
    run(source, out)
    whole = out.read_bytes()
    done, agent, _ = run(source, out)
    assert done == (0, 0)
    assert not agent.asked
    assert out.read_bytes() == whole


@pytest.mark.parametrize(
    "held",
    [
        '{"id": "a", "items": []}\n',
        '{"id": "c", "items": []}\n{"id": "b", "items": []}\n',
        "".join(f'{{"id": "{i}", "items": []}}\n' for i in "cabd"),
        '{"id": "c", "query": "the input itself"}\n',
        "my diary\n",
        "[1, 2]\n",
        "\n",
    ],
    ids=["first", "second", "too many", "no answers", "no JSON", "no object", "blank"],
)
def test_what_holds_something_else_is_refused_and_left_alone(source: Path, out: Path, held: str) -> None:
    out.write_text(held)
    with pytest.raises(InputError, match=r"out\.jsonl holds answers to another input \(line \d\)\. Delete it or"):
        run(source, out)
    assert out.read_text() == held


BAD = ['{"id": "b', "nonsense", "[1]", "null", "[" * 100_000, '{"id": "d", "filters": [{"field": "no", "op": "eq"}]}']


@pytest.mark.parametrize("bad", BAD, ids=["cut", "no JSON", "a list", "null", "too deep", "no such field"])
def test_a_bad_line_gets_an_error_and_the_run_goes_on(tmp_path: Path, out: Path, bad: str) -> None:
    source = write(tmp_path / "in.jsonl", {"id": "a"}, bad, {"id": "c"})
    done, _, _ = run(source, out)
    first, second, third = answers(out)
    assert done == (3, 1)
    assert first["items"]
    assert third["items"]
    assert second["items"] == []
    assert second["error"]
    assert second["id"] in (1, "d")
    assert run(source, out)[0] == (0, 0)


def test_ids_of_any_kind_come_back_as_they_were(tmp_path: Path, out: Path) -> None:
    ids = [7, "é", "\ud800", None, [1], {"a": "b"}, "line\u2028break"]
    source = write(tmp_path / "in.jsonl", *({"id": i, "query": "x"} for i in ids))
    run(source, out)
    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == ids
    assert run(source, out)[0] == (0, 0)


def test_a_compressed_input_is_read(source: Path, tmp_path: Path, out: Path) -> None:
    packed = tmp_path / "in.jsonl.gz"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    assert run(packed, out)[0] == (3, 0)
    assert [answer["id"] for answer in answers(out)] == ["c", "a", "b"]


def test_a_broken_input_is_named(source: Path, tmp_path: Path, out: Path) -> None:
    packed = gzip.compress(source.read_bytes())
    for name, data in (
        ("half.gz", packed[:-12]),
        ("plain.gz", b"{}"),
        ("hurt.gz", packed[:12] + b"\xff" * 8 + packed[20:]),
        ("latin.jsonl", b"\xe9\n"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=f"{name} cannot be read"):
            run(tmp_path / name, out)
    with pytest.raises(InputError, match="nowhere.jsonl cannot be read"):
        run(tmp_path / "nowhere.jsonl", out)
    assert not out.exists()


def test_an_output_that_cannot_be_written_is_named(source: Path, tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "no" / "such" / "folder.jsonl"):
        with pytest.raises(InputError, match=f"{out.name} cannot be written"):
            run(source, out)
