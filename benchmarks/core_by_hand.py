"""The models of core_programs.py with forward, backward and update written out in NumPy: the floor for all libraries."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np
from core_data import (
    BATCH,
    BLOCK_WEIGHTS,
    CLASSES,
    CNN_WEIGHTS,
    COEFFICIENTS,
    DIGITS,
    HEADS,
    IMAGES,
    LENGTH,
    MLP_WEIGHTS,
    PICTURES,
    POINTS,
    RATE,
    SEQUENCE,
    SINE,
    WIDTH,
    Phases,
    Run,
)


def _descend(parameters: list[Any], gradients: tuple[Any, ...]) -> None:
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter -= RATE * gradient


def _cross_entropy(logits: Any, classes: Any) -> Any:
    """The gradient of the mean cross entropy; the loss itself is computed too, as the others do."""
    shifted = logits - logits.max(1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(1, keepdims=True)
    rows = np.arange(len(classes))
    (np.log(total[:, 0]) - shifted[rows, classes]).mean()
    gradient = exponentials / total
    gradient[rows, classes] -= 1
    gradient /= len(classes)
    return gradient


def mlp() -> Run:
    """As :func:`core_programs.mlp`."""
    parameters = [array.copy() for array in MLP_WEIGHTS]
    first, first_bias, second, second_bias = parameters

    def run() -> Phases:
        begin = perf_counter()
        hidden = IMAGES @ first.T + first_bias
        active = np.maximum(hidden, 0)
        gradient = _cross_entropy(active @ second.T + second_bias, DIGITS)
        back = (gradient @ second) * (hidden > 0)
        _descend(parameters, (back.T @ IMAGES, back.sum(0), gradient.T @ active, gradient.sum(0)))
        return {"both": perf_counter() - begin}

    return run


def cubic_fit() -> Run:
    """As :func:`core_programs.cubic_fit`."""
    parameters = [array.copy() for array in COEFFICIENTS]
    a, b, c, d = parameters

    def run() -> Phases:
        begin = perf_counter()
        squares = POINTS * POINTS
        cubes = squares * POINTS
        difference = a + b * POINTS + c * squares + d * cubes - SINE
        (difference * difference).mean()
        gradient = difference * np.float32(2 / POINTS.size)
        _descend(parameters, (gradient.sum(), gradient @ POINTS, gradient @ squares, gradient @ cubes))
        return {"both": perf_counter() - begin}

    return run


def _patches(images: Any) -> Any:
    """Each 3x3 neighbourhood as a column: (batch, 9 * channels, height * width)."""
    batch, channels, height, width = images.shape
    padded = np.zeros((batch, channels, height + 2, width + 2), np.float32)
    padded[:, :, 1:-1, 1:-1] = images
    columns = np.empty((batch, channels, 3, 3, height, width), np.float32)
    for row in range(3):
        for column in range(3):
            columns[:, :, row, column] = padded[:, :, row : row + height, column : column + width]
    return columns.reshape(batch, channels * 9, height * width)


def _patches_back(columns: Any, shape: tuple[int, ...]) -> Any:
    batch, channels, height, width = shape
    columns = columns.reshape(batch, channels, 3, 3, height, width)
    padded = np.zeros((batch, channels, height + 2, width + 2), np.float32)
    for row in range(3):
        for column in range(3):
            padded[:, :, row : row + height, column : column + width] += columns[:, :, row, column]
    return padded[:, :, 1:-1, 1:-1]


def _pool(images: Any) -> tuple[Any, Any]:
    """Maxima of 2x2 cells, and which of the four each is."""
    parts = np.stack([images[:, :, row::2, column::2] for row in (0, 1) for column in (0, 1)])
    winner = parts.argmax(0)
    return np.take_along_axis(parts, winner[None], 0)[0], winner


def _pool_back(gradient: Any, winner: Any, shape: tuple[int, ...]) -> Any:
    result = np.zeros(shape, np.float32)
    for part in range(4):
        result[:, :, part // 2 :: 2, part % 2 :: 2] = gradient * (winner == part)
    return result


def cnn() -> Run:
    """As :func:`core_programs.cnn`."""
    parameters = [array.copy() for array in CNN_WEIGHTS]
    first, first_bias, second, second_bias, last, last_bias = parameters

    def run() -> Phases:
        begin = perf_counter()
        columns1 = _patches(PICTURES)
        x1 = (first.reshape(8, 9) @ columns1 + first_bias[:, None]).reshape(16, 8, 28, 28)
        pooled1, winner1 = _pool(np.maximum(x1, 0))
        columns2 = _patches(pooled1)
        x2 = (second.reshape(16, 72) @ columns2 + second_bias[:, None]).reshape(16, 16, 14, 14)
        pooled2, winner2 = _pool(np.maximum(x2, 0))
        flat = pooled2.reshape(16, -1)
        gradient = _cross_entropy(flat @ last.T + last_bias, CLASSES)
        back2 = (_pool_back((gradient @ last).reshape(pooled2.shape), winner2, x2.shape) * (x2 > 0)).reshape(16, 16, -1)
        for_second = np.matmul(back2, columns2.transpose(0, 2, 1)).sum(0).reshape(second.shape)
        arrived = _patches_back(np.matmul(second.reshape(16, 72).T, back2), pooled1.shape)
        back1 = (_pool_back(arrived, winner1, x1.shape) * (x1 > 0)).reshape(16, 8, -1)
        for_first = np.matmul(back1, columns1.transpose(0, 2, 1)).sum(0).reshape(first.shape)
        biases = back1.sum((0, 2)), back2.sum((0, 2)), gradient.sum(0)
        _descend(parameters, (for_first, biases[0], for_second, biases[1], gradient.T @ flat, biases[2]))
        return {"both": perf_counter() - begin}

    return run


def _normalise(x: Any) -> tuple[Any, Any]:
    centred = x - x.mean(-1, keepdims=True)
    scale = 1 / np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(1e-5))
    return centred * scale, scale


def _normalise_back(gradient: Any, normal: Any, scale: Any) -> Any:
    mean = gradient.mean(-1, keepdims=True)
    return (gradient - mean - normal * (gradient * normal).mean(-1, keepdims=True)) * scale


def transformer_block() -> Run:
    """As :func:`core_programs.transformer_block`; rows of all sequences together, where that is possible."""
    parameters = [array.copy() for array in BLOCK_WEIGHTS]
    norm1, shift1, attend, attend_bias, project, project_bias, norm2, shift2, widen, widen_bias, narrow, narrow_bias = parameters
    rows, size = SEQUENCE.reshape(-1, WIDTH), WIDTH // HEADS
    factor = np.float32(size**-0.5)

    def heads(array: Any) -> Any:
        return array.reshape(BATCH, LENGTH, HEADS, size).transpose(0, 2, 1, 3)

    def joined(array: Any) -> Any:
        return array.transpose(0, 2, 1, 3).reshape(-1, WIDTH)

    def run() -> Phases:
        begin = perf_counter()
        normal1, _ = _normalise(rows)
        scaled1 = normal1 * norm1 + shift1
        mixed = (scaled1 @ attend.T + attend_bias).reshape(BATCH, LENGTH, 3, HEADS, size).transpose(2, 0, 3, 1, 4)
        query, key, value = mixed
        scores = query @ key.swapaxes(-1, -2) * factor
        exponentials = np.exp(scores - scores.max(-1, keepdims=True))
        weights = exponentials / exponentials.sum(-1, keepdims=True)
        seen = joined(weights @ value)
        x = rows + (seen @ project.T + project_bias)
        normal2, scale2 = _normalise(x)
        scaled2 = normal2 * norm2 + shift2
        wide = scaled2 @ widen.T + widen_bias
        active = np.maximum(wide, 0)
        result = x + (active @ narrow.T + narrow_bias)
        (result * result).mean()

        back = result * np.float32(2 / result.size)
        back_wide = (back @ narrow) * (wide > 0)
        back2 = back_wide @ widen
        arrived = back + _normalise_back(back2 * norm2, normal2, scale2)
        back_seen = heads(arrived @ project)
        back_weights = back_seen @ value.swapaxes(-1, -2)
        back_scores = weights * (back_weights - (back_weights * weights).sum(-1, keepdims=True)) * factor
        parts = back_scores @ key, back_scores.swapaxes(-1, -2) @ query, weights.swapaxes(-1, -2) @ back_seen
        back_mixed = np.stack(parts).transpose(1, 3, 0, 2, 4).reshape(-1, 3 * WIDTH)
        back1 = back_mixed @ attend
        gradients = (
            *((back1 * normal1).sum(0), back1.sum(0), back_mixed.T @ scaled1, back_mixed.sum(0)),
            *(arrived.T @ seen, arrived.sum(0), (back2 * normal2).sum(0), back2.sum(0)),
            *(back_wide.T @ scaled2, back_wide.sum(0), back.T @ active, back.sum(0)),
        )
        _descend(parameters, gradients)
        return {"both": perf_counter() - begin}

    return run
