"""Fit a third-order polynomial to sin(x), with gradient descent by hand.

In the window: every step records one pass over the same graph; choose a pass to see its gradients. The leaves a, b, c
and d are changed in place under no_grad: their version goes up, and no node is recorded for it.
"""

import math

import gradtrace.core as torch

STEPS = 200  # 2000 fit better; the graph is the same

dtype = torch.float
device = torch.device("cpu")
torch.manual_seed(0)

# Create tensors to hold input and outputs. They need no gradients.
x = torch.linspace(-math.pi, math.pi, 2000, device=device, dtype=dtype)
y = torch.sin(x)

# Random numbers for the weights: y = a + b x + c x^2 + d x^3
a = torch.randn((), device=device, dtype=dtype, requires_grad=True)
b = torch.randn((), device=device, dtype=dtype, requires_grad=True)
c = torch.randn((), device=device, dtype=dtype, requires_grad=True)
d = torch.randn((), device=device, dtype=dtype, requires_grad=True)

learning_rate = 1e-6
for t in range(STEPS):
    # Forward pass: the predicted y.
    y_pred = a + b * x + c * x**2 + d * x**3

    # The loss is a tensor of shape ().
    loss = (y_pred - y).pow(2).sum()
    if t % 50 == 49:
        print(t, loss.item())

    # Backward pass: a.grad, b.grad, c.grad and d.grad hold the gradients of the loss after it.
    loss.backward()

    # The weights require gradients, but their update is not part of the graph.
    with torch.no_grad():
        a -= learning_rate * a.grad
        b -= learning_rate * b.grad
        c -= learning_rate * c.grad
        d -= learning_rate * d.grad

        # Without this the next gradients would be added to these.
        a.grad = None
        b.grad = None
        c.grad = None
        d.grad = None

print(f"Result: y = {a.item():.4f} + {b.item():.4f} x + {c.item():.4f} x^2 + {d.item():.4f} x^3")
