"""Files that only their owner may read: people's data, and whatever may hold a key."""

import os
from pathlib import Path


def touch(path: Path) -> None:
    """Make an empty file where there is none, and its folder. Raises OSError where it cannot be written."""
    append(path, "")


def append(path: Path, text: str) -> None:
    """Add to a file, made where there is none, in a folder that is made for its owner alone. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600), "a", encoding="utf-8") as file:
        file.write(text)


def replace(path: Path, text: str) -> None:
    """Put a text in the place of a file in one step; readers find the old one or the new. Raises OSError."""
    partial = path.with_suffix(f".{os.getpid()}.part")
    partial.unlink(missing_ok=True)
    append(partial, text)
    partial.replace(path)
