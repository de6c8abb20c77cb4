"""Examples of the API document: what is sent to each route and what comes back, of a small shelf of books."""

from typing import Any

_FIELDS = {"year": 1958, "genres": ["Mystery", "Travel"], "pages": 244, "rating": 91}
_ITEM = {
    "item_id": "b4",
    "title": "The Atlas House",
    "score": 0.83,
    "fields": _FIELDS,
    "reasons": [{"text": "mystery that 91 % of readers liked", "source": "rating"}],
}
_LIMIT = {"field": "pages", "op": "lte", "value": 300}
_TURN = {
    "items": [_ITEM],
    "filters": [_LIMIT],
    "question": {"text": "Long or short?", "choices": ["Under 200 pages", "Any length"]},
    "reply": "One book fits.",
    "notices": [],
    "tools": [{"name": "search_meaning", "ms": 12.3, "n_hits": 50}],
    "adventure": 0.0,
    "planner": "basic",
    "model_calls": 0,
    "tokens": 0,
    "ms": 48.2,
}
_THREAD = {"thread_id": "h0Zk3v1pQ7yX2mN8sT4w5R6u"} | _TURN
_STATEMENT = {
    "key": "like:shelf:genres=mystery",
    "says": "likes genres: Mystery",
    "kind": "like",
    "strength": 0.7,
    "confirmed": "2026-01-02",
    "catalog": "shelf",
    "item_id": "",
    "field": "genres",
    "value": "Mystery",
    "filter": None,
    "text": "",
    "sources": [{"by": "words", "words": "I like mysteries", "day": "2026-01-02", "thread": "h0Zk3v1p", "turn": 0}],
}
_PROFILE = {
    "user_id": "user-ada", "on": True, "version": 3, "summary": "You like mystery. That is a guess still.",
    "statements": [_STATEMENT],
}  # fmt: skip
_MODEL = {
    "id": "cicerone", "object": "model", "created": 1767225600, "owned_by": "cicerone",
    "cicerone": {"catalog": "shelf", "noun": ["book", "books"], "n_items": 40},
}  # fmt: skip
_COMPLETION = {
    "id": "chatcmpl-0f2a8c41d7e95b36a1c0d4e7", "created": 1767225600, "model": "cicerone", "object": "chat.completion",
    "choices": [
        {
            "index": 0, "logprobs": None, "finish_reason": "stop",
            "message": {
                "role": "assistant", "refusal": None, "content": "One book fits.\n\n1. **The Atlas House** (1958)",
                "cicerone": {name: value for name, value in _TURN.items() if name != "reply"},
            },
        }
    ],
    "usage": {
        "prompt_tokens": 6, "completion_tokens": 11, "total_tokens": 17,
        "cicerone": {"estimated": True, "model_calls": 0},
    },
}  # fmt: skip
_CATALOG = {
    "name": "shelf", "noun": ["book", "books"], "n_items": 40, "build_id": "20260101-000000-a1b2",
    "built_at": "2026-01-01T00:00:00+00:00",
    "fields": [{"name": "pages", "role": "number", "label": "pages", "unit": "pages", "low": 90, "high": 900}],
}  # fmt: skip
_EXPORT = {
    "user_id": "user-ada", "profile": {"statements": [], "on": True, "version": 0, "summary": ""},
    "spending": {"2026-01-02": {"calls": 2, "tokens_in": 900, "tokens_out": 120, "estimated": False, "cost": None}},
    "feedback": [
        {"kind": "like", "item_id": "b4", "catalog": "shelf", "thread_id": "", "turn_id": "", "at": "2026-01-02T10:00"}
    ],
    "others": {}, "conversations": {}, "traces": [],
}  # fmt: skip

SENT: dict[tuple[str, str], Any] = {
    ("post", "/v1/chat"): {"message": "a mystery under 300 pages", "k": 3},
    ("post", "/v1/recommend"): {"query": "a quiet story", "filters": [_LIMIT], "k": 3},
    ("post", "/v1/chat/completions"): {
        "model": "cicerone",
        "messages": [{"role": "user", "content": "a mystery under 300 pages"}],
    },
    ("post", "/v1/feedback"): {"kind": "like", "item_id": "b4"},
    ("put", "/v1/users/{user_id}/profile"): {"on": True, "statements": []},
}
"""By method and path: a body."""

GIVEN: dict[tuple[str, str], Any] = {
    ("post", "/v1/chat"): _THREAD,
    ("post", "/v1/recommend"): {"id": None} | _TURN,
    ("get", "/v1/items/{item_id}"): {"item_id": "b4", "title": "The Atlas House", "fields": _FIELDS},
    ("get", "/v1/catalogs"): {"default": "shelf", "catalogs": [_CATALOG], "notices": []},
    ("post", "/v1/chat/completions"): _COMPLETION,
    ("get", "/v1/models"): {"object": "list", "data": [_MODEL]},
    ("get", "/v1/models/{model}"): _MODEL,
    ("post", "/v1/feedback"): {"noted": "profile"},
    ("get", "/v1/users/{user_id}/profile"): _PROFILE,
    ("put", "/v1/users/{user_id}/profile"): _PROFILE,
    ("get", "/v1/users/{user_id}/export"): _EXPORT,
    ("delete", "/v1/users/{user_id}"): {
        "statements": 4, "conversations": 2, "traces": 2, "days": 1, "opinions": 3, "others": 1,
    },
    ("get", "/healthz"): {"status": "alive"},
    ("get", "/readyz"): {"status": "ready", "catalog": "shelf", "planner": "basic planner", "notices": []},
}  # fmt: skip
"""By method and path: what a call that goes well is answered with."""

EVENTS = (
    'event: token\ndata: {"type":"token","text":"One "}\n\n'
    'event: notice\ndata: {"type":"notice","text":"The model did not answer; basic planner used."}\n\n'
)
PARAMETERS = {
    "item_id": "b4",
    "model": "cicerone",
    "user_id": "me",
    "catalog": "shelf",
    "idempotency-key": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
}
"""By name: one that works."""
DETAILS = {
    400: "The message is empty. Say what you are looking for.",
    401: "This token is unknown or was revoked. Ask for a new one.",
    403: "This is not for you: it takes the scope 'read' (look items and catalogues up).",
    404: "There is no such user here.",
    405: "GET does not fit this address; it takes POST.",
    409: "The profile has changed since you read it: it is version 4, not 3. Read it again.",
    413: "The body is longer than 1,000,000 bytes. Send less.",
    415: "The body must be a JSON object, sent as Content-Type: application/json.",
    421: "This server does not go by that name. Put it into CICERONE_ALLOWED_HOSTS if it should.",
    422: "k: input should be greater than or equal to 1. The API page at /docs shows what it takes.",
    429: "This token may take 60 turns a minute. Wait a moment.",
    500: "Something went wrong on our side; the log says what. Try again.",
    503: "The catalogue 'shelf' is damaged. Build it again.",
}
"""By status: a sentence that is said with it."""
