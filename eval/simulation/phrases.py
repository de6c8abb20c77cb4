"""One limit in the words of people: several ways to say it, from the label, the unit and the value alone."""

import re
from typing import NamedTuple

from eval.simulation.amounts import amounts
from eval.simulation.task import several
from retrieval.items import NEGATIVE_OPS, Field, Filter, Role
from retrieval.linking.flags import NO, YES, spoken


class Said(NamedTuple):
    """A way to say a limit."""

    text: str
    before: bool = False
    """Stands before the noun ("comedy" in "a comedy film"), not behind it ("under two hours")."""


_LEADS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"director", ("directed by {}", "from director {}", "that {} directed")),
    (r"actor|actress|cast|star|performer", ("with {}", "starring {}", "with {} in it")),
    (r"writer|screenwriter", ("written by {}", "that {} wrote")),
    (r"author", ("by {}", "written by {}", "by the author {}")),
    (r"artist|singer|band|composer|developer|creator|maker|studio|brand|manufacturer", ("by {}", "made by {}")),
    (r"language|sprache", ("in {}",)),
    (r"country|countrie|land|origin|region", ("from {}", "made in {}")),
    (r"city|town|location|stadt|ort|ville", ("in {}", "located in {}")),
    (r"tag|topic|subject|theme|keyword", ("about {}",)),
)
"""By the last word of a label without its plural: how a value stands behind the noun."""
_KIND = re.compile(r"\b(?:genre|categor(?:y|ie)|type|kind|style|body|cuisine|make|brand|mood)s?\b")
_QUALITY = re.compile(r"(?:able|ible|ed|ic|al|ive|ous|ful|free|proof|less|open)$")


def phrases(given: Filter, field: Field) -> list[Said]:
    """Return ways to say a limit, never none."""
    if field.role in (Role.NUMBER, Role.DATE):
        return [Said(text) for text in amounts(given, field)]
    value = str(several(given.value)[0])
    if value.lower() in YES | NO and field.n_values <= 2:
        return [Said(text) for text in _flag(field, yes=value.lower() in YES)]
    return _refused(value, field) if given.op in NEGATIVE_OPS else _wanted(value, field)


def one_of(label: str) -> str:
    """Return a label in the singular: genres → genre, countries → country."""
    words = label.lower().split()
    last = words[-1]
    if last.endswith("ies"):
        last = last[:-3] + "y"
    elif last.endswith("s") and not last.endswith(("ss", "us", "is")):
        last = last[:-1]
    return " ".join([*words[:-1], last])


def _lead(field: Field) -> tuple[str, ...]:
    last = one_of(field.label).split()[-1]
    return next((ways for words, ways in _LEADS if re.fullmatch(words, last)), ())


def _wanted(value: str, field: Field) -> list[Said]:
    label, ways = one_of(field.label), [Said(way.format(value)) for way in _lead(field)]
    if _KIND.search(field.label.lower()):
        said = value.lower() if _is_plain(value) and not re.search(r"make|brand", label) else value
        ways += [Said(value, before=True), Said(said, before=True)]
        ways.append(
            Said(f"in the {said} {label}" if "genre" in label or "categor" in label else f"of the {label} {value}")
        )
    if ways:
        return ways
    if field.role is Role.PERSON:
        return [Said(f"by {value}"), Said(f"with {value} as {label}")]
    if field.many or label.split()[-1] in value.lower().split():
        return [Said(f"with {value}")]
    return [Said(f"with {value} {label}"), Said(f"with {value} as the {label}")]


def _refused(value: str, field: Field) -> list[Said]:
    if _KIND.search(field.label.lower()):
        return [Said(f"but no {value}"), Said(f"that is not {value}"), Said(f"but not {value}")]
    if ways := _lead(field):
        return [Said(f"not {ways[0].format(value)}"), Said(f"but not {ways[0].format(value)}")]
    if field.many:
        return [Said(f"without {value}"), Said(f"but without {value}")]
    label = one_of(field.label)
    named = value if label.split()[-1] in value.lower().split() else f"{value} {label}"
    return [Said(f"without {named}"), Said(f"but not with {named}")]


def _flag(field: Field, *, yes: bool) -> list[str]:
    name = spoken(field)
    if _QUALITY.search(name) or field.label.lower().startswith("is "):
        return [f"that is {'' if yes else 'not '}{name}"]
    return [f"with {name}"] if yes else [f"without {name}", f"with no {name}"]


def _is_plain(value: str) -> bool:
    """Whether a value can be written small: "Comedy", not "SUV" or "K-9"."""
    return value.istitle() and value.replace(" ", "").isalpha()
