"""The memo: once however many ask, never beyond its bytes, and no failure kept."""

import gc
import threading
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

from explorer import cache
from explorer.cache import Memo, memoised, size_of
from explorer.owner import Owner, in_name_of
from explorer.pictures.images import from_array


@pytest.fixture
def waiting(monkeypatch):
    """Told of each one who begins to wait for what another computes."""
    begun = threading.Semaphore(0)

    class Watched(Future):
        def result(self, timeout=None):
            begun.release()
            return super().result(timeout)

    monkeypatch.setattr(cache, "Future", Watched)
    return begun


def test_a_key_is_computed_once_however_many_ask_at_once(waiting):
    memo, calls = Memo(1 << 20), []

    def compute():
        calls.append(1)
        assert all(waiting.acquire(timeout=10) for _ in range(15)), "somebody does not wait"
        return np.arange(5)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: memo("key", compute), range(16)))
    assert len(calls) == 1
    assert all(answer is answers[0] for answer in answers)


def test_never_holds_more_than_its_bytes_and_drops_the_oldest():
    memo = Memo(10_000)
    for number in range(20):
        memo(number, lambda: np.zeros(1000, np.uint8))
        assert memo.bytes <= 10_000
    assert memo.peek(19) is not None
    assert memo.peek(0) is None


def test_what_is_larger_than_the_memo_is_returned_and_not_kept():
    memo = Memo(100)
    assert memo("large", lambda: np.zeros(1000)).size == 1000
    assert memo.peek("large") is None
    assert memo.bytes == 0


def test_a_failure_reaches_all_who_wait_and_is_forgotten(waiting):
    memo, started = Memo(1000), threading.Event()

    def fail():
        started.set()
        assert waiting.acquire(timeout=10), "the second does not wait"
        raise ValueError("no")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memo, "key", fail)
        assert started.wait(10)
        second = pool.submit(memo, "key", lambda: 2)
        assert isinstance(first.exception(), ValueError)
        assert second.exception() is first.exception()
    assert memo("key", lambda: 3) == 3


def test_a_visitor_who_stops_leaves_the_others_their_answer(waiting):
    started, calls = threading.Event(), []

    class Stop(BaseException):
        """As Streamlit stops a script: no Exception."""

    @memoised
    def slow(number):
        calls.append(number)
        if len(calls) == 1:
            started.set()
            assert waiting.acquire(timeout=10), "the stayer does not wait"
            raise Stop
        return number * 2

    def stopped():
        with pytest.raises(Stop):
            slow(21)

    leaver = threading.Thread(target=stopped)
    leaver.start()
    assert started.wait(10)
    assert slow(21) == 42
    assert calls == [21, 21]
    leaver.join()


def test_arguments_are_the_key():
    calls = []

    @memoised
    def add(a, *, b=0):
        calls.append((a, b))
        return a + b

    assert [add(1, b=2), add(1, b=2), add(2, b=2), add(1, b=3)] == [3, 3, 4, 4]
    assert calls == [(1, 2), (2, 2), (1, 3)]


@pytest.mark.parametrize(
    "value", [np.zeros(1000), (np.zeros(1000),), {"a": np.zeros(1000)}, [np.zeros(500), np.zeros(500)]]
)
def test_sizes_are_those_of_the_data(value):
    assert 8000 <= size_of(value) < 8500


