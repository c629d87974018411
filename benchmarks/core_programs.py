"""The programs that benchmarks/core.py times: written once for PyTorch and gradtrace.core.

Each maker takes the library and returns a function that runs once and says how many seconds each of its phases took.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from core_data import (
    BATCH,
    BLOCK_WEIGHTS,
    CHAIN,
    CLASSES,
    CNN_WEIGHTS,
    COEFFICIENTS,
    DIGITS,
    FAN,
    HEADS,
    IMAGES,
    LENGTH,
    LONG_CHAIN,
    MLP_WEIGHTS,
    PICTURES,
    POINTS,
    RATE,
    SEQUENCE,
    SINE,
    WIDTH,
    Maker,
    Phases,
    Run,
    chain_data,
    chain_phases,
)


def leaves(torch: Any, arrays: tuple[Any, ...]) -> list[Any]:
    """Parameters with these values."""
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def chain(shape: tuple[int, ...]) -> Maker:
    """``x = x * w + w``, again and again."""

    def make(torch: Any) -> Run:
        start, weight = leaves(torch, chain_data(shape))

        def run() -> Phases:
            x = start
            begin = perf_counter()
            for _ in range(CHAIN):
                x = x * weight + weight
            middle = perf_counter()
            x.backward(torch.ones(shape))
            return chain_phases(begin, middle, perf_counter())

        return run

    return make


def chain_without_grad(torch: Any) -> Run:
    """The chain of 3-vectors under ``no_grad``."""
    start, weight = leaves(torch, chain_data((3,)))

    def run() -> Phases:
        x = start
        with torch.no_grad():
            begin = perf_counter()
            for _ in range(CHAIN):
                x = x * weight + weight
            return {"forward": (perf_counter() - begin) / (2 * CHAIN)}

    return run


def long_chain(torch: Any) -> Run:
    """A hundred thousand multiplications, their backward, and the freeing of the graph."""
    start, weight = torch.tensor([1.0, 1.0, 1.0], requires_grad=True), torch.tensor([1.0, 1.0, 1.0])

    def run() -> Phases:
        x = start
        begin = perf_counter()
        for _ in range(LONG_CHAIN):
            x = x * weight
        x.sum().backward()
        del x
        return {"both": perf_counter() - begin}

    return run


def fan(torch: Any) -> Run:
    """One tensor used by ten thousand operations."""
    start = torch.tensor([1.0, 1.0, 1.0], requires_grad=True)

    def run() -> Phases:
        begin = perf_counter()
        torch.stack([start * 2.0 for _ in range(FAN)]).sum().backward()
        return {"both": perf_counter() - begin}

    return run


def _trained(torch: Any, parameters: list[Any], loss: Callable[[], Any]) -> Run:
    """Steps of gradient descent."""

    def run() -> Phases:
        begin = perf_counter()
        loss().backward()
        with torch.no_grad():
            for parameter in parameters:
                parameter -= RATE * parameter.grad
                parameter.grad = None
        return {"both": perf_counter() - begin}

    return run


def mlp(torch: Any) -> Run:
    """784-128-10 with relu and cross entropy, 32 images."""
    functional = torch.nn.functional
    parameters = leaves(torch, MLP_WEIGHTS)
    first, first_bias, second, second_bias = parameters
    images, digits = torch.tensor(IMAGES), torch.tensor(DIGITS)

    def loss() -> Any:
        hidden = functional.relu(functional.linear(images, first, first_bias))
        return functional.cross_entropy(functional.linear(hidden, second, second_bias), digits)

    return _trained(torch, parameters, loss)


def cnn(torch: Any) -> Run:
    """Two convolutions of 3x3 with relu and 2x2 max pooling, a linear layer, cross entropy, 16 pictures of 28x28."""
    functional = torch.nn.functional
    parameters = leaves(torch, CNN_WEIGHTS)
    first, first_bias, second, second_bias, last, last_bias = parameters
    pictures, classes = torch.tensor(PICTURES), torch.tensor(CLASSES)

    def loss() -> Any:
        x = functional.max_pool2d(functional.relu(functional.conv2d(pictures, first, first_bias, padding=1)), 2)
        x = functional.max_pool2d(functional.relu(functional.conv2d(x, second, second_bias, padding=1)), 2)
        return functional.cross_entropy(functional.linear(x.reshape(16, -1), last, last_bias), classes)

    return _trained(torch, parameters, loss)


def transformer_block(torch: Any) -> Run:
    """Layer norm, attention with four heads, layer norm, two linear layers with relu; 4 sequences of 32 vectors of 64."""
    functional = torch.nn.functional
    parameters = leaves(torch, BLOCK_WEIGHTS)
    norm1, shift1, attend, attend_bias, project, project_bias, norm2, shift2, widen, widen_bias, narrow, narrow_bias = parameters
    sequence = torch.tensor(SEQUENCE)
    size = WIDTH // HEADS

    def loss() -> Any:
        normal = functional.layer_norm(sequence, (WIDTH,), norm1, shift1)
        mixed = functional.linear(normal, attend, attend_bias).reshape(BATCH, LENGTH, 3, HEADS, size).permute(2, 0, 3, 1, 4)
        query, key, value = mixed.unbind(0)
        weights = functional.softmax(query @ key.transpose(-2, -1) * size**-0.5, dim=-1)
        seen = (weights @ value).permute(0, 2, 1, 3).reshape(BATCH, LENGTH, WIDTH)
        x = sequence + functional.linear(seen, project, project_bias)
        normal = functional.layer_norm(x, (WIDTH,), norm2, shift2)
        x = x + functional.linear(functional.relu(functional.linear(normal, widen, widen_bias)), narrow, narrow_bias)
        return (x * x).mean()

    return _trained(torch, parameters, loss)


def cubic_fit(torch: Any) -> Run:
    """A cubic fitted to a sine at 2000 points."""
    parameters = leaves(torch, COEFFICIENTS)
    a, b, c, d = parameters
    points, sine = torch.tensor(POINTS), torch.tensor(SINE)

    def loss() -> Any:
        return (a + b * points + c * points**2 + d * points**3 - sine).pow(2).mean()

    return _trained(torch, parameters, loss)
