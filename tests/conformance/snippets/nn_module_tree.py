"""Names, parameters, state and repr of nested modules."""

import torch

torch.manual_seed(0)
net = torch.nn.Sequential(
    torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Sequential(torch.nn.Linear(3, 2, bias=False), torch.nn.Tanh())
)
print(net)
print([(name, tuple(parameter.shape)) for name, parameter in net.named_parameters()])
print(list(net.state_dict()))
print([type(child).__name__ for child in net.children()], [name for name, _ in net.named_modules()])
net.eval()
print(net.training, net[0].training)
net.train()
net(torch.ones(1, 2)).sum().backward()
net.zero_grad()
print([parameter.grad for parameter in net.parameters()])
