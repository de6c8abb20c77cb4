"""Names cut short: those said before always, those of people on the slate where a cue leads them."""

from agents.state import Ledger, Limit, PastTurn, Thread
from agents.understanding.said_before import recalled
from retrieval.bundle import Bundle
from retrieval.items import Filter


def with_limit(name: str) -> Thread:
    given = Filter(field="cast", op="contains", value=name)
    return Thread(ledger=Ledger(limits=[Limit(filter=given, words=name, turn=0)]))


def after_showing(films: Bundle, title: str) -> Thread:
    item_id = films.catalog.ids[films.catalog.titles.index(title)]
    return Thread(past=[PastTurn(turn_id="0", user="", reply="", slate=[item_id])])


def test_a_name_said_before_may_be_cut_short(films: Bundle) -> None:
    [found] = recalled("only hanks then", [], with_limit("Tom Hanks"), films.catalog)
    assert (found.field, found.value, found.text, found.negated) == ("cast", "Tom Hanks", "hanks", False)


def test_people_of_the_slate_need_a_word_that_leads_them(films: Bundle) -> None:
    thread = after_showing(films, "Titanic")
    [found] = recalled("nor dicaprio", [], thread, films.catalog)
    assert (found.value, found.negated) == ("Leonardo DiCaprio", True)
    assert not recalled("a dicaprio mood", [], thread, films.catalog)


def test_without_a_conversation_nothing_is_recalled(films: Bundle) -> None:
    assert recalled("no hanks", [], Thread(), films.catalog) == []


def test_marks_and_endings_beside_a_name_do_not_hide_it(films: Bundle) -> None:
    [found] = recalled("hmm, and more of hanks's films!", [], with_limit("Tom Hanks"), films.catalog)
    assert found.text == "hanks"
