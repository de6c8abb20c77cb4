"""The API page at /docs, drawn from the OpenAPI document alone, so that it needs no script from elsewhere."""

import json
from typing import Any

from ui import cards


def api_page(openapi: dict[str, Any]) -> str:
    """Return the page for an OpenAPI document."""
    schemas = openapi.get("components", {}).get("schemas", {})
    calls = [
        _call(method, path, operation, schemas)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    return cards.render(
        "api.html", title=openapi["info"]["title"], summary=openapi["info"].get("summary", ""), calls=calls
    )


def _call(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    takes = _schema(operation.get("requestBody", {}))
    gives = _schema(operation.get("responses", {}).get("200", {}))
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "takes": [*map(_parameter, operation.get("parameters", [])), *_fields(takes, schemas)],
        "gives": _fields(gives, schemas),
        "example": json.dumps({"message": "something quiet"}) if path == "/v1/chat" else "",
    }


def _schema(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    named = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    needed = named.get("required", [])
    return [
        {"name": name, "kind": _kind(of, schemas), "needed": name in needed, "about": of.get("description", "")}
        for name, of in named.get("properties", {}).items()
    ]


def _parameter(of: dict[str, Any]) -> dict[str, Any]:
    kind = f"{_kind(of['schema'], {})} in the {of['in']}"
    return {"name": of["name"], "kind": kind, "needed": of["required"], "about": of.get("description", "")}


def _kind(of: dict[str, Any], schemas: dict[str, Any]) -> str:
    if "$ref" in of:
        inner = schemas.get(of["$ref"].rpartition("/")[2], {}).get("properties", {})
        return "{" + ", ".join(inner) + "}"
    if "anyOf" in of:
        return " or ".join(dict.fromkeys(_kind(one, schemas) for one in of["anyOf"] if one.get("type") != "null"))
    if of.get("type") == "array":
        return f"list of {_kind(of.get('items', {}), schemas)}"
    return str(of.get("type", "anything"))
