"""Modules and optimizers: what they tell the listener, and the parts that running programs does not reach."""

from collections import OrderedDict

import gradtrace.core as torch
import numpy as np
import pytest
from gradtrace.core import events


class Listener:
    """A sink that keeps (method, arguments) of the calls named, and swallows all others."""

    def __init__(self, *names):
        self.names = names
        self.calls = []

    def __getattr__(self, name):
        def method(*args, **kwargs):
            if name in self.names:
                self.calls.append((name, *args, *kwargs.values()))

        return method


@pytest.fixture
def listen():
    """``listen(*names)`` installs a Listener until the end of the test."""
    previous = events.sink

    def install(*names):
        listener = Listener(*names)
        events.set_sink(listener)
        return listener

    yield install
    events.set_sink(previous)


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(2, 2)

    def forward(self, x):
        return torch.tanh(self.linear(x))


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = torch.nn.ModuleList([Block(), Block()])
        self.head = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Sigmoid())

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def test_scopes_are_attribute_paths(listen):
    net = Net()
    listener = listen("scope_entered", "scope_exited")
    net(torch.ones(1, 2))
    depth, seen = [], []
    for kind, name in listener.calls:
        if kind == "scope_entered":
            depth.append(name)
            seen.append("/".join(depth))
        else:
            assert depth.pop() == name
    assert depth == []
    assert seen == [
        "Net",
        "Net/blocks.0",
        "Net/blocks.0/linear",
        "Net/blocks.1",
        "Net/blocks.1/linear",
        "Net/head",
        "Net/head/0",
        "Net/head/1",
    ]


def test_scopes_close_when_forward_raises(listen):
    net = Net()
    listener = listen("scope_entered", "scope_exited")
    with pytest.raises(RuntimeError):
        net(torch.ones(1, 3))
    assert [call[0] for call in listener.calls] == ["scope_entered"] * 3 + ["scope_exited"] * 3
    listener.calls.clear()
    net.head(torch.ones(1, 2))
    assert listener.calls[0] == ("scope_entered", "Sequential")


def test_parameters_are_named_once_per_listener(listen):
    net = Net()
    listener = listen("leaf_named")
    for _ in range(2):
        net(torch.ones(1, 2))
    assert [call[2] for call in listener.calls] == [name for name, _ in net.named_parameters()]
    assert len({call[1] for call in listener.calls}) == 6
    again = listen("leaf_named")
    net(torch.ones(1, 2))
    assert again.calls == listener.calls


@pytest.mark.parametrize(("set_to_none", "kind"), [(True, "none"), (False, "zero")])
@pytest.mark.parametrize("through", ["optimizer", "module"])
def test_zero_grad_is_told_once_for_all_leaves(listen, set_to_none, kind, through):
    net = Net()
    target = torch.optim.SGD(net.parameters(), lr=0.1) if through == "optimizer" else net
    listener = listen("grad_reset", "version_bumped")
    target.zero_grad(set_to_none)
    assert listener.calls == []  # there were no gradients yet
    net(torch.ones(1, 2)).sum().backward()
    listener.calls.clear()
    target.zero_grad(set_to_none)
    assert [(call[0], len(call[1]), call[2]) for call in listener.calls] == [("grad_reset", 6, kind)]
    for parameter in net.parameters():
        assert parameter.grad is None if set_to_none else not parameter.grad.numpy().any()


def test_optimizer_tells_which_leaves_it_updated(listen):
    net = Net()
    optimizer = torch.optim.AdamW(net.parameters())
    net.head[0].bias.requires_grad_(False)
    net(torch.ones(1, 2)).sum().backward()
    listener = listen("optimizer_stepped")
    optimizer.step()
    ((_, name, tensors),) = listener.calls
    assert name == "AdamW"
    assert len(set(tensors)) == 5


def test_state_dict_round_trip():
    source, target = Net(), Net()
    state = source.state_dict()
    assert list(state) == [name for name, _ in source.named_parameters()]
    assert repr(target.load_state_dict(state)) == "<All keys matched successfully>"
    for mine, theirs in zip(source.parameters(), target.parameters(), strict=True):
        np.testing.assert_array_equal(mine.detach().numpy(), theirs.detach().numpy())


