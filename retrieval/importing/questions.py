"""What a table leaves open about its columns: asked where somebody can answer, otherwise assumed and reported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from retrieval.importing.guess import Guess
from retrieval.importing.roles import SETTINGS
from retrieval.items import Role


@dataclass(frozen=True)
class Question:
    """One thing that the values do not decide; the first answer is the one assumed."""

    text: str
    """Asked as it is: "Which column is the id?"."""
    answers: tuple[str, ...]
    """What may be chosen, in words."""


Ask = Callable[[Question], int | None]
"""Return the number of the chosen answer, from 0, or None where nobody can be asked."""


def nobody(question: Question) -> None:
    """Ask nobody."""


def settle_roles(guesses: Mapping[str, Guess], ask: Ask) -> tuple[dict[str, Guess], list[str]]:
    """Return the guesses with the uncertain id and title decided, and a notice for each that was only assumed."""
    settled, notices = dict(guesses), []
    for name, guess in guesses.items():
        if guess.certain or guess.role not in (Role.ID, Role.TITLE) or not guess.instead:
            continue
        columns = [name, *guess.instead]
        chosen = ask(Question(f"Which column is the {guess.role}?", tuple(_answer(c, guesses[c]) for c in columns)))
        if chosen is None:
            others = " or ".join(f"--role {_quoted(other)}={guess.role}" for other in guess.instead)
            notices.append(
                f"Assumed: the {guess.role} is {_told(name, guess)}. Change it with {others}, or in {SETTINGS}."
            )
        elif chosen == 0:
            settled[name] = replace(guess, certain=True)
        else:
            _swap(settled, name, columns[chosen], guess.role)
    return settled, notices


def _swap(settled: dict[str, Guess], old: str, new: str, role: Role) -> None:
    """Give the role of one column to another; the first one is left out, or not made at all."""
    if settled[old].made_from is None:
        settled[old] = Guess(None, "another id") if role is Role.ID else Guess(Role.TEXT, "another title")
    else:
        del settled[old]
    settled[new] = Guess(role, "as chosen")


def _answer(name: str, guess: Guess) -> str:
    return f"{name} ({guess.why})"


def _told(name: str, guess: Guess) -> str:
    return guess.why if guess.made_from is not None else repr(name)


def _quoted(name: str) -> str:
    return name if name.replace("_", "").isalnum() else f"'{name}'"
