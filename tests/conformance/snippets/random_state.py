"""States of generators: bytes that one can copy, look at and put back."""

import torch


def attempt(function):
    try:
        print(function())
    except (TypeError, RuntimeError) as error:
        print(type(error).__name__, error)


generator = torch.Generator()
for draw in (
    lambda: generator.manual_seed(5),
    lambda: torch.rand(1, generator=generator),
    lambda: torch.randn(3, generator=generator),
    lambda: torch.rand(619, generator=generator),
    lambda: torch.rand(1, generator=generator),
    lambda: torch.randn(20, generator=generator),
    lambda: generator.manual_seed(-1),
):
    draw()
    state = generator.get_state()
    print(state.dtype, state.shape, state[:64], state[-40:], int(state.sum()))

torch.manual_seed(3)
torch.randn(3)
state = torch.get_rng_state()
print(torch.randn(3), torch.rand(700).sum())
torch.set_rng_state(state)
print(torch.randn(3), torch.rand(700).sum())
other = torch.Generator()
print(other.set_state(state) is other, torch.randn(2, generator=other), other.initial_seed())
print(torch.rand(1, generator=other.clone_state()), torch.rand(1, generator=other))
state[0] = 7
other.set_state(state)
print(other.initial_seed(), torch.rand(1, generator=other))
with torch.random.fork_rng():
    print(torch.rand(1))
print(torch.rand(1))

for wrong in (
    3,
    [1],
    torch.zeros(3),
    torch.zeros(3, dtype=torch.uint8),
    torch.zeros(5056, dtype=torch.uint8),
    torch.zeros(10112, dtype=torch.uint8)[::2],
):
    attempt(lambda: torch.set_rng_state(wrong))
    attempt(lambda: other.set_state(wrong))
