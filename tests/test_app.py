"""The command line: exit codes, errors in one line, and a catalogue from file to answers."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import app
from settings import Settings

TEAS = """sku,name,kind,price,about
t1,Green Dragon,Green,12.5,A pan-fired leaf that tastes of chestnuts and spring.
t2,Morning Fog,Black,7,A brisk cup for early hours with a little malt.
t3,Smoky Pine,Black,9,Dried over pine fires and full of smoke.
t4,White Needle,White,30,Young buds that were dried in the shade and never rolled.
t5,Iron Goddess,Oolong,18,Half oxidised leaves with a scent of orchids.
t6,Red Bush,Herbal,5,No tea at all and without caffeine; good at night.
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in an empty folder of its own; returns (exit code, stdout, stderr)."""
    for field in Settings.model_fields:
        monkeypatch.delenv(f"CICERONE_{field.upper()}", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("CICERONE_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> tuple[int, str, str]:
        code = app.main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def teas(run: Run) -> str:
    """Build the catalogue "teas" without vectors; the name to give to --catalog."""
    Path("teas.csv").write_text(TEAS)
    code, out, _ = run("build", "--catalog", "teas.csv", "--role", "kind=facet", "--no-vectors")
    assert code == 0
    assert "teas" in out
    assert "6" in out
    return "teas"


def test_a_catalogue_is_built_and_a_file_of_turns_answered(run: Run, teas: str) -> None:
    Path("in.jsonl").write_text('{"id": "x", "query": "a black tea under $8"}\n{"id": "y", "query": "smoke"}\n')
    code, out, _ = run("batch", "in.jsonl", "--out", "out.jsonl", "--catalog", teas, "--k", "2")
    first, second = (json.loads(line) for line in Path("out.jsonl").read_text().splitlines())
    assert code == 0
    assert "2 turns answered into out.jsonl, 0 of them with an error" in out
    assert [item["item_id"] for item in first["items"] if not item.get("breaks")] == ["t2"]
    assert second["items"][0]["item_id"] == "t3"
    assert len(second["items"]) == 2
    assert "search_meaning" not in [tool["name"] for tool in second["tools"] if tool["n_hits"]]


def test_a_tool_prints_nothing_but_its_json(run: Run, teas: str) -> None:
    wanted = {"filters": [{"field": "kind", "op": "eq", "value": "black"}], "order_by": "price"}
    code, out, _ = run("tool", "filter_items", json.dumps(wanted), "--catalog", teas)
    assert code == 0
    assert {hit["item_id"] for hit in json.loads(out)["hits"]} == {"t2", "t3"}


def test_ask_prints_the_turn_as_json(run: Run, teas: str) -> None:
    code, out, err = run("ask", "a white tea", "--json", "--k", "1", "--catalog", teas)
    assert code == 0
    assert [item["title"] for item in json.loads(out)["items"]] == ["White Needle"]
    assert not err


FAILING = [
    (["tool", "no_such_tool", "--catalog", "teas"], "no_such_tool"),
    (["tool", "filter_items", "{", "--catalog", "teas"], "JSON"),
    (["tool", "filter_items", "[]", "--catalog", "teas"], "object"),
    (["tool", "filter_items", '{"k": "many"}', "--catalog", "teas"], "k"),
    (["ask", "hi", "--catalog", "nowhere"], "nowhere"),
    (["ask", "hi", "--planner", "llm", "--catalog", "teas"], "CICERONE_LLM_BASE_URL"),
    (["batch", "missing.jsonl", "--out", "o.jsonl", "--catalog", "teas"], "missing.jsonl"),
    (["batch", "teas.csv", "--out", "no/such/folder/o.jsonl", "--catalog", "teas"], "no/such/folder"),
    (["eval", "retrieval", "--turns", "missing.jsonl", "--catalog", "teas"], "missing.jsonl"),
    (["build", "--catalog", "missing.csv"], "missing.csv"),
    (["build", "--catalog", "teas.csv", "--role", "price"], "--role price=number"),
    (["build", "--catalog", "teas.csv", "--role", "price="], "--role price=number"),
    (["build", "--catalog", "teas.csv", "--role", "price=cost"], "cost"),
    (["build", "--catalog", "teas.csv", "--role", "prize=number"], "prize"),
    (["serve", "--host", "0.0.0.0"], "0.0.0.0"),
    (["serve", "--port", "99999"], "99999"),
]


@pytest.mark.parametrize(("words", "named"), FAILING, ids=[" ".join(words) for words, _ in FAILING])
def test_a_failure_is_one_line_that_names_its_cause(run: Run, teas: str, words: list[str], named: str) -> None:
    code, out, err = run(*words)
    assert code == 1
    assert not out
    *progress, last = err.splitlines()
    assert last.startswith(f"app.py {words[0]}: ")
    assert named in last
    assert all(line.startswith("reading: ") for line in progress)


def test_debug_lets_the_traceback_through(run: Run) -> None:
    with pytest.raises(app.CiceroneError, match="nowhere"):
        run("--debug", "ask", "hi", "--catalog", "nowhere")


@pytest.mark.parametrize("words", [["dance"], ["ask"], ["batch", "in.jsonl"], ["serve", "--port", "web"]])
def test_wrong_use_exits_with_two(run: Run, words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(*words)
    assert stopped.value.code == 2


def test_help_exits_with_zero(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--help")
    assert stopped.value.code == 0
    assert "batch" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["--debug"]])
def test_no_command_serves(run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    def serve(args: object) -> int:
        """Stand in for the server."""
        return 7

    monkeypatch.setattr(app, "serve", serve)
    assert run(*words)[0] == 7


def test_a_key_press_stops_without_a_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def chat(args: object) -> int:
        """Stand in for a person at the keyboard."""
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "chat", chat)
    assert run("chat") == (130, "", "stopped\n")
