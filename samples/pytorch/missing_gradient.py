"""A parameter without gradient: the exception says which, and why.

In the window: the findings name encoder.weight and the line where its result left the graph; the passes end there. The note below
the traceback says the same.

Ends with AttributeError.
"""

import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Linear(6, 3), nn.Linear(3, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        code = self.encoder(x)
        code = torch.from_numpy(code.detach().numpy().round(2))  # rounding by NumPy: autograd cannot follow
        return self.decoder(code)


torch.manual_seed(0)
model, x = Autoencoder(), torch.randn(8, 6)
loss = (model(x) - x).square().mean()
loss.backward()
for name, parameter in model.named_parameters():
    print(f"{name}: gradient norm {parameter.grad.norm():.4f}")
