"""What is in deploy/: the Cloud's entry, the container's and proxy's files, and two replicas behind the proxy."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from explorer import render
from explorer.pictures.samples import sample
from tests.browser.support.server import ROOT, Server, free_port, process, running, wait_until_healthy
from tests.support.visitor import Answer, Visitor

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
COMMAND = json.loads(re.findall(r"^CMD (\[.*\])$", CONTAINERFILE, re.M)[-1])
CADDY = shutil.which("caddy")
LINK = "edges_angle=45"


def test_the_container_copies_what_there_is_and_runs_the_app():
    sources = [source for line in re.findall(r"^COPY (.*) \S+$", CONTAINERFILE, re.M) for source in line.split()]
    assert {"app.py", "explorer", "pages", "assets", ".streamlit"} <= set(sources)
    assert all((ROOT / source).exists() for source in sources)
    assert COMMAND[3:5] == ["run", "app.py"]


def test_what_an_administrator_sets_reaches_the_app():
    compose = (DEPLOY / "compose.yaml").read_text("utf-8")
    for name in ("EXPLORER_FETCHING", "EXPLORER_QUOTA_MB"):
        assert f"{name}: ${{{name}:-" in compose
        assert name in (ROOT / "README.md").read_text("utf-8")
        assert name in (ROOT / "explorer" / "networks" / "weights" / "cache_folder.py").read_text("utf-8")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux lists what a process has loaded")
def test_the_server_takes_the_faster_loop_and_parser(tmp_path: Path):
    with running(tmp_path / "log", [sys.executable, *COMMAND[1:]]) as server:
        loaded = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "uvloop" in loaded
    assert "httptools" in loaded


def test_the_clouds_requirements_are_the_apps_with_the_cpu_build():
    lines = (DEPLOY / "streamlit_cloud" / "requirements.txt").read_text("utf-8").splitlines()
    (other,) = (line.removeprefix("-r ") for line in lines if line.startswith("-r "))
    assert (DEPLOY / "streamlit_cloud" / other).resolve() == ROOT / "requirements.txt"
    assert sum(line.endswith("+cpu") for line in lines) == 2


@dataclass(frozen=True)
class Site:
    url: str
    replicas: tuple[Server, Server]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The container's command twice, once by the Cloud's entry, behind the proxy with its own file."""
    if CADDY is None:
        pytest.skip("no Caddy here: on Debian and Ubuntu `apt-get install caddy` brings it")
    logs, command = tmp_path_factory.mktemp("site"), [sys.executable, *COMMAND[1:]]
    cloud = [str(DEPLOY / "streamlit_cloud" / "app.py") if word == "app.py" else word for word in command]
    with ExitStack() as stack:
        first = stack.enter_context(running(logs / "1.log", command))
        second = stack.enter_context(running(logs / "2.log", cloud))
        url = f"http://127.0.0.1:{free_port()}"
        settings = {
            "EXPLORER_SITE": url,
            "EXPLORER_REPLICAS": " ".join(one.url.removeprefix("http://") for one in (first, second)),
            "EXPLORER_EMBEDDERS": "https://course.example",
            "HOME": str(logs),
        }
        run_caddy = [CADDY, "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
        proxy = stack.enter_context(process(logs / "proxy.log", run_caddy, **settings))
        wait_until_healthy(url, proxy, logs / "proxy.log")
        yield Site(url, (first, second))


async def visitors_at_both(site: Site, stack: AsyncExitStack) -> list[Visitor]:
    """Two visitors, each at another replica: the proxy draws whose each is."""
    found: dict[str, Visitor] = {}
    while len(found) < 2:
        visitor = await stack.enter_async_context(Visitor(site.url))
        found.setdefault(visitor.cookies["explorer_replica"], visitor)
    return list(found.values())


async def turns(visitor: Visitor, angle: float) -> Answer:
    """Move the angle of Edges, and fetch what it shows."""
    answer = await visitor.touch("edges_angle", double_array_value={"data": [angle]})
    assert not answer.errors
    assert {(await visitor.http("GET", place))[0] for place in answer.media} == {200}
    return answer


def test_every_answer_says_who_may_show_it_in_a_frame(site: Site):
    with urllib.request.urlopen(site.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://course.example")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_visit_stays_at_one_replica_with_its_link_uploads_and_pictures(site: Site):
    async def visits() -> None:
        async with AsyncExitStack() as stack:
            opened = list[list[str]]()
            for visitor in await visitors_at_both(site, stack):
                opened.append((await visitor.open("edges", LINK)).media)
                own = await visitor.upload("upload", "brought.png", render.png(sample("cat").uint8))
                assert "brought.png" in own.text
                await turns(visitor, 30.0)
            assert opened[0] == opened[1] != []  # pictures are named by their content

    asyncio.run(visits())


def test_when_a_replica_is_killed_its_visitors_go_on_at_the_other_by_their_link(site: Site):
    async def visits() -> None:
        async with AsyncExitStack() as stack:
            visitors = await visitors_at_both(site, stack)
            opened = [(await visitor.open("edges", LINK)).media for visitor in visitors]
            site.replicas[0].process.kill()
            site.replicas[0].process.wait()
            (lost,) = [visitor for visitor in visitors if not await goes_on(visitor)]
            before = {lost.session, lost.cookies["explorer_replica"]}
            await lost.connect()
            assert (await lost.open("edges", LINK)).media == opened[0]
            await turns(lost, 30.0)
            assert not {lost.session, lost.cookies["explorer_replica"]} & before

    asyncio.run(visits())


async def goes_on(visitor: Visitor) -> bool:
    """Whether the server still answers this visitor."""
    try:
        await turns(visitor, 60.0)
    except ConnectionClosed:
        return False
    return True
