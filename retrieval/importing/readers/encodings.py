"""Bytes → text: which encoding a file is in, and which of its lines are not."""

import codecs
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from errors import CatalogError

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_LIKE_UTF8 = re.compile(rb"[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
"""In Western text no more than two letters beyond ASCII stand together ("größer")."""
_ODD = re.compile(
    rb"[A-Za-z][\xa1-\xa9\xab\xac\xae-\xb6\xb8\xb9\xbb-\xbf](?=[A-Za-z])|[\x81\x83\x88\x8d\x8f\x90\x98\x9d]"
)
"""Signs within words, and characters that Western text hardly has."""
_WORD = re.compile(rb"[A-Za-z]*[\xc0-\xff][A-Za-z\xc0-\xff]*|[^\s,;|\"]*[\x80-\xff][^\s,;|\"]*")
_HIGH = re.compile(rb"[\x80-\xff]")
_LINE_BYTES = 64 << 20
_HEAD_BYTES = 1 << 16
WINDOWS = "cp1252"


@dataclass(frozen=True)
class Encoding:
    """How to decode a file so that no byte is lost: what is no text becomes a lone surrogate."""

    codec: str
    notice: str = ""

    @property
    def errors(self) -> str:
        """Name of the error handler that keeps bad bytes apart."""
        return "surrogatepass" if self.codec.startswith(("utf-16", "utf-32")) else "surrogateescape"

    def flaw(self, text: str) -> str:
        """Return why a text cannot be what was meant, or "": bytes that are no text, or of another encoding."""
        if text.isascii():
            return ""
        try:
            text.encode()
        except UnicodeEncodeError:
            if self.codec.startswith("utf-8"):
                return "it has bytes that are not UTF-8"
            return f"it has bytes that are no characters in {self.codec}"
        if self.codec != WINDOWS:
            return ""
        try:
            text.encode(WINDOWS).decode()
        except UnicodeError:
            return ""
        return "it is UTF-8 in a file that is otherwise Windows-1252"

    def open(self, path: Path, newline: str = "\n") -> io.TextIOWrapper:
        """Open the file as text; lines end where `newline` is, and keep it."""
        return io.TextIOWrapper(
            path.open("rb", buffering=1 << 20), encoding=self.codec, errors=self.errors, newline=newline
        )


def bytes_read(text: io.TextIOWrapper) -> int:
    """Return how far the file below a text has been read."""
    return cast(io.BufferedReader, text.buffer).tell()


def detect(path: Path, name: str) -> Encoding:
    """Find the encoding of a text file; raises CatalogError where it is none that we can tell apart."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, "" if codec == "utf-8-sig" else f"Read as {codec.upper()} and converted.")
    if codec := _wide(head):
        return Encoding(codec, f"Read as {codec.upper()} without a byte order mark and converted.")
    good, broken, western, alien, example = _lines_by_kind(path)
    if alien > good + broken + western:
        raise CatalogError(
            f"{name} is in an encoding that cannot be told for certain: neither UTF-8 nor Western European. "
            "Save it as UTF-8."
        )
    if western > good + broken:
        word = example[:40].decode(WINDOWS, "replace")
        return Encoding(
            WINDOWS,
            f'Read as Windows-1252 (Latin-1) and converted, for it is not UTF-8: see whether "{word}" is spelt right.',
        )
    return Encoding("utf-8")


def _wide(head: bytes) -> str:
    """Return the UTF-16 codec of bytes of which every other one is mostly NUL, or ""."""
    even, odd = head[0::2], head[1::2]
    if not odd or len(head) < 8:
        return ""
    zeros = even.count(0) / len(even), odd.count(0) / len(odd)
    if min(zeros) > 0.1 or max(zeros) < 0.4:
        return ""
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _lines_by_kind(path: Path) -> tuple[int, int, int, int, bytes]:
    """Count the lines beyond ASCII that are UTF-8, UTF-8 against its rules, Western one-byte text, none of these.

    The last is a word of the first Western one.
    """
    example = b""
    good = broken = western = alien = 0
    with path.open("rb", buffering=1 << 20) as file:
        while line := file.readline(_LINE_BYTES):
            if line.isascii():
                continue
            try:
                line.decode()
                good += 1
            except UnicodeDecodeError:
                if not _HIGH.search(_LIKE_UTF8.sub(b"", line)):
                    broken += 1
                elif _is_alien(line):
                    alien += 1
                else:
                    western += 1
                    example = example or max(_WORD.findall(line), key=len)
    return good, broken, western, alien, example


def _is_alien(line: bytes) -> bool:
    n_high = len(_HIGH.findall(line))
    return sum(map(len, _HIGH_RUN.findall(line))) > 0.5 * n_high or len(_ODD.findall(line)) > 0.3 * n_high
