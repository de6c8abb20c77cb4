"""Tool steps in the chat."""

from fake_agent import FIELDS

from agents.events import ToolStarted, ToolTrace
from ui.steps import done, message, pending, stopped, title

BOOKS = {field.name: field for field in FIELDS}
LIMIT = {"field": "pages", "op": "lte", "value": 150}
NOUN = ("book", "books")


def test_a_step_says_how_many_of_how_many_and_how_long() -> None:
    assert title(ToolTrace(name="search_meaning", ms=12.3, n_hits=50, n_pool=1204)) == (
        "search_meaning: 50 of 1,204 in 12 ms"
    )
    assert title(ToolTrace(name="ask_user", ms=1500, n_hits=0)) == "ask_user: 0 in 1.5 s"


def test_a_failed_tool_is_said_to_have_failed() -> None:
    step = done(ToolTrace(name="search_meaning", ms=1, n_hits=0, error="no <index>"), BOOKS)
    assert step.title == "search_meaning: failed, went on without it"
    assert "no &lt;index&gt;" in step.markdown


def test_a_step_tells_what_was_asked_in_words() -> None:
    args = {"query": "a *lamp*", "filters": [LIMIT, {"field": "gone", "op": "eq", "value": 1}], "k": 50}
    step = done(ToolTrace(name="search_meaning", ms=1, n_hits=1, args=args, n_unknown=3), BOOKS)
    assert r"query: a \*lamp\*" in step.markdown
    assert "only: at most 150 pages, gone" in step.lines
    assert "3 left out" in step.markdown


def test_only_a_pending_step_can_be_stopped() -> None:
    step = pending(ToolStarted(call_id="1", name="search_meaning", args={}), BOOKS)
    assert step.pending
    assert stopped(step).title == "search_meaning: stopped"
    assert not stopped(step).pending
    finished = done(ToolTrace(name="search_meaning", ms=1, n_hits=1), BOOKS)
    assert stopped(finished) is finished


def test_all_steps_of_a_turn_are_one_line_that_unfolds() -> None:
    waiting = pending(ToolStarted(call_id="1", name="search_meaning", args={}), BOOKS)
    finished = done(ToolTrace(name="filter_items", ms=1, n_hits=1), BOOKS)
    running = message([finished, waiting], NOUN, 1204, 0)
    assert running["metadata"]["title"] == "Looking through 1,204 books in 2 ways …"
    over = message([finished], NOUN, 1204, 1500)
    assert over["metadata"]["title"] == "Looked through 1,204 books in one way · 1.5 s"
    assert over["content"].count("\n- ") + 1 == 1
