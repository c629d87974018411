"""Tensors made of lists of tensors, ranges with fractions, and what iterators of modules print as."""

import torch


def attempt(function):
    try:
        result = function()
        print(result.shape, result.dtype, result.tolist())
    except (ValueError, TypeError, RuntimeError) as error:
        print(type(error).__name__, error)


for shape in ((), (1,), (1, 1), (2,), (0,)):
    part = torch.ones(shape)
    attempt(lambda: torch.tensor([part, part]))
    attempt(lambda: torch.tensor([[part], [part]]))
    attempt(lambda: torch.as_tensor([part, part]))
    attempt(lambda: torch.tensor([part, 2.0]))
    attempt(lambda: torch.tensor([2, part]))
    attempt(lambda: torch.FloatTensor([part, part]))
    attempt(lambda: torch.Tensor([part, 2.0]))
attempt(lambda: torch.tensor([torch.tensor([1]), torch.tensor([2.5])]))
attempt(lambda: torch.tensor([torch.ones(1, dtype=torch.float64), 1]))
attempt(lambda: torch.tensor([torch.ones(1, dtype=torch.int32)]))
attempt(lambda: torch.tensor([torch.tensor(1), 2.5]))
losses = [torch.ones(1, requires_grad=True) * 2, torch.ones(1) * 3]
print(torch.tensor(losses), torch.tensor([loss.item() for loss in losses]).mean())

for bounds in ((-3, 3.1, 0.1), (0, 1, 0.1), (1, 2, 0.05), (5, -5, -0.3), (0.0, 5.0), (0, 40, 0.5)):
    print(torch.arange(*bounds))

layer = torch.nn.Linear(1, 1)
print(layer.parameters(), layer.named_parameters(), layer.buffers(), layer.modules(), layer.named_children(), layer.children())
print(type(torch.manual_seed(0)))
