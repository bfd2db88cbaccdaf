"""A visitor without a browser: speaks Streamlit's own protocol, protobuf over a WebSocket, as its frontend does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState, UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

LARGEST = 64 * 2**20  # bytes of one message
_MEDIA = re.compile(rb"/media/[0-9a-f]{16,}\.\w+")
_ID = re.compile(rb"\$\$ID-[0-9a-f]+-[\w.-]+")


@dataclass
class Answer:
    """What the server sent for one request, until its script had ended."""

    messages: list[ForwardMsg] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """All that stands on the page, in its order."""
        return "\n".join(_words(self.messages))

    @property
    def errors(self) -> list[str]:
        """Exceptions and red boxes."""
        elements = [message.delta.new_element for message in self.messages if message.WhichOneof("type") == "delta"]
        told = [one.exception.message for one in elements if one.HasField("exception")]
        return told + [one.alert.body for one in elements if one.HasField("alert") and one.alert.format == 1]

    @property
    def media(self) -> list[str]:
        """The addresses of all pictures, those within components left out."""
        return sorted({found.decode() for one in self.messages for found in _MEDIA.findall(one.SerializeToString())})


def _words(messages: list[ForwardMsg]) -> Iterator[str]:
    for message in messages:
        if message.WhichOneof("type") == "delta":
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind:
                yield getattr(getattr(element, kind), "body", "") or str(getattr(element, kind))


class Visitor:
    """One open page. What the visitor touches is known by its key: `await visitor.touch("edges_angle", ...)`."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)
        self.cookies: dict[str, str] = {}
        self.session = ""
        self.page, self.query = "", ""
        self.ticking: dict[str, float] = {}  # fragments that are drawn anew by the clock: seconds between
        self._socket: ClientConnection | None = None
        self._ids: dict[str, tuple[str, str]] = {}  # by key: the widget's whole name, and its fragment
        self._states: dict[str, WidgetState] = {}

    async def __aenter__(self) -> Visitor:
        await self.http("GET", "/")
        await self.http("GET", "/_stcore/health")
        await self.connect()
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def connect(self) -> None:
        """Open the WebSocket, again with the same session where there was one."""
        protocols = ["streamlit", self.cookies.get("_streamlit_xsrf", "none"), *filter(None, [self.session])]
        self._socket = await connect(
            f"ws://{self.url.netloc}/_stcore/stream", origin=self.url.geturl(), subprotocols=protocols,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookies()}, max_size=LARGEST, proxy=None,
        )  # fmt: skip
        response = self._socket.response
        self._keep_cookies(response.headers.get_all("Set-Cookie") if response else [])

    async def open(self, page: str, query: str = "") -> Answer:
        """Go to a screen, as by its link."""
        self.page, self.query = page, query
        self._states.clear()
        self._ids.clear()
        return await self.run()

    async def touch(self, key: str, **value: Any) -> Answer:
        """Set the widget with this key, as its kind takes it: `string_value=...`, `trigger_value=True` and so on."""
        name, fragment = self._ids[key]
        self._states[name] = WidgetState(id=name, **value)
        answer = await self.run(fragment)
        if "trigger_value" in value:
            del self._states[name]
        return answer

    def has(self, key: str) -> bool:
        """Whether there is a widget with this key."""
        return key in self._ids

    async def tick(self) -> Answer:
        """Wait as long as the browser does, and have the blocks drawn that the clock draws."""
        fragment, seconds = next(iter(self.ticking.items()))
        await asyncio.sleep(seconds)
        return await self.run(fragment, by_clock=True)

    async def upload(self, key: str, name: str, content: bytes) -> Answer:
        """Give a file to the uploader with this key."""
        asked = BackMsg()
        asked.file_urls_request.request_id = name
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.session
        await self._send(asked)
        while (message := await self._receive()).WhichOneof("type") != "file_urls_response":
            pass
        place = message.file_urls_response.file_urls[0]
        await self._put(place.upload_url, name, content)
        info = UploadedFileInfo(file_id=place.file_id, name=name, size=len(content), file_urls=place)
        return await self.touch(key, file_uploader_state_value=FileUploaderState(uploaded_file_info=[info]))

    async def run(self, fragment: str = "", *, by_clock: bool = False) -> Answer:
        """Have the page, or one block of it, drawn anew; returns when that has ended."""
        asked = BackMsg()
        state = asked.rerun_script
        state.page_name, state.query_string = self.page, self.query
        state.fragment_id, state.is_auto_rerun = fragment, by_clock
        state.widget_states.widgets.extend(self._states.values())
        start = perf_counter()
        await self._send(asked)
        answer = Answer()
        while True:
            message = await self._receive()
            answer.messages.append(message)
            if message.WhichOneof("type") == "script_finished" and message.script_finished != 2:  # drawn anew at once
                break
        answer.seconds = perf_counter() - start
        return answer

    async def http(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """One request; returns status and content."""
        lines = {"Host": self.url.netloc, "Cookie": self._cookies(), "Content-Length": str(len(body))} | headers
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        reader, writer = await asyncio.open_connection(self.url.hostname, self.url.port)
        writer.write(f"{method} {path} HTTP/1.0\r\n{head}\r\n".encode() + body)
        raw = await reader.read()
        writer.close()
        top, _, content = raw.partition(b"\r\n\r\n")
        status, *given = top.decode("latin-1").split("\r\n")
        self.headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in given)]
        self._keep_cookies([value for name, value in self.headers if name == "set-cookie"])
        return int(status.split()[1]), content

    async def _put(self, path: str, name: str, content: bytes) -> None:
        mark = "----explorer"
        disposition = f'Content-Disposition: form-data; name="{name}"; filename="{name}"'
        body = f"--{mark}\r\n{disposition}\r\n\r\n".encode() + content + f"\r\n--{mark}--\r\n".encode()
        token = self.cookies.get("_streamlit_xsrf", "")
        kind = f"multipart/form-data; boundary={mark}"
        status, said = await self.http("PUT", path, body, Content_Type=kind, X_Xsrftoken=token)
        if status != 204:
            raise RuntimeError(f"the upload was answered with {status}: {said[:200]!r}")

    async def _send(self, asked: BackMsg) -> None:
        assert self._socket
        await self._socket.send(asked.SerializeToString())

    async def _receive(self) -> ForwardMsg:
        assert self._socket
        raw = await self._socket.recv()
        assert isinstance(raw, bytes)
        message = ForwardMsg.FromString(raw)
        self._note(message)
        return message

    def _note(self, message: ForwardMsg) -> None:
        """Keep account of what the page can do now."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id or self.session
            if not message.metadata.run.fragment_ids:
                self.ticking.clear()
        elif kind == "auto_rerun":
            self.ticking[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for one in message.stop_auto_rerun.fragment_ids:
                self.ticking.pop(one, None)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            for name in _ID.findall(message.SerializeToString()):
                whole = name.decode()
                self._ids[whole.split("-", 2)[2]] = (whole, message.delta.fragment_id)

    def _cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _keep_cookies(self, lines: list[str]) -> None:
        for line in lines:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
