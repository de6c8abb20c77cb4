"""What simulated users say: each move in several wordings, in three voices, made of labels and values alone."""

import random
import re
from collections.abc import Sequence

from eval.simulation.phrases import Said, one_of, phrases
from eval.simulation.task import Voice, several
from retrieval.items import NEGATIVE_OPS, Field, Filter

_OPENINGS: dict[Voice, tuple[str, ...]] = {
    "terse": ("{any}", "{many}", "need {any}"),
    "plain": ("I'm looking for {any}.", "Can you recommend {any}?", "Could you find me {any}?", "Do you have {many}?",
              "I'd like {any}.", "Please suggest {any}."),
    "chatty": ("Hi there! I hope you can help me: I'm looking for {any}.", "Hello, I was wondering if you could "
               "recommend {any}? That would be lovely.", "Hey, so I really feel like {any}. Any ideas?"),
}  # fmt: skip
_KNOWN = (
    "I already know {}.",
    "I know {} already, so please leave those out.",
    "Not {} though, I've had those already.",
)
_ANSWERS = ("{}", "{}, please.", "I'd say {}.", "Let's go with {}.")
_NONE_OF_THEM = ("None of those, {}.", "Rather {}.")
_NO_MATTER = ("I don't mind.", "No preference there.", "Doesn't matter to me.", "Any is fine.")
_REASONS = ("No, something {}.", "Not quite, I'd like something {}.", "Hmm, I'd prefer something {}.",
            "Those aren't it. Do you have anything {}?", "Sorry, I should have said: something {}.")  # fmt: skip
_NO_REASON = ("Not quite what I'm after.", "Hmm, none of these.", "No, not these.", "These don't do it for me.")
_INSISTING = ("I did say {}.", "But I asked for something {}.", "Again, something {}, please.")
_AGAIN = ("You showed me those already. What else is there?", "I've seen these in your list before. Something else?")
_KNOWN_SHOWN = ("I told you I know that one already. Something else?", "That's one I know. What else?")
_MORE = ("Good, I'll take {}. Any more like that?", "Nice, {} works. What else is there?", "{} is good. Show me more.")
_TAKING = ("Great, I'll take {}, thanks!", "{} sounds good, thank you.", "Perfect, {} it is.")
_ABOUT = ("What's the {label} of {which}?", "And the {label} of {which}?", "Can you tell me the {label} of {which}?")
_GIVING_UP = ("Never mind, I'll look elsewhere.", "This isn't working, thanks anyway.", "I give up, bye.")
_TOLD_NONE = ("All right, then there is none. Thanks for being straight.", "Okay, good to know. Thanks.")
_ORDINALS = ("the first one", "the second one", "the third one", "the fourth one", "the fifth one")


class Talk:
    """The sentences of one simulated user; the same draw of chance gives the same words."""

    def __init__(self, fields: dict[str, Field], nouns: tuple[str, str], voice: Voice, rng: random.Random) -> None:
        """`nouns` are what one item and several are called."""
        self._fields, self._nouns, self._voice, self._rng = fields, nouns, voice, rng
        self._last: dict[str, str] = {}

    def opening(self, limits: Sequence[Filter], known: Sequence[str] = ()) -> str:
        """Ask for items within limits, and tell the titles of those known."""
        wish, many = self._wish(limits, many=False), self._wish(limits, many=True)
        text = self._pick(_OPENINGS[self._voice]).format(any=wish, many=many)
        if not known:
            return text
        listed = known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"
        ways = _KNOWN if len(known) > 1 else _KNOWN[:1]
        text = text if text[-1] in ".?!" else text + "."
        return f"{text} {self._pick(ways).format(listed)}"

    def answer(self, given: Filter, choices: Sequence[str]) -> str:
        """Answer a question about the field of a limit."""
        value = str(several(given.value)[0])
        if given.op in NEGATIVE_OPS:
            return f"Anything but {value}."
        offered = [choice for choice in choices if choice.lower() == value.lower()]
        if offered:
            return self._pick(_ANSWERS).format(offered[0])
        is_words = given.op in ("contains", "eq") and isinstance(given.value, str)
        said = value if is_words else f"something {self._tail(given)}"
        return _upper(self._pick(_NONE_OF_THEM if choices else _ANSWERS).format(said))

    def reason(self, given: Filter) -> str:
        """Reject what is shown and tell a limit."""
        return self._pick(_REASONS).format(self._tail(given))

    def insisting(self, given: Filter) -> str:
        """Tell a limit again."""
        return self._pick(_INSISTING).format(self._tail(given))

    def about(self, field: Field, number: int) -> str:
        """Ask for a fact of an item shown, by its place from 0."""
        return self._pick(_ABOUT).format(label=field.label.lower(), which=_ORDINALS[number])

    def taking(self, number: int) -> str:
        """Take an item by its place."""
        return _upper(self._pick(_TAKING).format(_ORDINALS[number]))

    def more(self, number: int) -> str:
        """Take an item and ask for others."""
        return _upper(self._pick(_MORE).format(_ORDINALS[number]))

    def no_matter(self) -> str:
        """Leave a question open."""
        return self._pick(_NO_MATTER)

    def rejection(self) -> str:
        """Reject without a reason."""
        return self._pick(_NO_REASON)

    def again(self) -> str:
        """Complain of items shown twice."""
        return self._pick(_AGAIN)

    def known(self) -> str:
        """Complain of an item told as known."""
        return self._pick(_KNOWN_SHOWN)

    def giving_up(self) -> str:
        """Leave without anything."""
        return self._pick(_GIVING_UP)

    def told_none(self) -> str:
        """Accept that there is nothing."""
        return self._pick(_TOLD_NONE)

    def _pick(self, ways: Sequence[str]) -> str:
        """Return one of the ways, another than the last time."""
        left = [way for way in ways if way != self._last.get(ways[0])] or list(ways)
        self._last[ways[0]] = chosen = self._rng.choice(left)
        return chosen

    def _tail(self, given: Filter) -> str:
        """Return a limit as it stands behind "something"."""
        field = self._fields[given.field]
        behind = [said.text for said in phrases(given, field) if not said.before]
        return self._rng.choice(behind).removeprefix("but ")

    def _wish(self, limits: Sequence[Filter], *, many: bool) -> str:
        before = ""
        behind: list[Said] = []
        for given in limits:
            ways = phrases(given, self._fields[given.field])
            fitting = ways if not before else [way for way in ways if not way.before]
            said = self._rng.choice(fitting)
            if said.before:
                before = said.text
            else:
                behind.append(said)
        one, some = self._nouns
        noun = some if many else one if before or self._rng.random() < 0.3 else ""
        named = f"{before} {noun}".strip() if noun else "something"
        if noun and not many and self._voice != "terse":
            named = f"{'an' if named[0].lower() in 'aeiou' else 'a'} {named}"
        return " ".join([named, *self._joined([said.text for said in behind])])

    def _joined(self, parts: list[str]) -> list[str]:
        """Join what stands behind the noun as people do, what is refused last."""
        plain = [part for part in parts if not re.match(r"but |not |without ", part)]
        refused = [part for part in parts if part not in plain]
        if len(plain) > 1:
            between = self._rng.choice((" ", ", "))
            plain = [between.join(plain[:-1]) + self._rng.choice((" and ", ", ", " ")) + plain[-1]]
        return [*plain, *refused]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def label_in(text: str, field: Field) -> bool:
    """Whether a text speaks of a field by its label."""
    return bool(re.search(rf"\b{re.escape(one_of(field.label))}", text.lower()))
