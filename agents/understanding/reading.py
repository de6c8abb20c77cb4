"""The first node: a message or a click → a reading of it."""

from dataclasses import replace

from agents.carry import carry_over
from agents.events import Action
from agents.kit import Kit
from agents.ledger import add_limit, add_taste, remove_key
from agents.planning.asking import answer_to, does_not_mind
from agents.state import Ledger, Limit, Taste, Thread, Understanding
from agents.turn import Turn
from agents.understanding.correction import corrected
from agents.understanding.understand import Reading, begin, understand

LEVELS = {-1: "Familiar ones", 0: "A mix of both", 1: "Less known ones"}
"""What a click on the control says, by its side."""


def clean(text: str, limit: int) -> tuple[str, list[str]]:
    """Return the message as storable text of at most `limit` characters, and a notice where it was cut."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ").strip()
    if len(text) <= limit:
        return text, []
    return text[:limit], [f"Your message has {len(text):,} characters; I read the first {limit:,}."]


def read_turn(turn: Turn, kit: Kit) -> None:
    """Fill `turn.reading`, and `turn.notices` with what the user should know about it."""
    turn.text, notices = clean(turn.text, kit.settings.max_message_chars)
    turn.thread, gone = carry_over(turn.thread, kit)
    if turn.action:
        turn.reading = _read_action(turn.action, turn, kit)
    elif turn.always_slate and not turn.text:
        turn.reading = Reading(Understanding(), turn.thread.ledger)
    else:
        turn.thread = begin(turn.text, turn.thread)
        again = corrected(turn.text, turn.thread, kit.bundle)
        text, thread = (again.text, again.thread) if again else (turn.text, turn.thread)
        turn.reading = _answer(text, thread) or understand(text, thread, kit.bundle, kit.nouns)
        notices += [again.notice] if again else []
        if turn.always_slate:
            turn.reading = _as_request(turn.reading)
    turn.notices += [*notices, *gone, *turn.reading.understanding.notices]


def _answer(text: str, thread: Thread) -> Reading | None:
    """Read a message as the answer to the question asked last, None where it says something else."""
    if does_not_mind(text, thread):
        return Reading(Understanding(), thread.ledger)
    chosen = answer_to(text, thread)
    if chosen is None:
        return None
    limit = Limit(filter=chosen, words=text[:80], turn=thread.n_turns)
    return Reading(Understanding(), add_limit(thread.ledger, limit))


def _as_request(reading: Reading) -> Reading:
    """Take a question about items for a wish for others: who asks for a list gets one, and none of what was named."""
    if reading.understanding.intent not in ("details", "compare", "recap", "help"):
        return reading
    return replace(reading, understanding=reading.understanding.model_copy(update={"intent": "recommend"}))


def _read_action(action: Action, turn: Turn, kit: Kit) -> Reading:
    ledger, wish = turn.thread.ledger, turn.thread.wish
    if action.kind == "remove_chip":
        changed = remove_key(ledger, action.key)
        gone = [] if changed != ledger else ["That chip is gone already."]
        return Reading(wish.model_copy(update={"notices": gone}), changed)
    if action.kind == "adventure":
        return Reading(wish, ledger)
    if kit.bundle.catalog.row_of(action.item_id) is None:
        return Reading(Understanding(notices=[f"There is no item {action.item_id[:80]!r} here any more."]), ledger)
    if action.kind == "more_like":
        return Reading(Understanding(intent="similar", anchors=[action.item_id]), ledger)
    going_on = wish if wish.intent == "similar" else wish.model_copy(update={"intent": "feedback"})
    return Reading(going_on, _with_taste(ledger, action, turn))


def _with_taste(ledger: Ledger, action: Action, turn: Turn) -> Ledger:
    kind = action.kind
    assert kind in ("like", "dislike", "seen")
    return add_taste(
        ledger, Taste(kind=kind, words=f"clicked {kind}", turn=turn.thread.n_turns, item_id=action.item_id)
    )


def words_of(action: Action, kit: Kit) -> str:
    """Return the click as the sentence it stands for, for the history of the thread."""
    row = kit.bundle.catalog.row_of(action.item_id) if action.item_id else None
    title = "" if row is None else kit.bundle.catalog.titles[row]
    return {
        "like": f"I like {title}",
        "dislike": f"Not {title}",
        "seen": f"I know {title} already",
        "more_like": f"More like {title}",
        "remove_chip": "Remove a limit",
        "adventure": LEVELS[(action.level > 0) - (action.level < 0)],
    }[action.kind]
