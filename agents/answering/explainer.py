"""The reply of a turn: the model's words about the verified slate, each sentence checked before it is shown."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from agents.answering.brief import ExplainBrief
from agents.answering.claims import ClaimChecker
from agents.answering.misses import relaxed_sentence
from agents.answering.sentences import Sentences
from agents.answering.templates import item_sentence, template_reply
from agents.model.chat import ChatModel, Message
from agents.planning.prompts import load_prompt
from agents.wording import describe_value
from errors import ModelError

__all__ = ["ExplainBrief", "explain", "template_reply"]

_TALKED_ABOUT = frozenset({"recommend", "similar", "more"})
_MAX_WORDS = 120
_MAX_SENTENCES = 4
_MAX_TOKENS = 160
_FINISHED = '.!?…”")*'
_ROWS = 3
_VALUE_CHARS = 90
_MARKUP = re.compile(r"[<>`\[\]{}|*#]|https?:\S*")


async def explain(model: ChatModel | None, brief: ExplainBrief) -> AsyncGenerator[str, None]:
    """Yield the reply sentence by sentence; the pieces concatenate to it. Never raises ModelError.

    The template answers where there is no model, nothing to talk about, or no usable sentence (then
    `brief.problem` says why). Answers to questions about facts are always the template's.
    """
    if model is None or brief.intent not in _TALKED_ABOUT or not brief.items or brief.abstains:
        yield template_reply(brief)
        return
    opening = relaxed_sentence(brief)
    if opening:
        yield opening + " "
    n_shown = 0
    async with aclosing(_checked(model, brief)) as sentences:
        async for sentence in sentences:
            n_shown += 1
            yield sentence
    if not n_shown:
        brief.problem = brief.problem or "The language model's words could not be checked; this answer is my own."
        yield template_reply(brief).removeprefix(opening).lstrip()


async def _checked(model: ChatModel, brief: ExplainBrief) -> AsyncGenerator[str, None]:
    """Yield the model's sentences that check, and a template sentence in place of one about an item that does not."""
    reply, cut = _Reply(brief), Sentences()
    try:
        stream = model.stream(_messages(brief), max_tokens=_MAX_TOKENS, timeout_s=brief.timeout_s)
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                for sentence in cut.feed(piece):
                    if shown := reply.shown(sentence):
                        yield shown
                if reply.full:
                    return
    except ModelError as error:
        brief.problem = str(error)
        return
    last = cut.rest().strip()
    if last and last[-1] in _FINISHED and (shown := reply.shown(last)):
        yield shown


class _Reply:
    """What of the model's sentences is shown, and of which items the reader has heard."""

    def __init__(self, brief: ExplainBrief) -> None:
        self._brief = brief
        self._checker = ClaimChecker(brief)
        self._told: set[str] = set()
        self._n_words = 0
        self._n_sentences = 0

    @property
    def full(self) -> bool:
        """Whether the reply is as long as it may be."""
        return self._n_words >= _MAX_WORDS or self._n_sentences >= _MAX_SENTENCES

    def shown(self, sentence: str) -> str:
        """Return a sentence, or what stands in its place: a template about an item not told of yet, or nothing."""
        if self.full:
            return ""
        named = self._checker.named(sentence)
        counts = self._brief.sentences
        if not (wrong := self._checker.wrong(sentence)):
            counts.kept += 1
        else:
            named = [item for item in named if item.item_id not in self._told][:1]
            self._brief.notes.append(f"sentence {'replaced' if named else 'dropped'}: {wrong}")
            sentence = item_sentence(named[0], self._brief) + " " if named else ""
            counts.replaced += bool(named)
            counts.dropped += not named
        self._told.update(item.item_id for item in named)
        self._n_words += len(sentence.split())
        self._n_sentences += bool(sentence)
        return sentence


def _messages(brief: ExplainBrief) -> list[Message]:
    system = load_prompt("explain").substitute(nouns=brief.noun[1]).strip()
    rows = "\n".join(_row(i, brief) for i in range(min(_ROWS, len(brief.items))))
    limits = brief.limits_in_words()
    asked = f"Asked: {_plain(brief.message, 500)}" + (f" ({limits})" if limits else "")
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": f"{asked}\n<list>\n{rows}\n</list>\nAnswer:"},
    ]


def _row(i: int, brief: ExplainBrief) -> str:
    item = brief.items[i]
    facts = [f"{f.label}: {_plain(describe_value(value, f), _VALUE_CHARS)}" for f, value in brief.facts(item)]
    # "Close in meaning" says nothing a reader wants to hear, and small models repeat it.
    told = (reason for reason in item.reasons if reason.source != "search_meaning")
    reasons = "; ".join(_plain(reason.text, _VALUE_CHARS) for reason in told)
    return f"{i + 1}. {_plain(item.title, 120)} | " + " | ".join(facts[:8]) + (f" | why: {reasons}" if reasons else "")


def _plain(text: str, n_chars: int) -> str:
    """Catalogue text as one short line without markup: it cannot close the fence around the rows."""
    return " ".join(_MARKUP.sub(" ", text).split())[:n_chars]
