"""The API for programs: shapes, problem documents, and guests who never meet."""

import json
from typing import Any

import pytest
from fake_agent import FakeAgent, FakeLibrary
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from agents.events import Event
from ui.shield import MAX_BODY_BYTES


def say(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/chat", json=body)


def test_a_first_message_opens_a_thread_that_a_second_goes_on_with(client: TestClient) -> None:
    first = say(client, message="a mystery").json()
    assert set(first) == {
        "thread_id", "reply", "items", "filters", "notices", "tools", "adventure", "planner", "model_calls",
        "tokens", "ms",
    }  # fmt: skip
    assert set(first["items"][0]) == {"item_id", "title", "score", "fields", "reasons"}
    assert set(first["tools"][0]) == {"name", "ms", "n_hits"}
    second = say(client, message="under 300 pages", thread_id=first["thread_id"]).json()
    assert second["thread_id"] == first["thread_id"]
    assert [f["field"] for f in second["filters"]] == ["genres", "pages"]
    assert any("breaks" in item for item in second["items"]) or len(second["items"]) < 6


def test_k_and_questions_are_passed_on(client: TestClient) -> None:
    out = say(client, message="ask me", k=3).json()
    assert len(out["items"]) == 3
    assert out["question"] == {"text": "Long or short?", "choices": ["Under 200 pages", "Any length"]}


def test_thread_ids_cannot_be_guessed_and_do_not_cross(client: TestClient, agent: FakeAgent) -> None:
    one, two = (say(client, message="a mystery").json()["thread_id"] for _ in range(2))
    assert len(one) >= 64
    thread, _, token = one.rpartition(".")
    stolen = f"{two.rpartition('.')[0]}.{token}"
    for wrong in (stolen, thread, "x", "x." + token):
        assert say(client, message="more", thread_id=wrong).status_code == 404
    assert len(agent.users) == 2
    assert not any(token in user for user in agent.users)


def test_events_stream_as_they_are(client: TestClient) -> None:
    head = {"Accept": "text/event-stream"}
    with client.stream("POST", "/v1/chat", json={"message": "a mystery"}, headers=head) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        frames = [frame.split("\n") for frame in "".join(answer.iter_text()).strip().split("\n\n")]
    events = [json.loads(frame[1].removeprefix("data: ")) for frame in frames]
    assert [frame[0].removeprefix("event: ") for frame in frames] == [event["type"] for event in events]
    assert events[0]["type"] == "turn_started"
    assert events[-1]["type"] == "turn_finished"
    assert "".join(e["text"] for e in events if e["type"] == "token").strip() == events[-1]["reply"]
    assert say(client, message="more", thread_id=events[-1]["thread_id"]).status_code == 200


@pytest.mark.parametrize(
    ("accept", "streams"),
    [
        ("text/event-stream", True), ("application/json, text/event-stream", True), ("TEXT/EVENT-STREAM;q=0.9", True),
        ("application/json", False), ("*/*", False), ("", False), ("text/event-stream;q=0", False),
        ("application/json;q=0.9, text/event-stream; q=0.5", False), ("text/event-stream-not", False), ("q=,;", False),
    ],
)  # fmt: skip
def test_a_stream_comes_to_who_prefers_one(client: TestClient, accept: str, streams: bool) -> None:
    answer = client.post("/v1/chat", json={"message": "a mystery"}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream" if streams else "application/json")


def test_every_event_is_json_of_its_schema(client: TestClient) -> None:
    head = {"Accept": "text/event-stream"}
    text = client.post("/v1/chat", json={"message": "a mystery, ask me offline"}, headers=head).text
    frames = [frame.split("\n") for frame in text.strip().split("\n\n")]
    events = [TypeAdapter(Event).validate_json(data.removeprefix("data: ")) for _, data in frames]
    assert [name.removeprefix("event: ") for name, _ in frames] == [event.type for event in events]
    assert {"turn_started", "slate", "token", "question", "notice", "turn_finished"} <= {event.type for event in events}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{no json", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b"", 422),
        (b'{"message": 5}', 422),
        (b'{"message": "x", "surprise": 1}', 422),
        (b'{"message": "x", "k": 0}', 422),
        (b'{"message": "  "}', 400),
        (b'{"message": "x", "thread_id": "nobody\'s"}', 404),
        (b'{"message": "x", "catalog": "elsewhere"}', 404),
        (b'{"message": "x", "catalog": "../shelf"}', 404),
        (b'{"message": "x", "catalog": "broken"}', 503),
        (b'{"message": "x", "catalog": 5}', 422),
        (b'{"message": "fail"}', 500),
        (b'{"message": "crash"}', 500),
    ],
)
def test_every_error_is_a_problem_document(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post("/v1/chat", content=body, headers={"Content-Type": "application/json"})
    assert_problem(answer, status)
    assert "secret internals" not in answer.text


def assert_problem(answer: Any, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert set(document) == {"type", "title", "status", "detail"}
    assert document["status"] == status
    assert document["detail"].endswith((".", "…"))


def test_long_bodies_are_refused_with_and_without_a_length(client: TestClient) -> None:
    body = json.dumps({"message": "x" * MAX_BODY_BYTES}).encode()
    head = {"Content-Type": "application/json"}
    assert_problem(client.post("/v1/chat", content=body, headers=head), 413)
    chunks = (body[i : i + 65536] for i in range(0, len(body), 65536))
    assert_problem(client.post("/v1/chat", content=chunks, headers=head), 413)


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    assert_problem(client.get("/v1/items/none"), 404)
    assert_problem(client.get("/v1/nothing"), 404)
    assert_problem(client.get("/v1/chat"), 405)


def test_recommend_answers_a_line(client: TestClient) -> None:
    limit = {"field": "pages", "op": "lte", "value": 300}
    out = client.post("/v1/recommend", json={"id": 7, "filters": [limit], "k": 2, "query": "a lamp"}).json()
    assert len(out["items"]) == 2
    assert all(item["fields"]["pages"] <= 300 for item in out["items"])
    assert_problem(client.post("/v1/recommend", json={"filters": [{"field": "nope", "op": "eq", "value": 1}]}), 400)
    assert_problem(client.post("/v1/recommend", json={"filters": [{"field": "pages", "op": "drop"}]}), 422)


def test_an_item_is_given_by_id(client: TestClient) -> None:
    assert client.get("/v1/items/b1").json()["title"] == "The Harbour House"


def test_health_and_readiness(client: TestClient, library: FakeLibrary) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["status"] == "ready"
    library.is_ready = False
    assert client.get("/healthz").status_code == 200
    assert_problem(client.get("/readyz"), 503)


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/healthz", "/v1/nothing", "/docs"):
        headers = client.get(path, headers={"Origin": "https://evil.example"}).headers
        assert "img-src 'self' data:" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
        assert "set-cookie" not in headers


def test_the_page_gives_a_guest_cookie_once(client: TestClient) -> None:
    cookie = client.get("/").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "set-cookie" not in client.get("/").headers
    client.cookies.clear()
    for forged in ("made-up", cookie.partition("=")[2].partition(";")[0][:-1] + "_"):
        client.cookies.set("cicerone_guest", forged)
        assert "set-cookie" in client.get("/").headers
        client.cookies.clear()


def test_a_guest_with_a_cookie_keeps_it_out_of_the_thread_id(client: TestClient) -> None:
    client.get("/")
    thread = say(client, message="a mystery").json()["thread_id"]
    assert client.cookies["cicerone_guest"] not in thread
    assert say(client, message="more", thread_id=thread).status_code == 200
    client.cookies.clear()
    assert say(client, message="more", thread_id=thread).status_code == 404


def test_the_api_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "/v1/recommend" in page
    assert "<script" not in page
    assert "http" not in page.replace("http://127.0.0.1:7860", "")


def test_a_catalogue_is_named_in_every_call(client: TestClient) -> None:
    for catalog, noun in ((None, "shelf"), ("shelf", "shelf"), ("larder", "larder")):
        named = {} if catalog is None else {"catalog": catalog}
        assert say(client, message="a mystery", **named).status_code == 200
        assert client.post("/v1/recommend", json={"query": "a lamp", **named}).json()["items"]
        assert client.get("/v1/items/b1", params=named).json()["item_id"] == "b1"
        assert noun in client.get("/v1/items/none", params=named).json()["detail"]


@pytest.mark.parametrize("name", ["elsewhere", "..", "../shelf", "shelf/../larder", "/etc/passwd", "%2e%2e", "shelf\0"])
def test_an_unknown_catalogue_is_a_problem_that_names_the_known_ones(client: TestClient, name: str) -> None:
    answers = [
        say(client, message="a mystery", catalog=name),
        client.post("/v1/chat", json={"message": "x", "catalog": name}, headers={"Accept": "text/event-stream"}),
        client.post("/v1/recommend", json={"query": "a lamp", "catalog": name}),
        client.get("/v1/items/b1", params={"catalog": name}),
    ]
    for answer in answers:
        assert_problem(answer, 404)
        assert "shelf, larder" in answer.json()["detail"]


def test_a_conversation_stays_with_its_catalogue(client: TestClient) -> None:
    first = say(client, message="a mystery", catalog="larder").json()["thread_id"]
    second = say(client, message="under 300 pages", thread_id=first).json()
    assert [f["field"] for f in second["filters"]] == ["genres", "pages"]
    assert say(client, message="more", thread_id=first, catalog="larder").status_code == 200
    wrong = say(client, message="more", thread_id=first, catalog="shelf")
    assert_problem(wrong, 400)
    assert "about the catalogue 'larder'" in wrong.json()["detail"]


def test_the_catalogues_are_listed_with_their_fields(client: TestClient, library: FakeLibrary) -> None:
    library.notices.append("The new build 7 of 'larder' is not used.")
    listed = client.get("/v1/catalogs").json()
    assert listed["default"] == "shelf"
    assert listed["notices"] == library.notices == client.get("/readyz").json()["notices"]
    larder = next(one for one in listed["catalogs"] if one["name"] == "larder")
    assert larder["noun"] == ["recipe", "recipes"]
    assert {"n_items", "build_id", "built_at"} < set(larder)
    pages = next(field for field in larder["fields"] if field["name"] == "pages")
    assert (pages["role"], pages["label"], pages["unit"], pages["high"]) == ("number", "pages", "pages", 900)


def test_the_api_page_documents_the_catalogues(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert "/v1/catalogs" in document["paths"]
    named = [parameter["name"] for parameter in document["paths"]["/v1/items/{item_id}"]["get"]["parameters"]]
    assert named == ["item_id", "catalog"]
    page = client.get("/docs").text
    assert "/v1/catalogs" in page
    takers = [schema["properties"]["catalog"] for schema in document["components"]["schemas"].values()
              if "see /v1/catalogs" in str(schema.get("properties", {}).get("catalog"))]  # fmt: skip
    asked = [parameter for path in document["paths"].values() for route in path.values()
             for parameter in route.get("parameters", []) if "see /v1/catalogs" in str(parameter)]  # fmt: skip
    assert takers and asked
    assert page.count("see /v1/catalogs") == len(takers) + len(asked)
