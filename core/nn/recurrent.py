"""Recurrent networks: cells, and RNN, LSTM and GRU over whole sequences."""

from __future__ import annotations

import math
import warnings
from typing import Any, ClassVar

import numpy as np

from ..dtypes import dtype
from ..ops.joining import cat, stack
from ..tensor import Tensor, from_array
from . import functional, init
from .layers import _empty_parameter
from .module import Module
from .utils.rnn import PackedSequence


def _rnn_step(activation: str, gates: list[Tensor], state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:  # noqa: ARG001
    return (getattr(functional, activation)(gates[0] + gates[1]),)


def _lstm_step(_: str, gates: list[Tensor], state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Hochreiter and Schmidhuber (1997), with a forget gate."""
    enter, forget, candidate, leave = (gates[0] + gates[1]).chunk(4, 1)
    cell = forget.sigmoid() * state[1] + enter.sigmoid() * candidate.tanh()
    return leave.sigmoid() * cell.tanh(), cell


def _gru_step(_: str, gates: list[Tensor], state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Cho et al. (2014)."""
    reset_input, update_input, new_input = gates[0].chunk(3, 1)
    reset_hidden, update_hidden, new_hidden = gates[1].chunk(3, 1)
    reset = (reset_hidden + reset_input).sigmoid()
    update = (update_hidden + update_input).sigmoid()
    new = (new_input + reset * new_hidden).tanh()
    return ((state[0] - new) * update + new,)


_STEPS: dict[str, tuple[int, Any]] = {"RNN": (1, _rnn_step), "LSTM": (4, _lstm_step), "GRU": (3, _gru_step)}
"""For each kind how many gates it has, and one step of it."""


def check_sizes(kind: str, input_size: int, hidden_size: int, num_layers: int, dropout: float, proj_size: int) -> None:
    """Raise ``TypeError`` or ``ValueError`` for what makes no network; warn of dropout that has no effect."""
    if not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
        raise ValueError("dropout should be a number in range [0, 1] representing the probability of an element being zeroed")
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than "
            f"1, but got dropout={dropout} and num_layers={num_layers}",
            UserWarning,
            stacklevel=3,
        )
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size)):
        if not isinstance(size, int):
            raise TypeError(f"{name} should be of type int, got: {type(size).__name__}")
    if hidden_size <= 0:
        raise ValueError("hidden_size must be greater than zero")
    if num_layers <= 0:
        raise ValueError("num_layers must be greater than zero")
    if proj_size and kind != "LSTM":
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


