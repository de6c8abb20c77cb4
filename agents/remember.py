"""The last node: what the thread keeps of a turn."""

from agents.answering.telling import unheard_words
from agents.kit import Kit
from agents.state import PastTurn, Thread, Understanding
from agents.turn import Turn
from agents.understanding.reading import words_of

TURNS_KEPT = 100
UNDO_KEPT = 20
NAMED_KEPT = 200
REFUSED_KEPT = 600


def remember(turn: Turn, kit: Kit) -> None:
    """Replace `turn.thread` by the thread after this turn; a turn retried under the same id replaces itself."""
    thread, read = turn.thread, turn.read
    about_items = read.understanding.intent in ("details", "compare")
    ids = [item.item_id for item in turn.slate]
    entry = PastTurn(
        turn_id=turn.turn_id,
        user=words_of(turn.action, kit) if turn.action else turn.text,
        reply=turn.reply,
        slate=[] if about_items else ids,
        focus=ids if about_items else [],
        asked=turn.question.text if turn.question else "",
        asked_field=turn.question.field if turn.question else "",
        choices=turn.question.choices if turn.question else [],
        unheard=unheard_words(turn, kit) if turn.slate else [],
        rejects=bool(read.refused),
        clicked=turn.action is not None,
    )
    past = [old for old in thread.past if old.turn_id != turn.turn_id]
    changed = read.ledger != thread.ledger
    undo = [*thread.undo, thread.ledger][-UNDO_KEPT:] if changed else thread.undo
    if read.understanding.undone:
        undo = thread.undo[:-1]
    named = [] if about_items else read.named
    past.append(entry)
    turn.thread = Thread(
        ledger=read.ledger,
        past=past[-TURNS_KEPT:],
        n_dropped=thread.n_dropped + max(0, len(past) - TURNS_KEPT),
        undo=undo,
        query=_subject(turn),
        wish=_wish(turn),
        named=list(dict.fromkeys([*thread.named, *named]))[-NAMED_KEPT:],
        refused=_refused(turn),
        adventure=turn.level,
        catalog=kit.bundle.name,
        build=kit.bundle.manifest.build_id,
    )


def _wish(turn: Turn) -> Understanding:
    understood = turn.read.understanding
    if understood.intent not in ("recommend", "similar"):
        return turn.thread.wish
    return understood.model_copy(update={"query": _subject(turn), "undone": False, "notices": []})


def _refused(turn: Turn) -> list[str]:
    """Return what is not to be shown again: slates refused as a whole, and all shown once nothing else fits."""
    used_up = turn.thread.shown if turn.relaxed and turn.relaxed.n_fit else []
    return list(dict.fromkeys([*turn.thread.refused, *turn.read.refused, *used_up]))[-REFUSED_KEPT:]


def _subject(turn: Turn) -> str:
    """The subject changes with a new request; questions about items and small talk leave it alone."""
    understood = turn.read.understanding
    if understood.intent not in ("recommend", "similar"):
        return turn.thread.query
    return understood.query or ("" if understood.anchors else turn.thread.query)
