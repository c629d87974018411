"""PyTorch programs for the tests of the capture: each trains something small for a few steps and returns all it computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from tensor_bytes import bytes_of
from torch import nn
from torch.nn import functional

Facts = list[Any]


def facts_of(tensor: Any) -> Any:
    """Everything about a tensor that a program could notice."""
    if tensor is None:
        return None
    values = tensor.detach().clone()
    return (
        tuple(tensor.shape),
        tensor.stride(),
        tensor._version,
        tensor.requires_grad,
        bytes_of(values.reshape(-1).view(torch.uint8)),
    )


def train(model: nn.Module, batch: Callable[[], tuple[Any, Any]], optimizer: Any, loss_of: Callable[[Any, Any], Any]) -> Facts:
    facts: Facts = []
    for _ in range(3):
        inputs, wanted = batch()
        optimizer.zero_grad()
        loss = loss_of(model(inputs), wanted)
        loss.backward()
        facts.append(facts_of(loss))
        facts += [facts_of(parameter.grad) for parameter in model.parameters()]
        optimizer.step()
        facts += [facts_of(one) for one in (*model.parameters(), *model.buffers())]
    return facts


def mlp() -> Facts:
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(inplace=True), nn.Dropout(0.2), nn.Linear(16, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return train(model, lambda: (torch.randn(8, 6), torch.randint(0, 3, (8,))), optimizer, functional.cross_entropy)


def cnn() -> Facts:
    torch.manual_seed(2)
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 2)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    return train(model, lambda: (torch.randn(4, 2, 8, 8), torch.randint(0, 2, (4,))), optimizer, functional.cross_entropy)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(16)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.feed = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))

    def forward(self, x: Any) -> Any:
        length = x.shape[1]
        mask = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
        normed = self.norm(x)
        x = x + self.attention(normed, normed, normed, attn_mask=mask, need_weights=False)[0]
        return x + self.feed(x)


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(11, 16)
        self.blocks = nn.ModuleList([Block() for _ in range(2)])
        self.head = nn.Linear(16, 11, bias=False)
        self.head.weight = self.embedding.weight  # tied

    def forward(self, tokens: Any) -> Any:
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def transformer() -> Facts:
    torch.manual_seed(3)
    model = Transformer()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, foreach=True)

    def loss_of(scores: Any, wanted: Any) -> Any:
        return functional.cross_entropy(scores.flatten(0, 1), wanted.flatten())

    return train(model, lambda: (torch.randint(0, 11, (2, 7)), torch.randint(0, 11, (2, 7))), optimizer, loss_of)


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(3, 5)
        self.out = nn.Linear(5, 1)

    def forward(self, series: Any) -> Any:
        hidden = torch.zeros(series.shape[0], 5), torch.zeros(series.shape[0], 5)
        for step in range(series.shape[1]):
            hidden = self.cell(series[:, step], hidden)
        return self.out(hidden[0])


def lstm() -> Facts:
    torch.manual_seed(4)
    model = Recurrent()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
    facts = train(model, lambda: (torch.randn(4, 6, 3), torch.randn(4, 1)), optimizer, functional.mse_loss)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    return facts + [facts_of(parameter.grad) for parameter in model.parameters()]


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (x,) = ctx.saved_tensors
        return 3 * x**2 * gradient


def odds_and_ends() -> Facts:
    """Views written in place, hooks, a custom function, double backward, checkpoints, and errors."""
    from torch.utils.checkpoint import checkpoint  # noqa: PLC0415

    torch.manual_seed(5)
    x = torch.randn(4, 3, requires_grad=True)
    base = x * 2
    base[1].mul_(3)
    base[:, 0] = base[:, 1].detach()
    base.retain_grad()
    base.register_hook(lambda gradient: gradient * 0.5)
    cubed = Cube.apply(base)
    cubed.grad_fn.register_prehook(lambda gradients: (gradients[0] + 1,))
    cubed.grad_fn.register_hook(lambda into, out: (into[0] * 2,))
    (first,) = torch.autograd.grad(cubed.sum(), x, create_graph=True)
    (first * first).sum().backward()
    facts = [facts_of(first), facts_of(x.grad), facts_of(base.grad)]
    for reentrant in (True, False):
        z = checkpoint(lambda value: torch.sin(value).exp(), x * 1, use_reentrant=reentrant)
        z.sum().backward()
        facts += [facts_of(z), facts_of(x.grad)]
    first_part, second_part = torch.split(torch.cat([x, x]), 4)
    (first_part * 2 + second_part.data).sum().backward()
    facts.append(facts_of(x.grad))
    y = x.exp()
    y += 1
    for raises in (lambda: y.sum().backward(), lambda: z.sum().backward(), lambda: torch.zeros(2) @ torch.zeros(3)):
        try:
            raises()
        except RuntimeError as error:
            facts.append((type(error), str(error)))
    return facts


PROGRAMS = (mlp, cnn, transformer, lstm, odds_and_ends)
