"""`doctor`: what works here and what to do about what does not."""

import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from errors import CiceroneError
from settings import Settings
from ui.doctor_model import examine_model
from ui.doctor_serving import examine_serving

if TYPE_CHECKING:
    from retrieval.bundle import Bundle
    from retrieval.embed import Embedder

_PARTS = ("duckdb", "chromadb", "rank-bm25", "langgraph", "openai", "gradio", "onnxruntime")


async def examine(settings: Settings, say: Callable[[str], None], *, llm: bool = False) -> int:
    """Check everything a turn and `serve` need, one line each; return 0 when all is well, 1 otherwise.

    `llm` tries out what the model can do and keeps it, which takes some calls.
    """
    say(f"python     {platform.python_version()}, {os.cpu_count()} cores, {sys.platform}")
    say("packages   " + ", ".join(f"{name} {_version(name)}" for name in _PARTS))
    checks = [_folder(settings, say), _bundle(settings, say), await (examine_model if llm else _model)(settings, say)]
    checks.append(examine_serving(settings, say))
    _others(settings, say)
    return 0 if all(checks) else 1


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "MISSING (run: make setup)"


def _folder(settings: Settings, say: Callable[[str], None]) -> bool:
    folder = settings.var_dir
    existing = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    ok = os.access(existing, os.W_OK)
    say(f"folder     {folder}: " + ("writable" if ok else "not writable; set CICERONE_VAR_DIR to a folder of yours"))
    return ok


def _bundle(settings: Settings, say: Callable[[str], None]) -> bool:
    from retrieval.embedders import chosen_embedder
    from retrieval.opening import open_catalog

    try:
        embedder = chosen_embedder(settings)
        bundle = open_catalog(settings, embedder=embedder)
        _ = bundle.lexical
    except CiceroneError as error:
        say(f"catalogue  {error}")
        return False
    fields = ", ".join(f"{f.name} ({f.role}, {f.coverage:.0%})" for f in bundle.catalog.fields.values())
    say(f"catalogue  {bundle.name}: {bundle.catalog.n_items:,} items; {fields}")
    say("co-liked   " + ("on" if bundle.co_liked else "off: built without --interactions"))
    say("next       " + _what_comes_next(bundle))
    if not bundle.dense:
        say("meaning    off: built without vectors; build again without --no-vectors")
        return True
    return _embedder(bundle.embedder, say)


def _what_comes_next(bundle: "Bundle") -> str:
    """Tell of the trained model: what it is worth, or why there is none in use."""
    from retrieval.manifest import SEMANTIC_IDS
    from retrieval.semantic_ids.served import Standing
    from ui.train import told

    if not bundle.manifest.has(SEMANTIC_IDS):
        if not bundle.manifest.n_interactions:
            return "off: built without --interactions, from which it would be learned"
        return f"off: not trained; run .venv/bin/python app.py train --catalog {bundle.name}"
    standing = Standing.of(bundle.path / SEMANTIC_IDS, bundle.catalog.ids)
    return told(standing.about) if standing.usable and standing.about else f"off: {standing.why_off}"


def _embedder(embedder: "Embedder", say: Callable[[str], None]) -> bool:
    """Embed one text as a question would be."""
    try:
        n_numbers = embedder.embed(["Is anybody there?"]).shape[1]
    except CiceroneError as error:
        say(f"meaning    {error} Until then, words are searched without their meaning")
        return False
    say(f"meaning    on: {embedder.name} embeds to {n_numbers} numbers")
    return True


def _others(settings: Settings, say: Callable[[str], None]) -> None:
    """List what else could be served; it is no illness of this one where another cannot be read."""
    from agents.about import about_at
    from retrieval.bundle import catalog_names
    from retrieval.manifest import current_build

    for name in catalog_names(settings.var_dir):
        build = current_build(settings.var_dir, name)
        if name == settings.catalog or build is None:
            continue
        try:
            about = about_at(build, name)
        except CiceroneError as error:
            say(f"also       {error}")
        else:
            say(f"also       {name}: {about.n_items:,} {about.noun[1]}, built {about.built_at[:10]}")


async def _model(settings: Settings, say: Callable[[str], None]) -> bool:
    if not settings.has_model:
        say("model      none: the basic planner answers; set CICERONE_LLM_BASE_URL, _API_KEY or _GGUF for one")
        return True
    from agents.model.endpoint import Endpoint
    from agents.model.llm import OpenAIModel
    from agents.model.local_llm import reached

    try:
        model = OpenAIModel(reached(settings))
        reply = await model.complete(
            [{"role": "user", "content": "Reply with the word ready."}], max_tokens=8, timeout_s=20
        )
    except CiceroneError as error:
        say(f"model      {Endpoint.at(settings).model}: {error} Until it answers, the basic planner does.")
        return False
    say(f"model      {model.name} answers: {reply.text.strip()[:40]!r}")
    return True
