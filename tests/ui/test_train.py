"""`train`: what it says before and after, when it asks, and what stands in its way."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import app
from bench.made_network import made_about, made_ids, made_weights
from errors import BundleError
from retrieval import trained_build
from retrieval.manifest import Manifest
from retrieval.semantic_ids.artefact import Artefact
from retrieval.trained_build import Material
from settings import Settings
from ui.train import told, train

GOOD = {
    "n_histories": 22_363, "n": 2800, "recall@10": 0.0741, "co_occurrence": 0.0793, "ease": 0.066, "fused": 0.1005,
    "fused_without": 0.086, "why_off": "",
}  # fmt: skip


def about(**metrics: Any) -> Artefact:
    ids = made_ids(40, 4)
    made = made_about(ids, made_weights(ids.sizes, width=16))
    return dataclasses.replace(made, trained_at="2026-11-21T10:00:00", metrics=metrics)


def test_a_model_in_use_is_told_with_its_numbers_beside_the_others() -> None:
    text = told(about(**GOOD))
    assert text.startswith("on: trained 2026-11-21 on 22,363 histories; recall@10 0.074 alone")
    assert "co-occurrence 0.079, EASE 0.066" in text
    assert text.endswith("with both against 0.086 without it, over 2,800 histories")
    assert "12 items are new to it" in told(about(**GOOD, n_new=12))


def test_one_that_is_off_is_told_with_the_reason() -> None:
    assert told(about(**{**GOOD, "why_off": "It adds nothing."})) == (
        "off: trained 2026-11-21 on 22,363 histories. It adds nothing."
    )


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What `train_build` was called with; nothing is read or trained."""
    calls: list[dict[str, Any]] = []

    def build(var_dir: Path, material: Material, **given: Any) -> tuple[Path, Artefact]:
        calls.append(given)
        return Path("20261121-101010-000000"), about(**GOOD)

    manifest = Manifest(build_id="b", built_at="", source="", source_sha256="", n_items=40, noun=["toy", "toys"])
    material = Material("toys", Path(), manifest, [str(i) for i in range(40)], [np.arange(3)] * 60)
    monkeypatch.setattr(Material, "of", lambda var_dir, name: material)
    monkeypatch.setattr(trained_build, "train_build", build)
    monkeypatch.setattr(trained_build, "require_torch", lambda: None)
    return calls


def run(tmp_path: Path, *words: str) -> int:
    args = app.parser().parse_args(["train", *words])
    return train(args, Settings(_env_file=None, var_dir=tmp_path))  # type: ignore[call-arg]


def test_it_says_what_it_will_do_and_what_came_of_it(
    tmp_path: Path, started: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "--minutes", "2.5", "--seed", "4") == 0
    assert (started[0]["minutes"], started[0]["seed"]) == (2.5, 4)
    out = capsys.readouterr().out
    assert "Training on 60 histories over 40 toys, for up to 2.5 min" in out
    assert "The model is on: trained" in out
    assert ".." not in out
    assert "20261121-101010-000000" in out


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("", 0), ("yes", 0), (EOFError, 1)])
def test_a_person_at_a_terminal_is_asked_first(
    tmp_path: Path, started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, answer: Any, code: int
) -> None:
    def said(prompt: str) -> str:
        if answer is EOFError:
            raise EOFError
        return str(answer)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", said)
    assert run(tmp_path) == code
    assert len(started) == (code == 0)
    assert run(tmp_path, "--yes") == 0


@pytest.mark.parametrize("words", [["--minutes", "0"], ["--minutes", "soon"], ["--seed", "-1"], ["--seed", "1.5"]])
def test_wrong_numbers_are_wrong_use(words: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        app.parser().parse_args(["train", *words])
    assert raised.value.code == 2


def test_without_torch_it_says_how_to_get_it_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BundleError, match="make torch"):
        train(argparse.Namespace(), Settings(_env_file=None, var_dir=tmp_path))  # type: ignore[call-arg]


def test_a_catalogue_that_is_not_there_fails_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CICERONE_VAR_DIR", str(tmp_path))
    monkeypatch.setattr(trained_build, "require_torch", lambda: None)
    assert app.main(["train", "--catalog", "nowhere", "--yes"]) == 1
    assert "There is no catalogue 'nowhere'" in capsys.readouterr().err
