"""Orders and comparisons with what was shown."""

import pytest
from linked import kinds

from retrieval.linking import Linker


@pytest.mark.parametrize(
    ("text", "kind", "field", "value"),
    [
        ("no, newer", "relative", "year", "desc"),
        ("something shorter", "relative", "runtime_min", "asc"),
        ("the longest western", "order", "runtime_min", "desc"),
        ("best reviewed", "order", "critic_score", "desc"),
        ("oldest", "order", "year", "asc"),
    ],
)
def test_comparisons(link: Linker, text: str, kind: str, field: str, value: str) -> None:
    (mention,) = kinds(link, text, kind)
    assert (mention.field, mention.value) == (field, value)
