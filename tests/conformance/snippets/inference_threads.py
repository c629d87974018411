"""Inference mode is a thread's own."""

import threading

import torch

x = torch.ones(2, requires_grad=True)
seen = []


def look():
    made = x * 2
    seen.append((torch.is_inference_mode_enabled(), torch.is_grad_enabled(), made.is_inference(), made.requires_grad))


with torch.inference_mode():
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    look()
look()
print(seen)
