"""``torch.nn.modules``: the modules by the names of the files in which PyTorch has them, with the names of their bases."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from . import (
    activations,
    adaptive_softmax,
    attention,
    containers,
    convolution,
    embeddings,
    further_losses,
    layers,
    lazy,
    losses,
    module,
    normalization,
    parameter,
    pooling,
    recurrent,
    transformer,
    volumes,
)


def _ntuple(count: int) -> Any:
    def as_tuple(value: Any) -> tuple[Any, ...]:
        return tuple(value) if isinstance(value, Iterable) else (value,) * count

    return as_tuple


_SOURCES = (
    activations,
    adaptive_softmax,
    attention,
    containers,
    convolution,
    embeddings,
    further_losses,
    layers,
    lazy,
    losses,
    module,
    normalization,
    parameter,
    pooling,
    recurrent,
    transformer,
    volumes,
)

_FILES: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "activation": ((activations, attention), {}),
    "adaptive": ((adaptive_softmax,), {}),
    "batchnorm": ((normalization,), {"_BatchNorm": normalization.BatchNorm1d, "_NormBase": normalization._ByChannel}),
    "channelshuffle": ((volumes,), {}),
    "container": ((containers,), {}),
    "conv": ((convolution,), {"_ConvNd": convolution._Convolution}),
    "distance": ((volumes,), {}),
    "dropout": ((layers,), {"_DropoutNd": layers.Dropout}),
    "flatten": ((layers, pooling), {}),
    "fold": ((pooling,), {}),
    "instancenorm": ((normalization,), {"_InstanceNorm": normalization.InstanceNorm1d}),
    "lazy": ((lazy,), {}),
    "linear": ((layers, attention), {"LazyLinear": lazy.LazyLinear}),
    "loss": ((losses, further_losses), {"_Loss": losses._Loss, "_WeightedLoss": losses._Loss}),
    "module": ((module, parameter), {}),
    "normalization": ((layers, normalization, volumes), {}),
    "padding": ((pooling,), {}),
    "pixelshuffle": ((volumes,), {}),
    "pooling": ((pooling, volumes), {"_MaxPoolNd": pooling._Pool, "_AvgPoolNd": pooling._Pool}),
    "rnn": ((recurrent,), {"RNNBase": recurrent._Recurrent, "RNNCellBase": recurrent._Cell}),
    "sparse": ((embeddings,), {}),
    "transformer": ((attention, transformer), {}),
    "upsampling": ((pooling, volumes), {}),
    "utils": (
        (),
        {"_single": _ntuple(1), "_pair": _ntuple(2), "_triple": _ntuple(3), "_quadruple": _ntuple(4), "_ntuple": _ntuple},
    ),
}
"""For each file of PyTorch's: where its classes are here, and further names."""


def _classes(source: ModuleType) -> dict[str, Any]:
    """The public module classes that a file defines."""
    found = {name: value for name, value in vars(source).items() if isinstance(value, type) and not name.startswith("_")}
    return {name: value for name, value in found.items() if value.__module__ == source.__name__}


for _source in _SOURCES:
    globals().update(_classes(_source))
for _name, (_sources, _further) in _FILES.items():
    _file = ModuleType(f"{__name__}.{_name}", f"What PyTorch has in ``nn/modules/{_name}.py``.")
    for _source in _sources:
        vars(_file).update(_classes(_source))
    vars(_file).update(_further)
    globals()[_name] = _file
    sys.modules[_file.__name__] = _file
