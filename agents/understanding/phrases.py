"""Patterns of whole phrases: anywhere in a message, or at its start."""

import re


def words(*phrases: str) -> re.Pattern[str]:
    """Compile phrases that must stand as whole words anywhere in a message."""
    return re.compile(r"\b(?:" + "|".join(phrases) + r")", re.I)


def opening(*phrases: str) -> re.Pattern[str]:
    """Compile phrases that a message must begin with."""
    return re.compile(r"^\W*(?:" + "|".join(phrases) + r")", re.I)
