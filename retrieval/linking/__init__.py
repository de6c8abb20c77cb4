"""Names, values, numbers and times in a message → items and fields of this catalogue."""

from retrieval.linking.linker import Cue, Linker, Mention

__all__ = ["Cue", "Linker", "Mention"]
