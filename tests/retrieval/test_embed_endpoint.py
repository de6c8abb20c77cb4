"""Embedding by a server: order, retries, refusals, what is sent, and what is said when nothing comes back."""

from collections.abc import Callable
from typing import Any

import httpx2
import numpy as np
import pytest
from contracts import EmbedderContract
from embedding_server import EmbeddingServer
from shelf import WordVectors

from errors import ModelError, ModelNonsense, ModelUnavailable
from retrieval.embed import Embedder
from retrieval.embed_endpoint import EndpointEmbedder


class TestContract(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return made(EmbeddingServer())


def made(server: httpx2.BaseTransport, key: str = "", **more: Any) -> EndpointEmbedder:
    return EndpointEmbedder(
        "http://vectors.test/v1/", "tiny", key, transport=server, **{"sleep": lambda _: None, **more}
    )


def data(*vectors: Any) -> httpx2.Response:
    return httpx2.Response(200, json={"data": [{"index": i, "embedding": v} for i, v in enumerate(vectors)]})


def test_texts_get_their_own_vectors_from_an_answer_in_another_order() -> None:
    texts = ["tea", "kettle", "cup"]
    assert made(EmbeddingServer()).embed(texts) == pytest.approx(WordVectors().embed(texts), abs=1e-6)


def test_what_is_sent() -> None:
    server = EmbeddingServer()
    made(server, "sesame").embed(["tea"])
    request = server.asked[0]
    assert str(request.url) == "http://vectors.test/v1/embeddings"
    assert request.headers["authorization"] == "Bearer sesame"
    made(server).embed(["tea"])
    assert "authorization" not in server.asked[1].headers


def test_requests_hold_a_bounded_number_of_texts_and_letters() -> None:
    server = EmbeddingServer()
    made(server).embed(["tea"] * 200 + ["word " * 1000] * 40)
    assert max(map(len, server.inputs)) <= 64
    assert max(sum(map(len, texts)) for texts in server.inputs) <= 60_000
    assert sum(map(len, server.inputs)) == 240


@pytest.mark.parametrize("passing", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_waiting_as_long_as_told(passing: int) -> None:
    waited: list[float] = []
    server = EmbeddingServer(
        httpx2.Response(passing, headers={"retry-after": "7"}), httpx2.Response(passing), httpx2.ConnectError("gone")
    )
    assert len(made(server, sleep=waited.append).embed(["tea", "cup"])) == 2
    assert waited == [7.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "CICERONE_EMBED_API_KEY"), (404, "CICERONE_EMBED_MODEL"), (501, "for embeddings"), (400, "status 400")],
)
def test_what_cannot_pass_is_told_at_once_with_its_remedy(status: int, said: str) -> None:
    server = EmbeddingServer(*[httpx2.Response(status, text="secret body")] * 9)
    with pytest.raises(ModelUnavailable, match=said) as caught:
        made(server, "sesame").embed(["tea", "cup"])
    assert len(server.asked) == 1
    assert "'tiny' at vectors.test" in str(caught.value)
    assert "secret" not in str(caught.value) and "sesame" not in str(caught.value)


def test_a_build_gives_up_after_some_tries() -> None:
    server = EmbeddingServer(*[httpx2.Response(503)] * 50)
    with pytest.raises(ModelUnavailable, match="status 503"):
        made(server).embed(["tea", "cup"])
    assert len(server.asked) == 6


def test_a_person_waits_shortly_and_not_again_right_after() -> None:
    now, waited = [0.0], []
    server = EmbeddingServer(*[httpx2.Response(503, headers={"retry-after": "60"})] * 2)
    embedder = made(server, sleep=waited.append, clock=lambda: now[0])
    for problem in ("status 503", "a moment ago"):
        with pytest.raises(ModelUnavailable, match=problem):
            embedder.embed(["tea"])
    assert (len(server.asked), waited) == (2, [1.0])
    now[0] = 31.0
    assert embedder.embed(["tea"]).shape == (1, 64)


def test_texts_too_long_for_the_server_are_sent_apart_then_cut() -> None:
    server = EmbeddingServer(most_chars=1000)
    texts = ["tea", "cup " * 1000, "kettle"]
    vectors = made(server).embed(texts)
    assert vectors == pytest.approx(WordVectors().embed(["tea", texts[1][:1000], "kettle"]), abs=1e-3)


def test_a_server_that_takes_nothing_is_named() -> None:
    with pytest.raises(ModelError, match="even short texts"):
        made(EmbeddingServer(most_chars=3)).embed(["kettle", "teapot"])


NONSENSE: dict[str, Callable[[], httpx2.Response]] = {
    "no JSON": lambda: httpx2.Response(200, text="<html>"),
    "a list": lambda: httpx2.Response(200, json=[]),
    "no data": lambda: httpx2.Response(200, json={"object": "list"}),
    "too few": lambda: data([1.0, 0.0]),
    "unlike lengths": lambda: data([1.0, 0.0], [1.0]),
    "no numbers": lambda: data(["a"], ["b"]),
    "not a number": lambda: httpx2.Response(200, text='{"data": [{"embedding": [NaN]}, {"embedding": [1]}]}'),
    "empty": lambda: data([], []),
    "a bad index": lambda: httpx2.Response(200, json={"data": [{"index": "x", "embedding": [1]}] * 2}),
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_refused(answer: Callable[[], httpx2.Response]) -> None:
    with pytest.raises(ModelNonsense, match="no vector a text"):
        made(EmbeddingServer(answer())).embed(["tea", "cup"])


def test_an_answer_without_indexes_counts_in_its_order() -> None:
    rows = [{"embedding": [2.0, 0.0]}, {"embedding": [0.0, 2.0]}]
    assert np.array_equal(
        made(EmbeddingServer(httpx2.Response(200, json={"data": rows}))).embed(["tea", "cup"]), np.eye(2)
    )


def test_a_server_that_changes_its_model_midway_is_caught() -> None:
    embedder = made(EmbeddingServer(data([1.0, 0.0]), data([1.0, 0.0, 0.0])))
    embedder.embed(["tea"])
    with pytest.raises(ModelNonsense, match="of 3 numbers, before of 2"):
        embedder.embed(["cup"])
