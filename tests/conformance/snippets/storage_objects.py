"""The memory behind tensors: storages, and set_()."""

import warnings

import torch

warnings.simplefilter("ignore")


def attempt(function):
    try:
        print(function())
    except (RuntimeError, TypeError, IndexError) as error:
        print(type(error).__name__, str(error).split("\n")[0])


a = torch.arange(6.0).view(2, 3)
typed, untyped = a.storage(), a.untyped_storage()
print(typed, type(typed), typed.dtype, len(typed), typed.nbytes(), typed.element_size())
print(type(untyped), untyped.device, len(untyped), untyped.nbytes(), untyped[2], untyped[4:8])
print(a.t().storage().data_ptr() == typed.data_ptr(), a[1].untyped_storage().data_ptr() == untyped.data_ptr())
typed[1] = 9.0
print(a, typed.tolist(), list(typed)[:2], torch.is_storage(typed), torch.is_storage(a))
typed.fill_(1.0)
print(a, a.untyped_storage() == untyped, typed.untyped().data_ptr() == untyped.data_ptr())
print(torch.tensor([1, 2]).storage(), torch.tensor([True]).storage(), torch.empty(0).storage())
attempt(lambda: typed[6])
attempt(lambda: typed[1:2])
attempt(lambda: untyped[24])

b = torch.arange(6.0)
c = torch.zeros(3)
print(c.set_(b.storage()), c.data_ptr() == b.data_ptr(), c._version)
print(c.set_(b.untyped_storage(), 1, (2, 2), (2, 1)))
c[0, 0] = 7.0
print(b, c.storage_offset(), c.stride())
print(torch.zeros(1).set_(b), torch.zeros(1).set_(b, 1, (2,), (2,)), torch.zeros(1).set_())
print(torch.zeros(1).set_(source=b.storage(), storage_offset=1, size=(2,), stride=(1,)), torch.zeros(1).set_(b.storage(), 1, (2,)))
attempt(lambda: torch.zeros(3).set_(torch.arange(6)))
attempt(lambda: torch.zeros(3).set_(torch.arange(6).storage()))
attempt(lambda: torch.zeros(3).set_([1]))
attempt(lambda: torch.zeros(3).set_(b.storage(), 1))
attempt(lambda: torch.zeros(3).set_(b.storage(), -1, (2,)))
attempt(lambda: torch.zeros(3).set_(b.storage(), 1, (2,), (-1,)))
attempt(lambda: torch.zeros(3).set_(b.storage(), 1, (2,), (1, 1)))
attempt(lambda: torch.zeros(3, requires_grad=True).set_(b))
