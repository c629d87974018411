"""Losses: reductions, weights, labels to ignore."""

import gradtrace.core as torch

F = torch.nn.functional
scores = torch.tensor([[1.0, 2.0, 0.5], [0.1, -1.0, 3.0]], requires_grad=True)
target = torch.tensor([1, 0])
for reduction in ("mean", "sum", "none"):
    print(F.cross_entropy(scores, target, weight=torch.tensor([1.0, 2.0, 3.0]), label_smoothing=0.1, reduction=reduction))
    print(F.cross_entropy(scores, target, ignore_index=0, reduction=reduction))
print(F.cross_entropy(scores, scores.detach().softmax(1)))
print(F.huber_loss(scores, torch.zeros(2, 3)), F.smooth_l1_loss(scores, torch.zeros(2, 3), beta=0.5))
print(F.cosine_embedding_loss(scores, scores * 2 + 1, torch.tensor([1, -1])))
print(F.triplet_margin_loss(scores, scores + 1, scores - 0.5))
F.cross_entropy(scores, torch.tensor([1, 3]))
