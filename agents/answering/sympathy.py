"""One human sentence where people tell of themselves; it claims no feelings and no knowledge."""

import re

_OPENS = r"(?:^|[.!?,;:]\s*|\b(?:and|but|because|so|sorry) )"
_WAS = r"(?:(?:i|we|it|today|that)(?:'ve|'s)? ?)?(?:(?:just|has|have) )*(?:had|having|been|was|is)"
_VERY = (
    r"(?:(?:just|really|so|very|pretty|such|quite|a bit|kind of|a|an|too|all|feeling|been|having|absolutely|totally) )*"
)
_TIME = r"(?:day|week|month|year|morning|night|shift|time)\b"
_BAD = r"(?:bad|rough|long|hard|tough|awful|terrible|horrible|stressful|exhausting|tiring|lousy|crappy|shitty|sad)"
_GOOD = r"(?:great|good|wonderful|lovely|fantastic|amazing|perfect)"
_LOW = (
    r"(?:tired|exhausted|sad|down|stressed|ill|sick|lonely|heartbroken|depressed|unhappy|worn out|burn(?:ed|t) out|"
    r"in a bad mood)\b"
)
_SAD = re.compile(
    rf"{_OPENS}{_WAS} {_VERY}{_BAD} {_TIME}(?! (?:in|when|where|film|story))"
    rf"|{_OPENS}(?:i|we)(?:'?m|'?re| am| are| feel) {_VERY}{_LOW}(?! of\b)|(?<!\w):'?-?\(",
    re.I,
)
_HAPPY = re.compile(
    rf"{_OPENS}{_WAS} {_VERY}{_GOOD} {_TIME}|\b(?:i|we) (?:just )?(?:got (?:the job|married|engaged)"
    r"|passed (?:my|our) \w+)|\b(?:i'?m|i am) (?:so |really |very )*(?:happy|excited) (?:today|right now|because)\b",
    re.I,
)
_BIRTHDAY = re.compile(r"\b(?:it'?s|it is|today is|today'?s) my birthday\b", re.I)
_WEATHER = re.compile(
    rf"{_OPENS}(?:it'?s|it is) {_VERY}(?:raining|pouring|rainy|snowing|freezing|stormy|grey|gray|miserable)\b", re.I
)


def sympathy(message: str) -> str:
    """Return one sentence in answer to what a message tells of the user's day, "" where it tells nothing."""
    if _BIRTHDAY.search(message):
        return "Happy birthday!"
    if _SAD.search(message):
        return "I am sorry to hear that."
    if _WEATHER.search(message):
        return "A good reason to stay in."
    return "Good to hear!" if _HAPPY.search(message) else ""
