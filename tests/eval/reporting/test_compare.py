"""Paired comparison: it finds what is there, not what is not, and says what it would have missed."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from errors import InputError
from eval.reporting import compare_command
from eval.reporting.paired import compare
from eval.reporting.units import Unit


def units(values: np.ndarray, system: str = "s", per_cluster: int = 1, name: str = "m") -> list[Unit]:
    return [Unit(system, str(i), str(i // per_cluster), {name: float(value)}) for i, value in enumerate(values)]


def test_a_true_difference_is_found_with_its_interval() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(2, 1, 120)
    (found,) = compare(units(a), units(a + rng.normal(0.3, 0.5, 120)))
    assert found.difference == pytest.approx(0.3, abs=0.12)
    assert found.interval and found.interval[0] < 0.3 < found.interval[1] and found.interval[0] > 0
    assert found.p < 0.001 and found.p_sign < 0.01 and found.better > found.worse
    assert found.smallest == pytest.approx(2.8 * 0.5 / np.sqrt(120), rel=0.2)


def test_chance_alone_is_called_so_about_one_time_in_twenty() -> None:
    rng = np.random.default_rng(1)
    found = [compare(units(np.zeros(30)), units(rng.normal(0, 1, 30)))[0].p for _ in range(60)]
    assert sum(p < 0.05 for p in found) <= 9 and max(found) > 0.5


def test_repeats_of_a_task_are_no_new_evidence() -> None:
    d = np.repeat(np.random.default_rng(2).normal(0.4, 1, 12), 10)
    (apart,), (together,) = (compare(units(d * 0, per_cluster=k), units(d, per_cluster=k)) for k in (1, 10))
    assert together.p > 5 * apart.p and together.smallest > 2 * apart.smallest and together.p_sign > apart.p_sign


def test_few_pairs_are_counted_exactly() -> None:
    (found,) = compare(units(np.zeros(6)), units(np.ones(6)))
    assert found.p == found.p_sign == 2 / 64
    assert not compare(units(np.zeros(4)), units(np.ones(4)))


def test_holm_pays_for_every_metric_looked_at() -> None:
    rng = np.random.default_rng(3)
    names = [f"m{i}" for i in range(10)]
    shift = {name: 0.45 if name == "m0" else 0.0 for name in names}
    a = [Unit("a", str(i), str(i), dict.fromkeys(names, 0.0)) for i in range(40)]
    b = [Unit("b", str(i), str(i), {name: rng.normal(shift[name], 1) for name in names}) for i in range(40)]
    found = sorted(compare(a, b), key=lambda one: one.p)
    assert found[0].metric == "m0" and found[0].p_holm == pytest.approx(10 * found[0].p)
    assert all(one.p_holm >= one.p for one in found)
    assert [one.p_holm for one in found] == sorted(one.p_holm for one in found)


def test_what_only_one_side_has_is_left_out() -> None:
    a = units(np.arange(8.0))
    b = [*units(np.arange(8.0) + 1)[:6], Unit("b", "elsewhere", "x", {"m": 9.0}), Unit("b", "7", "7", {"other": 1.0})]
    (found,) = compare(a, b)
    assert (found.n, found.better, found.worse) == (6, 6, 0)


def lines(path: Path, scores: list[float | None]) -> Path:
    told = [
        {"dialogue_id": str(i), "scores": {"overall": s}, "turns": [{"turn": 2, "relevance": s}]}
        for i, s in enumerate(scores)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in told))
    return path


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    compare_command.add_arguments(parser.add_subparsers())
    args = parser.parse_args(["compare", *words])
    return int(args.evaluate(args, lambda: None))


@pytest.mark.parametrize(("by", "metric"), [("dialogue", "overall"), ("turn", "relevance")])
def test_the_command_tells_the_difference(
    by: str, metric: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = lines(tmp_path / "a.jsonl", [1.0] * 9 + [None]), lines(tmp_path / "b.jsonl", [2.0] * 8 + [1.0, 3.0])
    assert run(str(a), str(b), "--by", by, "--out", str(tmp_path / "out.json")) == 0
    said = capsys.readouterr().out
    assert f"| {metric} | 9 | 1.000 | 1.889 | +0.889 |" in said and f"Surely different (Holm, 5 %): {metric}" in said
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["rows"][metric]["better"] == 8 and set(told["inputs"]) == {"a.jsonl", "b.jsonl"}


def test_what_cannot_be_paired_is_said(tmp_path: Path) -> None:
    a = lines(tmp_path / "a.jsonl", [1.0] * 9)
    (tmp_path / "t.json").write_text('{"rows": {"x": {"R@10": 1}}}')
    with pytest.raises(InputError, match="holds means only"):
        run(str(a), str(tmp_path / "t.json"))
    few = lines(tmp_path / "f.jsonl", [1.0] * 3)
    with pytest.raises(InputError, match="fewer than 5 dialogues"):
        run(str(a), str(few))
    (tmp_path / "two.jsonl").write_text(a.read_text() * 2)
    with pytest.raises(InputError, match="more than once"):
        run(str(a), str(tmp_path / "two.jsonl"))
