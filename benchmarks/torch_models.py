"""The PyTorch programs of ``torch_capture.py``: each builds a model and returns its loss, to be called anew for every step.

Four shapes, from many small operations to few large ones. All on the CPU, in float32, seeded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn import functional


class Program(NamedTuple):
    """A model, a fixed input, and the loss on it."""

    model: nn.Module
    inputs: Any
    loss: Callable[[], Any]


# ------------------------------------------------------------------------------------------------------------------- MLP
class Mlp(nn.Module):
    """20 residual layers of width 64, a linear layer and a tanh each."""

    def __init__(self, width: int = 64, depth: int = 20, classes: int = 10) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.head = nn.Linear(width, classes)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = x + torch.tanh(layer(x)) * 0.5
        return self.head(x)


def mlp() -> Program:
    """32 points of 64 numbers."""
    model = Mlp()
    points, labels = torch.randn(32, 64), torch.randint(0, 10, (32,))
    return Program(model, points, lambda: functional.cross_entropy(model(points), labels))


# ------------------------------------------------------------------------------------------------------------------- CNN
class ResidualBlock(nn.Module):
    """Two convolutions with batch norm and a shortcut, with the in-place operations that such networks are written with."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels:
            self.shortcut = nn.Sequential(nn.Conv2d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Any) -> Any:
        inner = functional.relu(self.norm1(self.conv1(x)), inplace=True)
        inner = self.norm2(self.conv2(inner))
        inner += self.shortcut(x)
        return functional.relu(inner)


class ResNet(nn.Module):
    """A stem and six residual blocks of 16, 32 and 64 channels."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        shapes = ((16, 16, 1), (16, 16, 1), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1))
        self.blocks = nn.Sequential(*[ResidualBlock(*shape) for shape in shapes])
        self.head = nn.Linear(64, classes)

    def forward(self, images: Any) -> Any:
        return self.head(self.blocks(self.stem(images)).mean((2, 3)))


def cnn() -> Program:
    """8 images of 32 by 32."""
    model = ResNet()
    images, labels = torch.randn(8, 3, 32, 32), torch.randint(0, 10, (8,))
    return Program(model, images, lambda: functional.cross_entropy(model(images), labels))


# ------------------------------------------------------------------------------------------------------------------- GPT
class Attention(nn.Module):
    """Causal attention, written out."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Any, visible: Any) -> Any:
        batch, length, width = x.shape
        parts = self.qkv(x).split(width, dim=2)
        query, key, value = [part.view(batch, length, self.heads, -1).transpose(1, 2) for part in parts]
        scores = (query @ key.transpose(-2, -1)) * (width // self.heads) ** -0.5
        weights = scores.masked_fill(visible[:length, :length] == 0, float("-inf")).softmax(-1)
        return self.out((weights @ value).transpose(1, 2).contiguous().view(batch, length, width))


class TransformerBlock(nn.Module):
    """Attention and a feed-forward part, each behind a layer norm and around it a sum."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Any, visible: Any) -> Any:
        x = x + self.attention(self.norm1(x), visible)
        return x + self.feed(self.norm2(x))


class Gpt(nn.Module):
    """6 layers of width 256; the output layer shares its weight with the embedding."""

    def __init__(self, words: int = 512, width: int = 256, layers: int = 6, heads: int = 8, length: int = 128) -> None:
        super().__init__()
        self.token, self.position = nn.Embedding(words, width), nn.Embedding(length, width)
        self.blocks = nn.ModuleList([TransformerBlock(width, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, words, bias=False)
        self.head.weight = self.token.weight
        self.register_buffer("visible", torch.tril(torch.ones(length, length)))

    def forward(self, text: Any) -> Any:
        x = self.token(text) + self.position(torch.arange(text.shape[1]))
        for block in self.blocks:
            x = block(x, self.visible)
        return self.head(self.norm(x))


def gpt() -> Program:
    """2 texts of 128 words."""
    model = Gpt()
    text, following = torch.randint(0, 512, (2, 128)), torch.randint(0, 512, (2, 128))
    return Program(model, text, lambda: functional.cross_entropy(model(text).flatten(0, 1), following.flatten()))


# ------------------------------------------------------------------------------------------------------------------- RNN
class Rnn(nn.Module):
    """A recurrent cell as a Python loop: six small operations in each step of time."""

    def __init__(self, inputs: int = 8, width: int = 32, classes: int = 4) -> None:
        super().__init__()
        self.enter = nn.Parameter(torch.randn(inputs, width) * 0.2)
        self.recur = nn.Parameter(torch.randn(width, width) * 0.1)
        self.bias = nn.Parameter(torch.zeros(width))
        self.head = nn.Linear(width, classes)

    def forward(self, series: Any) -> Any:
        hidden = torch.zeros(series.shape[1], self.recur.shape[0])
        for step in range(series.shape[0]):
            hidden = torch.tanh(series[step] @ self.enter + hidden @ self.recur + self.bias)
        return self.head(hidden)


def rnn() -> Program:
    """16 series of 83 steps: some 500 operations."""
    model = Rnn()
    series, labels = torch.randn(83, 16, 8), torch.randint(0, 4, (16,))
    return Program(model, series, lambda: functional.cross_entropy(model(series), labels))


PROGRAMS: dict[str, Callable[[], Program]] = {"mlp": mlp, "cnn": cnn, "gpt": gpt, "rnn": rnn}
"""What is measured, by name."""
