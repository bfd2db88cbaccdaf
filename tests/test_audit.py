"""No known vulnerability is in what the app needs, as far as the index of vulnerabilities can be asked."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"


def needed() -> dict[str, str]:
    """The version of everything that requirements.txt brings here, and what that needs in its turn."""
    found: dict[str, str] = {}
    lines = (line.partition("#")[0].strip() for line in REQUIREMENTS.read_text("utf-8").splitlines())
    asked = [*filter(None, lines)]
    while asked:
        wish = Requirement(asked.pop())
        name = canonicalize_name(wish.name)
        with suppress(PackageNotFoundError):
            if name not in found and (wish.marker is None or wish.marker.evaluate({"extra": ""})):
                found[name] = version(name).partition("+")[0]  # what comes after it names the CPU build
                asked += requires(name) or []
    return found


def test_nothing_that_the_app_needs_is_known_to_be_vulnerable(tmp_path: Path) -> None:
    frozen = tmp_path / "needed.txt"
    frozen.write_text("".join(f"{name}=={number}\n" for name, number in needed().items()))
    command = [
        sys.executable, "-m", "pip_audit", "-r", str(frozen), "--no-deps", "--disable-pip", "--format", "json",
        "--progress-spinner", "off", "--timeout", "5", "--cache-dir", str(tmp_path / "cache"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert "No module named pip_audit" not in done.stderr
    if not done.stdout.startswith("{"):
        pytest.skip(f"the index of vulnerabilities can't be asked: {done.stderr.strip()[-200:]}")
    answers = json.loads(done.stdout)["dependencies"]
    if all("skip_reason" in one for one in answers):
        pytest.skip("the index here knows nothing of vulnerabilities")
    assert not vulnerable(answers)


def vulnerable(answers: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What is known of each that anything is known of."""
    told = {f"{one['name']} {one.get('version')}": [v["id"] for v in one.get("vulns", ())] for one in answers}
    return {name: ids for name, ids in told.items() if ids}


def test_what_is_vulnerable_is_named():
    bad = {"name": "pillow", "version": "9.0.0", "vulns": [{"id": "PYSEC-2022-8", "fix_versions": ["9.0.1"]}]}
    good = {"name": "click", "version": "8.3.0", "vulns": []}
    unknown = {"name": "torch", "skip_reason": "Dependency not found on PyPI"}
    assert vulnerable([bad, good, unknown]) == {"pillow 9.0.0": ["PYSEC-2022-8"]}


def test_what_is_asked_about_is_all_that_the_app_needs() -> None:
    assert {"streamlit", "torch", "jinja2", "protobuf", "sympy"} <= needed().keys()
    assert "ruff" not in needed()
