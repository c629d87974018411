"""Random numbers: the same bits as PyTorch after the same seed."""

import numpy as np
import pytest
from gradtrace.core import random

SEEDS = (0, 42, 1234, -1, 2**64 - 1)
FLOAT32, FLOAT64 = np.dtype("float32"), np.dtype("float64")


def assert_same_bits(expected, got):
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got, expected)


def assert_same_bits_with_avx2(expected, got):
    """PyTorch has its own logarithm and fused products where there is AVX2; elsewhere the last bits are others."""
    from torch.backends.cpu import get_cpu_capability  # noqa: PLC0415  optional

    if get_cpu_capability().startswith("AVX"):
        assert_same_bits(expected, got)
    else:
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sequence_of_draws_gives_the_same_bits_as_pytorch(seed):
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    random.manual_seed(seed)
    assert random.initial_seed() == torch.initial_seed()
    for count in (1, 7, 15, 16, 33, 1000):
        assert_same_bits(torch.rand(count).numpy(), random.rand((count,)))
        assert_same_bits(torch.rand(count, dtype=torch.float64).numpy(), random.rand((count,), FLOAT64))
        assert_same_bits(torch.rand(count, dtype=torch.float16).numpy(), random.rand((count,), np.dtype("float16")))
        assert_same_bits_with_avx2(torch.randn(count).numpy(), random.randn((count,)))
        assert_same_bits(torch.randint(-3, 20, (count,)).numpy(), random.randint(-3, 20, (count,)))
        assert_same_bits(torch.randint(2**40, (count,)).numpy(), random.randint(0, 2**40, (count,)))
        assert_same_bits(torch.randint(2**28, (count,)).numpy(), random.randint(0, 2**28, (count,)))
        assert_same_bits(
            torch.randint(200, (count,), dtype=torch.uint8).numpy(), random.randint(0, 200, (count,), np.dtype("uint8"))
        )
        assert_same_bits(torch.randperm(count).numpy(), random.randperm(count))
    assert_same_bits(torch.randn(()).numpy(), random.randn(()))
    assert_same_bits(torch.rand(3, 4, 5).numpy(), random.rand((3, 4, 5)))


@pytest.mark.parametrize("seed", SEEDS)
def test_double_normals_agree_to_the_last_digits(seed):
    torch = pytest.importorskip("torch")  # its log, sin and cos are the C library's, ours NumPy's: the last bit may differ
    for count in (7, 16, 33, 1000):
        torch.manual_seed(seed)
        random.manual_seed(seed)
        got = random.randn((count,), FLOAT64)
        np.testing.assert_allclose(got, torch.randn(count, dtype=torch.float64).numpy(), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("seed", SEEDS)
def test_bounds_mean_and_deviation_give_the_same_bits(seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(abs(seed) % 1000)
    torch.manual_seed(seed)
    random.manual_seed(seed)
    for count in (5, 16, 200):
        low, width, mean, std = rng.uniform(0.01, 3, 4)
        for name in ("float32", "float16"):
            like, dtype = torch.empty(count, dtype=getattr(torch, name)), np.dtype(name)
            assert_same_bits_with_avx2(like.uniform_(-low, width).numpy(), random.uniform((count,), -low, width, dtype))
        expected = torch.empty(count, dtype=torch.float64).uniform_(-low, width).numpy()
        np.testing.assert_allclose(random.uniform((count,), -low, width, FLOAT64), expected, rtol=1e-15, atol=1e-15)
        assert_same_bits_with_avx2(torch.empty(count).normal_(mean, std).numpy(), random.normal((count,), mean, std))


def test_float32_normals_have_the_same_bits_in_bulk():
    torch = pytest.importorskip("torch")
    torch.manual_seed(7)
    random.manual_seed(7)
    assert_same_bits_with_avx2(torch.randn(200_001).numpy(), random.randn((200_001,)))


def test_bernoulli_of_a_tensor_gives_the_same_bits():
    torch = pytest.importorskip("torch")
    torch.manual_seed(3)
    random.manual_seed(3)
    for dtype in (FLOAT32, FLOAT64):
        p = np.linspace(0, 1, 50).astype(dtype)
        assert_same_bits(torch.bernoulli(torch.from_numpy(p)).numpy(), random.bernoulli(p, dtype=dtype))


def test_bernoulli_of_a_number():
    random.manual_seed(0)
    draws = random.bernoulli(0.25, (10_000,))
    assert set(draws.tolist()) == {0.0, 1.0}
    assert abs(draws.mean() - 0.25) < 0.02


def test_state_can_be_saved_and_restored():
    random.manual_seed(5)
    random.randn((3,))  # leaves one number of a pair behind
    state = random.get_rng_state()
    first = random.randn((4,))
    random.set_rng_state(state)
    assert_same_bits(first, random.randn((4,)))
    with random.fork_rng():
        random.set_rng_state(state)
        assert_same_bits(first, random.randn((4,)))
    assert not np.array_equal(first, random.randn((4,)))


def test_a_generator_of_its_own_leaves_the_default_one_alone():
    random.manual_seed(0)
    expected = random.rand((3,))
    random.manual_seed(0)
    own = random.Generator().manual_seed(0)
    assert_same_bits(random.rand((3,), generator=own), expected)
    assert_same_bits(random.rand((3,)), expected)


def test_seed_is_unpredictable_and_told():
    assert random.seed() != random.seed()
    assert random.initial_seed() == random.default_generator.initial_seed()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: random.randint(5, 5, (2,)), "randint(5, 5, (2,))"),
        (lambda: random.randint(0, 300, (2,), np.dtype("uint8")), "randint(0, 300, (2,), dtype=torch.uint8)"),
        (lambda: random.randint(-1, 3, (2,), np.dtype("uint8")), "randint(-1, 3, (2,), dtype=torch.uint8)"),
        (lambda: random.uniform((2,), 3, 1), "empty(2).uniform_(3, 1)"),
        (lambda: random.normal((2,), 0, -1), "empty(2).normal_(0, -1)"),
        (lambda: random.bernoulli(2.0, (2,)), "empty(2).bernoulli_(2.0)"),
        (lambda: random.randperm(-1), "randperm(-1)"),
        (lambda: random.rand((2,), np.dtype("int64")), "rand(2, dtype=torch.int64)"),
        (lambda: random.randn((2,), np.dtype("int64")), "randn(2, dtype=torch.int64)"),
        (lambda: random.manual_seed(2**64), "manual_seed(2**64)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_errors_are_pytorchs(call, name):
    torch = pytest.importorskip("torch")
    with pytest.raises(Exception) as theirs:  # noqa: PT011  (whatever it is, ours must be the same)
        eval(f"torch.{name}", {"torch": torch})
    with pytest.raises(theirs.type) as ours:
        call()
    assert str(ours.value) == str(theirs.value)
