"""A walk: acts one after another, the promises after each, and the least of a failing walk that still fails."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error

from tests.browser.walker import promises
from tests.browser.walker.acts import DOING, Act, open_popover
from tests.browser.walker.offers import offered, opening
from tests.browser.walker.promises import Screen
from tests.browser.walker.shortening import shortest
from tests.browser.walker.visitor import Visitor, visiting

_LINK_EVERY = 6  # acts
_BESIDE = 3  # acts of whoever acts beside the visitor
ON_ITS_WAY_S = 15.0  # a busy machine's
HANDS = ("hand", "drag", "point", "key")


@dataclass
class Broken(Exception):
    """A promise that was broken, after which acts."""

    what: str
    start: str
    acts: list[Act] = field(default_factory=list)

    def __str__(self) -> str:
        steps = "\n".join(f"  {number}. {act}" for number, act in enumerate(self.acts, 1))
        return f"{self.what}\nfrom /{self.start}\n{steps}"


@dataclass
class Walk:
    """One visitor's way: where it began, what was done, what the screen shows, and what each screen left showed."""

    visitor: Visitor
    start: str
    taken: list[Act] = field(default_factory=list)
    left: dict[str, Screen] = field(default_factory=dict)

    def begin(self) -> None:
        self.visitor.open(self.start)
        self.last = self.visitor.read()
        self._always()

    def take(self, act: Act) -> None:
        """Do it, and hold what must hold after it. What is covered by something else can't be acted on."""
        self.taken.append(act)
        before = self.last
        if act.kind == "beside":
            self._beside(act)
            return
        if act.kind == "go":
            self.left[before["title"]] = before
        if act.kind == "reload":  # another visit for the server: what other screens had lies in their links alone
            self.left.clear()
        code = self.visitor.code() if promises.goes_into_the_code(act.on) else []
        _do(self.visitor, act)
        self.last = self.visitor.read()
        if urlsplit(self.last["url"]).netloc != urlsplit(self.visitor.base).netloc:  # back before the first page
            self.visitor.open(self.start)
            self.last = self.visitor.read()
        self._always()
        if act.kind == "go":
            self._went(before)
        if act.kind == "link":
            self._hold(promises.followed_or_said(self.last, act.on, act.how))
        if code and self.last["rest"]:
            self._hold(promises.code_follows(act.on, before, self.last, (code, self.visitor.code())))
        if act.kind in HANDS and before["rest"] and self.last["title"] == before["title"]:
            self._taken_back(act, before)

    def by_link(self) -> None:
        """The link gives a new visitor the same screen and code, but for work that has not ended."""
        now = self.last
        if not now["rest"]:
            return
        code = self.visitor.code()
        self._hold(promises.code_belongs(now, code))
        with visiting(self.visitor.browser, self.visitor.base) as other:
            other.open(now["url"])
            seen = other.read()
            if now["picture"].startswith("own"):
                self._hold(promises.said_what_is_not_carried(now, seen))
            elif seen["rest"] and not now["answered"]:
                self._hold(promises.same_again(now, seen, f"by the link {now['url']}"))
                self._hold(promises.same_code(code, other.code(), f"by the link {now['url']}"))

    def _taken_back(self, act: Act, before: Screen) -> None:
        """What the hand has changed in a part that can take back is taken back, and brought again."""
        number = int(act.on)
        parts = self.last["parts"]
        if number >= len(parts) or not parts[number]["undo"] or promises.made(self.last) == promises.made(before):
            return
        self._hold(promises.can_be_taken_back(parts[number]))
        after = self.visitor.without_focus()
        for way, wanted in (("undo", before), ("redo", after)):
            self.last = self.visitor.take_back(number, way, by_key=len(str(act)) % 2 == 0)
            self._comes_to(lambda now, as_=wanted, what=f"after {way}": promises.brought_back(as_, now, what))
            self._always()

    def _went(self, before: Screen) -> None:
        now = self.last
        if now["title"] in self.left and now["title"] != before["title"]:
            self._hold(promises.kept(self.left[now["title"]], now))
        if before["picture"] and now["picture"] and now["picture"] != before["picture"]:
            self._hold(iter([f"the picture {before['picture']!r} became {now['picture']!r}"]))

    def _beside(self, act: Act) -> None:
        """What somebody else does on the same screen, in a tab of the same browser or elsewhere, changes nothing."""
        before = self.visitor.drawn_anew()  # what is said once is said by now
        context = self.visitor.context if act.on == "another tab" else None
        with visiting(self.visitor.browser, self.visitor.base, context) as other:
            other.open(before["url"])
            chance, screen = random.Random(act.how), other.read()
            for _ in range(_BESIDE):
                _do(other, offered(screen, chance, alone=True))
                screen = other.read()
                self._hold(promises.no_failure(screen))
        self.last = self.visitor.drawn_anew()
        self._always()
        if before["rest"] and self.last["rest"]:
            self._hold(promises.same_again(before, self.last, f"after the acts of {act.on}"))

    def _always(self) -> None:
        self._comes_to(promises.belongs_to_what_is_set)
        for promise in promises.ALWAYS:
            self._hold(promise(self.last))

    def _comes_to(self, faults: Callable[[Screen], Iterator[str]]) -> None:
        """What an act asked for comes, if later than the page looks at rest: a busy server takes its time to begin."""
        end = time.monotonic() + ON_ITS_WAY_S
        while any(faults(self.last)) and time.monotonic() < end:
            self._hold(promises.no_failure(self.last))
            self.last = self.visitor.read()
        self._hold(faults(self.last))

    def _hold(self, faults: Iterator[str]) -> None:
        for fault in faults:
            raise Broken(fault, self.start, list(self.taken))


def walk(browser: Browser, url: str, seed: int, count: int, start: str | None = None) -> list[Act]:
    """Take `count` acts drawn from `seed`, from a screen opened cold by its link, or from `start`. Raises Broken."""
    chance = random.Random(seed)
    drawn = opening(chance)
    with visiting(browser, url) as visitor:
        way = Walk(visitor, drawn if start is None else start)
        way.begin()
        for number in range(1, count + 1):
            way.take(offered(way.last, chance, way.taken))
            if number % _LINK_EVERY == 0:
                way.by_link()
    return way.taken


def again(browser: Browser, url: str, start: str, acts: Sequence[Act]) -> None:
    """Take these very acts. Raises Broken."""
    with visiting(browser, url) as visitor:
        way = Walk(visitor, start)
        way.begin()
        for act in acts:
            way.take(act)
        way.by_link()


def shortened(browser: Browser, url: str, broken: Broken, tries: int = 16) -> Broken:
    """The same fault after fewer acts, as few as are found in so many tries."""

    def fails(acts: Sequence[Act]) -> bool:
        try:
            again(browser, url, broken.start, acts)
        except Broken as other:
            return kind(other.what) == kind(broken.what)
        except Error:  # the browser's
            return False
        return False

    return Broken(broken.what, broken.start, shortest(broken.acts, fails, tries))


def kind(what: str) -> str:
    """What faults of one kind have in common: neither numbers nor what is quoted."""
    return re.sub(r"\d+|'[^']*'|“[^”]*”", "", what)[:60]


def _do(visitor: Visitor, act: Act) -> None:
    with suppress(Error):
        if act.within is not None:
            open_popover(visitor.page, act.within)
        DOING[act.kind](visitor.page, act)
    if act.kind == "open":
        return
    with suppress(Error):
        visitor.page.keyboard.press("Escape")  # what was opened over the page
