"""LBFGS with steps of a given size and with a line search: where it goes, and how often it asks."""

import copy

import gradtrace.core as torch
from _helpers import attempt


def rosenbrock(w):
    return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2


for start in ([-1.2, 1.0], [2.0, 2.0], [0.0, 0.0], [0.999, 1.0], [-3.0, -4.0]):
    for options in ({"lr": 0.1}, {"lr": 0.1, "history_size": 2, "max_iter": 7}, {"line_search_fn": "strong_wolfe"}):
        w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([w], **options)
        calls = []

        def closure(w=w, optimizer=optimizer, calls=calls):
            optimizer.zero_grad()
            loss = rosenbrock(w)
            loss.backward()
            calls.append(loss.item())
            return loss

        for _ in range(3):
            loss = optimizer.step(closure)
            print(len(calls), f"{loss.item():.5g}", [f"{one:.5g}" for one in w.tolist()])

# two parameters of which one gets no gradient, in float32
a = torch.tensor([[1.0, 2.0]], requires_grad=True)
b = torch.ones(1, requires_grad=True)
optimizer = torch.optim.LBFGS([a, b], lr=0.5)


def quadratic():
    optimizer.zero_grad()
    loss = ((a - 3) ** 2).sum()
    loss.backward()
    return loss


print(optimizer.step(quadratic), b)
print([f"{one:.4f}" for one in a.tolist()[0]])
print(optimizer.step(quadratic).item() < 1e-6)

# an optimizer that took over the state of another goes its own way from there
first = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
one = torch.optim.LBFGS([first], lr=0.1, max_iter=3)


def loss_of(w, optimizer):
    optimizer.zero_grad()
    loss = rosenbrock(w)
    loss.backward()
    return loss


one.step(lambda: loss_of(first, one))
second = first.detach().clone().requires_grad_()
other = torch.optim.LBFGS([second], lr=0.1, max_iter=3)
other.load_state_dict(copy.deepcopy(one.state_dict()))
for _ in range(2):
    other.step(lambda: loss_of(second, other))
for _ in range(2):
    one.step(lambda: loss_of(first, one))
print([f"{x:.5g}" for x in first.tolist()], torch.equal(first, second))
attempt(lambda: torch.optim.LBFGS([{"params": [a]}, {"params": [b]}]))
attempt(lambda: torch.optim.LBFGS([a], lr=-1))
attempt(lambda: torch.optim.LBFGS([a], line_search_fn="other").step(quadratic))