def test_load_state_dict_lists_all_problems():
    layer = torch.nn.Linear(2, 3)
    with pytest.raises(RuntimeError) as problem:
        layer.load_state_dict({"weight": torch.ones(2, 2), "x": torch.ones(1)})
    assert str(problem.value) == (
        "Error(s) in loading state_dict for Linear:\n"
        '\tMissing key(s) in state_dict: "bias". \n'
        '\tUnexpected key(s) in state_dict: "x". \n'
        "\tsize mismatch for weight: copying a param with shape torch.Size([2, 2]) from checkpoint, "
        "the shape in current model is torch.Size([3, 2])."
    )
    keys = layer.load_state_dict({"weight": torch.ones(3, 2)}, strict=False)
    assert keys.missing_keys == ["bias"]


def test_attributes_register_and_unregister():
    net = torch.nn.Module()
    net.weight = torch.nn.Parameter(torch.ones(1))
    net.register_buffer("seen", torch.zeros(1))
    net.register_buffer("scratch", torch.zeros(1), persistent=False)
    net.child = torch.nn.ReLU()
    assert list(net.state_dict()) == ["weight", "seen"]
    assert [name for name, _ in net.named_buffers()] == ["seen", "scratch"]
    with pytest.raises(TypeError, match=r"cannot assign 'torch.FloatTensor' as parameter 'weight'"):
        net.weight = torch.ones(1)
    with pytest.raises(KeyError, match="attribute 'seen' already exists"):
        net.register_parameter("seen", None)
    with pytest.raises(TypeError, match="int is not a Module subclass"):
        net.add_module("number", 3)
    net.weight = None
    assert net.weight is None
    del net.child
    with pytest.raises(AttributeError, match="'Module' object has no attribute 'child'"):
        _ = net.child


def test_assignment_before_init_is_an_error():
    class Hasty(torch.nn.Module):
        def __init__(self):
            self.layer = torch.nn.ReLU()

    with pytest.raises(AttributeError, match=r"cannot assign module before Module.__init__\(\) call"):
        Hasty()


def test_shared_modules_and_parameters_count_once():
    net = torch.nn.Module()
    net.first = net.second = torch.nn.Linear(2, 2)
    assert [name for name, _ in net.named_parameters()] == ["first.weight", "first.bias"]
    assert len(list(net.children())) == 1
    assert list(net.state_dict()) == ["first.weight", "first.bias", "second.weight", "second.bias"]


def test_containers():
    layers = torch.nn.ModuleList([torch.nn.Linear(1, 1), torch.nn.Linear(1, 1), torch.nn.ReLU()])
    assert repr(layers).splitlines()[1] == "  (0-1): 2 x Linear(in_features=1, out_features=1, bias=True)"
    layers.insert(0, torch.nn.Tanh())
    del layers[1]
    assert [type(layer).__name__ for layer in layers] == ["Tanh", "Linear", "ReLU"]
    assert len(layers[1:]) == 2
    assert layers[-1] is layers[2]
    with pytest.raises(IndexError, match="index 3 is out of range"):
        layers[3]
    named = torch.nn.Sequential(OrderedDict(first=torch.nn.ReLU(), second=torch.nn.Tanh()))
    assert named.second is named[1]
    table = torch.nn.ModuleDict({"a": torch.nn.ReLU()})
    assert "a" in table
    assert dict(table.items()) == {"a": table["a"]}


def test_conversion_and_device():
    layer = torch.nn.Linear(2, 2).double()
    assert layer.weight.dtype is torch.float64
    assert layer.to("cpu").to(torch.float32).weight.dtype is torch.float32
    with pytest.raises(NotImplementedError, match="CPU only"):
        layer.to("cuda")


def test_clipping():
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    (w * w).sum().backward()
    assert torch.nn.utils.clip_grad_norm_([w], 1.0).item() == pytest.approx(10.0)
    np.testing.assert_allclose(w.grad.numpy(), [0.6, 0.8], rtol=1e-5)
    torch.nn.utils.clip_grad_value_(w, 0.7)
    np.testing.assert_allclose(w.grad.numpy(), [0.6, 0.7], rtol=1e-5)


def test_optimizer_state_round_trip():
    def train(optimizer, w, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            (w**2).sum().backward()
            optimizer.step()

    w = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=0.1)
    train(optimizer, w, 2)
    copied = w.detach().clone().requires_grad_()
    resumed = torch.optim.Adam([copied])
    resumed.load_state_dict(optimizer.state_dict())
    train(optimizer, w, 2)
    train(resumed, copied, 2)
    np.testing.assert_array_equal(w.detach().numpy(), copied.detach().numpy())


def test_step_with_closure():
    w = torch.tensor([1.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.25)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 1.0
    assert w.item() == 0.5
