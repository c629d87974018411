"""How programs choose their device, where there is one only."""

import torch

print(torch.cuda.is_available(), torch.backends.mps.is_available(), torch.accelerator.is_available())
print("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")
print(torch.accelerator.current_accelerator().type if torch.accelerator.is_available() else "cpu")
print(torch.cuda.device_count(), torch.backends.mps.is_built(), torch.accelerator.device_count())
torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
torch.set_default_device("cpu")
print(torch.zeros(2).device, torch.get_default_device(), torch.set_default_device(None))
model = torch.nn.DataParallel(torch.nn.Linear(2, 2)).to(torch.device("cpu"))
print(model, list(model.state_dict()), model(torch.ones(1, 2)).shape, model.module, model.device_ids)
x = torch.ones(2, requires_grad=True)
with torch.autograd.graph.save_on_cpu(pin_memory=True):
    y = (x * x).sum()
y.backward()
print(x.grad, torch.functional.einsum("i,i", x, x))
