"""inference_mode as a decorator, with and without parentheses, on a generator, and with mode=False."""

import torch

x = torch.ones(2, requires_grad=True)


def state():
    return torch.is_inference_mode_enabled(), torch.is_grad_enabled(), torch.ones(1).is_inference(), (x * 2).requires_grad


@torch.inference_mode
def bare():
    return state()


@torch.inference_mode()
def called():
    return state()


@torch.inference_mode(mode=False)
def off():
    return state()


@torch.inference_mode()
def generate():
    yield state()
    yield state()


print(bare(), called(), off(), state())
for inside in generate():
    print(inside, state())
with torch.no_grad(), torch.inference_mode(False):
    print(state())
with torch.inference_mode():
    with torch.inference_mode(False):
        print(state())
        with torch.inference_mode():
            print(state())
    with torch.no_grad(), torch.inference_mode(mode=False):
        print(state())
    print(off(), state())
print(state())
