"""Two networks against each other: detach() keeps the discriminator's step from reaching the generator.

In the window: of the two passes of a step the first ends at the cut, and only the discriminator's parameters get gradients.
The second runs through both networks; the gradients it leaves in the discriminator are cleared at the next step.
"""

import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
discriminator = nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 1))
of_generator = torch.optim.Adam(generator.parameters(), lr=0.01)
of_discriminator = torch.optim.Adam(discriminator.parameters(), lr=0.01)
cross_entropy = nn.BCEWithLogitsLoss()

for step in range(5):
    real, fake = torch.randn(32, 1) + 3, generator(torch.randn(32, 2))

    of_discriminator.zero_grad()
    told_apart = cross_entropy(discriminator(real), torch.ones(32, 1))
    told_apart = told_apart + cross_entropy(discriminator(fake.detach()), torch.zeros(32, 1))
    told_apart.backward()
    of_discriminator.step()

    of_generator.zero_grad()
    fooled = cross_entropy(discriminator(fake), torch.ones(32, 1))
    fooled.backward()
    of_generator.step()
    print(f"step {step}: discriminator {told_apart.item():.4f}, generator {fooled.item():.4f}")
