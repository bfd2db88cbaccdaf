"""TurnQueue at heavy passes, and what happens when memory ends: freed, done again on the CPU, and said."""

from __future__ import annotations

import sys
from contextlib import ExitStack

import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits
from torch import nn

import explorer
from explorer import compute
from explorer.cache import memo
from explorer.compute import MemoryFullError, compute_slot, in_parallel, is_memory_full, memory_in_use, one_blas_thread
from explorer.networks.loading import choose_device
from explorer.responses.activations import outputs

GPU = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
CPU = RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")


@pytest.fixture(autouse=True)
def _forget():
    yield
    compute._gpu_full.clear()


class Full(nn.Module):
    """Runs out of memory the first few times, in the middle of a pass."""

    def __init__(self, times: int, error: Exception = GPU) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 5, 3)
        self.relu = nn.ReLU(inplace=True)
        self.times, self.error = 0, error
        self.wanted = times

    def forward(self, x):
        x = self.relu(self.first(x))
        if self.times < self.wanted:
            self.times += 1
            raise self.error
        return self.relu(self.second(x)).mean((2, 3))


def network(times: int, error: Exception = GPU) -> explorer.Network:
    torch.manual_seed(0)
    module = Full(0)
    wrapped = explorer.wrap_network(module, input_size=16)
    wrapped.module.body.wanted, wrapped.module.body.error = times, error
    return wrapped


@pytest.mark.parametrize("error", [GPU, CPU])
def test_a_pass_that_runs_out_of_memory_is_done_again_on_the_cpu(error: Exception) -> None:
    full, roomy = network(1, error), network(0)
    x = torch.rand(1, 3, 16, 16)
    assert torch.equal(full.module(x), roomy.module(x))
    assert full.module.body.times == 1


def test_layers_are_heard_once_although_the_pass_began_twice() -> None:
    full, roomy = network(1), network(0)
    x = torch.rand(1, 3, 16, 16)
    wanted = ["relu", "relu:2"]
    heard, expected = outputs(full, x, wanted), outputs(roomy, x, wanted)
    assert all(torch.equal(heard[name], expected[name]) for name in wanted)


def test_gradients_go_through_the_second_try() -> None:
    full, roomy = network(1), network(0)
    x = torch.rand(1, 3, 16, 16, requires_grad=True)
    (found,), (expected,) = (torch.autograd.grad(n.module(x).sum(), x) for n in (full, roomy))
    assert torch.equal(found, expected)


def test_another_error_is_not_mistaken_for_it() -> None:
    with pytest.raises(RuntimeError, match="no such size"):
        network(1, RuntimeError("no such size")).module(torch.rand(1, 3, 16, 16))


@pytest.mark.parametrize(
    ("error", "says"), [(GPU, "from now on the CPU computes"), (CPU, "smaller network"), (MemoryError(), "smaller")]
)
def test_a_second_failure_is_a_sentence_and_gives_the_turn_back(error: Exception, says: str) -> None:
    for _ in range(compute.cores() + 1):
        with pytest.raises(MemoryFullError, match=says), compute_slot():
            raise error
    with compute_slot():
        pass


def test_after_the_gpu_was_full_networks_go_to_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPLORER_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    assert choose_device().type == "cuda"
    with pytest.raises(MemoryFullError), compute_slot():
        raise GPU
    assert compute.gpu_was_full()
    assert choose_device().type == "cpu"


def test_other_errors_pass_through_a_turn() -> None:
    with pytest.raises(RuntimeError, match="no such size"), compute_slot():
        raise RuntimeError("no such size")


def test_what_was_kept_for_later_is_freed_when_memory_ends() -> None:
    memo("something large", lambda: bytes(5000))
    with pytest.raises(MemoryFullError), compute_slot():
        raise CPU
    assert memo.peek("something large") is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says what a process holds")
def test_memory_in_use_grows_with_what_is_held() -> None:
    before = memory_in_use("cpu")
    assert before > 0
    held = torch.ones(2**25)
    assert memory_in_use("cpu") - before > 2**26
    del held


def test_what_says_that_memory_is_full() -> None:
    assert is_memory_full(GPU)
    assert is_memory_full(RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"))
    assert not is_memory_full(RuntimeError("size mismatch"))


@pytest.mark.parametrize(
    ("most", "pictures", "given"), [(1, 1, 1), (1, 8, 1), (2, 1, 1), (2, 2, 1), (2, 8, 2), (8, 1, 8)]
)
def test_one_picture_gets_one_of_two_threads(
    monkeypatch: pytest.MonkeyPatch, most: int, pictures: int, given: int
) -> None:
    monkeypatch.setattr(compute, "most_threads", lambda: most)
    with compute_slot(pictures):
        assert torch.get_num_threads() == given


@pytest.mark.parametrize(("most", "passes"), [(1, 1), (2, 2), (8, 1)])
def test_passes_at_once_take_no_more_threads_than_there_are(
    monkeypatch: pytest.MonkeyPatch, most: int, passes: int
) -> None:
    monkeypatch.setattr(compute, "most_threads", lambda: most)
    assert compute.passes_at_once() == passes


def blas_threads() -> set[int]:
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


def test_blas_has_one_thread_until_the_last_who_asked_for_it_has_left() -> None:
    with threadpool_limits(2, "blas"):
        first, second = ExitStack(), ExitStack()
        first.enter_context(one_blas_thread)
        second.enter_context(one_blas_thread)
        first.close()
        assert blas_threads() == {1}
        second.close()
        assert blas_threads() == {2}


def test_a_turn_within_a_turn_and_tasks_within_tasks_are_refused_instead_of_waiting_for_ever() -> None:
    with compute_slot(), pytest.raises(AssertionError, match="wait for ever"), compute_slot():
        pass
    with compute_slot():  # the refused one has taken nothing, and given nothing back
        pass
    with pytest.raises(AssertionError, match="wait for ever"):
        in_parallel([lambda: in_parallel([int])])
