"""What a catalogue tells about a dialogue: its items by their rows, the limits in force, and every fault found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.dialogues import Dialogue
from eval.judging.evidence import Evidence
from eval.judging.faults import Checked, Faults
from eval.judging.replay import Replay, Replayed
from retrieval.bundle import Bundle

_UNSEEN = 0.5
"""Of a share where there is nothing to share."""


@dataclass(frozen=True, slots=True)
class Grounded:
    """One exchange by the catalogue."""

    read: Replayed
    checked: Checked

    @property
    def item_ids(self) -> tuple[str, ...]:
        """Return the items of the reply that exist."""
        return self.read.item_ids

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the ids and names in the reply that are no item's."""
        return self.read.unknown

    @property
    def broken(self) -> list[str]:
        """Return the items that break a limit without saying so, each once."""
        found = self.checked.named("limits_broken", "task_limits_broken")
        return list(dict.fromkeys(what.partition(": ")[0] for what in found))


class Ground:
    """Checks dialogues against one catalogue."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self._replay, self._faults = Replay(bundle), Faults(bundle)

    def look(self, dialogue: Dialogue) -> list[Grounded]:
        """Return the exchanges, in order."""
        read = self._replay(dialogue)
        return [Grounded(*both) for both in zip(read, self._faults(read, dialogue.task), strict=True)]

    def __call__(self, dialogues: Sequence[Dialogue]) -> Evidence:
        """Return two columns: the share of items that exist and the share within limits, 0.5 where there is none."""
        return Evidence(np.array([_shares(self.look(dialogue)) for dialogue in dialogues]))


def exist(looked: Sequence[Grounded]) -> float | None:
    """Return the share of the items shown or named that exist, None where there are none."""
    n = sum(one.read.n_items for one in looked)
    return sum(len(one.item_ids) for one in looked) / n if n else None


def kept(looked: Sequence[Grounded]) -> float | None:
    """Return the share of the items recommended under limits that keep them or say what they miss."""
    limited = [one for one in looked if one.read.limits or one.broken]
    n = sum(len(one.read.recommended) for one in limited)
    return 1 - sum(len(one.broken) for one in limited) / n if n else None


def _shares(looked: Sequence[Grounded]) -> list[float]:
    return [_UNSEEN if share is None else share for share in (exist(looked), kept(looked))]
