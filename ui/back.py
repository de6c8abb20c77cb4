"""Going back in a conversation: what the page takes back, the thread forgets too."""

from ui.conversation import Conversation
from ui.guide import Guides
from ui.reopen import show_state

WAYS = {"undo": "Take back", "again": "Try again", "edit": "Change"}
"""By the name of the click: what the buttons say."""


class Back:
    """Takes back turns; keeps nothing."""

    def __init__(self, guides: Guides) -> None:
        """Remember whom to ask."""
        self._guides = guides

    def ways(self, talk: Conversation) -> tuple[tuple[str, str], ...]:
        """Return the clicks there are for the last turn, and their words: a click is not typed again."""
        if talk.last is None or not talk.turns[talk.last].over:
            return ()
        typed = talk.turns[talk.last].typed is not None
        return tuple(way for way in WAYS.items() if typed or way[0] == "undo")

    async def take(self, talk: Conversation, user_id: str) -> str:
        """Take back the last turn and return what was typed in it, "" where it was clicked.

        Raises NotFound where the thread cannot go back that far.
        """
        place = talk.last
        if place is None:
            return ""
        gone = talk.turns[place:]
        if talk.thread_id:
            await self._rewind(talk, user_id, {turn.turn_id for turn in gone})
        talk.turns = talk.turns[:place]
        return gone[0].typed or ""

    async def _rewind(self, talk: Conversation, user_id: str, turn_ids: set[str]) -> None:
        assert talk.thread_id
        thread = await self._guides.thread(user_id, talk.thread_id)
        n_gone = sum(past.turn_id in turn_ids for past in thread.past)
        if n_gone:
            await self._guides.people.threads.rewind(user_id, talk.thread_id, thread.n_turns - n_gone)
        if thread.n_turns == n_gone:
            talk.thread_id, talk.slate, talk.chips, talk.adventure = None, [], [], 0
        else:
            await show_state(talk, talk.thread_id, user_id, self._guides)
