"""Modules against PyTorch: from the same seed the same parameters, printed form, outputs and gradients."""

from __future__ import annotations

from typing import Any

import gradtrace.core as ours
import numpy as np
import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

# the module, and the shape of its inputs ("i" before a size: integers below it)
MODULES = """
Conv1d(2, 4, 3)                                                      | 2 2 7
Conv1d(2, 4, 3, padding='same', dilation=2)                          | 2 2 7
Conv2d(4, 8, 3, stride=2, padding=1, groups=2)                       | 2 4 6 6
Conv2d(3, 4, (3, 2), padding=1, padding_mode='reflect', bias=False)  | 2 3 5 5
Conv2d(3, 4, 3, padding='same', padding_mode='circular')             | 2 3 5 5
Conv3d(2, 3, 2)                                                      | 1 2 4 4 4
ConvTranspose1d(3, 2, 3, stride=2)                                   | 2 3 5
ConvTranspose2d(4, 6, 3, stride=2, output_padding=1, groups=2)       | 2 4 3 3
BatchNorm1d(4)                                                       | 5 4
BatchNorm1d(4, affine=False)                                         | 5 4 3
BatchNorm2d(3, momentum=None)                                        | 2 3 4 4
BatchNorm2d(3, track_running_stats=False)                            | 2 3 4 4
InstanceNorm2d(3)                                                    | 2 3 4 4
InstanceNorm1d(3, affine=True, track_running_stats=True)             | 2 3 4
GroupNorm(2, 4)                                                      | 2 4 3
LayerNorm((3, 4))                                                    | 2 3 4
RMSNorm(4)                                                           | 2 4
MaxPool1d(2)                                                         | 2 3 7
MaxPool2d(3, 2, padding=1)                                           | 2 3 7 7
AvgPool1d(3, stride=2, padding=1)                                    | 2 3 7
AvgPool2d(2, ceil_mode=True)                                         | 2 3 5 5
AdaptiveAvgPool1d(3)                                                 | 2 3 7
AdaptiveAvgPool2d((2, 3))                                            | 2 3 5 5
AdaptiveMaxPool2d(2)                                                 | 2 3 5 5
Upsample(scale_factor=2, mode='bilinear')                            | 1 2 3 3
ReflectionPad2d(1)                                                   | 1 2 3 3
ReplicationPad1d((1, 2))                                             | 1 2 3
CircularPad2d(1)                                                     | 1 2 3 3
ConstantPad2d(1, 3.5)                                                | 1 2 3 3
ZeroPad2d((1, 0, 2, 1))                                              | 1 2 3 3
Unfold(2)                                                            | 1 2 3 3
Fold((3, 3), 2)                                                      | 1 8 4
Linear(3, 2, bias=False)                                             | 4 3
Bilinear(2, 3, 4)                                                    | 5 2 ; 5 3
Embedding(5, 3, padding_idx=1)                                       | i5 7
Dropout(0.4)                                                         | 5 4
Dropout2d(0.4)                                                       | 3 4 2 2
AlphaDropout(0.4)                                                    | 5 4
PReLU(4)                                                             | 3 4
RReLU()                                                              | 3 4
Softmax2d()                                                          | 2 3 2 2
Threshold(0.1, 20)                                                   | 3 4
GLU()                                                                | 3 4
GELU(approximate='tanh')                                             | 3 4
Hardtanh(-0.5, 0.5)                                                  | 3 4
Softshrink(0.2)                                                      | 3 4
Hardshrink(0.2)                                                      | 3 4
MultiheadAttention(6, 2)                                             | 4 3 6 ; 4 3 6 ; 4 3 6
MultiheadAttention(6, 2, kdim=3, vdim=5, batch_first=True)           | 3 4 6 ; 3 5 3 ; 3 5 5
MultiheadAttention(4, 1, add_bias_kv=True, add_zero_attn=True)       | 4 3 4 ; 5 3 4 ; 5 3 4
TransformerEncoderLayer(4, 2, 8, dropout=0.1)                        | 3 2 4
TransformerEncoderLayer(4, 2, 8, norm_first=True, activation='gelu') | 3 2 4
RNNCell(3, 4, nonlinearity='relu')                                   | 2 3
LSTMCell(3, 4)                                                       | 2 3
GRUCell(3, 4, bias=False)                                            | 3
RNN(3, 4)                                                            | 5 2 3
LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)       | 2 5 3
GRU(3, 4)                                                            | 5 3
CELU()                                                               | 3 4
ELU()                                                                | 3 4
SELU()                                                               | 3 4
Mish()                                                               | 3 4
ReLU6()                                                              | 3 4
ReLU()                                                               | 3 4
LeakyReLU()                                                          | 3 4
Hardswish()                                                          | 3 4
Hardsigmoid()                                                        | 3 4
Softplus()                                                           | 3 4
SiLU()                                                               | 3 4
Softsign()                                                           | 3 4
Tanhshrink()                                                         | 3 4
LogSigmoid()                                                         | 3 4
MSELoss()                                                            | 3 4 ; 3 4
L1Loss(reduction='sum')                                              | 3 4 ; 3 4
SmoothL1Loss(beta=0.3)                                               | 3 4 ; 3 4
HuberLoss(delta=0.3, reduction='none')                               | 3 4 ; 3 4
KLDivLoss(reduction='batchmean', log_target=True)                    | 3 4 ; 3 4
BCEWithLogitsLoss()                                                  | 3 4 ; 3 4
CrossEntropyLoss(label_smoothing=0.1)                                | 3 4 ; i4 3
CrossEntropyLoss(ignore_index=1, reduction='sum')                    | 3 4 ; i4 3
NLLLoss()                                                            | 3 4 2 ; i4 3 2
MarginRankingLoss(0.3)                                               | 3 ; 3 ; 3
TripletMarginLoss(swap=True)                                         | 3 4 ; 3 4 ; 3 4
CosineEmbeddingLoss(0.1)                                             | 3 4 ; 3 4 ; 3
HingeEmbeddingLoss()                                                 | 3 4 ; 3 4
PoissonNLLLoss(full=True)                                            | 3 4 ; 3 4
MultiLabelSoftMarginLoss()                                           | 3 4 ; 3 4
"""
CASES = [tuple(part.strip() for part in line.split("|")) for line in MODULES.strip().splitlines()]


