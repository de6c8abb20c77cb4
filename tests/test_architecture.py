"""The tree is the architecture: directions of import, budgets of size, and what the project must never contain."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = (("errors", "settings"), ("retrieval",), ("tools",), ("agents",), ("ui", "eval", "bench"), ("app", "docs"))
MAY_PRINT = ("app.py", "ui/terminal.py", "ui/serve.py", "ui/build.py", "ui/train.py", "eval/", "bench/", "docs/")
MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 250
HEAVY = {"gradio", "chromadb", "onnx", "onnxruntime", "pandas", "langgraph", "openai", "duckdb", "numpy", "pyarrow"}
REGISTRY = re.compile(r"(pypi|pythonhosted|anaconda|npmjs|piwheels)\.(org|com|io)|/simple/?\b", re.IGNORECASE)
MACHINE_PATH = re.compile(r"/(work|home|root|Users|mnt|opt)/[\w.-]+")


@cache
def tracked() -> tuple[Path, ...]:
    """Files of the project: what git tracks, or without git everything that is not ignored by name."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.decode().split("\0")
    else:
        skipped = {".venv", "var", ".git", "__pycache__"}
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if not skipped & set(p.relative_to(ROOT).parts)]
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())


def sources() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] != "tests"]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def layer_of(module: str) -> int | None:
    top = module.split(".")[0]
    return next((i for i, names in enumerate(LAYERS) if top in names), None)


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def upward(path: Path) -> list[str]:
    own = layer_of(path.relative_to(ROOT).with_suffix("").parts[0])
    if own is None:
        return []
    return [name for name in imports(parsed(path)) if (layer_of(name) or 0) > own]


def test_imports_point_one_way() -> None:
    wrong = {str(path.relative_to(ROOT)): found for path in sources() if (found := upward(path))}
    assert not wrong


def test_the_import_check_can_fail() -> None:
    assert list(imports(ast.parse("def f():\n    from agents.session import Cicerone"))) == ["agents.session"]
    assert (layer_of("agents.session") or 0) > (layer_of("retrieval.items") or 0)


def test_only_the_model_client_imports_openai() -> None:
    users = [path.name for path in sources() if any(name.split(".")[0] == "openai" for name in imports(parsed(path)))]
    assert set(users) <= {"llm.py"}


def test_functions_are_short() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert not long


def test_files_are_short_and_named_after_concepts() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    long = [f"{path.relative_to(ROOT)}: {n}" for path, n in lengths.items() if n > MAX_FILE_LINES]
    assert not long
    assert not [path for path in sources() if path.stem in ("utils", "helpers", "common", "misc")]


def test_only_programs_print() -> None:
    printing = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        if not str(path.relative_to(ROOT)).startswith(MAY_PRINT)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing


def names_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names of variables, attributes, functions and arguments, and whole string literals; never prose or examples."""
    for node in ast.walk(tree):
        for attribute in ("id", "attr", "name", "arg"):
            if isinstance(getattr(node, attribute, None), str):
                yield getattr(node, "lineno", 0), getattr(node, attribute)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.lineno, f"'{node.value}'"


def test_nothing_but_the_demo_knows_its_domain() -> None:
    demo = ("directors", "runtime_min", "critic_score", "rating_count", "box_office_usd")
    fields = {f"'{name}'" for name in demo}
    general = [path for path in sources() if path.relative_to(ROOT).parts[0] in ("retrieval", "tools", "agents", "ui")]
    named = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in general
        if not path.name.startswith("demo")
        for line, name in names_in(parsed(path))
        if name in fields or (not name.startswith("'") and {"movie", "film", "films"} & set(name.lower().split("_")))
    ]
    assert not named


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE_PATH], ids=["registry host", "machine path"])
def test_tracked_files_name_no(pattern: re.Pattern[str]) -> None:
    found = []
    for path in tracked():
        if path == Path(__file__).resolve() or path.suffix in (".npz", ".png", ".gz", ".webp"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if match := pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {match.group()}")
    assert not found


def test_locks_are_hashed_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-setup.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "torch==" not in text
        packages = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)
        hashed = re.findall(r"^[a-z0-9][\w.-]*==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
        assert packages and len(packages) == len(hashed)


def test_runtime_lock_is_part_of_the_development_lock() -> None:
    runtime, dev = (
        set(re.findall(r"^([a-z0-9][\w.-]*==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime < dev


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys, runpy\nsys.argv = ['app.py', '--help']\n"
        "try:\n    runpy.run_path('app.py', run_name='__main__')\n"
        "except SystemExit as done:\n    assert not done.code\n"
        "sys.stderr.write('\\n'.join({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert "serve" in done.stdout
    assert not HEAVY & set(done.stderr.split())
