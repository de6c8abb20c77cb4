"""The page: everything escaped, nothing from elsewhere, and the numbers of the files."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from eval.reporting import report_command

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</style><link rel=stylesheet href=//evil.example>",
    "javascript:alert(1)",
    "\u202egnp.exe\x00\x1b[31m",
)
ALLOWED = frozenset(
    "html head meta title style body header nav main section h1 h2 h3 p a div table thead tbody tr th td span b code "
    "figure figcaption svg g line circle text details summary".split()
)


class Reader(HTMLParser):
    """Notes all elements and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def jsonl(path: Path, lines: Sequence[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def dialogue(i: int, system: str = "ours", said: str = "How about Big?", reward: int = 1) -> dict[str, Any]:
    limits = [{"field": said if reward == 0 else "genre", "op": "contains", "value": "Comedy"}]
    task = {"task_id": f"t{i}", "limits": limits, "reveal": "at_once", "n_valid": 3, "difficulty": "easy", "tags": []}
    shown = [{"item_id": "1", "title": said, "reasons": [{"text": said, "source": "x"}], "breaks": limits}]
    call = {"name": said, "n_hits": 2, "error": said}
    reply = {"role": "assistant", "text": said, "shown": shown, "tools": [call], "notices": [said], "ms": 200}
    return {
        "dialogue_id": f"t{i}-0",
        "system": system,
        "turns": [
            {"role": "user", "text": said},
            {**reply, "model_calls": 2, "tokens_in": 100, "tokens_out": 20, "cost": 0.01},
        ],
        "task": {**task, "band": ""},
        "reward": reward,
        "flags": {"n_replies": 1, "leaked": False, "error": "" if reward else said},
    }


def verdict(i: int, score: float, said: str = "fine", **more: Any) -> dict[str, Any]:
    given = {"dimension": "overall", "turn": None, "repeat": 0, "score": score, "at": 1, "quote": said, "why": said}
    return {
        "dialogue_id": f"t{i}-0",
        "scores": {"overall": score, "fluency": None},
        "verdicts": [given],
        "turns": [],
        **more,
    }


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., str]:
    def made(*files: Path) -> str:
        parser = argparse.ArgumentParser()
        report_command.add_arguments(parser.add_subparsers())
        out = tmp_path / "report.html"
        args = parser.parse_args(["report", *map(str, files), "--out", str(out)])
        assert args.evaluate(args, lambda: None) == 0
        return out.read_text()

    return made


@pytest.mark.parametrize("said", PAYLOADS)
def test_nothing_a_file_holds_becomes_part_of_the_page(said: str, page: Callable[..., str], tmp_path: Path) -> None:
    checks = {"faults": {said: 2, "invented": 0}}
    files = [
        jsonl(tmp_path / "d.jsonl", [dialogue(i, said, said, i % 2) for i in range(6)]),
        jsonl(tmp_path / "v.jsonl", [verdict(i, 0.0, said, system=said, model=said, checks=checks) for i in range(6)]),
        jsonl(
            tmp_path / "p.jsonl",
            [{"dialogue_id": "1", "dimension": said, "winner": "a", "orders": ["a", "a"], "systems": [said, said]}],
        ),
        jsonl(
            tmp_path / "c.jsonl",
            [{"dialogue_id": str(i), "system": said, "fold": said, "predicted": i, "label": i % 3} for i in range(30)],
        ),
    ]
    (tmp_path / "t.json").write_text(
        json.dumps({"title": said, "rows": {said: {said: said}}, "settings": {said: said}})
    )
    text = page(*files, tmp_path / "t.json")
    found = Reader(text).found
    assert {tag for tag, _ in found} <= ALLOWED
    names = {name for _, attributes in found for name in attributes}
    assert not {name for name in names if name.startswith("on")} and not names & {"src", "style", "srcset"}
    assert all(str(attributes["href"]).startswith("#") for _, attributes in found if "href" in attributes)
    assert "\u202e" not in text and "\x00" not in text and "\x1b" not in text
    assert text.count("<style>") == 1 and "url(" not in text and "@import" not in text


def test_the_policy_allows_its_own_style_and_nothing_else(page: Callable[..., str], tmp_path: Path) -> None:
    text = page(jsonl(tmp_path / "d.jsonl", [dialogue(1)]))
    policy = next(a["content"] for tag, a in Reader(text).found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None and policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_systems_stand_with_means_intervals_and_failures(page: Callable[..., str], tmp_path: Path) -> None:
    ours = jsonl(tmp_path / "ours.jsonl", [dialogue(i, reward=int(i > 1)) for i in range(8)])
    bad = jsonl(tmp_path / "bad.jsonl", [dialogue(i, "random", "Nothing", 0) for i in range(8)])
    judged = jsonl(tmp_path / "v.jsonl", [verdict(i, 0.0 if i == 3 else 3.0, system="ours") for i in range(8)])
    text = page(ours, bad, judged)
    plain = " ".join(text.replace("<", " <").split())
    assert "0.750" in plain and "task not met (10)" in plain and "judged: overall at most 1 (1)" in plain
    assert "2.625" in plain, "mean of the judge"
    assert "judged by" in plain.lower() and "genre contains Comedy" in plain
    assert plain.count("<h2>") == 6, [part.split("<")[0] for part in plain.split("<h2>")]
    assert "Too few to tell systems apart: ours, random." in plain


def test_dialogues_whose_user_told_the_title_do_not_count(page: Callable[..., str], tmp_path: Path) -> None:
    lines = [dialogue(i) for i in range(4)]
    lines[0] |= {"reward": 0, "flags": {"n_replies": 1, "leaked": True}}
    text = page(jsonl(tmp_path / "d.jsonl", lines))
    assert "1.000" in text and "0.750" not in text and "told a target&#x27;s title: 1 of 4." in text


def test_hashes_of_the_files_are_told(page: Callable[..., str], tmp_path: Path) -> None:
    import hashlib

    path = jsonl(tmp_path / "d.jsonl", [dialogue(1)])
    assert hashlib.sha256(path.read_bytes()).hexdigest() in page(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("not JSON", "Line 1"),
        ('{"a": 1}', "neither rows nor numbers"),
        ('{"a": 1}\n{"b": 2}', "no results that are known"),
        ("[1]\n[2]", "no JSON object"),
        ("", "no results"),
        ('{"rows": 3}', "neither rows"),
    ],
)
def test_other_files_are_refused_by_name(content: str, why: str, page: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(content)
    with pytest.raises(InputError, match=why):
        page(tmp_path / "x.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        page(tmp_path / "missing.jsonl")
