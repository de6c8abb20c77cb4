"""Several catalogues at once: opened when first asked for, swapped under way, closed when nobody uses them."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import tiny_catalog

from agents.events import Action, Event, Failed, TurnFinished
from agents.library import Library
from errors import BundleError, NotFound
from retrieval.building import build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table
from retrieval.manifest import CURRENT
from settings import Settings

NEWS = {
    "item_id": "new1", "title": "The Lighthouse Keepers", "year": 2024, "runtime_min": 101, "genres": ["Mystery"],
    "directors": ["Ada Example"], "cast": ["Ben Example"], "countries": ["Iceland"], "languages": ["Icelandic"],
    "critic_score": 91, "rating_count": 12, "overview": "Two keepers of a lighthouse find a door below the ice.",
}  # fmt: skip
ROWS = [dict(zip(tiny_catalog.FILM_COLUMNS, row, strict=True)) for row in tiny_catalog.FILMS]

Build = Callable[..., str]
Visit = Callable[[Library], Awaitable[Any]]


@pytest.fixture
def var_dir(bundles_dir: Path, tmp_path: Path) -> Path:
    """A folder of one's own with the two tiny catalogues, to build in and to damage."""
    shutil.copytree(bundles_dir / "catalogs", tmp_path / "var" / "catalogs")
    return tmp_path / "var"


@pytest.fixture
def build(var_dir: Path, films: Bundle) -> Build:
    """Make the next build of "films" current; returns its id."""

    def make(rows: Sequence[dict[str, Any]], roles: dict[str, str] | None = None, *, vectors: bool = False) -> str:
        table = pa.Table.from_pylist(list(rows))
        imported = import_table(table, None, roles or tiny_catalog.FILM_ROLES, source="films")
        return build_bundle(imported, "films", var_dir, vectors=vectors, embedder=films.embedder).path.name

    return make


@pytest.fixture
def visit(var_dir: Path, films: Bundle) -> Callable[..., Any]:
    """Run something in an opened library."""

    def run(what: Visit, **settings: Any) -> Any:
        async def inside() -> Any:
            chosen = Settings(
                _env_file=None, **{"planner": "basic", "catalog": "films", "var_dir": var_dir, **settings}
            )  # type: ignore[call-arg]
            async with Library(chosen, embedder=films.embedder) as library:
                return await what(library)

        return asyncio.run(inside())

    return run


async def finish(events: AsyncIterator[Event]) -> TurnFinished:
    seen = [event async for event in events]
    assert not [event for event in seen if isinstance(event, Failed)]
    assert isinstance(seen[-1], TurnFinished)
    return seen[-1]


async def turn(library: Library, text: str, thread: str | None = None, name: str | None = None) -> TurnFinished:
    async with library.lend(name) as agent:
        return await finish(agent.turn("ann", thread, text))


async def click(library: Library, action: Action, thread: str) -> TurnFinished:
    async with library.lend() as agent:
        return await finish(agent.turn("ann", thread, action=action))


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0)


def titles(finished: TurnFinished) -> list[str]:
    return [item.title for item in finished.items]


def test_no_turn_fails_while_two_new_builds_take_over(visit: Callable[..., Any], build: Build) -> None:
    second = {**NEWS, "item_id": "new2", "title": "Keepers of the Second Lighthouse"}

    async def many(library: Library) -> tuple[list[TurnFinished], TurnFinished, str]:
        over = asyncio.Event()

        async def visitor(number: int) -> list[TurnFinished]:
            thread, turns = f"t{number}", [await turn(library, "a comedy", f"t{number}")]
            while not over.is_set():
                turns.append(
                    await turn(library, ["from the nineties", "more", "a drama", "the keepers"][len(turns) % 4], thread)
                )
            return turns

        visitors = [asyncio.create_task(visitor(number)) for number in range(20)]
        await asyncio.to_thread(build, [*ROWS, NEWS], vectors=True)
        await library.refresh()
        last = await asyncio.to_thread(build, [*ROWS, NEWS, second])
        await library.refresh()
        over.set()
        turns = [done for visitor in visitors for done in await visitor]
        assert library.catalogs()[0].build_id == last
        return turns, await turn(library, "films in Icelandic"), last

    turns, later, last = visit(many)
    assert len(turns) >= 40
    assert not [done for done in turns if not done.reply]
    assert {"The Lighthouse Keepers", "Keepers of the Second Lighthouse"} <= set(titles(later))


