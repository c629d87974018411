"""dtypes, sizes, devices and type promotion, against PyTorch where it is installed."""

import itertools
import operator

import numpy as np
import pytest
from gradtrace.core import dtypes

NAMES = ("float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")


def test_names_and_aliases():
    for name in NAMES:
        one = getattr(dtypes, name)
        assert repr(one) == str(one) == f"torch.{name}"
        assert one.np == np.dtype(name)
        assert dtypes.from_numpy_dtype(np.dtype(name)) is one
    assert dtypes.float is dtypes.float32
    assert dtypes.double is dtypes.float64
    assert dtypes.half is dtypes.float16
    assert (dtypes.short, dtypes.int, dtypes.long) == (dtypes.int16, dtypes.int32, dtypes.int64)


def test_as_dtype():
    assert dtypes.as_dtype(float) is dtypes.float64
    assert dtypes.as_dtype(int) is dtypes.int64
    assert dtypes.as_dtype(bool) is dtypes.bool
    assert dtypes.as_dtype(np.float64) is dtypes.float64
    assert dtypes.as_dtype(np.dtype(">i4")) is dtypes.int32
    assert dtypes.as_dtype(np.dtype("longlong")) is dtypes.int64
    with pytest.raises(TypeError, match=r"dtype must be torch\.dtype, not str"):
        dtypes.as_dtype("float32")
    with pytest.raises(TypeError, match=r"can't convert np\.ndarray of type numpy\.object_"):
        dtypes.from_numpy_dtype(np.dtype(object))


@pytest.fixture
def double_by_default():
    dtypes.set_default_dtype(dtypes.float64)
    yield
    dtypes.set_default_dtype(dtypes.float32)


def test_default_dtype(double_by_default):
    assert dtypes.get_default_dtype() is dtypes.float64
    assert dtypes.as_dtype(float) is dtypes.float64
    assert dtypes.float_result_type(np.ones(2, np.int64)) == np.float64
    with pytest.raises(TypeError, match="only floating-point types"):
        dtypes.set_default_dtype(dtypes.int64)


def test_size():
    size = dtypes.Size([2, 3, 4])
    assert repr(size) == "torch.Size([2, 3, 4])"
    assert size.numel() == 24
    assert dtypes.Size().numel() == 1
    for result, text in (
        (size[1:], "torch.Size([3, 4])"),
        (operator.add(size, (1,)), "torch.Size([2, 3, 4, 1])"),
        (operator.add((1,), size), "torch.Size([1, 2, 3, 4])"),
        (size[:1] * 2, "torch.Size([2, 2])"),
    ):
        assert repr(result) == text
    assert size == (2, 3, 4)
    assert size[-1] == 4
    with pytest.raises(TypeError, match=r"takes an iterable of 'int' \(item 1 is 'float'\)"):
        dtypes.Size([1, 2.0])
    with pytest.raises(TypeError, match=r"can only concatenate tuple \(not list\) to torch.Size"):
        operator.add(size, [3])


def test_device():
    assert repr(dtypes.device("cpu")) == "device(type='cpu')"
    assert str(dtypes.device("cpu:0")) == "cpu:0"
    assert dtypes.device("cpu", 0) == dtypes.device("cpu:0") != dtypes.device("cpu")
    assert dtypes.device(dtypes.device("cpu")) == dtypes.device("cpu")
    with pytest.raises(NotImplementedError, match="computes on the CPU only"):
        dtypes.device("cuda:0")
    with pytest.raises(RuntimeError, match=r"Expected one of cpu, cuda, .* device type at start of device string: gpu"):
        dtypes.device("gpu")
    with pytest.raises(RuntimeError, match="Invalid device string: 'cpu:x'"):
        dtypes.device("cpu:x")


def test_promotion_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    for first, second in itertools.product(NAMES, repeat=2):
        expected = torch.promote_types(getattr(torch, first), getattr(torch, second))
        got = dtypes.promote_types(np.dtype(first), np.dtype(second))
        assert f"torch.{got.name}" == str(expected), (first, second)
        assert dtypes.can_cast(np.dtype(first), np.dtype(second)) == torch.can_cast(getattr(torch, first), getattr(torch, second))


def test_result_type_of_three_operand_classes_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    arrays = [np.ones(shape, name) for name in NAMES for shape in ((2,), ())]
    operands = [*arrays, True, 3, 1.5]
    for first, second in itertools.product(operands, repeat=2):
        tensors = [torch.from_numpy(one) if isinstance(one, np.ndarray) else one for one in (first, second)]
        expected = torch.result_type(*tensors)
        got = dtypes.result_type(first, second)
        assert f"torch.{got.name}" == str(expected), (first, second)


def test_names_in_error_messages_agree_with_pytorch():
    torch = pytest.importorskip("torch")
    for name in NAMES:
        theirs, ours = getattr(torch, name), getattr(dtypes, name)
        assert ours.tensor_type == torch.zeros(1, dtype=theirs).type()
        assert (ours.is_floating_point, ours.is_signed, ours.itemsize) == (
            theirs.is_floating_point,
            theirs.is_signed,
            theirs.itemsize,
        )
