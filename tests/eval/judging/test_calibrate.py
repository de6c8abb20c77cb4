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
from eval.judging.correction_table import correction_table
from eval.judging.evidence import Evidence, evidence, texts
from eval.judging.fitted import load
from eval.judging.kernel import condensed, fit_kernel
from eval.judging.meanings import Meanings
from eval.judging.tables import agreement_table, resolution
from eval.judging.verdicts import Verdicts

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
        moved = after.predicted[name] - before.predicted[name]
        assert moved[mine] == pytest.approx(moved[mine][0])  # the level alone, one number for all
        assert moved[~mine] != pytest.approx(moved[mine][0])


def test_axes_of_vectors_come_from_other_folds() -> None:
    block = np.random.default_rng(0).normal(size=(30, 40))
    tested = np.arange(30) < 5
    other = block.copy()
    other[:5] *= 50
    rows = [Evidence(np.zeros((30, 1)), [one]).split(tested)[0] for one in (block, other)]
    assert rows[0][0] == pytest.approx(rows[1][0])
    assert rows[0][0].shape == (25, 9)


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


def test_no_order_of_systems_comes_from_leaving_them_out() -> None:
    """Dialogues that tell nothing: added to each fold, its level would rank good systems below bad ones."""
    made = [
        dialogue_of("x", "y", name=f"{i}", system=f"s{i % 4}", labels={"overall": (float(i % 4),)}) for i in range(40)
    ]
    for name, predicted in calibrate(made, "overall", "system").predicted.items():
        assert np.ptp(predicted) == pytest.approx(0, abs=1e-9), name


def test_a_judge_that_was_kept_judges_as_it_was_fitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, kept, out = tmp_path / "in.jsonl", tmp_path / "judge.npz", tmp_path / "out.jsonl"
    source.write_text("\n".join(json.dumps(raw(one)) for one in labelled()), encoding="utf-8")
    commands.calibrate(parsed("calibrate", str(source), "--no-vectors", "--save", str(kept)), pytest.fail)
    asked = ["judge", str(source), "--judge", "calibrated", "--fitted", str(kept), "--out", str(out)]
    assert commands.judge(parsed(*asked), pytest.fail) == 0
    scores = np.array([json.loads(line)["scores"]["overall"] for line in out.read_text().splitlines()])
    good = np.array([(i // 4) % 2 for i in range(40)], bool)
    assert 0 <= scores.min() < scores.max() <= 4
    assert scores[good].min() > scores[~good].max()
    assert "calibrated on 40 labelled dialogues" in capsys.readouterr().out
    source.write_bytes(b"no judge")
    with pytest.raises(InputError, match="holds no judge"):
        load(source)


def test_the_shipped_judge_is_fitted_on_the_evidence_that_is_read_today() -> None:
    shipped = load()
    told = evidence([dialogue_of(*GOOD)], [texts, Meanings(HashingEmbedder())])
    assert shipped.kernel.known[0].shape[1] == told.columns.shape[1] + sum(len(main) for _, main in shipped.axes)
    assert shipped.facts["n"] == 669
    with pytest.raises(InputError, match="fitted with vectors of another"):
        commands.readers_of(embedder="another", verdicts=None)


def test_a_condensed_regression_predicts_as_the_whole_one() -> None:
    rng = np.random.default_rng(0)
    rows, labels = [rng.normal(size=(200, 6)), rng.normal(size=(200, 2))], rng.normal(size=200)
    labels += rows[0][:, 0] + rows[1][:, 1]
    whole = fit_kernel(rows, labels)
    asked = [rng.normal(size=(50, 6)), rng.normal(size=(50, 2))]
    assert pearson(condensed(whole, 60).above(asked), whole.above(asked)) > 0.95
    assert pearson(whole.above(asked), asked[0][:, 0] + asked[1][:, 1]) > 0.7


def test_means_are_put_right_where_some_dialogues_are_labelled() -> None:
    told = labelled(80)
    some = [one if i < 40 else Dialogue(one.dialogue_id, one.system, one.turns) for i, one in enumerate(told)]
    rows = correction_table(calibrate(some, "overall", "system"), some, "overall", [texts])
    assert {row["labelled"] for row in rows.values()} == {row["others"] for row in rows.values()} == {"10"}
    assert [*rows["s0"]] == ["labelled", "others", "labels alone", "judge alone", "both"]
    with pytest.raises(InputError, match="nothing to put right"):
        correction_table(calibrate(told, "overall", "system"), told, "overall", [texts])


def test_verdicts_of_another_judge_are_evidence(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    marks = rng.normal(3, 1, 60)
    made = [
        dialogue_of("x", "y", name=f"{i}", system=f"s{i % 4}", labels={"overall": (mark,)})
        for i, mark in enumerate(marks)
    ]
    path = tmp_path / "verdicts.jsonl"
    lines = [
        {"dialogue_id": f"{i}", "scores": {"overall": mark + rng.normal(0, 0.5), "fluency": None}}
        for i, mark in enumerate(marks)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = calibrate(made, "overall", "system", [texts, Verdicts(path)])
    assert pearson(found.predicted["judge"], found.labels) > 0.8


def test_the_resolution_is_told() -> None:
    assert "10 % of it needs" in resolution(calibrate(labelled(), "overall", "system"), "overall")


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser.add_subparsers(dest="what"))
    return parser.parse_args(words)


def raw(one: Dialogue) -> dict[str, object]:
    turns = [{"role": turn.role, "text": turn.text} for turn in one.turns]
    labels = {name: list(values) for name, values in one.labels.items()}
    return {"dialogue_id": one.dialogue_id, "system": one.system, "turns": turns, "labels": labels}
