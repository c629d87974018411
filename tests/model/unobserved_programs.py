"""Programs whose passes are recorded with their nodes observed and without: each takes the library, PyTorch or gradtrace's core."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Program = Callable[[Any], None]

PROGRAMS: dict[str, Program] = {}


def program(function: Program) -> Program:
    """Add a program to :data:`PROGRAMS`."""
    PROGRAMS[function.__name__] = function
    return function


def leaves(torch: Any, *names: str) -> list[Any]:
    return [torch.tensor([1.0, 2.0, 3.0], requires_grad=True) for _ in names]


@program
def diamond(torch: Any) -> None:
    (x,) = leaves(torch, "x")
    a = x * 2
    (a.exp() * a.sin() + a).sum().backward()


@program
def fan_in_of_many_leaves(torch: Any) -> None:
    many = leaves(torch, *"abcdefgh")
    first, second = torch.stack(many[:5]), torch.stack(many[3:])
    (first.sin().sum(0) * second.exp().sum(0)).sum().backward()


@program
def several_roots(torch: Any) -> None:
    (x,) = leaves(torch, "x")
    a = x * x
    b = a.exp()
    torch.autograd.backward([a, b, a, x], [torch.ones(3)] * 4)


@program
def only_some_inputs(torch: Any) -> None:
    x, w = leaves(torch, "x", "w")
    a = x * w
    (a.exp() * w).sum().backward(inputs=[x])
    a = x * w
    (a.exp() * w).sum().backward(inputs=[a, w])


@program
def gradients_handed_out(torch: Any) -> None:
    x, w = leaves(torch, "x", "w")
    x.register_hook(lambda gradient: gradient * 2)
    a = x * w
    torch.autograd.grad((a.exp() * w).sum(), [a, x])
    a = x * w
    a.register_hook(lambda gradient: gradient)
    torch.autograd.grad((a.exp() * w).sum(), [a])


@program
def graph_kept_once(torch: Any) -> None:
    (x,) = leaves(torch, "x")
    y = (x * x).exp().sum()
    y.backward(retain_graph=True)
    y.backward()


@program
def training(torch: Any) -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for step in range(3):
        optimizer.zero_grad(set_to_none=step != 1)
        ((net(torch.randn(5, 4)) - 1) ** 2).mean().backward()
        optimizer.step()


@program
def gradients_zeroed_by_hand(torch: Any) -> None:
    (w,) = leaves(torch, "w")
    for _ in range(2):
        (w * w).sum().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
        w.grad.zero_()
    w.grad = None
    (w * w).sum().backward()


@program
def undefined_gradients(torch: Any) -> None:
    x = torch.ones(6, requires_grad=True)
    first, second, _ = x.split(2)
    (first * second).sum().backward()
    x.reshape(2, 3).unbind()[0].sum().backward()


@program
def writes_through_views(torch: Any) -> None:
    x = torch.ones(6, requires_grad=True)
    y = x.clone()
    y[1:3].mul_(2)
    view = y[2:]
    y.mul_(3)
    ((y * y).sum() + view.exp().sum()).backward()


@program
def nan(torch: Any) -> None:
    x = torch.zeros(3, requires_grad=True)
    x.sqrt().sum().backward()


@program
def hooks_of_tensors(torch: Any) -> None:
    (x,) = leaves(torch, "x")
    y = x * x
    y.register_hook(lambda gradient: gradient * 2)
    y.retain_grad()
    y.grad_fn.register_prehook(lambda gradients: None)
    y.grad_fn.register_hook(lambda results, gradients: None)
    x.register_hook(lambda gradient: None)
    for _ in range(2):
        x.register_post_accumulate_grad_hook(lambda tensor: None)
    (y.exp() * y).sum().backward()


@program
def custom_function_that_calls_backward(torch: Any) -> None:
    class Inner(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            (x,) = ctx.saved_tensors
            with torch.enable_grad():
                copy = x.detach().requires_grad_()
                (copy * copy).sum().backward()
            return gradient * copy.grad

    (x,) = leaves(torch, "x")
    Inner.apply(x.exp()).sum().backward()


@program
def custom_function_that_gives_nothing(torch: Any) -> None:
    class Half(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any) -> Any:
            return x * y

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            return gradient, None

    x, y = leaves(torch, "x", "y")
    Half.apply(x, y).sum().backward()


@program
def leaf_that_nothing_reaches(torch: Any) -> None:
    x, y, z = leaves(torch, "x", "y", "z")
    y.requires_grad_()
    (x * z.detach()).sum().backward()


# ----------------------------------------------------------------------------------------------------------------- errors
@program
def error_overwritten(torch: Any) -> None:
    x, w = leaves(torch, "x", "w")
    y = x.exp()
    z = (y * w).sigmoid().sum()
    y.add_(1)
    z.backward()


@program
def error_overwritten_gradient(torch: Any) -> None:
    (w,) = leaves(torch, "w")
    (w * 2).sum().backward()
    y = (w * w.grad).sum()
    (w * 3).sum().backward()
    y.backward()


@program
def error_second_backward(torch: Any) -> None:
    (x,) = leaves(torch, "x")
    y = (x * x).exp().sum()
    y.backward()
    y.backward()


@program
def error_shared_trunk(torch: Any) -> None:
    (x,) = leaves(torch, "x")
    trunk = x.exp()
    first, second = (trunk * trunk).sum(), (trunk * trunk.sin()).sum()
    first.backward()
    second.backward()


@program
def error_shared_trunk_of_a_lost_head(torch: Any) -> None:
    (x,) = leaves(torch, "x")
    trunk = x.exp()
    second = (trunk * trunk.sin()).sum()
    (trunk * trunk).sum().backward()
    second.backward()


@program
def error_state_not_detached(torch: Any) -> None:
    (w,) = leaves(torch, "w")
    state = torch.zeros(3)
    for _ in range(3):
        state = (state * w + 1).tanh()
        state.sum().backward()


@program
def error_in_custom_function(torch: Any) -> None:
    class Broken(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            raise ValueError("broken")

    (x,) = leaves(torch, "x")
    (Broken.apply(x.exp()) * x).sum().backward()


@program
def error_in_hook(torch: Any) -> None:
    def hook(gradient: Any) -> None:
        raise ValueError("hook")

    (x,) = leaves(torch, "x")
    y = x * x
    y.register_hook(hook)
    (y * y).sum().backward()


@program
def error_in_hook_after_accumulation(torch: Any) -> None:
    def hook(tensor: Any) -> None:
        raise ValueError("hook")

    (x,) = leaves(torch, "x")
    x.register_post_accumulate_grad_hook(hook)
    (x * x).sum().backward()


@program
def error_caught_and_training_goes_on(torch: Any) -> None:
    (x,) = leaves(torch, "x")
    y = (x * x).sum()
    y.backward()
    with suppress(RuntimeError):
        y.backward()
    (x * x).sum().backward()


def random_program(seed: int) -> Program:
    """A random graph with splits, stacks, writes in place and several roots; some of it asked for in part."""

    def run(torch: Any) -> None:
        choose = random.Random(seed)
        made = [torch.tensor([0.3, 0.5, 0.7], requires_grad=True) for _ in range(choose.randint(3, 8))]
        first = list(made)
        for _ in range(choose.randint(5, 30)):
            a, b = choose.choice(made), choose.choice(made)
            kind = choose.randrange(8)
            if kind == 0:
                made.append(torch.stack(choose.choices(made, k=choose.randint(2, 7))).sum(0))
            elif kind == 1:
                made.append(torch.stack(a.unbind()[::-1]))
            elif kind == 2:
                one, two = a.split([1, 2])
                made.append(torch.cat([two, one * 2]))
            elif kind == 3:
                copy = a.clone()
                copy.mul_(b)
                made.append(copy)
            elif kind == 4:
                copy = a * 1
                copy[1:] = b[:2]
                made.append(copy)
            else:
                made.append([a * b, a + b, a.sin()][kind - 5])
        roots = choose.sample(made[len(first) :], min(3, len(made) - len(first)))
        ones = [torch.ones(3) for _ in roots]
        how = choose.randrange(4)
        if how == 0:
            torch.autograd.grad(roots, choose.sample(made, 3), ones, allow_unused=True)
        elif how == 1:
            torch.autograd.backward(roots, ones, inputs=choose.sample(first, 2))
        else:
            torch.autograd.backward(roots, ones, retain_graph=how == 2)
            if how == 2:
                torch.autograd.backward(roots[::-1], ones)

    return run
