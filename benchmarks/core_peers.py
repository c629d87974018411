"""The programs of core_programs.py for peers with an interface of their own: HIPS autograd and MyGrad.

Each function imports its library when asked, for none of them need be installed. A peer takes part in the programs it has.
"""
# ruff: noqa: PLC0415  (optional libraries)

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from core_data import (
    BATCH,
    BLOCK_WEIGHTS,
    CHAIN,
    CLASSES,
    CNN_WEIGHTS,
    COEFFICIENTS,
    DIGITS,
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
    Phases,
    Run,
    chain_data,
    chain_phases,
)

Programs = dict[str, Callable[[], Run]]
Loss = Callable[[Any], Any]


# ----------------------------------------------------------------------------------------------------------------- HIPS autograd
def hips() -> Programs:
    """HIPS autograd: functions of a tuple of parameters."""
    import autograd.numpy as anp
    from autograd import make_vjp, value_and_grad

    def chain(shape: tuple[int, ...]) -> Run:
        start = chain_data(shape)

        def link_all(parameters: Any) -> Any:
            x, weight = parameters
            for _ in range(CHAIN):
                x = x * weight + weight
            return x

        def run() -> Phases:
            begin = perf_counter()
            backward, _ = make_vjp(link_all)(start)
            middle = perf_counter()
            backward(np.ones(shape, np.float32))
            return chain_phases(begin, middle, perf_counter())

        return run

    def long_chain() -> Run:
        weight = np.ones(3, np.float32)

        def link_all(x: Any) -> Any:
            for _ in range(LONG_CHAIN):
                x = x * weight
            return anp.sum(x)

        def run() -> Phases:
            begin = perf_counter()
            value_and_grad(link_all)(weight)
            return {"both": perf_counter() - begin}

        return run

    def trained(weights: tuple[Any, ...], loss: Loss) -> Run:
        parameters = tuple(array.copy() for array in weights)
        step = value_and_grad(loss)

        def run() -> Phases:
            nonlocal parameters
            begin = perf_counter()
            _, gradients = step(parameters)
            parameters = tuple(p - RATE * g for p, g in zip(parameters, gradients, strict=True))
            return {"both": perf_counter() - begin}

        return run

    losses = _hips_losses(anp)
    return {
        "chain of scalars": lambda: chain(()),
        "chain of 3-vectors": lambda: chain((3,)),
        "long chain": long_chain,
        "mlp": lambda: trained(MLP_WEIGHTS, losses["mlp"]),
        "cnn": lambda: trained(CNN_WEIGHTS, losses["cnn"]),
        "transformer block": lambda: trained(BLOCK_WEIGHTS, losses["block"]),
        "cubic fit": lambda: trained(COEFFICIENTS, losses["cubic"]),
    }