def test_a_turn_ends_on_the_build_it_began_on_which_is_then_closed(visit: Callable[..., Any], build: Build) -> None:
    async def one(library: Library) -> tuple[list[str], list[str]]:
        async with library.lend() as old:
            build([*ROWS, NEWS])
            await library.refresh()
            async with library.lend() as new:
                assert new is not old
            before = titles(await finish(old.turn("ann", None, "films in Icelandic")))
        await until(lambda: not hasattr(old.kit.bundle, "catalog"))
        return before, titles(await turn(library, "films in Icelandic"))

    before, after = visit(one)
    assert "The Lighthouse Keepers" not in before
    assert after[0] == "The Lighthouse Keepers"


def damage(folder: Path) -> None:
    with (folder / "catalog.duckdb").open("r+b") as file:
        file.write(b"no database")


def age(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format": ', '"format": 9'))


@pytest.mark.parametrize("spoil", [damage, age, shutil.rmtree], ids=["damaged", "another format", "missing"])
def test_a_build_that_cannot_be_opened_replaces_nothing(
    visit: Callable[..., Any], build: Build, var_dir: Path, spoil: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    tried: list[str] = []

    def counted(*args: Any, **more: Any) -> Bundle:
        tried.append(args[1])
        return open_bundle(*args, **more)

    monkeypatch.setattr("retrieval.opening.open_bundle", counted)

    async def one(library: Library) -> None:
        served = library.catalogs()[0].build_id
        bad = build([*ROWS, NEWS])
        spoil(var_dir / "catalogs" / "films" / bad)
        await library.refresh()
        await library.refresh()
        assert tried == ["films", "films"], "tried once, not at every look"
        assert library.ready()
        assert len(library.notices) == 1
        assert bad in library.notices[0]
        assert [about.build_id for about in library.catalogs() if about.name == "films"] == [served]
        assert titles(await turn(library, "a comedy"))
        good = build([*ROWS, NEWS])
        await library.refresh()
        assert not library.notices
        assert library.catalogs()[0].build_id == good

    with caplog.at_level(logging.WARNING, "cicerone.library"):
        visit(one)
    assert sum("is not used" in record.getMessage() for record in caplog.records) == 1


def test_a_pointer_to_nonsense_changes_nothing(visit: Callable[..., Any], var_dir: Path) -> None:
    async def one(library: Library) -> list[str]:
        for nonsense in (b"", b"\xff\xfe", b"../../elsewhere", b"x" * 5000):
            (var_dir / "catalogs" / "films" / CURRENT).write_bytes(nonsense)
            await library.refresh()
            assert len(library.notices) == 1
        return titles(await turn(library, "a comedy"))

    assert visit(one)


def test_a_conversation_goes_on_although_items_and_a_field_are_gone(visit: Callable[..., Any], build: Build) -> None:
    async def one(library: Library) -> None:
        first = await turn(library, "a comedy under 130 minutes", "t")
        liked = first.items[0]
        gone = (await click(library, Action(kind="like", item_id=liked.item_id), "t")).items[1]
        left = [{k: v for k, v in row.items() if k != "runtime_min"} for row in ROWS]
        left = [row for row in left if row["item_id"] not in (gone.item_id, liked.item_id)]
        build(left, {k: v for k, v in tiny_catalog.FILM_ROLES.items() if k != "runtime_min"})
        await library.refresh()
        async with library.lend() as agent:
            chips = (await agent.ledger("ann", "t")).chips
        assert [chip.text for chip in chips if chip.kind == "like"] == ["like: a film no longer available"]
        assert not [chip for chip in chips if "min" in chip.text]
        about = await turn(library, "tell me more about the second one", "t")
        assert "The film you mean is no longer available." in about.notices
        assert [text for text in about.notices if "under 130 minutes" in text]
        more = await turn(library, "more", "t")
        assert not {gone.item_id, liked.item_id} & {item.item_id for item in more.items}
        assert [f.field for f in more.filters] == ["genres"]
        assert not [text for text in more.notices if "renewed" in text], "said once"
        undone = await turn(library, "undo", "t")
        assert "runtime_min" not in [f.field for f in undone.filters]
        for item_id in (gone.item_id, liked.item_id):
            clicked = await click(library, Action(kind="more_like", item_id=item_id), "t")
            assert any("here any more" in text for text in clicked.notices)

    visit(one)


def test_a_limit_whose_field_is_of_another_kind_now_is_lifted(visit: Callable[..., Any], build: Build) -> None:
    async def one(library: Library) -> TurnFinished:
        await turn(library, "a comedy from before 2000", "t")
        texts = [{**row, "year": f"the year {row['year']}"} for row in ROWS]
        build(texts, {**tiny_catalog.FILM_ROLES, "year": "facet"})
        await library.refresh()
        return await turn(library, "more", "t")

    done = visit(one)
    assert [f.field for f in done.filters] == ["genres"]
    assert any("renewed" in text for text in done.notices)


def test_a_catalogue_is_opened_once_for_all_who_wait(
    visit: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def counted(*args: Any, **more: Any) -> Bundle:
        opened.append(args[1])
        return open_bundle(*args, **more)

    monkeypatch.setattr("retrieval.opening.open_bundle", counted)

    async def one(library: Library) -> list[TurnFinished]:
        impatient = asyncio.create_task(turn(library, "a game", name="games"))
        others = [asyncio.create_task(turn(library, "a game", name="games")) for _ in range(5)]
        await until(lambda: "games" in opened)
        impatient.cancel()
        return list(await asyncio.gather(*others))

    assert all(titles(done) for done in visit(one))
    assert opened == ["films", "games"]


def test_of_more_than_allowed_the_one_not_used_for_longest_is_closed(visit: Callable[..., Any]) -> None:
    async def one(library: Library) -> None:
        async with library.lend("films") as first, library.lend("games") as second:
            assert titles(await finish(first.turn("ann", None, "a comedy"))), "what is lent stays open"
        await until(lambda: not hasattr(first.kit.bundle, "catalog"))
        assert hasattr(second.kit.bundle, "catalog")
        assert library.ready()
        async with library.lend("films") as again:
            assert again is not first

    visit(one, max_catalogs=1)


def test_threads_know_what_they_are_about(visit: Callable[..., Any]) -> None:
    async def one(library: Library) -> tuple[str, str, int]:
        await turn(library, "a comedy", "t")
        await turn(library, "a card game", "g", "games")
        found = [(await library.thread("ann", thread)) for thread in ("t", "g", "nobody's")]
        return found[0].catalog, found[1].catalog, len(found[2].past)

    assert visit(one) == ("films", "games", 0)


@pytest.mark.parametrize("name", ["nowhere", "", "..", "../films", "films/..", "/etc/passwd", "fil\0ms", "x" * 5000])
def test_an_unknown_name_is_answered_with_the_known_ones(visit: Callable[..., Any], name: str) -> None:
    async def one(library: Library) -> None:
        if name:
            await turn(library, "hello", name=name)
        else:  # no name is the default one
            raise NotFound("films, games" if titles(await turn(library, "a comedy", name="")) else "")

    with pytest.raises(NotFound, match="films, games"):
        visit(one)


def test_a_removed_catalogue_is_closed_and_the_others_go_on(visit: Callable[..., Any], var_dir: Path) -> None:
    async def one(library: Library) -> None:
        async with library.lend("games") as games:
            await asyncio.to_thread(games.kit.bundle.warm)
            shutil.rmtree(var_dir / "catalogs" / "games")
            await library.refresh()
            assert titles(await finish(games.turn("ann", None, "a card game"))), "the turn under way ends well"
        assert [about.name for about in library.catalogs()] == ["films"]
        with pytest.raises(NotFound, match="there are: films"):
            await turn(library, "a card game", name="games")
        assert titles(await turn(library, "a comedy"))
        shutil.rmtree(var_dir / "catalogs")
        await library.refresh()
        assert not library.ready()

    visit(one)


def test_a_damaged_second_catalogue_is_an_error_of_its_own(visit: Callable[..., Any], var_dir: Path) -> None:
    async def one(library: Library) -> None:
        damage(next((var_dir / "catalogs" / "games").glob("*/catalog.duckdb")).parent)
        with pytest.raises(BundleError, match="games"):
            await turn(library, "a game", name="games")
        assert titles(await turn(library, "a comedy"))

    visit(one)


def test_without_the_default_catalogue_nothing_starts(visit: Callable[..., Any]) -> None:
    async def never(library: Library) -> None:
        raise AssertionError

    with pytest.raises(BundleError, match="there are: films, games"):
        visit(never, catalog="nowhere")


def test_new_builds_are_found_without_being_told(
    visit: Callable[..., Any], build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.library.LOOK_EVERY_S", 0.0)

    async def one(library: Library) -> None:
        new = await asyncio.to_thread(build, [*ROWS, NEWS])
        await until(lambda: library.catalogs()[0].build_id == new)

    visit(one)
