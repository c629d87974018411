"""Optimizers, named as in ``torch.optim``: SGD, Adam, AdamW, RMSprop, Adagrad; and schedules of the learning rate."""

from . import lr_scheduler
from .adam import Adam, AdamW
from .optimizer import Optimizer
from .rmsprop import Adagrad, RMSprop
from .sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]
