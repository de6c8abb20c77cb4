"""Tool steps in the chat."""

from fake_agent import FIELDS

from agents.events import ToolStarted, ToolTrace
from ui.steps import done, pending, stopped, title

BOOKS = {field.name: field for field in FIELDS}
LIMIT = {"field": "pages", "op": "lte", "value": 150}


def test_a_step_says_how_many_of_how_many_and_how_long() -> None:
    assert title(ToolTrace(name="search_meaning", ms=12.3, n_hits=50, n_pool=1204)) == (
        "search_meaning: 50 of 1,204 in 12 ms"
    )
    assert title(ToolTrace(name="ask_user", ms=1500, n_hits=0)) == "ask_user: 0 in 1.5 s"


def test_a_failed_tool_is_said_to_have_failed() -> None:
    trace = ToolTrace(name="search_meaning", ms=1, n_hits=0, error="no <index>")
    step = done(trace, BOOKS)
    assert step["metadata"] == {"title": "search_meaning: failed, went on without it", "status": "done"}
    assert "no &lt;index&gt;" in step["content"]


def test_a_step_tells_what_was_asked_in_words() -> None:
    args = {"query": "a *lamp*", "filters": [LIMIT, {"field": "gone", "op": "eq", "value": 1}], "k": 50}
    step = done(ToolTrace(name="search_meaning", ms=1, n_hits=1, args=args, n_unknown=3), BOOKS)
    assert r"query: a \*lamp\*" in step["content"]
    assert "only: at most 150 pages, gone" in step["content"]
    assert "3 left out" in step["content"]


def test_only_a_pending_step_can_be_stopped() -> None:
    step = pending(ToolStarted(call_id="1", name="search_meaning", args={}), BOOKS)
    assert step["metadata"]["status"] == "pending"
    assert stopped(step)["metadata"] == {"title": "search_meaning: stopped", "status": "done"}
    finished = done(ToolTrace(name="search_meaning", ms=1, n_hits=1), BOOKS)
    assert stopped(finished) is finished