def inputs_of(library: Any, text: str) -> list[Any]:
    """Tensors of the shapes that ``text`` lists."""
    random = np.random.default_rng(1)
    tensors = []
    for shape in text.split(";"):
        first, *rest = shape.split()
        if first.startswith("i"):
            array = random.integers(0, int(first[1:]), [int(size) for size in rest])
            tensors.append(library.from_numpy(array))
        else:
            array = random.normal(size=[int(first), *map(int, rest)]).astype(np.float32)
            tensors.append(library.from_numpy(array).requires_grad_(not tensors))
    return tensors


def flat(value: Any) -> list[Any]:
    """The tensors of a nested result."""
    return [one for part in value for one in flat(part)] if isinstance(value, tuple) else [] if value is None else [value]


def run(library: Any, module: str, shapes: str) -> dict[str, Any]:
    """Make the module, run it twice forward and once backward; everything there is to compare."""
    library.manual_seed(3)
    made = eval(f"nn.{module}", {"nn": library.nn})
    parameters = {name: one.detach().numpy().copy() for name, one in made.named_parameters()}
    tensors = inputs_of(library, shapes)
    results = flat(made(*tensors))
    total = sum((result * result).sum() for result in results if result.requires_grad)
    total.backward()
    made.eval()
    again = flat(made(*tensors))
    gradients = {name: one.grad for name, one in made.named_parameters()} | {"input": tensors[0].grad}
    return {
        "text": repr(made),
        "parameters": parameters,
        "results": {str(i): one.detach().numpy() for i, one in enumerate([*results, *again])},
        "gradients": {name: None if one is None else one.numpy() for name, one in gradients.items()},
        "buffers": {name: one.numpy() for name, one in made.named_buffers()},
    }


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("module", "shapes"), CASES, ids=[module for module, _ in CASES])
def test_module(module: str, shapes: str) -> None:
    expected, got = run(torch, module, shapes), run(ours, module, shapes)
    assert got["text"] == expected["text"]
    for what in ("parameters", "results", "gradients", "buffers"):
        assert list(got[what]) == list(expected[what]), what
        for name, value in expected[what].items():
            if value is None:
                assert got[what][name] is None
            else:
                tolerance = {"rtol": 1e-6, "atol": 1e-7} if what == "parameters" else {"rtol": 2e-4, "atol": 2e-5}
                np.testing.assert_allclose(got[what][name], value, **tolerance, err_msg=f"{what}: {name}")
