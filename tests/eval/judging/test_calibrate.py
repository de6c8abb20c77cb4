"""The judge is fitted on other folds only, and beats what tells nothing."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from dialogue_of import dialogue_of
from hashing_embedder import HashingEmbedder

from errors import InputError
from eval.agreement import pearson
from eval.dialogues import Dialogue
from eval.judging import commands
from eval.judging.calibrate import calibrate
from eval.judging.evidence import Evidence, texts
from eval.judging.meanings import Meanings
from eval.judging.tables import agreement_table

GOOD = ("Recommend a comedy", "How about Big (1988)", "Thanks, great idea", "You are welcome")
BAD = ("Recommend a comedy", "I hope you like it", "You keep repeating the same", "I hope you like it")


def labelled(n: int = 40, n_systems: int = 4) -> list[Dialogue]:
    """Half of them good, in every system."""
    made = []
    for i in range(n):
        good = (i // n_systems) % 2
        marks = {"overall": (4.0 + i % 2, 5.0) if good else (1.0, 1.0 + i % 2), "odd": (3.0,)}
        made.append(dialogue_of(*(GOOD if good else BAD), name=f"d{i}", system=f"s{i % n_systems}", labels=marks))
    return made


@pytest.mark.parametrize("by", ["system", "dialogue"])
def test_good_and_bad_are_told_apart_in_folds_never_seen(by: str) -> None:
    found = calibrate(labelled(), "overall", "system" if by == "system" else "dialogue")
    assert pearson(found.predicted["judge"], found.labels) > 0.9
    assert ("mean of the system" in found.predicted) == (by == "dialogue")
    assert set(found.folds) == ({"s0", "s1", "s2", "s3"} if by == "system" else {str(i) for i in range(10)})


def test_a_fold_never_sees_its_own_labels() -> None:
    told = labelled()
    secret = {"overall": (100.0,)}
    changed = [Dialogue(d.dialogue_id, d.system, d.turns, secret) if d.system == "s0" else d for d in told]
    before, after = (calibrate(dialogues, "overall", "system") for dialogues in (told, changed))
    mine = before.systems == "s0"
    for name in ("judge", "words (TF-IDF ridge)"):
        assert before.predicted[name][mine] == pytest.approx(after.predicted[name][mine])
        assert before.predicted[name][~mine] != pytest.approx(after.predicted[name][~mine])


def test_axes_of_vectors_come_from_other_folds() -> None:
    block = np.random.default_rng(0).normal(size=(30, 40))
    tested = np.arange(30) < 5
    other = block.copy()
    other[:5] *= 50
    rows = [Evidence(np.zeros((30, 1)), [one]).split(tested)[0] for one in (block, other)]
    assert rows[0] == pytest.approx(rows[1])
    assert rows[0].shape == (25, 9)


def test_sentence_vectors_are_evidence_even_of_empty_dialogues() -> None:
    found = Meanings(HashingEmbedder())([dialogue_of(*GOOD), dialogue_of(), dialogue_of("", "")])
    assert np.isfinite(found.columns).all()
    assert [block.shape for block in found.blocks] == [(3, 256), (3, 256)]
    assert not found.blocks[0][1].any()


def test_the_table_shows_people_against_each_other() -> None:
    told = labelled()
    rows = agreement_table(calibrate(told, "overall", "dialogue"), "overall", by_system=False, n=50)
    assert float(rows["judge"]["Pearson"]) > 0.9
    assert rows["length"]["kappa"] == ""
    people = rows["one annotator against the others"]
    assert people["n"] == 80
    assert float(people["alpha"]) > 0.5


def test_labels_that_never_vary_give_no_numbers_and_no_error() -> None:
    rows = agreement_table(calibrate(labelled(), "odd", "dialogue"), "odd", by_system=False, n=20)
    assert rows["judge"]["Spearman"] == rows["judge"]["Spearman, 95 %"] == ""
    assert "one annotator against the others" not in rows


@pytest.mark.parametrize(
    ("dialogues", "target", "said"),
    [
        (labelled(), "beauty", "labelled odd, overall"),
        (labelled(8), "overall", "Only 8 dialogues"),
        (labelled(30, 1), "overall", "of one system"),
        ([dialogue_of("a")], "overall", "none carries any label"),
    ],
)
def test_what_cannot_be_calibrated_is_said(dialogues: Sequence[Dialogue], target: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        calibrate(dialogues, target, "system", [texts])


def test_the_command_writes_a_line_a_dialogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(json.dumps(raw(one)) for one in labelled()), encoding="utf-8")
    args = parsed("calibrate", str(source), "--no-vectors", "--out", str(out))
    assert commands.calibrate(args, pytest.fail) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == 40
    assert list(lines[0]) == ["dialogue_id", "system", "fold", "predicted", "label"]
    assert lines[0]["fold"] == lines[0]["system"] == "s0"
    assert "| judge |" in capsys.readouterr().out


def test_a_folder_that_does_not_exist_is_said(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(raw(labelled()[0])), encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        commands.judge(parsed("judge", str(source), "--out", str(tmp_path / "no" / "out.jsonl")), pytest.fail)


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser.add_subparsers(dest="what"))
    return parser.parse_args(words)


def raw(one: Dialogue) -> dict[str, object]:
    turns = [{"role": turn.role, "text": turn.text} for turn in one.turns]
    labels = {name: list(values) for name, values in one.labels.items()}
    return {"dialogue_id": one.dialogue_id, "system": one.system, "turns": turns, "labels": labels}
