"""ParameterList and ParameterDict."""

import gradtrace.core as torch

nn = torch.nn
weights = nn.ParameterList([torch.zeros(2), nn.Parameter(torch.ones(3))])
weights.append(torch.zeros(1, 4))
print(weights, len(weights), [one.requires_grad for one in weights])
named = nn.ParameterDict({"a": torch.zeros(2)})
named["b"] = torch.ones(3)
print(named, list(named), "b" in named)
