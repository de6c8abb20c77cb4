"""The MCP server: the tools of mcp_tools over streamable HTTP at /mcp, and over standard input and output.

No call depends on another, so there are no sessions to steal or to lose, and any copy of the server answers any call.
"""

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException, Request
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from errors import CiceroneError
from tools.spec import inlined
from ui.guide import Guides
from ui.identity import Who, require, who
from ui.mcp_door import AS_DATA, Door
from ui.mcp_profile import PROFILE
from ui.mcp_tools import TOOLS
from ui.problems import OUR_FAULT
from ui.rates import take_turn
from ui.scopes import USUAL

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp.types import CallToolResult, Tool

_INSTRUCTIONS = (
    "Recommends from catalogues. `recommend` takes a request in plain words; `catalogs` lists the fields that filters "
    f"name; `search` and `item_details` answer exact questions. {AS_DATA}"
)
LOCAL = Who("", False, frozenset(USUAL))
"""Whoever started this process."""
DOORS = (*TOOLS, PROFILE)
_log = logging.getLogger("cicerone.mcp")


def mcp_server(guides: Guides, local: Who = LOCAL) -> "Server[Any]":
    """Return the server; importing what it is made of takes a second.

    `local` is whoever asks otherwise than over HTTP.
    """
    from mcp.server.lowlevel import Server
    from mcp.types import ListToolsResult

    tools = [_tool(door) for door in DOORS]

    async def list_tools(context: Any, params: Any) -> ListToolsResult:
        return ListToolsResult(tools=tools)

    async def call_tool(context: Any, params: Any) -> "CallToolResult":
        return await _called(guides, params.name, params.arguments or {}, context.request, local)

    return Server(
        "cicerone", title="Cicerone", instructions=_INSTRUCTIONS, on_list_tools=list_tools, on_call_tool=call_tool
    )


def _tool(door: Door[Any]) -> "Tool":
    from mcp.types import Tool, ToolAnnotations

    return Tool(
        name=door.name,
        title=door.title,
        description=f"{door.description} {AS_DATA}",
        input_schema=inlined(door.args.model_json_schema()),
        output_schema=inlined(door.gives.model_json_schema(mode="serialization")),
        annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )


async def _called(
    guides: Guides, name: str, raw: dict[str, Any], request: Request | None, local: Who
) -> "CallToolResult":
    """Call a tool; what goes wrong is told in one sentence that a model can act on."""
    from mcp.types import CallToolResult, TextContent

    door = next((door for door in DOORS if door.name == name), None)
    try:
        if door is None:
            raise CiceroneError(f"There is no tool {name[:60]!r}; the tools are {', '.join(d.name for d in DOORS)}.")
        args, asking = door.args.model_validate(raw), local if request is None else who(request)
        require(asking, door.scope)
        if door.scope == "chat" and request is not None:
            await take_turn(asking, request.state.access.rates, guides.people.spending)
        out, text = await door.run(guides, args, asking)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "arguments"
        text = f"{where}: {first['msg'].lower().removeprefix('value error, ')}."
    except CiceroneError as error:
        text = str(error)
    except HTTPException as refused:
        text = str(refused.detail)
    except Exception:  # a defect of ours ends this call, not the server; it is logged in full
        _log.exception("the tool %s failed", name[:60])
        text = OUR_FAULT
    else:
        marked = TextContent(text=f"{AS_DATA}\n\n{text}")
        return CallToolResult(content=[marked], structured_content=out.model_dump(mode="json"))
    return CallToolResult(content=[TextContent(text=text)], is_error=True)


async def serve_stdio(guides: Guides, user: str | None = None) -> int:
    """Serve whoever started this process, as `user` where that is named, until they close its input; the exit code."""
    from mcp.server.stdio import stdio_server

    async with guides, stdio_server() as (incoming, outgoing):
        server = mcp_server(guides, Who(f"user-{user}", True, LOCAL.scopes) if user else LOCAL)
        await server.run(incoming, outgoing, server.create_initialization_options())
    return 0


class McpDoor:
    """The ASGI app at /mcp, made at its first request; use `lifespan` to close it."""

    def __init__(self, guides: Guides) -> None:
        """Open nothing yet."""
        self._guides = guides
        self._task: asyncio.Task[None] | None = None
        self._manager: asyncio.Future[StreamableHTTPSessionManager] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._manager is None:
            self._manager = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._run(self._manager))
        # Who gives up waiting must not take the opening away from the others.
        manager = await asyncio.shield(self._manager)
        await manager.handle_request(scope, receive, send)

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        """End what is under way when the server stops."""
        yield
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, opened: "asyncio.Future[StreamableHTTPSessionManager]") -> None:
        try:
            module = await asyncio.to_thread(importlib.import_module, "mcp.server.streamable_http_manager")
            manager = module.StreamableHTTPSessionManager(
                app=mcp_server(self._guides), stateless=True, security_settings=_security()
            )
            async with manager.run():
                opened.set_result(manager)
                await asyncio.Event().wait()
        except Exception as error:
            if not opened.done():
                opened.set_exception(error)
            raise


def _security() -> Any:
    """Names of the server and origins of pages are checked for every door in one place: `ui.shield`."""
    from mcp.server.transport_security import TransportSecuritySettings

    return TransportSecuritySettings(enable_dns_rebinding_protection=False)
