"""What is kept of a person, read, put right, taken away and deleted; nobody reaches anybody else's."""

from datetime import date
from typing import Any

import pytest
from fake_agent import FakeLibrary
from fastapi.testclient import TestClient

from agents.profile.state import Lesson, Profile, Source, Statement
from ui.access import Access, local_access
from ui.http import create_api
from ui.scopes import USUAL
from ui.tokens import new_token

DAY = date.today()


@pytest.fixture
def access() -> Access:
    return local_access()


@pytest.fixture
def client(library: FakeLibrary, access: Access) -> TestClient:
    return TestClient(create_api(library, access), "http://127.0.0.1:7860", raise_server_exceptions=False)


def a_token(access: Access, user_id: str, *scopes: str) -> dict[str, str]:
    sent, kept = new_token("test", user_id=user_id, scopes=scopes or USUAL)
    access.doorkeeper.tokens.add(kept)
    return {"Authorization": f"Bearer {sent}"}


@pytest.fixture
def ada(access: Access) -> dict[str, str]:
    return a_token(access, "ada")


@pytest.fixture
def bob(access: Access) -> dict[str, str]:
    return a_token(access, "bob")


def feedback(client: TestClient, head: dict[str, str], **body: Any) -> Any:
    return client.post("/v1/feedback", json=body, headers=head)


def remembered(library: FakeLibrary, user_id: str) -> Profile:
    assert library.people.memory
    return library.people.memory.whole(user_id)


def test_feedback_outside_of_a_conversation_teaches_the_profile(
    client: TestClient, library: FakeLibrary, ada: dict[str, str]
) -> None:
    answer = feedback(client, ada, kind="like", item_id="b1")
    assert (answer.status_code, answer.json()) == (200, {"noted": "profile"})
    shown = client.get("/v1/users/me/profile", headers=ada).json()
    assert shown["user_id"] == "ada"
    assert shown["summary"] == "1 statements."
    (statement,) = shown["statements"]
    assert (statement["kind"], statement["item_id"], statement["catalog"]) == ("like", "b1", "shelf")
    assert statement["says"] == "likes “The Harbour House”"
    assert [(o.kind, o.item_id) for o in library.people.feedback.of("ada")] == [("like", "b1")]


def test_feedback_in_a_conversation_is_its_next_turn(client: TestClient, ada: dict[str, str]) -> None:
    first = client.post("/v1/chat", json={"message": "a mystery"}, headers=ada).json()
    shown = [item["item_id"] for item in first["items"]]
    answer = feedback(client, ada, kind="dislike", item_id=shown[1], thread_id=first["thread_id"]).json()
    assert answer["noted"] == "conversation"
    assert answer["turn"]["thread_id"] == first["thread_id"]
    assert shown[1] not in [item["item_id"] for item in answer["turn"]["items"]]


def test_a_guest_goes_on_by_the_thread_and_is_not_remembered(client: TestClient) -> None:
    thread = client.post("/v1/chat", json={"message": "a mystery"}).json()["thread_id"]
    assert feedback(client, {}, kind="like", item_id="b1", thread_id=thread).status_code == 200
    assert feedback(client, {}, kind="like", item_id="b1").status_code == 403
    assert client.put("/v1/users/me/profile", json={"on": False}).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "like"}, 400),
        ({"kind": "adventure"}, 400),
        ({"kind": "more_like", "item_id": "b1"}, 400),
        ({"kind": "like", "item_id": "none"}, 404),
        ({"kind": "like", "item_id": "b1", "thread_id": "somebody's"}, 404),
        ({"kind": "love", "item_id": "b1"}, 422),
        ({"kind": "like", "item_id": "b1", "catalog": "elsewhere"}, 404),
        ({"kind": "like", "item_id": "b1", "stars": 5}, 422),
    ],
)
def test_feedback_that_cannot_be_noted_is_refused(
    client: TestClient, library: FakeLibrary, ada: dict[str, str], body: dict[str, Any], status: int
) -> None:
    assert feedback(client, ada, **body).status_code == status
    assert not remembered(library, "ada").statements
    assert not library.people.feedback.of("ada")


@pytest.fixture
def profile(library: FakeLibrary) -> Profile:
    source = Source(by="words", words="I like mysteries", day=DAY)
    about = {"confirmed": DAY, "catalog": "shelf", "sources": [source]}
    statements = [
        Statement(kind="like", strength=0.7, field="genres", value="Mystery", **about),
        Statement(kind="seen", strength=0.6, item_id="b2", value="A book", **about),
        Statement(kind="context", strength=0.5, text="with my kids", confirmed=DAY, sources=[source]),
    ]
    assert library.people.memory
    learnt = library.people.memory.learn(
        "ada", Lesson(statements=statements), DAY, lambda p: f"{len(p.statements)} statements."
    )
    assert learnt
    return learnt


def put(client: TestClient, head: dict[str, str], body: Any) -> Any:
    return client.put("/v1/users/me/profile", json=body, headers=head)


