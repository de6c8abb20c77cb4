"""Start the web server: say where it listens, refuse a busy port in one line."""

import asyncio
import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext

from agents.library import Library
from agents.sole import sole_server
from errors import SettingsError
from settings import Settings
from ui import logs
from ui.access import Access, open_access
from ui.gatehouse import Gatehouse
from ui.stopping import Stop

_PATIENCE_S = 3
"""How long a stop waits for connections once turns are over; every open page holds one that never ends by itself."""

_KEPT_OPEN_S = 75
"""How long an idle connection stays open: longer than proxies and clients keep theirs, so that none of them sends a
request at the moment in which we hang up."""
_log = logging.getLogger("cicerone.serve")


def serve_forever(settings: Settings, open_library: Callable[[Gatehouse], Library]) -> int:
    """Serve until stopped. Raises SettingsError where the port is taken, or anybody would be let in unasked."""
    logs.set_up(settings)
    alone = nullcontext() if settings.postgres else sole_server(settings.var_dir / "people")
    with closing(Gatehouse.of(settings)) as house, open_access(settings) as access, alone:
        listener = _listen(settings)
        library = open_library(house)
        try:
            return asyncio.run(_serve(library, settings, listener, access, house))
        except KeyboardInterrupt:
            return 0


def _listen(settings: Settings) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
            "Stop what runs there or choose another: --port 7861."
        ) from error
    return listener


@contextmanager
def _signals_heard_once() -> Iterator[None]:
    """Ignore a signal that uvicorn, once it has stopped for it, raises again: it would break off our own closing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_where(library: Library, settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    if settings.log == "json":
        logs.note(_log, "serving", address=address, catalog=library.default, planner=library.planner_name())
        return
    print(f"Cicerone · {library.default} · {library.planner_name()}")  # noqa: T201 - the address is the output
    print(f"Open {address}  (Ctrl-C stops)", flush=True)  # noqa: T201


async def _serve(
    library: Library, settings: Settings, listener: socket.socket, access: Access, house: Gatehouse
) -> int:
    import uvicorn

    from ui.http import create_app

    async with library:
        app = await create_app(library, access, house)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            timeout_keep_alive=_KEPT_OPEN_S,
            timeout_graceful_shutdown=_PATIENCE_S,
            proxy_headers=False,  # whose word about an address is taken, `ui.identity` decides
        )
        _say_where(library, settings)
        gc.freeze()  # what is there by now stays: looking through it again and again took a fifth of every turn
        gc.enable()
        server = uvicorn.Server(config)
        server.handle_exit = Stop(house.admission, settings.stop_s, server.handle_exit).heard  # type: ignore[method-assign]
        # Open pages are cut off when we stop; uvicorn tells of each with a traceback.
        logging.getLogger("uvicorn.error").addFilter(lambda record: not server.should_exit)
        watching = asyncio.create_task(house.admission.watch())
        with _signals_heard_once():
            await server.serve(sockets=[listener])
        watching.cancel()
    return 0
