"""What one visitor of the load does: brings a picture, touches things after pauses, now and then starts long work."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from time import perf_counter

import numpy as np
from websockets.exceptions import WebSocketException

from explorer import render
from explorer.networks.loading import Network
from explorer.pictures.images import from_array, open_image
from explorer.pictures.samples import sample
from explorer.responses.ranking import ORDERS
from pages.parts.shell.words import percent
from tests.support.visitor import Answer, Visitor

PAUSE_S, EACH_S, LONGEST_S = 1.0, 60.0, 120.0  # a mean pause; one heavy job in so long; how long one waits for its end
SOURCES = ("cat", "coffee", "flower", "rocket", "china", "motorcycle", "astronaut", "horse")
# By screen: the widget that is touched, and its n-th value. A kernel, a map, an angle, a class.
LIGHT = {
    "smoothing": ("smoothing_levels", lambda n: {"double_array_value": {"data": [float(10 + n % 20)]}}),
    "feature_maps": ("maps_order", lambda n: {"string_value": list(ORDERS)[n % len(ORDERS)]}),
    "edges": ("edges_angle", lambda n: {"double_array_value": {"data": [float(5 * (n % 72))]}}),
    "where": ("where_class", lambda n: {"string_value": ("its first guess", "its second guess")[n % 2]}),
}


@dataclass
class Told:
    """What all visitors have to tell: seconds, and what went wrong."""

    light: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)  # from asking for a heavy job to its first picture
    heavy: list[float] = field(default_factory=list)  # ... and to its end
    wrong: list[str] = field(default_factory=list)  # errors, other visitors' answers, pictures that are not there
    lost: int = 0  # sessions
    seen: dict[tuple[str, int], dict[str, tuple[str, ...]]] = field(default_factory=lambda: defaultdict(dict))


@dataclass(frozen=True)
class Brought:
    """A visitor's own picture: its file, and what the network says of it."""

    name: str
    file: bytes
    said: str


def brought(number: int, network: Network) -> Brought:
    """The picture of the visitor with this number: no two are the same."""
    drawn = random.Random(number)
    pixels = sample(SOURCES[number % len(SOURCES)]).pixels
    height, width = (round(one * drawn.uniform(0.8, 1)) for one in pixels.shape[:2])
    tint = np.array([drawn.uniform(0.8, 1) for _ in range(3)], np.float32)
    file = render.png(from_array(pixels[:height, :width] * tint).uint8)
    label, share = network.predict(open_image(file))[0]
    said = f"<span>{escape(label)}</span><span>{escape(percent(share))}</span>"
    return Brought(f"brought-by-{number:02d}.png", file, said)


async def visit(url: str, own: Brought, seconds: float, heavy: bool, told: Told, number: int) -> None:
    """Come, do what is done for so long, and go; whatever happens is told."""
    try:
        async with Visitor(url) as visitor:
            await _Visit(visitor, own, told, number).stay(seconds, heavy)
    except (WebSocketException, OSError) as error:
        told.lost += 1
        told.wrong.append(f"{own.name}: {error!r}")


class _Visit:
    def __init__(self, visitor: Visitor, own: Brought, told: Told, number: int) -> None:
        self.visitor, self.own, self.told, self.number = visitor, own, told, number
        self.drawn = random.Random(1000 + number)

    async def stay(self, seconds: float, heavy: bool) -> None:
        await asyncio.sleep(self.drawn.uniform(0, 2))
        end = perf_counter() + seconds
        work = perf_counter() + (self.drawn.uniform(0, min(EACH_S, seconds / 2)) if heavy else seconds)
        await self._open("")
        await self._good(await self.visitor.upload("upload_home", self.own.name, self.own.file), self.own.said)
        turn = self.number
        while perf_counter() < end:
            turn += 1
            page = list(LIGHT)[turn % len(LIGHT)]
            await self._open(page, self.own.name)
            await self._touch(page, until=min(end, work))
            if work < perf_counter() < end:
                await self._work(end)
                work += EACH_S

    async def _open(self, page: str, *holds: str) -> None:
        answer = await self.visitor.open(page)
        self.told.opened.append(answer.seconds)
        await self._good(answer, *holds)

    async def _touch(self, page: str, until: float) -> None:
        """Touch the screen's widget a dozen times, with pauses."""
        key, value = LIGHT[page]
        for n in range(12):
            await asyncio.sleep(self.drawn.expovariate(1 / PAUSE_S))
            if perf_counter() > until:
                return
            answer = await self.visitor.touch(key, **value(n + 1))
            self.told.light.append(answer.seconds)
            await self._good(answer, *([self.own.said] if page == "where" else []))
            self._mine(page, n + 1, answer)

    def _mine(self, page: str, value: int, answer: Answer) -> None:
        """Pictures are named by their content: the same again for the same visitor, and others for others."""
        seen, media = self.told.seen[page, value], tuple(answer.media)
        if seen.setdefault(self.own.name, media) != media:
            self.told.wrong.append(f"{self.own.name}: {page} {value} shows other pictures than before")
        if any(media == other for name, other in seen.items() if media and name != self.own.name):
            self.told.wrong.append(f"{self.own.name}: {page} {value} shows what another visitor sees")

    async def _work(self, end: float) -> None:
        """Have a unit of one's own maximized, and watch until its end."""
        start = perf_counter()
        unit = (
            f"unit_kind=channel&unit_layer=blocks.5&unit_channel={self.number}&unit_seed={self.drawn.randrange(1000)}"
        )
        answer = await self.visitor.open("neurons", unit)
        await self._good(answer, self.own.name)
        first = "Step" in answer.text
        while self.visitor.ticking and perf_counter() < min(start + LONGEST_S, end + EACH_S):
            answer = await self.visitor.tick()
            await self._good(answer)
            if not first and "Step" in answer.text:
                first = True
                self.told.first.append(perf_counter() - start)
        if not self.visitor.ticking:
            self.told.heavy.append(perf_counter() - start)

    async def _good(self, answer: Answer, *holds: str) -> None:
        """Look at what came, and fetch its pictures as a browser does."""
        text = answer.text
        wrong = [error[:200] for error in answer.errors]
        wrong += [f"says nothing of {one}" for one in holds if one not in text]
        for place in answer.media:
            status, _ = await self.visitor.http("GET", place)
            wrong += [f"{place} answers {status}"] if status != 200 else []
        self.told.wrong += [f"{self.own.name}, {self.visitor.page}: {one}" for one in wrong]


async def visit_floor(url: str, seconds: float, told: Told, number: int) -> None:
    """The same pauses on the ten-line app."""
    drawn = random.Random(1000 + number)
    await asyncio.sleep(drawn.uniform(0, 2))
    end = perf_counter() + seconds
    async with Visitor(url) as visitor:
        await visitor.open("")
        names = ("astronaut", "brick", "grass", "gravel", "moon", "camera")
        for n in range(10**6):
            await asyncio.sleep(drawn.expovariate(1 / PAUSE_S))
            if perf_counter() > end:
                return
            answer = await visitor.touch("None", string_value=names[n % len(names)])
            told.light.append(answer.seconds)
            for place in answer.media:
                await visitor.http("GET", place)
