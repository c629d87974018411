"""Lazy modules: before and after their first input, and their states."""

import copy
import warnings

import torch

warnings.simplefilter("ignore")
nn = torch.nn


def attempt(function):
    try:
        print(function())
    except (RuntimeError, ValueError, AssertionError, TypeError, NotImplementedError) as error:
        print(type(error).__name__, error)


net = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(1, bias=False))
print(net)
print(net[0].weight, net[0].bias, net[2].bias, type(net[0].weight), net[0].weight.requires_grad, net[0].weight.dtype)
print(net.state_dict())
attempt(lambda: net[0].weight.shape)
attempt(lambda: sum(parameter.numel() for parameter in net.parameters()))
attempt(lambda: net[0].weight + 1)
attempt(lambda: nn.init.normal_(net[0].weight))
print(net[0].has_uninitialized_params(), len(list(net.parameters())))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
early = net[0].weight
torch.manual_seed(0)
x = torch.rand(3, 5)
print(net(x))
print(net, type(net[0]).__name__, net[0].weight is early, type(early), early._version)
net(x).sum().backward()
optimizer.step()
print(net[0].weight, [name for name, _ in net.named_parameters()], list(net.state_dict()))

fresh = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(1, bias=False))
print(copy.deepcopy(fresh)[0].weight)
print(fresh.load_state_dict(net.state_dict()), fresh, fresh[0].weight.shape)
print(torch.equal(fresh(x), net(x)), fresh)
other = nn.LazyLinear(4)
print(other.load_state_dict(nn.LazyLinear(4).state_dict()), other.weight)
attempt(lambda: nn.Linear(5, 4).load_state_dict(nn.LazyLinear(4).state_dict()))
print(nn.LazyLinear(2).double().weight.dtype)

torch.manual_seed(0)
for layer, shape in (
    (nn.LazyConv1d(4, 3), (2, 3, 8)),
    (nn.LazyConv2d(4, 3, stride=2, padding=1, groups=3 - 2), (2, 3, 8, 8)),
    (nn.LazyConv3d(2, 2, bias=False), (1, 3, 4, 4, 4)),
    (nn.LazyConvTranspose1d(4, 3), (2, 3, 8)),
    (nn.LazyConvTranspose2d(4, 3, 2, output_padding=1), (2, 3, 8, 8)),
    (nn.LazyConvTranspose3d(2, 2), (1, 3, 4, 4, 4)),
    (nn.LazyBatchNorm1d(), (4, 3)),
    (nn.LazyBatchNorm2d(affine=False), (4, 3, 2, 2)),
    (nn.LazyBatchNorm3d(track_running_stats=False), (4, 3, 2, 2, 2)),
    (nn.LazyInstanceNorm1d(), (4, 3, 5)),
    (nn.LazyInstanceNorm2d(affine=True), (4, 3, 2, 2)),
    (nn.LazyInstanceNorm3d(track_running_stats=True), (4, 3, 2, 2, 2)),
):
    print(layer, list(layer.state_dict()))
    result = layer(torch.rand(*shape))
    print(layer, result.shape, result.square().sum(), [(name, one.shape) for name, one in layer.state_dict().items()])
attempt(lambda: nn.LazyConv2d(4, 3)(torch.rand(2, 2)))
attempt(lambda: nn.LazyConv2d(4, 3, groups=2)(torch.rand(1, 3, 8, 8)))


class Own(nn.modules.lazy.LazyModuleMixin, nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.UninitializedParameter()

    def initialize_parameters(self, input):
        if self.has_uninitialized_params():
            with torch.no_grad():
                self.scale.materialize(input.shape[-1:])
                self.scale.fill_(2.0)

    def forward(self, input):
        return input * self.scale


own = Own()
print(own(torch.ones(2, 3)), own.scale, type(own).__name__)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = nn.Buffer(torch.zeros(2))
        self.extra = nn.Buffer(torch.ones(1), persistent=False)


model = Model()
print(list(model.buffers()), model.state_dict(), isinstance(model.mean, nn.Buffer), isinstance(torch.zeros(1), nn.Buffer))
print(type(model.mean))
