"""What an "or" leaves open, within one field and over two."""

from agents.understanding.choices import either_or, joined_choices
from retrieval.linking import Mention


def value(text: str, said: str, field: str, *, negated: bool = False) -> Mention:
    start = text.index(said)
    return Mention(
        start=start, end=start + len(said), text=said, kind="value", score=0.9, field=field, op="contains",
        value=said.title(), negated=negated,
    )  # fmt: skip


def test_neighbours_of_one_field_are_joined_and_others_left() -> None:
    text = "comedy or action with hanks"
    [joined, person] = joined_choices(
        [value(text, "comedy", "genres"), value(text, "action", "genres"), value(text, "hanks", "cast")], text
    )
    assert (joined.op, joined.value, joined.text) == ("in", ["Comedy", "Action"], "comedy or action")
    assert person.value == "Hanks"


def test_an_or_over_two_fields_is_found_and_an_and_is_not() -> None:
    text = "by allen or with hanks"
    assert either_or([value(text, "allen", "directors"), value(text, "hanks", "cast")], text) == {3, 17}
    text = "by allen and with hanks"
    assert not either_or([value(text, "allen", "directors"), value(text, "hanks", "cast")], text)


def test_a_refusal_is_no_choice() -> None:
    text = "comedy or not action"
    mentions = [value(text, "comedy", "genres"), value(text, "action", "genres", negated=True)]
    assert len(joined_choices(mentions, text)) == 2
    assert not either_or(mentions, text)
