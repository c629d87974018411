"""The same two networks with detach() in the wrong place: the generator never learns, and nothing fails.

In the window: no gradient reaches the generator in either pass, as both end at a cut; the findings name its parameters and the
line. Compare with gan_detach, where only the discriminator's step is cut off.
"""

import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
discriminator = nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 1))
of_generator = torch.optim.Adam(generator.parameters(), lr=0.01)
of_discriminator = torch.optim.Adam(discriminator.parameters(), lr=0.01)
cross_entropy = nn.BCEWithLogitsLoss()

for step in range(3):
    real, fake = torch.randn(32, 1) + 3, generator(torch.randn(32, 2)).detach()  # too early: the generator's step needs it whole

    of_discriminator.zero_grad()
    told_apart = cross_entropy(discriminator(real), torch.ones(32, 1)) + cross_entropy(discriminator(fake), torch.zeros(32, 1))
    told_apart.backward()
    of_discriminator.step()

    of_generator.zero_grad()
    fooled = cross_entropy(discriminator(fake), torch.ones(32, 1))
    fooled.backward()
    of_generator.step()
    print(f"step {step}: discriminator {told_apart.item():.4f}, generator {fooled.item():.4f}")