def test_a_profile_is_sent_back_as_it_was_read_but_for_what_is_wrong(
    client: TestClient, library: FakeLibrary, ada: dict[str, str], profile: Profile
) -> None:
    read = client.get("/v1/users/ada/profile", headers=ada).json()
    assert put(client, ada, read).json() == read, "nothing changed, so not even the version"
    like, seen, context = read["statements"]
    like["kind"], context["text"] = "dislike", "with my daughter"
    after = put(client, ada, {**read, "statements": [like, context]}).json()
    assert after["version"] == read["version"] + 1
    assert [s["says"] for s in after["statements"]] == ["dislikes genres: Mystery", "says “with my daughter”"]
    assert {s["sources"][0]["by"] for s in after["statements"]} == {"user"}
    assert len(remembered(library, "ada").statements) == 2
    stale = put(client, ada, read)
    assert stale.status_code == 409
    assert "version" in stale.json()["detail"]


def test_the_memory_is_switched_off_and_forgotten(
    client: TestClient, library: FakeLibrary, ada: dict[str, str], profile: Profile
) -> None:
    off = put(client, ada, {"on": False}).json()
    assert (off["on"], len(off["statements"])) == (False, 3)
    assert put(client, ada, {"statements": []}).json()["statements"] == []
    gone = client.delete("/v1/users/me/profile", headers=ada)
    assert (gone.status_code, gone.content) == (204, b"")
    assert remembered(library, "ada") == Profile()


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ({"key": "like:nothing"}, 400),
        ({"key": "context::with my kids", "kind": "seen"}, 400),
        ({"key": "context::with my kids", "text": " "}, 400),
        ({"key": "like:shelf:genres=mystery", "text": "of words"}, 400),
        ({"key": "like:shelf:genres=mystery", "kind": "limit"}, 400),
        ({"key": "like:shelf:genres=mystery", "kind": "love"}, 422),
        ({"key": "like:shelf:genres=mystery", "strength": 2}, 422),
        ({}, 422),
    ],
)
def test_what_a_statement_cannot_say_changes_nothing(
    client: TestClient, library: FakeLibrary, ada: dict[str, str], profile: Profile, statement: Any, status: int
) -> None:
    assert put(client, ada, {"statements": [statement], "on": False}).status_code == status
    assert remembered(library, "ada") == profile


CALLS = (
    ("GET", "/v1/users/{}/profile", None),
    ("PUT", "/v1/users/{}/profile", {"on": False}),
    ("DELETE", "/v1/users/{}/profile", None),
    ("GET", "/v1/users/{}/export", None),
    ("DELETE", "/v1/users/{}", None),
)


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_another_user_is_nobody(
    client: TestClient, library: FakeLibrary, access: Access, bob: dict[str, str], profile: Profile,
    method: str, path: str, body: Any,
) -> None:  # fmt: skip
    theirs = [client.request(method, path.format(user), json=body, headers=bob) for user in ("ada", "nobody", "x" * 40)]
    guests = [client.request(method, path.format(user), json=body) for user in ("ada", "guest-1")]
    assert {answer.status_code for answer in theirs + guests} == {404}
    assert len({answer.content for answer in theirs + guests}) == 1, "what is there is not told apart from what is not"
    assert remembered(library, "ada") == profile
    weak = a_token(access, "ada", "chat", "read")
    assert client.request(method, path.format("me"), json=body, headers=weak).status_code == 403
    admin = a_token(access, "root", "admin")
    assert client.request(method, path.format("ada"), json=body, headers=admin).status_code in (200, 204)


def test_an_export_holds_everything_but_what_opens_doors(
    client: TestClient, ada: dict[str, str], profile: Profile
) -> None:
    feedback(client, ada, kind="like", item_id="b1")
    answer = client.get("/v1/users/me/export", headers=ada)
    out = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert len(out["profile"]["statements"]) == 4
    assert out["feedback"][0]["item_id"] == "b1"
    assert ada["Authorization"][28:] not in answer.text


def test_nothing_is_left_of_a_user_who_goes(
    client: TestClient, library: FakeLibrary, ada: dict[str, str], profile: Profile
) -> None:
    feedback(client, ada, kind="like", item_id="b1")
    gone = client.delete("/v1/users/me", headers=ada).json()
    assert (gone["statements"], gone["opinions"]) == (4, 1)
    assert remembered(library, "ada") == Profile()
    assert not library.people.feedback.of("ada")


def test_nobody_goes_on_with_the_conversation_of_another(
    client: TestClient, ada: dict[str, str], bob: dict[str, str]
) -> None:
    thread = client.post("/v1/chat", json={"message": "a mystery"}, headers=ada).json()["thread_id"]
    assert client.post("/v1/chat", json={"message": "more", "thread_id": thread}, headers=ada).status_code == 200
    other = client.post("/v1/chat", json={"message": "more", "thread_id": thread}, headers=bob)
    unknown = client.post("/v1/chat", json={"message": "more", "thread_id": "x" * 24}, headers=bob)
    guest = client.post("/v1/chat", json={"message": "more", "thread_id": thread})
    assert {answer.status_code for answer in (other, unknown, guest)} == {404}
    assert other.content == unknown.content == guest.content
    assert feedback(client, bob, kind="like", item_id="b1", thread_id=thread).status_code == 404
