"""Parametrized parameters, weight norm, spectral norm and orthogonal weights, new and old."""

import copy
import warnings

import torch

warnings.simplefilter("ignore")
nn = torch.nn
P, parametrize = nn.utils.parametrizations, nn.utils.parametrize


def attempt(function):
    try:
        print(function())
    except (RuntimeError, ValueError, IndexError, NotImplementedError) as error:
        print(type(error).__name__, error)


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).transpose(-1, -2)

    def right_inverse(self, a):
        return a.triu()


class Doubled(nn.Module):
    def forward(self, x):
        return 2 * x


class Shorter(nn.Module):
    def forward(self, x):
        return x[:1]


torch.manual_seed(0)
layer = nn.Linear(3, 3)
parametrize.register_parametrization(layer, "weight", Symmetric())
print(layer, type(layer).__name__, type(layer).__bases__[0] is nn.Linear)
print(torch.allclose(layer.weight, layer.weight.T), layer.weight)
print([name for name, _ in layer.named_parameters()], list(layer.state_dict()))
parametrize.register_parametrization(layer, "weight", Doubled())
layer(torch.ones(1, 3)).sum().backward()
print(layer.parametrizations.weight.original.grad, layer.parametrizations["weight"][1])
attempt(lambda: setattr(layer, "weight", torch.eye(3)))
print(
    parametrize.is_parametrized(layer),
    parametrize.is_parametrized(layer, "bias"),
    parametrize.type_before_parametrizations(layer) is nn.Linear,
)
with parametrize.cached():
    print(layer.weight is layer.weight)
print(layer.weight is layer.weight)
twin = copy.deepcopy(layer)
print(type(twin).__name__, torch.equal(twin.weight, layer.weight))
target = nn.Linear(3, 3)
parametrize.transfer_parametrizations_and_params(layer, target)
print(target, torch.equal(target.weight, layer.weight))
value = layer.weight.detach().clone()
parametrize.remove_parametrizations(layer, "weight")
print(layer, type(layer) is nn.Linear, torch.equal(layer.weight, value), [name for name, _ in layer.named_parameters()])
layer = parametrize.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
layer.weight = torch.ones(3, 3)
print(layer.weight, layer.parametrizations.weight.original)
print(parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False).weight)
attempt(lambda: parametrize.register_parametrization(nn.Linear(2, 2), "weight", Shorter()))
attempt(lambda: parametrize.register_parametrization(nn.Linear(2, 2), "weights", Doubled()))
attempt(lambda: parametrize.remove_parametrizations(nn.Linear(2, 2), "weight"))

x = torch.rand(2, 3)
for dim in (0, 1, None):
    m = P.weight_norm(nn.Linear(3, 2), dim=dim)
    print(m, [(name, tuple(one.shape)) for name, one in m.named_parameters()], m.weight.grad_fn)
    m(x).square().sum().backward()
    print([one.grad for one in m.parameters()])
parametrize.remove_parametrizations(m, "weight")
print(m, [name for name, _ in m.named_parameters()])

m = P.spectral_norm(nn.Linear(3, 2), n_power_iterations=2)
print(m, list(m.state_dict()), (torch.linalg.matrix_norm(m.weight, 2) - 1).abs() < 1e-4)
m(x).sum().backward()
print([one.grad for one in m.parameters()])
m.eval()
print(m.weight, P.spectral_norm(nn.ConvTranspose2d(2, 3, 2)).weight.shape)
attempt(lambda: P.spectral_norm(nn.Linear(2, 2), n_power_iterations=0))
attempt(lambda: P.spectral_norm(nn.Linear(2, 2), dim=4))
attempt(lambda: P.spectral_norm(nn.Linear(2, 2), "other"))

for shape in ((3, 3), (4, 2), (2, 4)):
    for kind in ("matrix_exp", "cayley", "householder"):
        for trivial in (True, False):
            torch.manual_seed(1)
            m = P.orthogonal(nn.Linear(*shape).double(), orthogonal_map=kind, use_trivialization=trivial)
            w = m.weight
            gram = w @ w.T if shape[0] > shape[1] else w.T @ w
            print(shape, kind, trivial, torch.allclose(gram, torch.eye(len(gram), dtype=gram.dtype)), w.sum())
            (w * torch.arange(w.numel()).view_as(w)).sum().backward()
            print(m.parametrizations.weight.original.grad.abs().sum())
print(m)
attempt(lambda: P.orthogonal(nn.Linear(2, 2), orthogonal_map="other"))
attempt(lambda: P.orthogonal(nn.Linear(2, 2), "bias"))

torch.manual_seed(0)
m = nn.utils.weight_norm(nn.Linear(3, 2))
print(m, [name for name, _ in m.named_parameters()], m.weight)
m(x).sum().backward()
print(m.weight_g.grad, m.weight_v.grad, type(m.weight))
attempt(lambda: nn.utils.weight_norm(m))
nn.utils.remove_weight_norm(m)
print([name for name, _ in m.named_parameters()], m.weight)
attempt(lambda: nn.utils.remove_weight_norm(m))
m = nn.utils.spectral_norm(nn.Linear(3, 2))
print([name for name, _ in m.named_parameters()], list(m.state_dict()), m.weight)
m(x).sum().backward()
print(m.weight_orig.grad, m.weight.grad_fn)
nn.utils.remove_spectral_norm(m)
print([name for name, _ in m.named_parameters()], m.weight)
attempt(lambda: nn.utils.remove_spectral_norm(m))

torch.manual_seed(0)
adaptive = nn.AdaptiveLogSoftmaxWithLoss(8, 12, [3, 7], div_value=2.0)
inputs, targets = torch.rand(5, 8), torch.tensor([0, 4, 11, 2, 7])
result = adaptive(inputs, targets)
print(adaptive)
print(result, adaptive.log_prob(inputs).exp().sum(1), adaptive.predict(inputs))
result.loss.backward()
print([one.grad.abs().sum() for one in adaptive.parameters()], adaptive(inputs[0], targets[0]))
attempt(lambda: adaptive(inputs, targets + 5))
attempt(lambda: adaptive(inputs[0], targets))
attempt(lambda: nn.AdaptiveLogSoftmaxWithLoss(8, 12, [7, 3]))
attempt(lambda: nn.AdaptiveLogSoftmaxWithLoss(8, 12, []))


def before(module, prefix, keep_vars):
    print("before", type(module).__name__, repr(prefix), keep_vars)


def after(module, state, prefix, metadata):
    print("after", sorted(state), metadata)


def loaded(module, keys):
    print("loaded", keys)
    keys.missing_keys.clear()


small = nn.Linear(1, 1)
handles = small.register_state_dict_pre_hook(before), small.register_state_dict_post_hook(after)
state = small.state_dict()
small.register_load_state_dict_post_hook(loaded)
print(small.load_state_dict({"bias": state["bias"]}))
