"""Attention, fused and composed; masks."""

import gradtrace.core as torch

F = torch.nn.functional
q = torch.arange(24.0).reshape(1, 2, 3, 4).sin().requires_grad_()
y = F.scaled_dot_product_attention(q, q, q, is_causal=True)
print(y)
y.sum().backward()
print(q.grad)
print(F.scaled_dot_product_attention(q[0], q[0], q[0]).grad_fn)
mask = torch.tensor([[True, False, False], [True, True, False], [False, False, True]])
print(F.scaled_dot_product_attention(q, q, q, attn_mask=mask)[0, 0])
