"""Recurrent networks: cells, and RNN, LSTM and GRU over whole sequences."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from ..dtypes import dtype
from ..ops.joining import cat, stack
from ..tensor import Tensor, from_array
from . import functional, init
from .layers import _empty_parameter
from .module import Module


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
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        rows = _STEPS[self.kind][0] * hidden_size
        for layer in range(num_layers):
            for suffix in self._directions():
                columns = input_size if layer == 0 else hidden_size * len(self._directions())
                end = f"_l{layer}{suffix}"
                setattr(self, "weight_ih" + end, _empty_parameter((rows, columns), dtype))
                setattr(self, "weight_hh" + end, _empty_parameter((rows, hidden_size), dtype))
                if bias:
                    setattr(self, "bias_ih" + end, _empty_parameter((rows,), dtype))
                    setattr(self, "bias_hh" + end, _empty_parameter((rows,), dtype))
        self.reset_parameters()

    def _directions(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def reset_parameters(self) -> None:
        """Draw everything anew, uniform in ±1/sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Any]:
        """(outputs of the last layer at every step, the last state)."""
        unbatched = input.dim() == 2
        axis = 0 if unbatched or not self.batch_first else 1
        steps = list(input.unsqueeze(1) if unbatched else input.transpose(0, 1) if axis else input)
        states = self._start(steps[0], hx, unbatched)
        last: list[tuple[Tensor, ...]] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                steps = list(functional.dropout(stack(steps), self.dropout))
            outputs = []
            for number, suffix in enumerate(self._directions()):
                state = states[layer * len(self._directions()) + number]
                results, state = self._run(steps[::-1] if suffix else steps, state, f"_l{layer}{suffix}")
                outputs.append(results[::-1] if suffix else results)
                last.append(state)
            steps = [cat(list(pair), dim=1) for pair in zip(*outputs, strict=True)] if len(outputs) > 1 else outputs[0]
        joined = stack(steps)
        ends = tuple(stack(list(parts)) for parts in zip(*last, strict=True))
        if unbatched:
            joined, ends = joined.squeeze(1), tuple(one.squeeze(1) for one in ends)
        elif axis:
            joined = joined.transpose(0, 1)
        return joined, ends if self.kind == "LSTM" else ends[0]

    def _start(self, step: Tensor, hx: Any, unbatched: bool) -> list[tuple[Tensor, ...]]:
        """The state of every layer and direction at the start."""
        count = self.num_layers * len(self._directions())
        parts = 2 if self.kind == "LSTM" else 1
        if hx is None:
            zeros = from_array(np.zeros((step.shape[0], self.hidden_size), step._array.dtype))
            return [(zeros,) * parts] * count
        given = hx if isinstance(hx, tuple) else (hx,)
        if unbatched:
            given = tuple(one.unsqueeze(1) for one in given)
        return [tuple(one[number] for one in given) for number in range(count)]

    def _run(self, steps: list[Tensor], state: tuple[Tensor, ...], end: str) -> tuple[list[Tensor], tuple[Tensor, ...]]:
        """One layer in one direction."""
        weights = [(getattr(self, f"weight_{kind}{end}"), getattr(self, f"bias_{kind}{end}", None)) for kind in ("ih", "hh")]
        projected = functional.linear(stack(steps), *weights[0])
        results = []
        for number in range(len(steps)):
            gates = [projected[number], functional.linear(state[0], *weights[1])]
            state = _STEPS[self.kind][1](self.nonlinearity, gates, state)
            results.append(state[0])
        return results, state

    def extra_repr(self) -> str:
        """The sizes, and what differs from the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
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
