"""What Python and its libraries do not expect of a server that many come to at once, in as many threads."""

from __future__ import annotations

import subprocess
import sys

import pytest

# What is run in the middle of loading a package, when it is in `sys.modules` and its classes are not there yet.
_WITHIN = """
import sys
import pages.parts.shell.frame
import plotly.graph_objects as go

reached = []

def meanwhile(event, arguments):
    if event == "import" and arguments[0] == {moment!r} and not reached:
        reached.append(True)
        {does}

sys.addaudithook(meanwhile)
import {package} as whole
assert reached and whole.{shown}, "it was not asked in the middle"
"""


@pytest.mark.parametrize(
    ("package", "moment", "does", "shown"),
    [
        ("torch", "torch._tensor", "import scipy.signal", "Tensor([2.0]).sum() == 2"),
        ("pandas", "pandas.core.api", "go.Scatter(y=[1, 2.5, 'three'])", "Series([2.0]).sum() == 2"),
    ],
)
def test_who_looks_into_a_package_that_is_loading_is_not_let_down(
    package: str, moment: str, does: str, shown: str
) -> None:
    code = _WITHIN.format(package=package, moment=moment, does=does, shown=shown)
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]


_AT_ONCE = """
import ast, gc, inspect, threading, time
import pages.parts.shell.frame

source, failed = inspect.getsource(ast), []

def take_apart():
    try:
        for _ in range(10):
            ast.parse(source)
    except SystemError as error:
        failed.append(error)

gc.set_threshold(300)
gc.callbacks.append(lambda *_: time.sleep(0.0001))  # another thread has its turn in the middle of a tree
threads = [threading.Thread(target=take_apart) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed, failed
"""


def test_sources_are_taken_apart_in_several_threads():
    ended = subprocess.run([sys.executable, "-c", _AT_ONCE], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
