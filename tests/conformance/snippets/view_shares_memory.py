"""Views see each other's writes, and share the version."""

import torch

base = torch.arange(6.0)
view = base.view(2, 3)
column = view[:, 1]
column.fill_(9)
print(base, base._version, view._version, column._version)
print(view._base is base, column._base is base, base._base)