def _hips_losses(anp: Any) -> dict[str, Loss]:
    """The losses of the models, as functions of a tuple of parameters; ``anp`` is HIPS autograd's NumPy."""

    def cross_entropy(logits: Any, classes: Any) -> Any:
        shifted = logits - anp.max(logits, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(shifted), axis=1)) - shifted[np.arange(len(classes)), classes])

    def mlp_loss(parameters: Any) -> Any:
        first, first_bias, second, second_bias = parameters
        hidden = anp.maximum(anp.dot(IMAGES, first.T) + first_bias, 0)
        return cross_entropy(anp.dot(hidden, second.T) + second_bias, DIGITS)

    def convolution(images: Any, kernel: Any, bias: Any) -> Any:
        batch, channels, height, width = images.shape
        padded = anp.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)), "constant")
        shifted = [padded[:, :, i : i + height, j : j + width] for i in range(3) for j in range(3)]
        columns = anp.reshape(anp.stack(shifted, 2), (batch, channels * 9, height * width))
        product = anp.matmul(anp.reshape(kernel, (1, kernel.shape[0], -1)), columns) + anp.reshape(bias, (1, -1, 1))
        return anp.reshape(product, (batch, kernel.shape[0], height, width))

    def pool(images: Any) -> Any:
        batch, channels, height, width = images.shape
        return anp.max(anp.reshape(images, (batch, channels, height // 2, 2, width // 2, 2)), axis=(3, 5))

    def cnn_loss(parameters: Any) -> Any:
        first, first_bias, second, second_bias, last, last_bias = parameters
        x = pool(anp.maximum(convolution(PICTURES, first, first_bias), 0))
        x = pool(anp.maximum(convolution(x, second, second_bias), 0))
        return cross_entropy(anp.dot(anp.reshape(x, (16, -1)), last.T) + last_bias, CLASSES)

    def layer_norm(x: Any, weight: Any, bias: Any) -> Any:
        centred = x - anp.mean(x, axis=-1, keepdims=True)
        return centred / anp.sqrt(anp.mean(centred * centred, axis=-1, keepdims=True) + 1e-5) * weight + bias

    def block_loss(parameters: Any) -> Any:
        norm1, shift1, attend, attend_bias, project, project_bias, norm2, shift2, widen, widen_bias, narrow, narrow_bias = (
            parameters
        )
        size = WIDTH // HEADS
        mixed = anp.dot(layer_norm(SEQUENCE, norm1, shift1), attend.T) + attend_bias
        mixed = anp.transpose(anp.reshape(mixed, (BATCH, LENGTH, 3, HEADS, size)), (2, 0, 3, 1, 4))
        query, key, value = mixed[0], mixed[1], mixed[2]
        scores = anp.matmul(query, anp.swapaxes(key, -1, -2)) * size**-0.5
        exponentials = anp.exp(scores - anp.max(scores, axis=-1, keepdims=True))
        weights = exponentials / anp.sum(exponentials, axis=-1, keepdims=True)
        seen = anp.reshape(anp.transpose(anp.matmul(weights, value), (0, 2, 1, 3)), (BATCH, LENGTH, WIDTH))
        x = SEQUENCE + anp.dot(seen, project.T) + project_bias
        wide = anp.maximum(anp.dot(layer_norm(x, norm2, shift2), widen.T) + widen_bias, 0)
        x = x + anp.dot(wide, narrow.T) + narrow_bias
        return anp.mean(x * x)

    def cubic_loss(parameters: Any) -> Any:
        a, b, c, d = parameters
        return anp.mean((a + b * POINTS + c * POINTS**2 + d * POINTS**3 - SINE) ** 2)

    return {"mlp": mlp_loss, "cnn": cnn_loss, "block": block_loss, "cubic": cubic_loss}


# ------------------------------------------------------------------------------------------------------------------------ MyGrad
def mygrad() -> Programs:
    """MyGrad, with its memory guarding on, as it comes."""
    import mygrad as mg
    from mygrad.nnet.losses import softmax_crossentropy

    def chain(shape: tuple[int, ...]) -> Run:
        start, weight = (mg.tensor(array) for array in chain_data(shape))

        def run() -> Phases:
            x = start
            begin = perf_counter()
            for _ in range(CHAIN):
                x = x * weight + weight
            middle = perf_counter()
            x.backward(np.ones(shape, np.float32))
            return chain_phases(begin, middle, perf_counter())

        return run

    def trained(weights: tuple[Any, ...], loss: Callable[..., Any]) -> Run:
        parameters = [mg.tensor(array) for array in weights]

        def run() -> Phases:
            begin = perf_counter()
            loss(*parameters).backward()
            for parameter in parameters:
                gradient = parameter.grad
                parameter.null_grad()
                parameter.data -= RATE * gradient
            return {"both": perf_counter() - begin}

        return run

    def mlp_loss(first: Any, first_bias: Any, second: Any, second_bias: Any) -> Any:
        hidden = mg.maximum(mg.matmul(IMAGES, first.T) + first_bias, 0)
        return softmax_crossentropy(mg.matmul(hidden, second.T) + second_bias, DIGITS)

    def cubic_loss(a: Any, b: Any, c: Any, d: Any) -> Any:
        return mg.mean((a + b * POINTS + c * POINTS**2 + d * POINTS**3 - SINE) ** 2)

    return {
        "chain of scalars": lambda: chain(()),
        "chain of 3-vectors": lambda: chain((3,)),
        "mlp": lambda: trained(MLP_WEIGHTS, mlp_loss),
        "cubic fit": lambda: trained(COEFFICIENTS, cubic_loss),
    }
