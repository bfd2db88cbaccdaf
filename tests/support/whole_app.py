"""The whole app under Streamlit's AppTest, with one of its pages open."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from explorer.scheduler import downloads, scheduler
from tests.support.alone import ROOT


def app(page: str = "home", *, query: dict[str, str] | None = None, **state: object) -> AppTest:
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in (query or {}).items():
        test.query_params[name] = value
    for name, value in state.items():
        test.session_state[name] = value
    if page != "home":
        test.switch_page(f"pages/{page}.py")
    return test.run()


def shown(test: AppTest) -> str:
    """All words on the page."""
    kinds = (test.markdown, test.caption, test.title, test.header, test.error, test.info, test.success, test.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def stop_long_work() -> None:
    """End all jobs."""
    scheduler.end_all()
    downloads.end_all()
