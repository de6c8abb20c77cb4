"""Published dialogues are read as they are published."""

import json
from pathlib import Path

import pytest

from errors import InputError
from eval.standard.labelled import read_ab_redial, read_crsarena_dial

ROWS = (
    "ConvId,utterance0,utterance1,utterance2,understanding,task-completion,interest-arousal,efficiency,dialogue-overall",
    "KM,SYSTEM\tHi.,USER \u2003 I like horror,SYSTEM Try it,2.0,1.0,,0.0,4.0",
    "KM,SYSTEM\tHi.,USER \u2003 I like horror,SYSTEM Try it,1.0,1.0,3.0,1.0,2.0",
)


def test_annotators_of_a_dialogue_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "annotated_dialogues.csv").write_text("\n".join(ROWS), encoding="utf-8")
    (found,) = read_ab_redial(tmp_path)
    assert [(turn.role, turn.text) for turn in found.turns] == [
        ("assistant", "Hi."),
        ("user", "I like horror"),
        ("assistant", "Try it"),
    ]
    assert found.labels["overall"] == (4.0, 2.0) and found.labels["interest-arousal"] == (3.0,)


def test_what_a_user_felt_is_a_label(tmp_path: Path) -> None:
    said = [{"participant": "USER", "utterance": " hi "}, {"participant": "AGENT", "utterance": "yes"}]
    raw = [
        {"conversation ID": str(i), "agent": {"id": "kbrd"}, "metadata": {"sentiment": feeling}, "conversation": said}
        for i, feeling in enumerate(["satisfied", "frustrated", "?"])
    ]
    (tmp_path / "crs_arena_dial_open.json").write_text(json.dumps(raw))
    (tmp_path / "crs_arena_dial_closed.json").write_text("[]")
    found = read_crsarena_dial(tmp_path)
    assert [one.label("overall") for one in found] == [5.0, 1.0, None]
    assert found[0].system == "kbrd" and found[0].turns[0].text == "hi"


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="CRSArena-Dial"):
        read_crsarena_dial(tmp_path)
    (tmp_path / "annotated_dialogues.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="AB-ReDial"):
        read_ab_redial(tmp_path)
