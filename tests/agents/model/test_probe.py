"""Finding out what an endpoint can do: a capable one, a weak one, one that refuses, and none at all."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from agents.model.endpoint import Endpoint
from agents.model.probe import probe
from errors import ModelError, ModelNonsense, ModelUnavailable
from settings import Settings

Answer = Callable[[dict[str, Any]], httpx2.Response]
CITIES = [{"function": {"name": "weather", "arguments": json.dumps({"city": city})}} for city in ("Rome", "Oslo")]


def said(text: str | None, *, counted: bool = True, **message: Any) -> httpx2.Response:
    choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": text, **message}}
    usage = {"usage": {"prompt_tokens": 8000, "completion_tokens": 2}} if counted else {}
    return httpx2.Response(200, json={"choices": [choice], **usage})


def streamed(*pieces: str) -> httpx2.Response:
    chunks = [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
    ends = [{"choices": [{"delta": {}, "finish_reason": "stop"}]}]
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in [*chunks, *ends])
    return httpx2.Response(200, content=body + "data: [DONE]\n\n", headers={"content-type": "text/event-stream"})


def capable(body: dict[str, Any]) -> httpx2.Response:
    if body.get("stream"):
        return streamed("one, ", "two")
    if "tools" in body:
        return said(None, tool_calls=CITIES)
    kind = body.get("response_format", {}).get("type")
    return said({"json_schema": '{"answer": "lantern"}', "json_object": '{"colour": "white"}', None: "Ready."}[kind])


def weak(body: dict[str, Any]) -> httpx2.Response:
    if body.get("stream"):
        return streamed("one, two")
    return said('I would call {"name": "weather"}. Or {"colour": "red"}?', counted=False)


def refusing(body: dict[str, Any]) -> httpx2.Response:
    if body.get("stream") or "tools" in body or "response_format" in body:
        named = "tools" if "tools" in body else "response_format" if "response_format" in body else "streaming"
        return httpx2.Response(400, json={"error": {"message": f"{named} is not supported"}})
    return said("Ready.")


def found(answer: Answer, about: Callable[[str], Any] = lambda path: None, **more: Any) -> Endpoint:
    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            told = about(request.url.path)
            return httpx2.Response(200, json=told) if told is not None else httpx2.Response(404)
        return answer(json.loads(request.content))

    settings = Settings(_env_file=None, llm_base_url="http://models.test/v1", llm_model="small", **more)
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(serve))
    return asyncio.run(probe(settings, client))


def test_a_capable_endpoint() -> None:
    listed = {"data": [{"id": "other", "max_model_len": 1}, {"id": "small", "max_model_len": 32768}]}
    endpoint = found(capable, lambda path: listed if path == "/v1/models" else None)
    assert (endpoint.tools, endpoint.parallel_tools, endpoint.takes_tools) == (True, True, True)
    assert (endpoint.json_schema, endpoint.json_object, endpoint.streaming) == (True, True, True)
    assert (endpoint.counts_tokens, endpoint.context_tokens) == (True, 32768)
    assert endpoint.probed is not None and endpoint.first_token_ms is not None
    assert not {"tools", "json_schema", "json_object"} & endpoint.refused


def test_a_weak_endpoint_is_not_taken_at_its_word() -> None:
    endpoint = found(weak)
    assert (endpoint.tools, endpoint.parallel_tools, endpoint.takes_tools) == (False, False, False)
    assert (endpoint.json_schema, endpoint.json_object, endpoint.streaming) == (False, False, False)
    assert endpoint.counts_tokens is False


def test_what_is_refused_is_remembered() -> None:
    endpoint = found(refusing)
    assert endpoint.tools is False and endpoint.streaming is False
    assert endpoint.json_schema is False and endpoint.json_object is False
    assert {"tools", "json_schema"} <= endpoint.refused


@pytest.mark.parametrize(
    ("path", "told", "tokens"),
    [
        ("/v1/models", {"data": [{"id": "small", "meta": {"n_ctx": 6144, "n_ctx_train": 32768}}]}, 6144),
        ("/v1/models", {"data": [{"id": "small", "context_length": 9000}]}, 9000),
        ("/props", {"default_generation_settings": {"n_ctx": 2048}}, 2048),
        ("/v1/models", {"data": [{"id": "another", "max_model_len": 7}]}, 8002),
        ("/v1/models", {"data": "none"}, 8002),
        ("/v1/models", [1], 8002),
    ],
)
def test_the_context_is_told_or_tried_out(path: str, told: Any, tokens: int) -> None:
    assert found(capable, lambda asked: told if asked == path else None).context_tokens == tokens


def failing(failure: httpx2.Response | Exception) -> Answer:
    def fail(_: dict[str, Any]) -> httpx2.Response:
        if isinstance(failure, Exception):
            raise failure
        return failure

    return fail


@pytest.mark.parametrize(
    ("failure", "kind", "words"),
    [
        (httpx2.ConnectError("refused"), ModelUnavailable, "cannot be reached"),
        (httpx2.ReadTimeout("slow"), ModelUnavailable, "in time"),
        (httpx2.Response(200, html="<html></html>"), ModelNonsense, "no chat completion"),
        (httpx2.Response(404, json={"error": "no such model"}), ModelUnavailable, "no model 'small'"),
    ],
)
def test_an_endpoint_that_does_not_answer_is_one_sentence(
    failure: httpx2.Response | Exception, kind: type[ModelError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        found(failing(failure), llm_timeout_s=1)
