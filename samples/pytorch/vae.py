"""A variational autoencoder: the gradient passes a random sample by reparameterisation.

In the window: noise enters the graph as a constant beside std, so that mean and log_variance get gradients through the sample. Both
are also reached from divergence, the second part of the loss, without going through the decoder.
"""

import torch
from torch import nn
from torch.nn import functional


class Vae(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Linear(8, 12), nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 8))
        self.to_mean, self.to_log_variance = nn.Linear(12, 2), nn.Linear(12, 2)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        hidden = functional.relu(self.encoder(x))
        mean, log_variance = self.to_mean(hidden), self.to_log_variance(hidden)
        std = torch.exp(0.5 * log_variance)
        noise = torch.randn_like(std)
        sample = mean + std * noise
        return self.decoder(sample), mean, log_variance


torch.manual_seed(0)
data = torch.rand(16, 8).round()
model = Vae()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(3):
    decoded, mean, log_variance = model(data)
    likeness = functional.binary_cross_entropy_with_logits(decoded, data, reduction="sum")
    divergence = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    loss = likeness + divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"step {step}: likeness {likeness.item():.3f}, divergence {divergence.item():.3f}")
