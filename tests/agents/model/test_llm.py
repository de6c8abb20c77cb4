"""The real client against a scripted server."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from agents.model.chat import ModelReply, ToolsRefused, Usage
from agents.model.llm import OpenAIModel
from agents.model.text import ThoughtFilter, json_values, strip_thinking, tool_calls_in
from agents.state import ToolCall
from errors import ModelNonsense, ModelUnavailable
from settings import Settings

ASK = [{"role": "user", "content": "my secret wish"}]
TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}]
SCHEMA = {"type": "object", "properties": {"query": {"type": "string"}}}
Answer = httpx2.Response | Exception


class Server:
    """Answers with the given responses in order (the last one for ever) and keeps the requests."""

    def __init__(self, *answers: Answer | Callable[[dict[str, Any]], Answer]) -> None:
        self.answers = list(answers)
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[httpx2.Headers] = []
        self.waits: list[float] = []
        self.now = 0.0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(json.loads(request.content))
        self.headers.append(request.headers)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = answer(self.bodies[-1]) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(self, wait_s: float) -> None:
        self.waits.append(wait_s)
        self.now += wait_s

    def model(self, **settings: Any) -> OpenAIModel:
        given = {
            "llm_base_url": "http://models.test/v1",
            "llm_model": "small",
            "CICERONE_LLM_API_KEY": "sk-canary",
            **settings,
        }
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self))
        return OpenAIModel(
            Settings(_env_file=None, **given), http_client=client, sleep=self.sleep, clock=lambda: self.now
        )


def said(content: Any, **message: Any) -> httpx2.Response:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content, **message}}
    return httpx2.Response(200, json={"id": "1", "choices": [choice], "usage": {"total_tokens": 7}})


def called(arguments: Any) -> httpx2.Response:
    return said(
        None, tool_calls=[{"id": "1", "type": "function", "function": {"name": "look", "arguments": arguments}}]
    )


def failed(status: int, message: str = "no", **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json={"error": {"message": message}}, headers=headers)


def streamed(
    *pieces: str, end: str = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
) -> httpx2.Response:
    lines = [f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': piece}}]})}\n\n" for piece in pieces]
    body = "".join([*lines, end, "data: [DONE]\n\n" if end else ""])
    return httpx2.Response(200, content=body.encode(), headers={"content-type": "text/event-stream"})


def complete(model: OpenAIModel, **how: Any) -> ModelReply:
    return asyncio.run(model.complete(ASK, timeout_s=how.pop("timeout_s", 20), **how))


def stream(model: OpenAIModel, usage: Usage | None = None) -> list[str]:
    async def collect() -> list[str]:
        return [piece async for piece in model.stream(ASK, timeout_s=20, usage=usage)]

    return asyncio.run(collect())


def test_an_answer_comes_with_its_cost() -> None:
    server = Server(said("Hello"))
    assert complete(server.model()) == ModelReply(text="Hello", tokens=7)
    assert server.headers[0]["authorization"] == "Bearer sk-canary"


def test_a_local_server_needs_no_key() -> None:
    server = Server(said("Hello"))
    assert complete(server.model(CICERONE_LLM_API_KEY=None)).text == "Hello"


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, html="<html>Welcome</html>"),
        httpx2.Response(200, content=b"", headers={"content-type": "application/json"}),
        httpx2.Response(200, content=b"{oops", headers={"content-type": "application/json"}),
        httpx2.Response(200, json=[1, 2]),
        httpx2.Response(200, json={"choices": []}),
        httpx2.Response(200, json={"choices": "none"}),
        httpx2.Response(200, json={"choices": [{"message": None}]}),
        said(None),
        said(""),
        said("<think>only thoughts</think>"),
    ],
)
def test_what_is_no_answer_is_nonsense(answer: httpx2.Response) -> None:
    with pytest.raises(ModelNonsense):
        complete(Server(answer).model())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (failed(401, "Incorrect key sk-canary"), "CICERONE_LLM_API_KEY"),
        (failed(404, "model not found"), "CICERONE_LLM_MODEL"),
        (failed(400, "context length exceeded"), "400"),
        (failed(429), "busy"),
        (failed(503, "my secret wish"), "503"),
        (httpx2.ConnectError("refused"), "cannot be reached"),
        (httpx2.ReadTimeout("slow"), "in time"),
    ],
)
def test_failures_are_one_sentence_without_key_or_prompt(answer: Answer, words: str) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        complete(Server(answer).model())
    message = str(caught.value)
    assert words in message
    assert "canary" not in message and "secret wish" not in message
    assert message.endswith(".") and "\n" not in message


@pytest.mark.parametrize("failure", [failed(429), failed(500), failed(503), httpx2.ConnectError("refused")])
def test_what_may_pass_is_tried_again_at_most_twice(failure: Answer) -> None:
    server = Server(failure, failure, said("at last"))
    assert complete(server.model()).text == "at last"
    assert len(server.waits) == 2 and all(0 < wait < 3 for wait in server.waits)
    server = Server(failure)
    with pytest.raises(ModelUnavailable):
        complete(server.model())
    assert len(server.bodies) == 3


@pytest.mark.parametrize("failure", [failed(401), failed(404), httpx2.ReadTimeout("slow")])
def test_what_will_not_pass_is_not_tried_again(failure: Answer) -> None:
    server = Server(failure)
    with pytest.raises(ModelUnavailable):
        complete(server.model())
    assert len(server.bodies) == 1


def test_retry_after_is_honoured_where_it_fits() -> None:
    server = Server(failed(429, **{"retry-after": "2"}), said("now"))
    assert complete(server.model()).text == "now"
    assert server.waits == [2.0]
    server = Server(failed(429, **{"retry-after": "120"}), said("never"))
    with pytest.raises(ModelUnavailable):
        complete(server.model())
    assert server.waits == []


def test_a_hanging_server_is_cut_at_the_deadline() -> None:
    async def hang(request: httpx2.Request) -> httpx2.Response:
        await asyncio.Event().wait()
        raise AssertionError

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(hang))
    model = OpenAIModel(Settings(_env_file=None, llm_base_url="http://models.test/v1"), http_client=client)
    with pytest.raises(ModelUnavailable, match="in time"):
        complete(model, timeout_s=0.1)


def test_after_five_failures_the_model_is_left_alone_for_a_while() -> None:
    server = Server(failed(401), failed(401), failed(401), failed(401), failed(401), said("back"))
    model = server.model()
    for _ in range(5):
        with pytest.raises(ModelUnavailable, match="key"):
            complete(model)
    with pytest.raises(ModelUnavailable, match="asked again in 30 s"):
        complete(model)
    assert len(server.bodies) == 5
    server.now += 31
    assert complete(model).text == "back"
    assert complete(model).text == "back"


def test_a_failed_trial_opens_the_breaker_again() -> None:
    server = Server(failed(401))
    model = server.model()
    for _ in range(5):
        with pytest.raises(ModelUnavailable):
            complete(model)
    server.now += 31
    with pytest.raises(ModelUnavailable, match="key"):
        complete(model)
    with pytest.raises(ModelUnavailable, match="asked again"):
        complete(model)


@pytest.mark.parametrize(
    "arguments",
    ['{"a": 1}', '```json\n{"a": 1}\n```', json.dumps('{"a": 1}'), '{"a": 1,}', {"a": 1}],
)
def test_tool_arguments_are_read_however_they_are_wrapped(arguments: Any) -> None:
    assert complete(Server(called(arguments)).model(), tools=TOOLS).calls == [ToolCall(tool="look", args={"a": 1})]


def test_unreadable_tool_arguments_are_left_as_text() -> None:
    reply = complete(Server(called("{a: oops")).model(), tools=TOOLS)
    assert reply.calls == [] and "oops" in reply.text


@pytest.mark.parametrize(
    "refusal", [failed(400, "does not support tools"), failed(404, "no endpoint for tool use"), failed(501)]
)
def test_a_server_without_tools_is_asked_without(refusal: Answer) -> None:
    server = Server(refusal, said("{}"))
    model = server.model()
    with pytest.raises(ToolsRefused):
        complete(model, tools=TOOLS)
    assert len(server.bodies) == 1
    assert model.endpoint.takes_tools is (b"tool" not in refusal.content)
    assert complete(model, schema=SCHEMA).text == "{}"


@pytest.mark.parametrize(("address", "first"), [("http://127.0.0.1:9001/v1", False), ("https://models.test/v1", True)])
def test_a_model_on_this_machine_is_asked_for_json_first(address: str, first: bool) -> None:
    assert Server(said("ok")).model(llm_base_url=address).endpoint.takes_tools is first


def test_a_refused_response_format_is_remembered() -> None:
    def strict(body: dict[str, Any]) -> httpx2.Response:
        kind = body.get("response_format", {}).get("type")
        return failed(400, f"response_format {kind} is not supported") if kind else said('{"query": ""}')

    server = Server(strict)
    model = server.model()
    assert complete(model, schema=SCHEMA).text == '{"query": ""}'
    assert [body.get("response_format", {}).get("type") for body in server.bodies] == [
        "json_schema",
        "json_object",
        None,
    ]
    complete(model, schema=SCHEMA)
    assert len(server.bodies) == 4


def test_the_name_of_the_token_limit_follows_the_server() -> None:
    def modern(body: dict[str, Any]) -> httpx2.Response:
        return failed(400, "use 'max_completion_tokens' instead of max_tokens") if "max_tokens" in body else said("ok")

    server = Server(modern)
    model = server.model()
    assert complete(model).text == "ok"
    assert complete(model).text == "ok"
    assert ["max_tokens" in body for body in server.bodies] == [True, False, False]


def test_a_stream_gives_pieces_and_cost() -> None:
    usage = Usage()
    end = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    end += 'data: {"choices":[],"usage":{"total_tokens":9}}\n\n'
    assert stream(Server(streamed("<thi", "nk>hm</think>", "Hel", "lo <3", end=end)).model(), usage) == [
        "Hel",
        "lo ",
        "<3",
    ]
    assert (usage.tokens, usage.estimated) == (9, False)


@pytest.mark.parametrize(
    "end",
    ["", 'data: {"error": {"message": "boom"}}\n\n', 'data: {"cho\n\n'],
)
def test_a_broken_stream_raises_after_what_it_gave(end: str) -> None:
    async def collect(model: OpenAIModel) -> tuple[str, Exception | None]:
        text = ""
        try:
            async for piece in model.stream(ASK, timeout_s=20):
                text += piece
        except (ModelUnavailable, ModelNonsense) as error:
            return text, error
        return text, None

    text, error = asyncio.run(collect(Server(streamed("Half an ans", end=end)).model()))
    assert text == "Half an ans"
    assert error is not None


@pytest.mark.parametrize("answer", [httpx2.Response(200, html="<html></html>"), streamed()])
def test_a_stream_of_nothing_is_nonsense(answer: httpx2.Response) -> None:
    with pytest.raises(ModelNonsense):
        stream(Server(answer).model())


def test_closing_a_stream_closes_the_connection() -> None:
    closed = asyncio.Event()

    class Body(httpx2.AsyncByteStream):
        async def __aiter__(self) -> Any:
            while True:
                yield b'data: {"choices":[{"index":0,"delta":{"content":"more "}}]}\n\n'

        async def aclose(self) -> None:
            closed.set()

    async def run() -> None:
        answer = httpx2.Response(200, stream=Body(), headers={"content-type": "text/event-stream"})
        model = Server(answer).model()
        pieces = model.stream(ASK, timeout_s=20)
        assert await anext(pieces) == "more "
        await pieces.aclose()
        assert closed.is_set()

    asyncio.run(run())


def test_thoughts_are_no_answer() -> None:
    assert strip_thinking("<think>hm\nhm</think> Yes") == "Yes"
    assert strip_thinking("hm</think>Yes") == "Yes"
    assert strip_thinking("Yes <think>cut off") == "Yes"
    thoughts = ThoughtFilter()
    assert "".join([thoughts.feed(c) for c in "a <think>b</think> 1 < 2"]) + thoughts.rest() == "a  1 < 2"


def test_json_is_found_wherever_it_hides() -> None:
    assert json_values('Sure!\n```json\n{"a": [1, 2,],}\n``` and [{"b": "x\ny"}]') == [{"a": [1, 2]}, [{"b": "x\ny"}]]
    assert json_values(json.dumps(json.dumps({"a": 1}))) == [{"a": 1}]
    assert json_values("no {json} [here]") == []
    assert json_values("[" * 30_000) == []


def test_tool_calls_written_as_text_are_read() -> None:
    fenced = '```json\n{"name": "look", "arguments": {"q": "a"}}\n```'
    text = f'I will search. {fenced} <tool_call>{{"name": "see", "parameters": "{{}}"}}</tool_call>'
    assert tool_calls_in(text) == [ToolCall(tool="look", args={"q": "a"}), ToolCall(tool="see")]
    openai_like = {"tool_calls": [{"function": {"name": "look", "arguments": '{"q": 1}'}}]}
    assert tool_calls_in(json.dumps(openai_like)) == [ToolCall(tool="look", args={"q": 1})]
    assert tool_calls_in('{"query": "not a call"}') == []
