"""The messages of the engine's errors and warnings, worded as in PyTorch 2.13.

Programs match on these texts, and people search the web for them, so the types are PyTorch's too: plain ``RuntimeError`` and
friends. The functions build the exception; the caller raises it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .dtypes import dtype

IN_PLACE_ON_LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
IN_PLACE_ON_VIEW_OF_LEAF = "a view of a leaf Variable that requires grad is being used in an in-place operation."
NON_LEAF_GRAD = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during "
    "autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on "
    "the non-leaf "
    "Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See "
    "github.com/pytorch/pytorch/pull/30531 for more information."
)
CONVERTED_WITH_GRAD = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
    "Consider using tensor.detach() first."
)
CREATE_GRAPH_CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can "
    "cause a "
    "memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, "
    "make sure "
    "to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak."
)
FREED_BUFFERS = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved "
    "intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if "
    "you need to "
    "backward through the graph a second time or if you need to access saved tensors after calling backward."
)
NOT_SCALAR = "grad can be implicitly created only for scalar outputs"
NO_GRAD_FN = "element {index} of tensors does not require grad and does not have a grad_fn"
DOES_NOT_REQUIRE_GRAD = "One of the differentiated Tensors does not require grad"
NOT_USED_IN_GRAPH = (
    "The differentiated Tensor at index {index} appears to not have been used in the graph. Set allow_unused=True if this is the "
    "desired behavior."
)
CHANGE_FLAG_OF_NON_LEAF = (
    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't "
    "require differentiation use var_no_grad = var.detach()."
)
SET_FLAG_OF_NON_LEAF = "you can only change requires_grad flags of leaf variables."
DETACH_VIEW_IN_PLACE = (
    "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and "
    "gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these "
    "gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
)
INFERENCE_VERSION = "Inference tensors do not track version counter."
INFERENCE_WRITE = (
    "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before "
    "doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details."
)
INFERENCE_SAVED = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by "
    "autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` "
    "instead of `torch.inference_mode()`."
)
INFERENCE_REQUIRES_GRAD = "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
ONLY_FLOATS_AT_CREATION = "Only Tensors of floating point and complex dtype can require gradients"
ONLY_FLOATS_BY_METHOD = "only Tensors of floating point dtype can require gradients"
ONLY_FLOATS_BY_ATTRIBUTE = "only Tensors of floating point and complex dtype can require gradients"
HOOKS_ON_FREED_TENSOR = (
    "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed when you "
    "call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if "
    "you need to access saved variables after calling backward."
)
HOOKS_ALREADY_SET = (
    "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is allowed at a time."
)
HOOKS_ON_NONE = "Calling register_hooks on a saved tensor with value None is forbidden"
PACKED_IN_PLACE = (
    "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by "
    "in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place "
    "operations on the input to a pack hook."
)
IN_PLACE_IN_CUSTOM_FUNCTION = (
    "{beginning} {what} modified inplace{now}. This view was created inside a custom Function (or "
    "because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward "
    "associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning "
    "the output of the custom Function."
)


def operation_name(node_name: str) -> str:
    """``MulBackward0`` -> ``Mul``: how error messages name the operation behind a node."""
    return re.sub(r"Backward\d*$", "", node_name)


_RECORDED = "with grad mode enabled"


def in_place_in_custom_function(edge: tuple[Any, int] | None, what: str) -> str:
    """A view that a custom Function returned was written to. ``edge`` is the view's, ``what`` e.g. ``"is being"``."""
    if edge is None:
        return IN_PLACE_IN_CUSTOM_FUNCTION.format(
            beginning="A view was created in no_grad mode and", what=what, now=f" {_RECORDED}"
        )
    beginning = f"Output {edge[1]} of {operation_name(edge[0].name())} is a view and"
    return IN_PLACE_IN_CUSTOM_FUNCTION.format(beginning=beginning, what=what, now="")


def in_place_on_no_grad_view(edge: tuple[Any, int] | None, what: str, inference: bool) -> str:
    """A view made without gradients was written to with them. ``edge`` is the view's, ``what`` e.g. ``"is being"``."""
    mode, block, now = ("inference", "inference_mode", "in normal mode") if inference else ("no_grad", "no_grad", _RECORDED)
    beginning = "A view was created in"
    if edge is not None:
        beginning = f"Output {edge[1]} of {operation_name(edge[0].name())} is a view of a view which was created in"
    return (
        f"{beginning} {mode} mode and {what} modified inplace {now}. Given that this use case is ambiguous and "
        "error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the "
        f"{block} block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
    )


