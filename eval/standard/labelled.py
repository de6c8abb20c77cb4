"""Published dialogues that people labelled, read from the files as they are published."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from errors import InputError
from eval.dialogues import Dialogue, Role, Utterance

_SATISFIED = {"frustrated": 1.0, "satisfied": 5.0}
_ASPECTS = ("understanding", "task-completion", "interest-arousal", "efficiency", "dialogue-overall")
_ROLES: dict[str, Role] = {"USER": "user", "SEEKER": "user", "AGENT": "assistant", "SYSTEM": "assistant"}
_MOST_UTTERANCES = 200


def read_crsarena_dial(folder: Path) -> list[Dialogue]:
    """Return CRSArena-Dial (github iai-group/crsarena-dial): nine systems, users satisfied (5) or frustrated (1)."""
    found = []
    for name in ("crs_arena_dial_open.json", "crs_arena_dial_closed.json"):
        for raw in _read_json(folder / name):
            feeling = raw["metadata"]["sentiment"]
            turns = tuple(_said(turn["participant"], turn["utterance"]) for turn in raw["conversation"])
            labels = {"overall": (_SATISFIED[feeling],)} if feeling in _SATISFIED else {}
            found.append(Dialogue(raw["conversation ID"], raw["agent"]["id"], turns, labels))
    return found


def read_ab_redial(folder: Path) -> list[Dialogue]:
    """Return AB-ReDial (github Clemenciah/AB-ReDial): dialogues between people, three to seven annotators each."""
    turns: dict[str, tuple[Utterance, ...]] = {}
    labels: dict[str, dict[str, list[float]]] = {}
    path = folder / "annotated_dialogues.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                name = row["ConvId"]
                said = [row[key] for i in range(_MOST_UTTERANCES) if row.get(key := f"utterance{i}")]
                turns.setdefault(name, tuple(_said(*text.split(maxsplit=1)) for text in said))
                for aspect in _ASPECTS:
                    if row[aspect]:
                        given = labels.setdefault(name, {}).setdefault(aspect.removeprefix("dialogue-"), [])
                        given.append(float(row[aspect]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not the file of AB-ReDial ({error}).") from error
    by_name = {name: {key: tuple(values) for key, values in labels.get(name, {}).items()} for name in turns}
    return [Dialogue(name, "people", said, by_name[name]) for name, said in turns.items()]


def _said(who: str, text: str) -> Utterance:
    return Utterance(_ROLES[who.strip().upper()], text.strip())


def _read_json(path: Path) -> Sequence[Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}). Give the folder of CRSArena-Dial.") from error
    return found if isinstance(found, list) else []
