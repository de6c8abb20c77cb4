"""What conversations teach, and what the next ones make of it."""

import asyncio
from collections.abc import Sequence
from datetime import date

from agents.events import Action, Event, ProfileChanged, TurnFinished
from agents.profile.memory import Memory
from agents.profile.state import Lesson, Profile, Statement
from agents.profile.store import Profiles
from agents.session import Cicerone
from errors import SettingsError
from retrieval.bundle import Bundle
from settings import Settings

ALIEN, SHINING = "tt0078748", "tt0081505"


class Talks:
    """Conversations of one user, each in its own thread."""

    def __init__(self, bundle: Bundle, *, remembers: bool = True) -> None:
        self.bundle, self.remembers = bundle, remembers
        self.memory = Memory(Profiles())
        self.events: list[Event] = []
        self._n = 0

    def talk(self, *messages: str | Action) -> list[TurnFinished]:
        self._n += 1
        return asyncio.run(self._talk(f"thread {self._n}", messages))

    async def _talk(self, thread_id: str, messages: Sequence[str | Action]) -> list[TurnFinished]:
        async with Cicerone(self.bundle, Settings(planner="basic"), memory=self.memory) as agent:
            for message in messages:
                text, action = (message, None) if isinstance(message, str) else ("", message)
                async for event in agent.turn("ann", thread_id, text, action=action, remembers=self.remembers):
                    self.events.append(event)
        return [event for event in self.events if isinstance(event, TurnFinished)][-len(messages) :]

    @property
    def profile(self) -> Profile:
        return self.memory.whole("ann")

    def told(self) -> set[tuple[str, str]]:
        return {(s.kind, s.value or s.text) for s in self.profile.statements}


def test_clicks_and_words_are_remembered_with_where_they_came_from(films: Bundle) -> None:
    talks = Talks(films)
    talks.talk("I love Alien and I hate musicals", Action(kind="dislike", item_id="tt0068646"))
    assert ("like", "Alien") in talks.told()
    assert ("dislike", "The Godfather") in talks.told()
    liked = next(s for s in talks.profile.statements if s.value == "Alien")
    assert (liked.sources[0].by, liked.sources[0].thread, liked.sources[0].turn) == ("words", "thread 1", 0)
    assert "I love Alien" in liked.sources[0].words
    changed = [event for event in talks.events if isinstance(event, ProfileChanged)]
    assert changed
    assert talks.events.index(changed[0]) < talks.events.index(
        next(e for e in talks.events if e.type == "turn_finished")
    )


def test_a_limit_said_once_is_no_limit_for_life(films: Bundle) -> None:
    talks = Talks(films)
    talks.talk("no horror, under two hours")
    assert not talks.profile.statements
    assert not talks.talk("something with robots")[0].filters


def test_what_always_holds_is_a_chip_in_the_next_conversation_and_gives_way_to_a_wish(films: Bundle) -> None:
    talks = Talks(films)
    talks.talk("no horror ever, as a rule")
    assert ("limit", "Horror") in talks.told()
    [turn] = talks.talk("something from the seventies")
    assert ("genres", "not_contains") in {(given.field, given.op) for given in turn.filters}
    [turn] = talks.talk("a horror film please")
    assert [(given.op, given.value) for given in turn.filters if given.field == "genres"] == [("contains", "Horror")]
    assert ("limit", "Horror") in talks.told()


def test_what_a_conversation_says_itself_counts_there_once(films: Bundle) -> None:
    plain, known = Talks(films, remembers=False), Talks(films)
    said = ("I love Toy Story", "recommend me something")
    [_, guest], [_, user] = plain.talk(*said), known.talk(*said)
    assert [item.item_id for item in user.items] == [item.item_id for item in guest.items]
    assert not any("which you like" in reason.text for item in user.items for reason in item.reasons)


def test_never_is_never_kept_as_a_wish(films: Bundle) -> None:
    talks = Talks(films)
    talks.talk("I never watch horror")
    assert not any(s.filter and s.filter.op == "contains" for s in talks.profile.statements)


