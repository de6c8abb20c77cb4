"""The rows of `eval profile` that need more than arithmetic: the agent itself, and profiles written by a model."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from agents.events import TurnFinished
from agents.model.chat import ChatModel
from agents.profile.by_model import values_by_model
from agents.profile.memory import Memory
from agents.profile.state import MOST_TOKENS, Profile, Statement
from agents.profile.store import Profiles
from agents.profile.traits import keep_traits
from agents.ranking.personal import Leaning, Weights
from agents.session import Cicerone
from errors import ModelError
from eval.metrics import MISSED
from eval.profile import Bench, profile_of, row, scored
from eval.ratings import History
from settings import Settings

_ASKED = "Recommend me something"
_DEEP = 50
Say = Callable[[int, int], None]


async def score_agent(bench: Bench, settings: Settings, say: Say) -> dict[str, dict[str, Any]]:
    """Ask the agent of the catalogue for anything, as a guest and as a user with a profile by statistics.

    It shows 50 items; those rated before are left out of the ten that count.
    """
    keep_traits(bench.bundle.catalog, bench.traits)
    rows = {}
    for name, knows in (("agent, guest", False), ("agent, with a profile", True)):
        ranks = []
        for done, history in enumerate(bench.asked):
            ranks.append(await _rank(bench, settings, history, knows=knows))
            say(done + 1, len(bench.asked))
        tokens = float(np.mean([profile_of(bench, h, MOST_TOKENS).tokens for h in bench.asked])) if knows else 0.0
        rows[name] = row(np.array(ranks), bench.asked, tokens, {})
    return rows


async def _rank(bench: Bench, settings: Settings, history: History, *, knows: bool) -> float:
    memory = Memory(Profiles(), today=lambda: history.today)
    memory.profiles.change(history.user, lambda _: profile_of(bench, history, MOST_TOKENS))
    shown: list[str] = []
    async with Cicerone(bench.bundle, settings, memory=memory) as agent:
        async for event in agent.turn(history.user, None, _ASKED, k=_DEEP, remembers=knows):
            if isinstance(event, TurnFinished):
                shown = [item.item_id for item in event.items]
    rated = {one.item_id for one in history.rated}
    new = [item_id for item_id in shown if item_id not in rated]
    target = bench.bundle.catalog.ids[history.target]
    return float(new.index(target)) if target in new else MISSED


async def score_model(
    bench: Bench, model: ChatModel, folder: Path, n: int, timeout_s: float, say: Say
) -> dict[str, Any]:
    """Score profiles that a model wrote of the first n users beside those by statistics, for the same users.

    What it wrote is kept in `folder`, so that a run that was stopped goes on.
    """
    kept = _Kept(folder / f"profiles-{hashlib.sha256(model.name.encode()).hexdigest()[:12]}.jsonl")
    asked = bench.asked[:n]
    for done, history in enumerate(asked):
        if history.user not in kept.profiles:
            await kept.write(history, bench, model, timeout_s)
        say(done + 1, len(asked))
    few = Bench(bench.bundle, bench.traits, asked, [], bench.profiles)
    rows: dict[str, Any] = {}
    everything = np.arange(bench.bundle.catalog.n_items)
    for kind, made in (
        ("statistics", lambda h: _traits_only(profile_of(bench, h, MOST_TOKENS))),
        ("model", kept.profile),
    ):
        for what, weights in (("traits only", Weights(ties=0)), ("traits and items", Weights())):
            with_items = what != "traits only"

            def profile(history: History, made: Any = made, with_items: bool = with_items) -> Profile:
                items = (
                    [s for s in profile_of(bench, history, MOST_TOKENS).statements if s.item_id] if with_items else []
                )
                return Profile(statements=[*made(history).statements, *items])

            def evidence(history: History, profile: Any = profile, weights: Weights = weights) -> np.ndarray:
                leaning = Leaning.of(profile(history), bench.bundle, history.today, bench.traits)
                return leaning.evidence(everything, bench.bundle, bench.traits, weights)

            def tokens(history: History, profile: Any = profile) -> int:
                return int(profile(history).tokens)

            spent = round(float(np.mean([kept.tokens(h) for h in asked])))
            more = {"model tokens": spent, "failed": kept.n_failed} if kind == "model" else {}
            rows[f"{kind}, {what} ({len(asked)} users)"] = scored(few, evidence, tokens, more, popularity=0.5)
    return rows


def _traits_only(profile: Profile) -> Profile:
    return Profile(statements=[s for s in profile.statements if not s.item_id])


class _Kept:
    """Profiles a model wrote, a line a user."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
        self.n_failed = 0
        self.profiles: dict[str, Mapping[str, Any]] = {
            line["user"]: line for line in map(json.loads, filter(None, lines))
        }

    async def write(self, history: History, bench: Bench, model: ChatModel, timeout_s: float) -> None:
        """Ask the model about one user; who it fails for has an empty profile in this run, and is asked in the next."""
        line: dict[str, Any] = {"user": history.user, "statements": [], "tokens": 0, "dropped": 0}
        try:
            catalog, traits = bench.bundle.catalog, bench.traits
            made = await values_by_model(model, history.rated, catalog, traits, history.today, timeout_s)
            told = [s.model_dump(mode="json") for s in made.statements]
            line |= {"statements": told, "tokens": made.tokens, "dropped": made.n_dropped}
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except ModelError:
            self.n_failed += 1
        self.profiles[history.user] = line

    def profile(self, history: History) -> Profile:
        """Return what the model wrote of a user."""
        return Profile(statements=[Statement.model_validate(s) for s in self.profiles[history.user]["statements"]])

    def tokens(self, history: History) -> int:
        """Return what it cost."""
        return int(self.profiles[history.user]["tokens"])
