"""The options of each optimizer in the order in which they are printed, and what reassigning does to the order of parameters."""

import torch

NAMES = ("SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adadelta", "Adagrad", "RMSprop", "Rprop", "ASGD", "LBFGS")

for name in NAMES:
    optimizer = getattr(torch.optim, name)([torch.zeros(2, requires_grad=True)])
    print(name, optimizer.state_dict()["param_groups"])

layer = torch.nn.Linear(2, 2)
layer.weight = torch.nn.Parameter(torch.zeros(2, 2))
print([name for name, _ in layer.named_parameters()])
layer.weight = None
layer.weight = torch.nn.Parameter(torch.zeros(2, 2))
print([name for name, _ in layer.named_parameters()])
model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
model[0] = torch.nn.Tanh()
print(model)
del layer.weight
layer.weight = torch.nn.Parameter(torch.zeros(2, 2))
print([name for name, _ in layer.named_parameters()])
