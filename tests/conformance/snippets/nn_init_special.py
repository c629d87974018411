"""Identities, orthogonal, sparse and cut off initial values; parameters as a vector; sequences filled up."""

import gradtrace.core as torch
from _helpers import attempt

nn, init = torch.nn, torch.nn.init

torch.manual_seed(0)
for shape in ((2, 3), (3, 2), (4, 2, 2)):
    print(init.orthogonal_(torch.empty(*shape, dtype=torch.float64), gain=2))
print(init.eye_(torch.empty(2, 3)))
print(init.dirac_(torch.empty(2, 2, 3)), init.dirac_(torch.empty(4, 1, 3, 3), groups=2).sum((1, 2, 3)))
print(init.dirac_(torch.empty(2, 3, 1, 2, 2)))
print(init.sparse_(torch.empty(5, 3), 0.5))
print(init.trunc_normal_(torch.empty(30), 0.0, 1.5))
print(init.trunc_normal_(torch.empty(7), 1.0, 2.0, a=0.9, b=1.1))
weight = nn.Parameter(torch.empty(2, 2))
print(init.trunc_normal_(weight, std=0.02), weight.grad_fn)
attempt(lambda: init.eye_(torch.empty(2)))
attempt(lambda: init.dirac_(torch.empty(2, 2)))
attempt(lambda: init.dirac_(torch.empty(3, 2, 1), groups=2))
attempt(lambda: init.orthogonal_(torch.empty(2)))
attempt(lambda: init.sparse_(torch.empty(2), 0.5))

model = nn.Linear(2, 3)
vector = nn.utils.parameters_to_vector(model.parameters())
print(vector.shape, vector.grad_fn)
nn.utils.vector_to_parameters(torch.arange(9.0), model.parameters())
print(model.weight, model.bias)
attempt(lambda: nn.utils.vector_to_parameters([1.0], model.parameters()))

sequences = [torch.ones(2, 1), torch.full((3, 1), 2.0), torch.full((1, 1), 3.0)]
padded = nn.utils.rnn.pad_sequence(sequences)
print(padded.shape, padded.stride(), padded.squeeze(-1))
print(nn.utils.rnn.pad_sequence(sequences, batch_first=True, padding_value=-1.0).squeeze(-1))
print(nn.utils.rnn.pad_sequence([torch.arange(2), torch.arange(3)], batch_first=True, padding_side="left"))
print([one.tolist() for one in nn.utils.rnn.unpad_sequence(padded, torch.tensor([2, 3, 1]))])
del padded
leaf = torch.ones(2, requires_grad=True)
nn.utils.rnn.pad_sequence([leaf, leaf[:1]]).sum().backward()
print(leaf.grad)
attempt(lambda: nn.utils.rnn.pad_sequence([]))
attempt(lambda: nn.utils.rnn.pad_sequence(sequences, padding_side="up"))
