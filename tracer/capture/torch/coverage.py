"""What recordings of PyTorch programs do not cover: one list, for the documentation and for the recordings that met such a thing.

A recording marks the first time it meets an entry, with an event ``Marked`` of the kind ``"not covered"``, where it happened; its
text is the key, a colon, and the sentence. ``Trace.not_covered`` reads them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ....core.events import Sink
from ...marks import NOT_COVERED

__all__ = ["GAPS", "Coverage", "Gap"]


class Gap(NamedTuple):
    """Something that is not recorded: ``title`` and ``explanation`` for the documentation, ``met`` for a recording that met it.

    ``met`` is empty for what a recording cannot notice itself.
    """

    title: str
    explanation: str
    met: str = ""


GAPS: Mapping[str, Gap] = {
    "version": Gap(
        "Parts of other versions of PyTorch",
        "What [needs a name](#versions-of-pytorch) that this PyTorch does not have is off; a line on standard error says what is "
        "lost.",
    ),
    "compiled": Gap(
        "Inside of `torch.compile`",
        "Compiled code is [one node](#torchcompile). What it does inside is seen only when it runs uncompiled, with `--compile "
        "eager`.",
        "what torch.compile compiled is one node: --compile eager runs and records it uncompiled",
    ),
    "compiled_seen": Gap(
        "`torch.compile` of a version that is not known",
        "Where PyTorch has no `set_eval_frame` to look for, compiled code meets the capture, and may be compiled otherwise.",
        "this PyTorch compiles in a way that is not known: compiled code may run otherwise than alone",
    ),
    "uncompiled": Gap(
        "Compiled code under `--compile eager`",
        "What the program would have run compiled was run uncompiled for the recording.",
        "torch.compile was switched off for this recording: what it would have compiled ran uncompiled",
    ),
    "transforms": Gap(
        "`torch.func` (`grad`, `vmap`, ...)",
        "What happens inside a transformation.",
        "calls inside transformations of torch.func (grad, vmap, ...) are not recorded",
    ),
    "scripted": Gap(
        "Inside of `torch.jit.script`",
        "The nodes that scripted code makes are recorded at the line that calls it; what it writes in place or cuts is not.",
        "inside scripted code only nodes are recorded, at the line that calls it",
    ),
    "traced": Gap(
        "`torch.jit.trace` and `torch.export`",
        "While they run the program's code to learn what it does, nothing is recorded. What they make of it is.",
        "while torch.jit.trace or torch.export ran the program's code, nothing was recorded",
    ),
    "late": Gap(
        "Nodes made unseen",
        "Nodes made before the recording, in a thread that it does not watch, or by extensions in C++ are found when a recorded "
        "call uses the result, or when backward starts, and then belong to that line.",
        "nodes were found only when backward() started: they were made before the recording, or where it does not look",
    ),
    "threads": Gap(
        "Threads that Python did not start, or not during the recording",
        "Threads started with `threading` (thread pools too) are recorded. In others a backward is, but calls are not looked at.",
        "a backward ran in a thread that was not started during the recording: other calls in that thread are not recorded",
    ),
    "processes": Gap(
        "Other processes",
        "Forked workers (`DataLoader(num_workers=...)`) and processes started anew record nothing, and pay nothing for it, unless "
        "they call `record()`, or are started by `torch.multiprocessing.spawn()` under `gradtrace run`.",
        "the program forked worker processes, which record nothing",
    ),
    "parallel": Gap(
        "Parameters that are spread over processes",
        "With FSDP (both kinds) and tensor parallelism each trace has the forward and backward of its own process, and of a tensor "
        "that is spread its own part. What is gathered and scattered between them in the forward, and when in a backward, is not "
        "told. Tested with gloo on the CPU; pipelines are not tested.",
        "parameters are spread over processes: of what is spread the trace has the part of this process",
    ),
    "devices": Gap(
        "GPUs and other accelerators",
        "Not tested. At levels above `structure` every gradient is copied to the CPU when it flows, which waits for the device.",
        "tensors on a device other than the CPU: recording those is not tested",
    ),
    "storage": Gap(
        "Memory of sparse tensors and of tensors that stand for others",
        "Their gradients are recorded as dense ones. Which of them share memory is not known, so that in-place writes to them are "
        "told, but not connected with what a node saved.",
        "tensors without memory of their own (sparse, for example): which of them share memory is not known",
    ),
    "nested": Gap(
        "Nested tensors",
        "Of a gradient of that kind the numbers of all its parts are recorded, one behind the other. A dimension along which parts "
        "differ is shown as -1.",
        "nested tensors: of their gradients the numbers of all parts are recorded, one behind the other",
    ),
    "numpy": Gap(
        "Writes that no version counter notices",
        "By extensions in C or C++ that have its address, by other processes in shared memory, and to the running statistics of "
        "batch norm. Those through NumPy (`t.detach().numpy()[0] = 1`), DLPack, `memoryview` or the storage, and to the array or "
        "buffer that a tensor was made from, are noticed: when the array goes, when the tensor is used, or when a backward begins. "
        "That is for up to 16 MB in all (1 MB for what a tensor was made from), the latest 64 of them.",
    ),
    "copy_slices": Gap(
        "Inside in-place writes to views",
        "What the hidden node of `CopySlices` saved cannot be seen from outside.",
        "what in-place writes to views saved for backward cannot be seen from outside",
    ),
    "packed": Gap(
        "Tensors saved under saved-tensor hooks",
        "With non-reentrant checkpoints or offloading: that the node saved something is known, not what.",
        "what was saved under saved-tensor hooks (checkpoints, offloading) is not known",
    ),
    "raising": Gap(
        "Calls that raise",
        "A call that raises leaves no event of its own, unless the exception leaves the program.",
    ),
    "queue": Gap(
        "Why a node ran next",
        "The number of gradients it waited for is known, the engine's queue is not.",
    ),
}
"""Everything that is not covered, by stable keys."""


class Coverage:
    """What one recording met of it; each told once."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._met: set[str] = set()

    def met(self, key: str) -> None:
        """The program does something that is not covered, here."""
        if key not in self._met:
            self._met.add(key)
            self._sink.marked(f"{key}: {GAPS[key].met}", NOT_COVERED)

    def version(self, sentence: str) -> None:
        """This version of PyTorch lacks something."""
        self._sink.marked(f"version: {sentence}", NOT_COVERED)
