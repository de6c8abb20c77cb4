"""Known damage is made as told, seen in the right dimension, and in no other."""

import json
from pathlib import Path

import pytest
from dialogue_of import dialogue_of
from talks import TALKS, held

from errors import InputError
from eval.dialogues import Dialogue, dialogue_in, line_of
from eval.judging.code_scores import judge
from eval.judging.grounded import Ground
from eval.judging.mutations.damage import KINDS
from eval.judging.mutations.trial import Trial, make_trials, trial_table
from eval.judging.verdicts import Verdicts, read_verdicts
from retrieval.bundle import Bundle


@pytest.fixture(scope="module")
def talks(films: Bundle) -> list[Dialogue]:
    return [held(films, *said, name=f"d{i}") for i, said in enumerate(TALKS["films"])]


@pytest.fixture(scope="module")
def trials(films: Bundle, talks: list[Dialogue]) -> list[Trial]:
    return make_trials(talks, films, 6, 0)


def test_code_sees_every_kind_of_damage_where_it_is(films: Bundle, trials: list[Trial]) -> None:
    ground = Ground(films)
    scores = {one.dialogue_id: judge(one, ground)["scores"] for trial in trials for one in trial.both}
    rows = trial_table(trials, lambda dialogue: scores[dialogue.dialogue_id])
    assert [*rows] == [kind.name for kind in KINDS]
    assert all(row["pairs"] for row in rows.values())
    assert {name: row["both"] for name, row in rows.items()} == dict.fromkeys(rows, "100.0%")


def test_a_judge_that_sees_nothing_or_moves_everything_is_found_out(trials: list[Trial]) -> None:
    dull = trial_table(trials, lambda _: {"faithfulness": 4.0, "fluency": 4.0, "overall": 4.0})
    assert dull["invented item"]["both"] == "0.0%"
    assert dull["padded ×3, idle words"]["both"] == "100.0%"
    nervous = trial_table(
        trials, lambda one: dict.fromkeys(["faithfulness", "fluency"], 4.0 - ("after" in one.dialogue_id))
    )
    assert (nervous["invented item"]["fell"], nervous["invented item"]["both"]) == ("100.0%", "0.0%")
    assert trial_table(trials, lambda _: None)["invented item"]["pairs"] == 0


def test_pairs_are_the_same_for_a_seed_and_survive_a_file(films: Bundle, talks: list[Dialogue]) -> None:
    once, again, other = (make_trials(talks, films, 3, seed) for seed in (0, 0, 1))
    assert [line_of(trial.after) for trial in once] == [line_of(trial.after) for trial in again]
    assert [line_of(trial.after) for trial in once] != [line_of(trial.after) for trial in other]
    for trial in once:
        assert dialogue_in(json.loads(json.dumps(line_of(trial.after)))) == trial.after


def test_dialogues_that_do_not_tell_their_lists_are_refused(films: Bundle) -> None:
    with pytest.raises(InputError, match="tells which items"):
        make_trials([dialogue_of("a comedy", "Try Big")], films, 3, 0)


def test_verdicts_are_read_as_columns(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    lines = [{"dialogue_id": "a", "scores": {"x": 1, "y": None}}, {"dialogue_id": "b", "scores": {"x": 3, "y": 2}}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    rows = Verdicts(path)([dialogue_of(name="b"), dialogue_of(name="a")]).apart[0]
    assert rows.tolist() == [[3, 2, 1, 1], [1, 2, 1, 0]]
    with pytest.raises(InputError, match="lacks 1"):
        Verdicts(path)([dialogue_of(name="c")])
    path.write_text('{"dialogue_id": "a"}', encoding="utf-8")
    with pytest.raises(InputError, match="Line 1"):
        read_verdicts(path)
