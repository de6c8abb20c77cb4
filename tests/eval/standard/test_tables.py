"""Standard tables: what is kept can be computed again, where its data lies beside the project."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from agents.session import Cicerone
from errors import InputError
from eval.standard import command
from eval.standard.tables import BESIDE, RESULTS, compute, differing, sha256_of, tables
from retrieval.bundle import Bundle, open_bundle
from retrieval.embedders import chosen_embedder
from settings import Settings, load_settings

KEPT = sorted(RESULTS.glob("*.json"))
TURN = {
    "dialog_id": "1",
    "context": [{"role": "user", "text": "something like Alien (1979)"}],
    "mentioned": [{"item_id": "tt0078748"}],
    "targets": [{"item_id": "tt0078748", "in_context": True}, {"item_id": "tt0081505"}],
}


def bundle_of(told: dict[str, Any], settings: Settings) -> str:
    """Return the name of a bundle built from the same file with the same embedder; skips where there is none."""
    for manifest in settings.var_dir.glob("catalogs/*/*/manifest.json"):
        found = json.loads(manifest.read_text(encoding="utf-8"))
        current = (manifest.parent.parent / "CURRENT").read_text(encoding="utf-8").strip()
        if current == manifest.parent.name and all(found[key] == told[key] for key in ("source_sha256", "embedder")):
            return manifest.parent.parent.name
    pytest.skip(f"no bundle of {told['source']} is built in {settings.var_dir}")


@pytest.mark.parametrize("path", KEPT, ids=[path.stem for path in KEPT])
def test_a_sample_of_what_is_kept_is_found_again(path: Path) -> None:
    kept, table = json.loads(path.read_text(encoding="utf-8")), tables()[path.stem]
    for name, sha256 in kept["data"].items():
        if not (BESIDE / name).is_file():
            pytest.skip(f"{name} is not shipped, and not in {BESIDE}")
        assert sha256_of(BESIDE / name) == sha256, f"{name} is another file than the one of {path.name}"
    settings = load_settings(planner="basic")
    name = bundle_of(kept["catalogue"], settings) if kept["catalogue"] else ""

    def agent() -> Cicerone:
        return Cicerone(open_bundle(settings.var_dir, name, chosen_embedder(settings)), settings)

    found = compute(table, BESIDE, kept["sample"]["n"], agent)
    # Two targets of a sample may be lost; more means that something got worse, or that the table is to be made again.
    fall = 2 / kept["sample"]["n"] + 0.01 if table.needs_agent else 0.1
    assert not differing(kept["sample"]["rows"], found, fall), f"run again: {kept['command']}"


def test_results_are_kept_with_all_it_takes_to_repeat_them() -> None:
    assert KEPT
    for path in KEPT:
        kept = json.loads(path.read_text(encoding="utf-8"))
        assert kept["command"].startswith(f"python app.py eval standard {path.stem} ") and kept["date"] and kept["rows"]
        assert set(kept["data"]) == set(tables()[path.stem].data)


def test_what_got_worse_is_seen_and_what_got_better_or_slower_is_not() -> None:
    row = {"n": 9, "R@10": {"mean": 0.5, "low": 0, "high": 1}, "ms p50": 3.0, "Spearman": "0.410", "95 %": "0.1 to 0.5"}
    kept = {"agent": row, "popularity": row}

    def found(name: str, **cells: Any) -> list[str]:
        return differing(kept, {**kept, name: {**row, **cells}}, 0.1)

    assert not found("agent", **{"ms p50": 99.0, "Spearman": "0.350", "95 %": ""})
    assert not found("agent", **{"R@10": {"mean": 0.9}})
    assert len(found("agent", **{"R@10": {"mean": 0.3}, "Spearman": ""})) == 2
    for mean in (0.49, 0.51):
        assert len(found("popularity", **{"R@10": {"mean": mean}})) == 1
    assert len(differing(kept, {}, 0.1)) == 4


def run(bundle: Bundle, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser.add_subparsers())
    args = parser.parse_args(["standard", *words])
    return int(args.evaluate(args, lambda: Cicerone(bundle, Settings(planner="basic"))))


def test_the_command_keeps_rows_sample_and_hashes(
    films: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import gzip

    with gzip.open(tmp_path / "redial_valid_turns.jsonl.gz", "wt") as file:
        file.write(json.dumps(TURN) + "\n")
    out = tmp_path / "redial.json"
    assert run(films, "redial", "--data", str(tmp_path), "--n", "1", "--out", str(out)) == 0
    assert "copy of the context" in capsys.readouterr().out
    kept = json.loads(out.read_text())
    assert {"agent", "popularity", "item-knn on items named", "ease on items named"} <= set(kept["rows"])
    assert kept["rows"]["agent"]["n"] == 1, "the repeated target does not count"
    assert kept["rows"]["copy of the context"]["R@50"]["mean"] == 0
    assert kept["command"] == "python app.py eval standard redial --n 1 --out eval/results/redial.json"
    assert kept["catalogue"]["n_items"] == 40 and kept["sample"]["rows"].keys() == kept["rows"].keys()
    with pytest.raises(InputError, match="inspired_dev_turns.jsonl.gz is missing"):
        run(films, "inspired", "--data", str(tmp_path))
