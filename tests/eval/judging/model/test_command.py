"""`eval judge --judge llm` from the command line."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from dialogue_of import dialogue_of
from fakes import ScriptedLLM

from agents.session import Cicerone
from errors import InputError, ModelUnavailable, SettingsError
from eval.dialogues import Dialogue
from eval.judging import commands
from eval.judging.grounded import Ground
from eval.judging.model import command
from eval.judging.model.facts import facts_of
from retrieval.bundle import Bundle
from settings import Settings

OVERALL = json.dumps({"overall": {"turn": 1, "quote": "a comedy", "why": "", "score": 3}})


def written(path: Path, *dialogues: Dialogue) -> Path:
    lines = [
        {
            "dialogue_id": one.dialogue_id,
            "system": one.system,
            "turns": [{"role": turn.role, "text": turn.text, "items": list(turn.items)} for turn in one.turns],
        }
        for one in dialogues
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def run(monkeypatch: pytest.MonkeyPatch, model: Any, *words: str, bundle: Bundle | None = None) -> int:
    monkeypatch.setenv("CICERONE_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("CICERONE_LLM_PRICE_IN", "1")
    monkeypatch.setenv("CICERONE_LLM_PRICE_OUT", "2")
    monkeypatch.setattr(command, "_model", lambda settings, temperature: model)
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser.add_subparsers())
    args = parser.parse_args(["judge", *words, "--judge", "llm"])

    def agent() -> Cicerone:
        assert bundle is not None, "no agent is needed without a catalogue"
        return Cicerone(bundle, Settings(planner="basic"))

    return int(args.evaluate(args, agent))


def test_verdicts_are_written_and_their_cost_is_told_before_and_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = written(tmp_path / "d.jsonl", dialogue_of("a comedy", "How about Big?"))
    out = tmp_path / "v.jsonl"
    words = (str(source), "--dimensions", "overall", "--out", str(out))
    assert run(monkeypatch, ScriptedLLM(), *words, "--estimate") == 0
    said = capsys.readouterr().out
    assert "To ask: 1 calls, about " in said and "cost 0.000" in said and not out.exists()
    assert run(monkeypatch, ScriptedLLM(OVERALL), *words) == 0
    said = capsys.readouterr().out
    assert "| s | 1 | 3.0000" in said and "Asked: 1 calls, 1 of them now, 10 tokens in" in said
    line = json.loads(out.read_text())
    assert (line["dialogue_id"], line["judge"], line["scores"]) == ("d", "llm", {"overall": 3.0})
    assert run(monkeypatch, ScriptedLLM(), *words) == 0
    assert "1 answers are kept" in capsys.readouterr().out


def test_a_model_that_goes_away_leaves_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = written(tmp_path / "d.jsonl", dialogue_of("a comedy", "Big", name="a"), dialogue_of("x", "Big", name="b"))
    model = ScriptedLLM(OVERALL, ModelUnavailable("The model is gone."))
    with pytest.raises(ModelUnavailable, match="gone. 1 answers are kept; run the same command again"):
        run(monkeypatch, model, str(source), "--dimensions", "overall", "--out", str(tmp_path / "v.jsonl"))


def test_pairs_are_found_by_id_and_shown_without_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = written(tmp_path / "a.jsonl", dialogue_of("a comedy", "I am KBRD_2", name="1", system="KBRD_2"))
    theirs = written(tmp_path / "b.jsonl", dialogue_of("a comedy", "Big", name="1", system="other"))
    tie = json.dumps({"conversation": 1, "turn": 1, "quote": "a comedy", "why": "", "better": "tie"})
    model = ScriptedLLM(tie, tie, tie)
    assert run(monkeypatch, model, str(ours), "--against", str(theirs)) == 0
    assert "First: KBRD_2 (a.jsonl); second: other (b.jsonl)" in capsys.readouterr().out
    assert "KBRD" not in json.dumps(model.asked)
    stranger = written(tmp_path / "c.jsonl", dialogue_of("a comedy", "Big", name="2"))
    with pytest.raises(InputError, match="No dialogue_id of"):
        run(monkeypatch, ScriptedLLM(), str(ours), "--against", str(stranger))


def test_without_a_model_it_is_said_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = written(tmp_path / "d.jsonl", dialogue_of("a", "b"))
    monkeypatch.setenv("CICERONE_PLANNER", "basic")
    with pytest.raises(SettingsError, match="--judge llm needs a model"):
        run(monkeypatch, None, str(source))


def test_the_rows_of_the_items_are_given(films: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialogue = dialogue_of("a horror film", 'Try "Alien (1979)" or "Nothing Like This (2031)"')
    facts = facts_of(dialogue, films, Ground(films))
    assert facts[0].startswith("Alien – ") and "1979" in facts[0] and "Horror" in facts[0]
    assert facts[-1].lower().startswith("named, but not found in the catalogue: nothing like this")
    model = ScriptedLLM(json.dumps({"overall": {"turn": 1, "quote": "a horror film", "why": "", "score": 3}}))
    source = written(tmp_path / "d.jsonl", dialogue)
    run(monkeypatch, model, str(source), "--dimensions", "overall", "--catalog", "films", bundle=films)
    assert model.asked[0]["messages"][1]["content"].startswith(f"<catalogue>\n{facts[0]}\n")
