"""Tables of PyTorch's functions by name: what a call of each can mean for autograd."""

from __future__ import annotations

from ....core.events import CutKind

__all__ = ["CONVERSIONS", "TO_PYTHON", "UNINTERESTING", "VALUES_UNUSED", "WRITES_UNCOUNTED"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNINTERESTING = _words("""
    size dim stride numel is_contiguous is_floating_point is_complex element_size data_ptr type storage_offset __len__ __repr__
    __format__ __hash__ nelement ndimension get_device is_same_size result_type can_cast is_inference
    is_nonzero is_storage is_tensor is_pinned __deepcopy__ __reduce_ex__ backward grad is_grad_enabled __iter__ __contains__
    __dir__ is_set_to has_names _is_view __dlpack_device__ _record_function_enter_new _RecordFunction is_signed
    is_conj is_neg broadcast_shapes manual_seed initial_seed get_default_dtype is_inference_mode_enabled set_printoptions
    is_autocast_enabled promote_types _make_subclass typename
    """)
"""Questions about tensors and calls into the engine: they make no node, write nothing and cut nothing."""

TO_PYTHON: dict[str, CutKind] = {
    **dict.fromkeys(("item", "tolist", "__float__", "__int__", "__bool__", "__index__", "__complex__"), "item"),
    **dict.fromkeys(("numpy", "__array__"), "numpy"),
}
"""What takes values out of PyTorch, and how a trace calls that."""

VALUES_UNUSED = _words(
    "ones_like zeros_like empty_like full_like rand_like randn_like randint_like new_zeros new_ones new_empty new_full"
)
"""What these make does not depend on the values they are given: no gradient is lost."""

CONVERSIONS = _words("to type long int short char byte bool type_as")
"""What can turn a tensor into one of a dtype that has no gradients."""

WRITES_UNCOUNTED = _words("batch_norm instance_norm sync_batch_norm fused_moving_avg_obs_fake_quant")
"""What updates statistics among its arguments, and no version counter with them."""
