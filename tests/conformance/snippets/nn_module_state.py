"""What modules do besides being called: state, its hooks, conversion, names, and hooks with keyword arguments."""

import torch
from _helpers import attempt


class Counting(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(2, 2)
        self.register_buffer("seen", torch.zeros(1))
        self.register_buffer("passing", torch.zeros(1), persistent=False)
        self.extra = 3

    def get_extra_state(self):
        return self.extra

    def set_extra_state(self, state):
        self.extra = state

    def forward(self, x, scale=1.0):
        return self.linear(x) * scale


model = Counting()
state = model.state_dict()
print(list(state), state._metadata, model.state_dict(keep_vars=True)["linear.weight"] is model.linear.weight)
state["_extra_state"] = 5
print(model.load_state_dict(state), model.extra)
model.load_state_dict({name: value + 1 if hasattr(value, "shape") else value for name, value in state.items()}, assign=True)
print(model.linear.bias is state["linear.bias"], type(model.linear.bias).__name__)
with model.register_forward_pre_hook(lambda module, args, kwargs: (args, {"scale": 2.0}), with_kwargs=True):
    doubled = model(torch.ones(1, 2), scale=1.0)
print(torch.equal(doubled, model(torch.ones(1, 2)) * 2))
order = []
model.register_forward_hook(lambda *given: order.append("second"))
model.register_forward_hook(lambda *given: order.append("first"), prepend=True)
model.register_forward_hook(lambda module, args, kwargs, result: order.append(sorted(kwargs)), with_kwargs=True)
model(torch.ones(1, 2), scale=3.0)
print(order)
model(torch.ones(1, 2)).sum().backward()
print(model.double().linear.weight.grad.dtype, model.seen.dtype, model.to(torch.float32).seen.dtype)
print(model.get_parameter("linear.bias").shape, model.get_buffer("seen"), model._get_name())
shared = torch.nn.ModuleList([model.linear, model.linear])
print(len(list(shared.named_modules())), len(list(shared.named_modules(remove_duplicate=False))))
print(len(list(shared.named_parameters(remove_duplicate=False))))
attempt(lambda: model.load_state_dict({"linear.weight": torch.zeros(3, 2), "other": 1}))
attempt(lambda: model.register_buffer(5, None))
attempt(lambda: model.add_module("a.b", None))
attempt(lambda: model.get_parameter("linear.nothing"))
attempt(lambda: model.train("yes"))
attempt(lambda: model.to(torch.int64))
