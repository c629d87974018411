"""Random graphs: the same nodes must run in the same order as in PyTorch, and give the same gradients."""

import random

import gradtrace.core as ours
import numpy as np
import pytest

torch = pytest.importorskip("torch")


def build(library, seed):
    """A random graph of about 30 operations on up to five leaves; returns the leaves, some of the values and a scalar."""
    choose = random.Random(seed)
    leaves = [
        library.tensor([0.3 + 0.1 * i, 0.7 - 0.05 * i, 0.2], dtype=library.float64, requires_grad=True)
        for i in range(choose.randint(1, 5))
    ]
    values = list(leaves)
    for _ in range(choose.randint(5, 30)):
        a, b = choose.choice(values), choose.choice(values)
        kind = choose.randrange(9)
        if kind == 0:
            values.append(a * b)
        elif kind == 1:
            values.append(a + b)
        elif kind == 2:
            values.append(a.sin())
        elif kind == 3:
            values.append(a.exp() * 0.1)
        elif kind == 4:
            values.append(library.stack(a.unbind()[::-1]))
        elif kind == 5:
            first, second = a.split([1, 2])
            values.append(library.cat([second, first * 2]))
        elif kind == 6:
            copy = a.clone()
            copy.mul_(b)
            values.append(copy)
        elif kind == 7:
            values.append(a.detach() * b)
        else:
            copy = a * 1
            copy[1:] = b[:2]
            values.append(copy)
    roots = choose.sample(values, min(3, len(values)))
    total = roots[0].sum()
    for root in roots[1:]:
        total = total + (root * root).sum()
    return leaves, values, total


def watch(root):
    """Number the nodes in breadth-first order and put a hook on each; returns the list the hooks write into."""
    seen, queue, ran = {}, [root], []
    while queue:
        node = queue.pop(0)
        if node is None or node in seen:
            continue
        seen[node] = len(seen)
        entry = (seen[node], node.name())
        node.register_prehook(lambda _, entry=entry: ran.append(entry))
        queue += [edge[0] for edge in node.next_functions]
    return ran, list(seen)  # the list keeps the nodes: PyTorch's Python objects for them come and go


def numbers(tensors):
    return [None if one is None else one.detach().numpy().copy() for one in tensors]


def assert_same(ours_, theirs):
    for own, other in zip(ours_, theirs, strict=True):
        if other is None or own is None:
            assert own is other
        else:
            np.testing.assert_allclose(own, other, rtol=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_backward_runs_in_the_same_order(seed):
    results = []
    for library in (ours, torch):
        leaves, _, total = build(library, seed)
        ran, nodes = watch(total.grad_fn)
        total.backward()
        results.append((ran, len(nodes), numbers([leaf.grad for leaf in leaves])))
    assert results[0][:2] == results[1][:2]
    assert_same(results[0][2], results[1][2])


@pytest.mark.parametrize("seed", range(40))
def test_restricted_passes_run_the_same_nodes(seed):
    results = []
    for library in (ours, torch):
        leaves, values, total = build(library, seed)
        choose = random.Random(seed)
        candidates = [value for value in values if value.requires_grad]
        wanted = choose.sample(candidates, min(3, len(candidates)))
        ran, nodes = watch(total.grad_fn)
        captured = library.autograd.grad(total, wanted, retain_graph=True, allow_unused=True)
        by_grad = list(ran)
        ran.clear()
        total.backward(inputs=wanted)
        results.append((by_grad, list(ran), len(nodes), numbers(captured), numbers([leaf.grad for leaf in leaves])))
    assert results[0][:3] == results[1][:3]
    assert_same(results[0][3], results[1][3])
    assert_same(results[0][4], results[1][4])


@pytest.mark.parametrize("seed", range(15))
def test_second_derivatives_agree(seed):
    results = []
    for library in (ours, torch):
        leaves, _, total = build(library, seed)
        first = library.autograd.grad(total, leaves, create_graph=True, allow_unused=True)
        again = sum((one * one).sum() for one in first if one is not None and one.requires_grad)
        if isinstance(again, int):
            results.append([])
            continue
        results.append(numbers(library.autograd.grad(again, leaves, allow_unused=True)))
    assert_same(*results)