@pytest.mark.parametrize(
    ("limit", "bytes_"),
    [("max", cache.MOST_BYTES), (str(2 << 30), (2 << 30) // 5), (str(100 << 20), cache.LEAST_BYTES)],
)
def test_the_memo_fits_its_container(monkeypatch, tmp_path, limit, bytes_):
    (tmp_path / "memory.max").write_text(limit + "\n")
    monkeypatch.setattr(cache, "_CONTAINER", tmp_path / "memory.max")
    monkeypatch.setattr(cache.os, "sysconf", {"SC_PHYS_PAGES": 4 << 20, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert cache.fitting_bytes() == bytes_


def test_the_memo_fits_its_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "_CONTAINER", tmp_path / "none")
    monkeypatch.setattr(cache.os, "sysconf", {"SC_PHYS_PAGES": 500_000, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert cache.fitting_bytes() == 500_000 * 4096 // 5


def test_forgetting_frees_everything_and_computes_anew():
    memo, calls = Memo(10_000), []
    for _ in range(2):
        kept = memo("key", lambda: calls.append(1) or np.zeros(1000, np.uint8))
        assert memo.bytes >= 1000
        memo.forget()
        assert memo.bytes == 0
        assert memo.peek("key") is None
    assert len(calls) == 2
    assert kept.size == 1000


def test_what_is_dropped_is_computed_anew_and_the_rest_stays():
    memo = Memo(10_000)
    for key in ("one", "two"):
        memo(key, lambda: 1)
    memo.drop("one")
    memo.drop("never kept")
    assert memo.peek("one") is None
    assert memo("one", lambda: 2) == 2
    assert memo.peek("two") == 1


def picture(value, name="mine"):
    return from_array(np.full((50, 50, 3), value), name)


def test_keys_are_taken_by_content_and_keep_nothing_alive():
    memo, mine = Memo(1 << 20), picture(0.5)
    memo(("maps", mine, Objective("layer", mine)), lambda: 1)
    assert memo.peek(("maps", picture(0.5, "yours"), Objective("layer", picture(0.5)))) == 1
    assert memo.peek(("maps", picture(0.4), Objective("layer", mine))) is None
    assert memo.peek(("maps", mine, Objective("other layer", mine))) is None
    gone = weakref.ref(mine.pixels)
    del mine
    gc.collect()
    assert gone() is None


def test_keys_are_weighed():
    memo = Memo(10_000)
    memo(("key", "x" * 5000), lambda: 1)
    assert memo.bytes > 5000


def test_what_was_computed_for_a_visitor_goes_with_them_however_it_was_made():
    memo, mine, sample, owner = Memo(1 << 20), picture(0.5), picture(0.1), Owner()

    def visit():
        derived = memo(("prepared", mine), lambda: picture(0.6))
        memo(("of what was made elsewhere", picture(0.7)), lambda: derived)
        assert memo("shared", lambda: 4) == 3

    memo("shared", lambda: 3)
    memo(("maps", sample, "layer"), lambda: 2)
    in_name_of(owner, visit)
    memo.drop_all_of(Owner())
    assert memo.peek(("prepared", mine)) is not None
    memo.drop_all_of(owner)
    assert memo.peek(("prepared", mine)) is None
    assert memo.peek(("of what was made elsewhere", picture(0.7))) is None
    assert memo.peek(("maps", sample, "layer")) == 2
    assert memo.peek("shared") == 3


def test_networks_and_results_do_not_push_each_other_out(monkeypatch):
    results, networks = Memo(1000), Memo(100_000)
    monkeypatch.setattr(cache, "memo", results)
    monkeypatch.setattr(cache, "networks", networks)
    weights = cache.kept_network(lambda number: np.zeros(1000))
    kept = weights(1)
    assert weights(2) is not kept
    for number in range(100):
        cache.memoised(lambda number: np.zeros(50))(number)
    assert weights(1) is kept
    assert results.bytes <= 1000


def test_what_ends_after_they_left_is_not_kept():
    memo, owner = Memo(1 << 20), Owner()

    def last():
        memo.drop_all_of(owner)
        return 1

    assert in_name_of(owner, lambda: memo("last", last)) == 1
    assert memo.peek("last") is None
    assert in_name_of(owner, lambda: memo("after it", lambda: 2)) == 2
    assert memo.peek("after it") is None


@dataclass(frozen=True)
class Objective:
    """A part of a key that holds a picture, as a caricature's does."""

    layer: str
    image: object
