"""A server of weights on this machine that can be told to misbehave, so that no test needs the internet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class Served:
    """What the server answers for one path, and how it goes wrong."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True  #: answers a Range with 206
    shift: int = 0  #: starts so many bytes after what was asked for
    declared: int | None = None  #: Content-Length, where it isn't the truth; -1 sends none
    hang_before: bool = False  #: never answers
    hang_after: int | None = None  #: sends so many bytes and no more, the connection stays open
    asked: list[str | None] = field(default_factory=list)  #: the Range of each request


class WeightsServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.paths: dict[str, Served] = {}
        self.released = Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: WeightsServer

    def do_GET(self) -> None:
        served = self.server.paths[self.path]
        asked = self.headers["Range"]
        served.asked.append(asked)
        if served.hang_before:
            self.server.released.wait(10)
            return
        ranged = served.ranges and served.status == 200
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and ranged else 0
        if start and start >= len(served.body):
            self._answer(416, {"Content-Range": f"bytes */{len(served.body)}"})
            return
        start += served.shift if start else 0
        self._send(served, start)

    def _send(self, served: Served, start: int) -> None:
        body = served.body[start:]
        length = len(body) if served.declared is None else served.declared
        headers = {"Content-Length": str(length)} if length >= 0 else {}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(served.body) - 1}/{len(served.body)}"
        self._answer(206 if start else served.status, headers | served.headers)
        self.wfile.write(body[: served.hang_after])
        if served.hang_after is not None:
            self.wfile.flush()
            self.server.released.wait(10)

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving() -> Iterator[WeightsServer]:
    with WeightsServer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()
