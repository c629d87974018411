"""Printed tensors, character for character against PyTorch on hundreds of random ones."""

import math

import numpy as np
import pytest
from gradtrace.core import printing

DTYPES = ("float32", "float64", "float16", "int64", "int32", "uint8", "bool")
EMPTY_SHAPES = ((0,), (2, 0), (0, 3, 2))
SHAPES = ((), (1,), (3,), (7,), (40,), (2, 3), (3, 1, 2), (2, 2, 2, 3), (1001,), (30, 40), (4, 10, 30), (7, 2000))
SCALES = (1.0, 1e-3, 1e-6, 37.0, 1e5, 1e9)


@pytest.fixture(autouse=True)
def default_options():
    yield
    printing.set_printoptions(profile="default")


def random_array(rng, dtype, shape, scale):
    values = rng.standard_normal(shape) * scale
    kind = rng.integers(4)
    if kind == 0:
        values = np.round(values)
    elif kind == 1 and values.size:
        values = np.where(rng.random(shape) < 0.3, rng.choice([0.0, -0.0, math.nan, math.inf, -math.inf]), values)
    if dtype == "bool":
        return np.asarray(values > 0)
    if not dtype.startswith("float"):
        limit = 255 if dtype == "uint8" else 2**31 - 1
        values = np.nan_to_num(np.abs(values) if dtype == "uint8" else values, posinf=0, neginf=0).clip(-limit, limit)
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype=dtype)


def both(torch, array, suffix=None):
    """The text from PyTorch and from us of one array, as a plain tensor, a leaf that requires grad, or a result."""
    tensor = torch.tensor(array)
    if suffix == "leaf":
        tensor.requires_grad_()
        return repr(tensor), printing.format_tensor(array, suffixes=printing.autograd_suffixes(None, True))
    if suffix == "result":
        result = tensor.requires_grad_().clone()
        return repr(result), printing.format_tensor(array, suffixes=printing.autograd_suffixes("CloneBackward0", True))
    return repr(tensor), printing.format_tensor(array, suffixes=printing.autograd_suffixes(None, False))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", EMPTY_SHAPES + SHAPES, ids=str)
def test_random_tensors_print_as_in_pytorch(dtype, shape):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(sum(shape))
    suffixes = (None, "leaf", "result") if dtype.startswith("float") else (None,)
    for scale in SCALES:
        for suffix in suffixes:
            expected, got = both(torch, random_array(rng, dtype, shape, scale), suffix)
            assert got == expected


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 2},
        {"precision": 8, "linewidth": 60},
        {"sci_mode": True},
        {"sci_mode": False},
        {"threshold": 5, "edgeitems": 2},
        {"threshold": 5, "edgeitems": 0},
        {"profile": "short"},
        {"profile": "full"},
    ],
    ids=str,
)
def test_options_act_as_in_pytorch(options):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    torch.set_printoptions(**options)
    printing.set_printoptions(**options)
    try:
        for shape in ((), (3,), (30,), (3, 7), (12, 120)):
            for scale in SCALES:
                array = random_array(rng, "float32", shape, scale)
                expected, got = both(torch, array, "leaf")
                assert got == expected
        assert printing.get_printoptions() == torch._tensor_str.get_printoptions()
    finally:
        torch.set_printoptions(profile="default")


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.float32(32**0.5), "tensor(5.6569)"),
        (np.array([1.0, 2.0], np.float32), "tensor([1., 2.])"),
        (np.array([1.0, math.nan, math.inf], np.float32), "tensor([1., nan, inf])"),
        (np.array([1e-5, 1.0], np.float32), "tensor([1.0000e-05, 1.0000e+00])"),
        (np.array([[True], [False]]), "tensor([[ True],\n        [False]])"),
        (np.array([1.5]), "tensor([1.5000], dtype=torch.float64)"),
        (np.empty((2, 0), np.int64), "tensor([], size=(2, 0), dtype=torch.int64)"),
        (np.arange(3, dtype=np.int32), "tensor([0, 1, 2], dtype=torch.int32)"),
    ],
    ids=str,
)
def test_known_texts(array, text):
    assert printing.format_tensor(np.asarray(array)) == text


def test_printoptions_context_restores():
    with printing.printoptions(precision=1):
        assert printing.format_tensor(np.array([0.25], np.float32)) == "tensor([0.2])"
    assert printing.format_tensor(np.array([0.25], np.float32)) == "tensor([0.2500])"
    assert printing.get_printoptions()["precision"] == 4


def test_prefix_of_a_subclass_sets_the_indent():
    text = printing.format_tensor(np.eye(2, dtype=np.float32), prefix="Probability(")
    assert text == "Probability([[1., 0.],\n             [0., 1.]])"
