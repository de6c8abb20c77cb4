"""Greetings, thanks and goodbyes, and what people tell of themselves: none of it describes an item."""

import re

from agents.understanding.phrases import opening, words
from retrieval.linking.lexicon import lexicon

_POLITE = (
    r"(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|night)|thanks?|thank you|thx|cheers|bye|goodbye"
    r"|see you|take care|ok(?:ay)?|cool|great|nice|perfect|awesome|lovely|wonderful|brilliant|fantastic|excellent|wow"
    r"|lol|haha|yes|yep|sure|got it|sounds (?:good|great|fun)|no problem|no,? thanks|no,? thank you"
    r"|how are you)\b"
)
_PARTING = (
    r"(?:(?:no,? |ok,? |well,? |and )*(?:that(?:'?s| is|'?ll be| will be) (?:all|it|everything|enough)"
    r"|nothing else|(?:i|we)(?:'?m|'?re| am| are) (?:all )?(?:good|done|set|fine|sorted)"
    r"|i think that(?:'?s| is) (?:all|it))\b"
    r"(?: (?:for (?:now|today|tonight|me|us)|i need(?:ed)?|we need(?:ed)?|now|then|here)\b)*)"
)
_ASKING = (
    r"(?:some|any|something|anything|with|without|about|show|give|find|want|need|looking|more|other|another|else"
    r"|like"
    r"|under|over|from|which|what|who|how(?! are you)|who|when|where|recommend|suggest|but|only|instead|no|not)\b"
)
GREETING = opening(
    rf"(?:{_POLITE}|{_PARTING})(?:(?!\b{_ASKING})[\w\s,!.?'’]){{0,40}}$",
    rf"(?:{_POLITE}[\s,!.?']*)+{_PARTING}?[\s,!.?]*(?:{_POLITE}[\s,!.?']*)*$",
    rf"{_PARTING}[\s,!.?]*(?:{_POLITE}[\s,!.?']*)*$",
)
"""Greetings, thanks and goodbyes, with nothing asked beside them."""
OPENING = re.compile(rf"^\W*(?:{_POLITE})(?=\s*[,.!?])", re.I)
"""A greeting set off from what follows."""
POLITENESS = opening(rf"{_POLITE}(?:[\s,!.?']+(?:{_POLITE}|there|again|so much|a lot|you|for (?:the|your|all) \w+))*")
"""Only the polite words; what follows them in a short message may be a name."""
_KIN = "|".join(sorted(lexicon()["company"]["kin"], key=len, reverse=True))
COMPANY = words(
    rf"(?:(?:for|with|and) )?(?:my|our) (?:[\w'’-]+ ){{0,4}}?(?:{_KIN})\b",
    rf"(?:(?:for|with) )?(?:my |our |an? |the )?\d{{1,2}}[- ]?(?:years?|yrs?)[- ]olds?\b(?: (?:{_KIN})\b)?",
    r"(?:having )?(?:some |a few )?friends (?:are )?(?:coming )?over\b",
    r"(?:the )?(?:two|three|four|five|six|\d) of us\b",
    r"(?:tonight|this (?:evening|weekend|afternoon)|at home|date night)\b",
)
"""Who it is for and when: words that describe nobody's items."""
