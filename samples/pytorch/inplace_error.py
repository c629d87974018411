"""An in-place write spoils a tensor that PyTorch has saved: the exception says where.

In the window: the pass stops at ExpBackward0, in red; the inspector shows the saved tensor and the write that moved its
version on. The notes below the traceback name both lines.

Ends with RuntimeError.
"""

import torch

scores = torch.tensor([0.5, 1.5, -1.0], requires_grad=True)
weights = scores.exp()
total = weights.sum()
weights /= total.detach()  # exp() has saved weights for its backward

weights.max().backward()  # this line raises