class _Cell(Module):
    kind: ClassVar[str]
    nonlinearity = "tanh"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = _STEPS[self.kind][0] * hidden_size
        self.weight_ih = _empty_parameter((rows, input_size), dtype)
        self.weight_hh = _empty_parameter((rows, hidden_size), dtype)
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, _empty_parameter((rows,), dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw everything anew, uniform in ±1/sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """One step from state ``hx`` (zeros if None): the new state."""
        if input.dim() not in (1, 2):
            raise ValueError(f"{type(self).__name__}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        unbatched = input.dim() == 1
        batch = input.unsqueeze(0) if unbatched else input
        self._check(batch, hx, unbatched)
        if hx is None:
            zeros = from_array(np.zeros((batch.shape[0], self.hidden_size), input._array.dtype))
            state: tuple[Tensor, ...] = (zeros, zeros)
        else:
            given = hx if isinstance(hx, tuple) else (hx,)
            state = tuple(one.unsqueeze(0) if unbatched else one for one in given)
        gates = [
            functional.linear(batch, self.weight_ih, self.bias_ih),
            functional.linear(state[0], self.weight_hh, self.bias_hh),
        ]
        result = _STEPS[self.kind][1](self.nonlinearity, gates, state)
        if unbatched:
            result = tuple(one.squeeze(0) for one in result)
        return result if self.kind == "LSTM" else result[0]

    def _check(self, input: Tensor, hx: Any, unbatched: bool) -> None:
        """Raise ``RuntimeError`` for an input, or a state, of another size."""
        if input.shape[1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.shape[1]} expected {self.input_size}")
        for number, one in enumerate(() if hx is None or unbatched else hx if isinstance(hx, tuple) else (hx,)):
            if one.shape[0] != input.shape[0]:
                raise RuntimeError(f"Input batch size {input.shape[0]} doesn't match hidden{number} batch size {one.shape[0]}")
            if one.shape[1] != self.hidden_size:
                raise RuntimeError(f"hidden{number} has inconsistent hidden_size: got {one.shape[1]}, expected {self.hidden_size}")

    def extra_repr(self) -> str:
        """The sizes, and what differs from the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
        if not self.bias:
            text += f", bias={self.bias}"
        return text if self.nonlinearity == "tanh" else f"{text}, nonlinearity={self.nonlinearity}"


class RNNCell(_Cell):
    """tanh (or relu) of a linear function of input and state."""

    kind = "RNN"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: dtype | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {nonlinearity}")
        super().__init__(input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity


class LSTMCell(_Cell):
    """Long short-term memory: state and cell."""

    kind = "LSTM"


class GRUCell(_Cell):
    """Gated recurrent unit."""

    kind = "GRU"


class _Recurrent(Module):
    kind: ClassVar[str]
    nonlinearity = "tanh"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        check_sizes(self.kind, input_size, hidden_size, num_layers, dropout, proj_size)
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        size = proj_size or hidden_size
        rows = _STEPS[self.kind][0] * hidden_size
        for layer in range(num_layers):
            for suffix in self._directions():
                columns = input_size if layer == 0 else size * len(self._directions())
                end = f"_l{layer}{suffix}"
                setattr(self, "weight_ih" + end, _empty_parameter((rows, columns), dtype))
                setattr(self, "weight_hh" + end, _empty_parameter((rows, size), dtype))
                if bias:
                    setattr(self, "bias_ih" + end, _empty_parameter((rows,), dtype))
                    setattr(self, "bias_hh" + end, _empty_parameter((rows,), dtype))
                if proj_size:
                    setattr(self, "weight_hr" + end, _empty_parameter((proj_size, hidden_size), dtype))
        self.reset_parameters()

    def _directions(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def reset_parameters(self) -> None:
        """Draw everything anew, uniform in ±1/sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """(outputs of the last layer at every step, the last state)."""
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        self._check(input, hx)
        unbatched = input.dim() == 2
        axis = 0 if unbatched or not self.batch_first else 1
        steps = list(input.unsqueeze(1) if unbatched else input.transpose(0, 1) if axis else input)
        states = self._start(steps[0].shape[0], steps[0]._array.dtype, hx, unbatched)
        outputs, ends = self._through_layers(steps, states)
        joined = stack(outputs)
        if unbatched:
            joined, ends = joined.squeeze(1), tuple(one.squeeze(1) for one in ends)
        elif axis:
            joined = joined.transpose(0, 1)
        return joined, ends if self.kind == "LSTM" else ends[0]

    def _forward_packed(self, input: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        """The same for sequences of different lengths: each step has as many of them as still go on."""
        sizes = input.batch_sizes.tolist()
        if input.sorted_indices is not None and hx is not None:
            given = hx if isinstance(hx, tuple) else (hx,)
            sorted_states = tuple(one.index_select(1, input.sorted_indices) for one in given)
            hx = sorted_states if self.kind == "LSTM" else sorted_states[0]
        states = self._start(sizes[0], input.data._array.dtype, hx, False)
        outputs, ends = self._through_layers(list(input.data.split(sizes)), states)
        if input.unsorted_indices is not None:
            ends = tuple(one.index_select(1, input.unsorted_indices) for one in ends)
        packed = PackedSequence(cat(outputs), input.batch_sizes, input.sorted_indices, input.unsorted_indices)
        return packed, ends if self.kind == "LSTM" else ends[0]

    def _through_layers(self, steps: list[Tensor], states: list[tuple[Tensor, ...]]) -> tuple[list[Tensor], tuple[Tensor, ...]]:
        """The outputs of the last layer at every step, and the last states of all layers."""
        last: list[tuple[Tensor, ...]] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                sizes = [step.shape[0] for step in steps]
                steps = list(functional.dropout(cat(steps), self.dropout).split(sizes))
            outputs = []
            for number, suffix in enumerate(self._directions()):
                state = states[layer * len(self._directions()) + number]
                results, state = self._run(steps[::-1] if suffix else steps, state, f"_l{layer}{suffix}")
                outputs.append(results[::-1] if suffix else results)
                last.append(state)
            steps = [cat(list(pair), dim=1) for pair in zip(*outputs, strict=True)] if len(outputs) > 1 else outputs[0]
        return steps, tuple(stack(list(parts)) for parts in zip(*last, strict=True))

    def _check(self, input: Tensor, hx: Any) -> None:
        """Raise ``RuntimeError`` for an input, or a state, of another size."""
        if input.dim() not in (2, 3):
            raise ValueError(f"{self.kind}: Expected input to be 2D or 3D, got {input.dim()}D instead")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}")
        if hx is None:
            return
        batch = () if input.dim() == 2 else (input.shape[0 if self.batch_first else 1],)
        count = self.num_layers * len(self._directions())
        names = ("hidden[0]", "hidden[1]") if self.kind == "LSTM" else ("hidden",)
        sizes = (self.proj_size or self.hidden_size, self.hidden_size)
        for name, size, one in zip(names, sizes, hx if isinstance(hx, tuple) else (hx,), strict=False):
            wanted = (count, *batch, size)
            if tuple(one.shape) != wanted:
                raise RuntimeError(f"Expected {name} size {wanted}, got {list(one.shape)}")

    def _start(self, batch: int, dtype: Any, hx: Any, unbatched: bool) -> list[tuple[Tensor, ...]]:
        """The state of every layer and direction at the start."""
        count = self.num_layers * len(self._directions())
        parts = 2 if self.kind == "LSTM" else 1
        if hx is None:
            cell = from_array(np.zeros((batch, self.hidden_size), dtype))
            hidden = from_array(np.zeros((batch, self.proj_size), dtype)) if self.proj_size else cell
            return [(hidden, cell)[:parts]] * count
        given = hx if isinstance(hx, tuple) else (hx,)
        if unbatched:
            given = tuple(one.unsqueeze(1) for one in given)
        return [tuple(one[number] for one in given) for number in range(count)]

    def _run(self, steps: list[Tensor], state: tuple[Tensor, ...], end: str) -> tuple[list[Tensor], tuple[Tensor, ...]]:
        """One layer in one direction."""
        weights = [(getattr(self, f"weight_{kind}{end}"), getattr(self, f"bias_{kind}{end}", None)) for kind in ("ih", "hh")]
        sizes = [step.shape[0] for step in steps]
        even = sizes[0] == sizes[-1]
        projected = (
            functional.linear(stack(steps), *weights[0]) if even else functional.linear(cat(steps), *weights[0]).split(sizes)
        )
        start, results, ended = state, [], []
        state = tuple(one[: sizes[0]] for one in state) if len(state[0]) != sizes[0] else state
        for number, size in enumerate(sizes):
            now = len(state[0])
            if size < now:  # forwards, the shortest sequences end
                ended.append(tuple(one[size:] for one in state))
                state = tuple(one[:size] for one in state)
            elif size > now:  # backwards, longer and longer sequences begin
                state = tuple(cat([one, first[now:size]]) for one, first in zip(state, start, strict=True))
            gates = [projected[number], functional.linear(state[0], *weights[1])]
            state = _STEPS[self.kind][1](self.nonlinearity, gates, state)
            if self.proj_size:
                state = (functional.linear(state[0], getattr(self, f"weight_hr{end}")), *state[1:])
            results.append(state[0])
        if ended:
            state = tuple(cat(list(parts)) for parts in zip(state, *reversed(ended), strict=True))
        return results, state

    def extra_repr(self) -> str:
        """The sizes, and what differs from the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size:
            text += f", proj_size={self.proj_size}"
        defaults = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}
        for name, default in defaults.items():
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text


class RNN(_Recurrent):
    """Elman's network (1990), with tanh or relu."""

    kind = "RNN"

    def __init__(self, *args: Any, nonlinearity: str = "tanh", **kwargs: Any) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(*args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(_Recurrent):
    """Long short-term memory."""

    kind = "LSTM"


class GRU(_Recurrent):
    """Gated recurrent units."""

    kind = "GRU"