def test_guests_and_switched_off_memories_leave_nothing(films: Bundle) -> None:
    guest = Talks(films, remembers=False)
    guest.talk("I love Alien. I'm vegetarian")
    assert guest.profile == Profile()
    off = Talks(films)
    off.talk("I love Alien")
    off.memory.switch("ann", on=False)
    before = off.profile
    [turn] = off.talk("I hate comedies. We always watch on Fridays")
    assert off.profile == before
    assert not off.memory.read("ann").statements
    assert turn.items


def test_undo_takes_back_what_it_taught(films: Bundle) -> None:
    talks = Talks(films)
    talks.talk("a comedy", Action(kind="like", item_id=ALIEN), "undo")
    assert ("like", "Alien") not in talks.told()


def test_nothing_private_is_kept(films: Bundle) -> None:
    talks = Talks(films)
    talks.talk("I love Alien, mail me at ann@example.org or +44 20 7946 0958. I like ann@example.org")
    kept = talks.profile.model_dump_json()
    assert "Alien" in kept
    assert "example" not in kept
    assert "7946" not in kept


def test_what_is_marked_seen_is_not_shown_in_other_conversations(films: Bundle) -> None:
    talks = Talks(films)
    before = talks.talk("science fiction")[0].items
    talks.talk(Action(kind="seen", item_id=before[0].item_id))
    assert before[0].item_id not in {item.item_id for item in talks.talk("science fiction")[0].items}


def test_likes_raise_what_resembles_them_only_where_the_request_leaves_room(films: Bundle) -> None:
    plain, known = Talks(films), Talks(films)
    liked = [Statement(kind="like", strength=0.9, confirmed=date.today(), catalog="films", item_id=i, value=i)
             for i in ("tt0114709", "tt0435761")]  # fmt: skip
    known.memory.learn("ann", Lesson(statements=liked), date.today(), lambda _: "")
    open_wish = "recommend me something"
    mine = [item.item_id for item in known.talk(open_wish)[0].items]
    assert mine != [item.item_id for item in plain.talk(open_wish)[0].items]
    assert any("you like" in reason.text for item in known.talk(open_wish)[0].items for reason in item.reasons)
    wish = "the longest western"
    assert [i.item_id for i in known.talk(wish)[0].items] == [i.item_id for i in plain.talk(wish)[0].items]


def test_a_disliked_value_is_pushed_down_not_out(films: Bundle) -> None:
    talks = Talks(films)
    hated = Statement(
        kind="dislike", strength=0.9, confirmed=date.today(), catalog="films", field="genres", value="Crime"
    )
    before = talks.talk("recommend me something")[0].items
    talks.memory.learn("ann", Lesson(statements=[hated]), date.today(), lambda _: "")
    after = talks.talk("recommend me something")[0].items

    def crimes(items: Sequence[object]) -> int:
        return sum("Crime" in getattr(item, "fields", {}).get("genres", []) for item in items)

    assert crimes(after) < crimes(before)
    asked = talks.talk("a crime film")[0].items
    assert asked
    assert crimes(asked) == len(asked)


def test_another_catalogue_hears_only_what_is_in_words(films: Bundle, games: Bundle) -> None:
    talks = Talks(films)
    talks.talk("I love Alien. I can't stand horror", "I'm colour-blind")
    talks.bundle = games
    assert talks.talk("something for two")[0].items
    assert {s.text for s in talks.profile.of("games")} == {"I'm colour-blind"}


class Broken(Profiles):
    """A store whose file is gone."""

    def get(self, user_id: str) -> Profile:
        raise SettingsError("The profiles cannot be read.")


def test_a_store_that_breaks_costs_a_notice_not_the_turn(films: Bundle) -> None:
    talks = Talks(films)
    talks.memory = Memory(Broken())
    [turn] = talks.talk("I love Alien, a comedy please")
    assert turn.items
    assert any("cannot be read. This turn goes on without it." in notice for notice in turn.notices)
