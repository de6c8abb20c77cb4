"""A deterministic in-memory agent with the shape of Cicerone: it keeps real ledgers per person and thread."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fake_looks import FakeLooks

from agents.about import About
from agents.database import SqliteDatabase
from agents.events import (
    Action,
    Asked,
    Chip,
    Event,
    Failed,
    LedgerChanged,
    Notice,
    Question,
    Reason,
    Slate,
    SlateItem,
    Token,
    ToolFinished,
    ToolStarted,
    ToolTrace,
    TurnFinished,
    TurnStarted,
)
from agents.memory import threads_in_memory
from agents.people import keeping
from agents.profile.state import Kind, Profile, Source, Statement
from agents.search import Found, Search, SearchResult
from agents.state import PastTurn, Thread
from errors import BundleError, InputError, NotFound
from retrieval.items import Field, Filter, Role

NASTY = "<img src=x onerror=alert(1)>${alert(2)}\\x3cimg src=x onerror\\x3dalert(3)\\x3e`{{x}}"
GENRES = ("Mystery", "Romance", "Travel", "History", "Fantasy")
_NOUNS = ("Lantern", "Harbour", "Orchard", "Winter", "Atlas", "Garden", "Letter", "Island", "Clock", "River")
_FORMS = ("The {} House", "A {} for Two", "{} at Night", "Under the {}")
_PEOPLE = ("Ada Quill", "Bruno Marsh", "Chloé Adeyemi-Fontaine", "Dmitri Sol")

FIELDS = [
    Field(name="id", role=Role.ID, label="id"),
    Field(name="title", role=Role.TITLE, label="title"),
    Field(name="year", role=Role.NUMBER, label="year", unit="year", low=1950, high=2020),
    Field(name="genres", role=Role.FACET, label="genres", many=True, n_values=5),
    Field(name="authors", role=Role.PERSON, label="authors", many=True, n_values=4),
    Field(name="pages", role=Role.NUMBER, label="pages", unit="pages", low=90, high=900),
    Field(name="rating", role=Role.NUMBER, label="reader rating", unit="%", low=10, high=99),
    Field(name="blurb", role=Role.TEXT, label="blurb"),
]


def _books() -> dict[str, dict[str, Any]]:
    books = {}
    for i in range(40):
        title = NASTY if i == 39 else _FORMS[i // 10].format(_NOUNS[i % 10])
        books[f"b{i}"] = {
            "id": f"b{i}",
            "title": title,
            "year": 1950 + i * 37 % 70,
            "genres": [GENRES[i % 5], GENRES[(i * 3 + 1) % 5]] if i % 3 else [GENRES[i % 5]],
            "authors": [_PEOPLE[i % 4]],
            "pages": 120 + i * 53 % 600,
            "rating": 40 + i * 29 % 59,
            "blurb": f"A quiet story about what the {_NOUNS[i % 10].lower()} kept, and for whom.",
        }
    return books


@dataclass
class _Thread:
    limits: dict[str, tuple[Filter, str]] = field(default_factory=dict)
    tastes: dict[str, tuple[str, str]] = field(default_factory=dict)
    anchor: str = ""
    n_turns: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class FakeAgent:
    """A genre or "under N pages" in a message is a limit; "slow", "crash", "fail", "ask", "echo", "offline" do so."""

    def __init__(self, name: str = "shelf", noun: tuple[str, str] = ("book", "books")) -> None:
        self.about = About(name, noun, 40, {f.name: f for f in FIELDS}, f"{name}-1", "2026-01-01T00:00:00+00:00")
        self.starters = [
            f"A {GENRES[0].lower()} under 300 pages",
            f"One of the {noun[1]} about a river",
            "Travel, well rated",
            "Ask me something",
        ]
        self.books = _books()
        self.threads: dict[tuple[str, str], _Thread] = {}
        self.n_cancelled = 0
        self.users: set[str] = set()
        self.lines: list[dict[str, Any]] = []

    def planner_name(self) -> str:
        return "basic planner"

    def item(self, item_id: str) -> dict[str, Any] | None:
        book = self.books.get(item_id)
        return None if book is None else {"item_id": item_id, "title": book["title"], "fields": self._facts(book)}

    def sum_up(self, profile: Profile) -> str:
        return f"{len(profile.statements)} statements."

    def opinion(self, kind: Kind, item_id: str, today: date) -> Statement | None:
        if item_id not in self.books:
            return None
        source = Source(by="click", words=f"clicked {kind}", day=today)
        about = {"catalog": self.about.name, "item_id": item_id, "value": self.books[item_id]["title"]}
        return Statement(kind=kind, strength=0.6, confirmed=today, sources=[source], **about)

    @property
    def looks(self) -> FakeLooks:
        return FakeLooks({key: (book["title"], self._facts(book)) for key, book in self.books.items()})

    async def __aenter__(self) -> "FakeAgent":
        return self

    async def __aexit__(self, *_: object) -> None:
        """There is nothing to close."""

    async def ledger(self, user_id: str, thread_id: str) -> LedgerChanged:
        return self._ledger(self.threads.get((user_id, thread_id), _Thread()))

    async def recommend(self, raw: Any, *, k: int = 10, full: bool = True, user_id: str = "") -> dict[str, Any]:
        line = dict(raw)
        filters = [Filter.model_validate(f) for f in line.get("filters", [])]
        for given in filters:
            if given.field not in self.about.fields:
                raise InputError(f"There is no field {given.field!r}.")
        left = [b for b in self.books.values() if all(_meets(b, f) for f in filters)][: line.get("k") or k]
        items = [
            {"item_id": b["id"], "score": 1.0, "title": b["title"], "fields": self._facts(b), "reasons": []}
            for b in left
        ]
        kept = [f.model_dump() for f in filters]
        return {
            "id": line.get("id"),
            "items": items,
            "filters": kept,
            "reply": "",
            "notices": [],
            "tools": [],
            "adventure": 0.0,
            "planner": "basic",
            "model_calls": 0,
            "tokens": 0,
            "ms": 1.0,
        }

    async def search(self, asked: Search) -> SearchResult:
        left = [b for b in self.books.values() if all(_meets(b, f) for f in asked.filters)]
        if asked.order_by:
            left.sort(key=lambda b: b[asked.order_by], reverse=asked.descending)
        found = [Found(item_id=b["id"], title=b["title"], fields=self._facts(b)) for b in left[: asked.k]]
        return SearchResult(items=found, n_matching=len(left))

    async def answer(self, raw: Any, *, k: int | None = None, user_id: str = "") -> AsyncGenerator[Event, None]:
        thread = _Thread()
        *before, last = [message["text"] for message in raw["context"] if message["role"] == "user"]
        for text in before:
            self._hear(thread, text, None)
        for given in [Filter.model_validate(f) for f in raw.get("filters", [])]:
            if given.field not in self.about.fields:
                raise InputError(f"There is no field {given.field!r}.")
            thread.limits[f"limit:{given.field}:{given.op}"] = (given, "given by the caller")
        self.lines.append(raw)
        try:
            async for event in self._turn(thread, "", last, None, k or 6):
                yield event
        except (asyncio.CancelledError, GeneratorExit):
            self.n_cancelled += 1
            raise

    async def turn(
        self,
        user_id: str,
        thread_id: str | None,
        text: str = "",
        *,
        action: Action | None = None,
        k: int | None = None,
        adventure: float | None = None,
        remembers: bool = False,
        by_model: bool = True,
        turn_id: str | None = None,
    ) -> AsyncGenerator[Event, None]:
        self.users.add(user_id)
        if thread_id is None:
            thread_id = secrets.token_urlsafe(24)
        thread = self.threads.setdefault((user_id, thread_id), _Thread())
        async with thread.lock:
            try:
                async for event in self._turn(thread, thread_id, text, action, k or 6):
                    yield event
            except (asyncio.CancelledError, GeneratorExit):
                self.n_cancelled += 1
                raise

    async def _turn(
        self, thread: _Thread, thread_id: str, text: str, action: Action | None, k: int
    ) -> AsyncIterator[Event]:
        thread.n_turns += 1
        turn_id = f"t{thread.n_turns}"
        yield TurnStarted(thread_id=thread_id, turn_id=turn_id, planner="basic")
        if "crash" in text:
            raise RuntimeError("secret internals")
        if "fail" in text:
            yield Failed(text="The turn could not be finished; try again.")
            return
        self._hear(thread, text, action)
        yield self._ledger(thread)
        yield ToolStarted(call_id="c1", name="search_meaning", args={"query": text, "k": 50})
        if "slow" in text:
            await asyncio.sleep(30)
        left = self._left(thread)
        trace = ToolTrace(name="search_meaning", ms=12.3, n_hits=min(50, len(left)), n_pool=1204, args={"query": text})
        yield ToolFinished(call_id="c1", tool=trace)
        notices = ["The model did not answer; basic planner used."] if "offline" in text else []
        for notice in notices:
            yield Notice(text=notice)
        items = [self._shown(thread, b, i) for i, b in enumerate(left[:k])]
        yield Slate(items=items)
        reply = f"I found **{len(left)}** books that fit." + (
            " ![x](http://evil.example/a.png) " + text if "echo" in text else ""
        )
        for word in reply.split(" "):
            yield Token(text=word + " ")
            await asyncio.sleep(0)
        question = (
            Question(text="Long or short?", choices=["Under 200 pages", "Any length"]) if "sk me" in text else None
        )
        if question:
            yield Asked(question=question)
        yield TurnFinished(
            thread_id=thread_id, turn_id=turn_id, reply=reply, items=items, filters=self._ledger(thread).filters,
            question=question, notices=notices, tools=[trace], ms=20.0,
        )  # fmt: skip

    def _hear(self, thread: _Thread, text: str, action: Action | None) -> None:
        words = text.lower().replace(",", " ").split()
        for genre in GENRES:
            if genre.lower() in words:
                thread.limits[f"limit:genres:contains:{genre}"] = (
                    Filter(field="genres", op="contains", value=genre),
                    genre.lower(),
                )
        if "under" in words and words[words.index("under") + 1].isdigit():
            pages = int(words[words.index("under") + 1])
            thread.limits[f"limit:pages:lte:{pages}"] = (
                Filter(field="pages", op="lte", value=pages),
                f"under {pages} pages",
            )
        if action and action.kind == "remove_chip":
            thread.limits.pop(action.key, None)
            thread.tastes.pop(action.key, None)
        elif action and action.kind == "more_like":
            thread.anchor = action.item_id
        elif action:
            thread.tastes[f"{action.kind}:{action.item_id}"] = (action.kind, action.item_id)

    def _left(self, thread: _Thread) -> list[dict[str, Any]]:
        gone = {item for kind, item in thread.tastes.values() if kind in ("dislike", "seen")}
        left = [b for b in self.books.values() if b["id"] not in gone and b["id"] != thread.anchor]
        left = [b for b in left if all(_meets(b, f) for f, _ in thread.limits.values())]
        if thread.anchor:
            genres = set(self.books[thread.anchor]["genres"])
            left.sort(key=lambda b: -len(genres & set(b["genres"])))
        else:
            left.sort(key=lambda b: (b["title"] != NASTY, -b["rating"]))
        return left

    def _shown(self, thread: _Thread, book: dict[str, Any], place: int) -> SlateItem:
        filters = [f for f, _ in thread.limits.values()]
        reasons = [
            Reason(text=f"{book['genres'][0].lower()} that {book['rating']} % of readers liked", source="rating")
        ]
        if thread.anchor:
            reasons.insert(0, Reason(text=f"close to {self.books[thread.anchor]['title']}", source="similar_items"))
        breaks = [Filter(field="pages", op="lte", value=150)] if place == 5 and filters else []
        return SlateItem(
            item_id=book["id"], title=book["title"], score=1 - place / 10, fields=self._facts(book), reasons=reasons,
            satisfies=filters, breaks=breaks,
        )  # fmt: skip

    def _facts(self, book: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in book.items() if name not in ("id", "title")}

    def _ledger(self, thread: _Thread) -> LedgerChanged:
        chips = [Chip(key=k, text=w, kind="limit", words=w) for k, (_, w) in thread.limits.items()]
        for key, (kind, item_id) in thread.tastes.items():
            chips.append(Chip(key=key, text=f"{kind}: {self.books[item_id]['title']}", kind=kind, words="clicked"))  # type: ignore[arg-type]
        return LedgerChanged(filters=[f for f, _ in thread.limits.values()], chips=chips)


def _meets(book: dict[str, Any], given: Filter) -> bool:
    value = book[given.field]
    return given.value in value if given.op == "contains" else bool(value <= given.value)


class FakeLibrary:
    """Agents by the names of their catalogues; the first is the default one. "broken" is one that cannot be opened."""

    def __init__(self, *agents: FakeAgent) -> None:
        self.agents = {agent.about.name: agent for agent in agents or (FakeAgent(),)}
        self.default = next(iter(self.agents))
        self.notices: list[str] = []
        self.is_ready = True
        self.image_hosts: frozenset[str] = frozenset()
        self.people = keeping(SqliteDatabase(), threads_in_memory(), None)

    async def __aenter__(self) -> "FakeLibrary":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_ready = False

    def ready(self) -> bool:
        return self.is_ready

    def planner_name(self) -> str:
        return "basic planner"

    def catalogs(self) -> list[About]:
        return [agent.about for agent in self.agents.values()]

    @asynccontextmanager
    async def lend(self, name: str | None = None) -> AsyncIterator[FakeAgent]:
        if name == "broken":
            raise BundleError("The catalogue 'broken' is damaged. Build it again.")
        if (name or self.default) not in self.agents:
            raise NotFound(f"There is no catalogue {name!r} here; there are: {', '.join(self.agents)}.")
        yield self.agents[name or self.default]

    async def thread(self, user_id: str, thread_id: str) -> Thread:
        for name, agent in self.agents.items():
            if known := agent.threads.get((user_id, thread_id)):
                past = [PastTurn(turn_id=str(i), user="", reply="") for i in range(known.n_turns)]
                return Thread(past=past, catalog=name)
        return Thread()