def in_place_on_one_of_several_views(edge: tuple[Any, int] | None, what: str) -> str:
    """One of several views that a function returned was written to."""
    beginning = f"A view was created in no_grad mode and {what} modified inplace with grad mode enabled."
    if edge is not None:
        beginning = f"Output {edge[1]} of {operation_name(edge[0].name())} is a view and {what} modified inplace."
    return (
        f"{beginning} This view is the output of a function that returns multiple views. Such functions do not allow the output "
        "views to be modified inplace. You should replace the inplace operation by an out-of-place one."
    )


def modified_in_place(
    tensor_type: str, shape: Sequence[int], producer: str | None, output_nr: int, found: int, saved: int, anomaly: bool = False
) -> RuntimeError:
    """A saved tensor was written to between forward and backward."""
    origin = "" if producer is None else f", which is output {output_nr} of {operation_name(producer)},"
    hint = (
        "the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed "
        "in there or anywhere later. Good luck!"
        if anomaly
        else "enable anomaly detection to find the operation that failed to compute its gradient, with "
        "torch.autograd.set_detect_anomaly(True, check_nan=False)."
    )
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{tensor_type} {list(shape)}]{origin} is at version {found}; expected version {saved} instead. Hint: {hint}"
    )


def shape_mismatch(index: int, gradient: Sequence[int], output: Sequence[int]) -> RuntimeError:
    """A gradient handed to backward() does not fit its tensor."""
    return RuntimeError(
        f"Mismatch in shape: grad_output[{index}] has a shape of torch.Size({list(gradient)}) and output[{index}] has a shape of "
        f"torch.Size({list(output)})."
    )


def gradient_of_other_dtype(gradient: dtype, tensor: dtype) -> RuntimeError:
    """A gradient was assigned to a tensor of another dtype."""
    return RuntimeError(
        f"attempting to assign a gradient with dtype '{_SCALAR_NAMES[gradient.name]}' to a tensor with grad_dtype "
        f"'{tensor.cpp_name}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set "
        "the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. "
        "Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they match."
    )


def gradient_of_other_size(gradient: Sequence[int], tensor: Sequence[int]) -> RuntimeError:
    """A gradient was assigned to a tensor of another shape."""
    return RuntimeError(
        f"attempting to assign a gradient of size '{list(gradient)}' to a tensor of size '{list(tensor)}'. "
        "Please ensure that the gradient and the tensor are the same size"
    )


_SCALAR_NAMES = {
    "float16": "c10::Half",
    "float32": "float",
    "float64": "double",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short",
    "int32": "int",
    "int64": "long",
    "bool": "bool",
}


def not_broadcastable(shape_a: Sequence[int], shape_b: Sequence[int]) -> RuntimeError:
    """Two shapes that do not broadcast; the message names the first dimension, from the right, that differs."""
    longest = max(len(shape_a), len(shape_b))
    for offset in range(1, longest + 1):
        size_a = shape_a[-offset] if offset <= len(shape_a) else 1
        size_b = shape_b[-offset] if offset <= len(shape_b) else 1
        if size_a != size_b and 1 not in (size_a, size_b):
            return RuntimeError(
                f"The size of tensor a ({size_a}) must match the size of tensor b ({size_b}) at non-singleton dimension "
                f"{longest - offset}"
            )
    return RuntimeError(f"shapes {list(shape_a)} and {list(shape_b)} cannot be broadcast together")


def dimension_out_of_range(dim: int, ndim: int) -> IndexError:
    """A dimension argument that the tensor does not have."""
    limit = max(ndim, 1)
    return IndexError(f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {dim})")


DEEPCOPY_OF_NON_LEAF = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were "
    "attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
    "https://github.com/pytorch/pytorch/pull/103001"
)


def refuse_bools(first: Any, second: Any) -> None:
    """Raise ``RuntimeError`` for a subtraction with bools: arrays, or a Python number as the second."""
    both = (first, second)
    bools = [one for one in both if (one.dtype.kind == "b" if hasattr(one, "dtype") else isinstance(one, bool))]
    if len(bools) == len(both):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator "
            "instead."
        )
    if bools:
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` "
            "or `logical_not()` operator instead."
        )
