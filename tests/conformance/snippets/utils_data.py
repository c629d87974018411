"""Data sets, samplers and loaders: the same batches in the same order."""

import torch

torch.manual_seed(0)
for dt in (torch.int64, torch.int32, torch.uint8, torch.int8, torch.bool, torch.float32, torch.float64, torch.float16, torch.int16):
    print(torch.empty(3, dtype=dt).random_().tolist())
print(
    torch.empty(3).random_(10).tolist(),
    torch.empty(3).random_(5, 7).tolist(),
    torch.empty(2, dtype=torch.int64).random_(-(2**63), 2**63 - 1).tolist(),
)
D = torch.utils.data
x = torch.arange(10.0)
y = torch.arange(10)
ds = D.TensorDataset(x, y)
for _ in range(2):
    for b in D.DataLoader(ds, batch_size=3, shuffle=True):
        print(b)
print(list(D.DataLoader(ds, 4, drop_last=True)))
print(
    [len(p) for p in D.random_split(ds, [7, 3])],
    [s.indices for s in D.random_split(ds, [0.5, 0.5], generator=torch.Generator().manual_seed(1))],
)
print(list(D.RandomSampler(ds, replacement=True, num_samples=5)), list(D.SubsetRandomSampler([4, 5, 6])))


class My(D.Dataset):
    def __len__(self):
        return 5

    def __getitem__(self, i):
        return {
            "a": i,
            "b": float(i),
            "c": torch.ones(2) * i,
            "d": (i, "s"),
        }


for b in D.DataLoader(My(), batch_size=2, shuffle=True, generator=torch.Generator().manual_seed(3)):
    print(b)
print(len(D.DataLoader(My(), 2)), (ds + ds)[15])

torch.manual_seed(0)
weighted = torch.utils.data.WeightedRandomSampler([0.1, 0.9, 0.4], 5)
print(list(weighted), len(weighted), list(torch.utils.data.WeightedRandomSampler([0.1, 0.9, 0.4], 3, replacement=False)))
passing = iter(torch.utils.data.DataLoader(torch.arange(4), batch_size=2))
print(len(passing), next(passing), iter(passing) is passing)
for wrong in (lambda: passing.next(), lambda: torch.utils.data.WeightedRandomSampler([0.1], 0)):
    try:
        wrong()
    except (AttributeError, ValueError) as error:
        print(error)
