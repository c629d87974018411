"""Lazy modules: layers that learn the size of their input from the first one, and then are the ordinary layers."""

from __future__ import annotations

from inspect import signature
from typing import Any, ClassVar

from ..creation import tensor
from ..dtypes import int64
from ..grad_mode import no_grad
from ..tensor import Tensor
from .convolution import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .layers import Linear
from .module import Module
from .normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .uninitialized import Uninitialized, UninitializedBuffer, UninitializedParameter, is_lazy


class LazyModuleMixin(Module):
    """What makes a layer lazy: its parameters get their shapes by :meth:`initialize_parameters`, before the first ``forward``.

    After that the module is one of ``cls_to_become``, if that is given.
    """

    cls_to_become: ClassVar[type[Module] | None] = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._load_hook = self._register_load_state_dict_pre_hook(self._lazy_load_hook)
        self._initialize_hook = self.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)

    def initialize_parameters(self, *arguments: Any, **options: Any) -> None:
        """Give the parameters their shapes; subclasses define it."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer has no shape yet."""
        return any(is_lazy(one) for one in (*self._parameters.values(), *self._buffers.values()))

    def _infer_parameters(self, module: LazyModuleMixin, arguments: tuple[Any, ...], options: dict[str, Any] | None = None) -> None:
        module.initialize_parameters(*arguments, **(options or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(f"module {self._get_name()} has not been fully initialized")
        module._initialize_hook.remove()
        module._load_hook.remove()
        del module._initialize_hook, module._load_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become  # type: ignore[assignment]

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        for name, value in (*self._parameters.items(), *self._buffers.items()):
            if value is not None and name not in self._non_persistent:
                destination[prefix + name] = value if is_lazy(value) or keep_vars else value.detach()

    def _lazy_load_hook(self, state_dict: dict[str, Any], prefix: str, *_others: Any) -> None:
        """Give shapes to what a state has values for."""
        for name, value in (*self._parameters.items(), *self._buffers.items()):
            given = state_dict.get(prefix + name)
            if isinstance(value, Uninitialized) and given is not None and not is_lazy(given):
                value.materialize(given.shape)


class _LazyLayer(LazyModuleMixin):
    """What the lazy layers share. ``sized_by`` is the attribute that the first input decides; 0 until then."""

    sized_by: ClassVar[str]

    def _made_lazy(self, dtype: Any, *names: str) -> None:
        for name in names:
            self.register_parameter(name, UninitializedParameter(dtype=dtype))

    def reset_parameters(self) -> None:
        """Draw the parameters anew, once there are any."""
        if not self.has_uninitialized_params() and getattr(self, self.sized_by):
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Tensor, *arguments: Any, **options: Any) -> None:  # noqa: ARG002
        """Take the missing size from ``input``, and draw the parameters."""
        if self.has_uninitialized_params():
            with no_grad():
                setattr(self, self.sized_by, self._size_in(input))
                self._materialize()
                self.reset_parameters()

    def _size_in(self, input: Tensor) -> int:
        raise NotImplementedError

    def _materialize(self) -> None:
        raise NotImplementedError


class LazyLinear(_LazyLayer, Linear):
    """:class:`Linear`, with ``in_features`` from the first input."""

    cls_to_become = Linear
    sized_by = "in_features"

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:  # noqa: ARG002
        super().__init__(0, 0, False)
        self.out_features = out_features
        self._made_lazy(dtype, "weight", *(["bias"] if bias else []))

    def _size_in(self, input: Tensor) -> int:
        return int(input.shape[-1])

    def _materialize(self) -> None:
        self.weight.materialize((self.out_features, self.in_features))
        if self.bias is not None:
            self.bias.materialize((self.out_features,))

    def initialize_parameters(self, input: Tensor, *arguments: Any, **options: Any) -> None:
        """Take ``in_features`` from ``input``, and draw weight and bias; after loading a state, the former only."""
        super().initialize_parameters(input, *arguments, **options)
        if self.in_features == 0:
            found, wanted = input.shape[-1], self.weight.shape[-1]
            if found != wanted:
                raise AssertionError(
                    f"The in_features inferred from input: {found} is not equal to in_features from self.weight: {wanted}"
                )
            self.in_features = found


class _LazyConvolution(_LazyLayer):
    sized_by = "in_channels"

    def __init__(self, out_channels: int, kernel_size: Any, *arguments: Any, **options: Any) -> None:
        ordinary: Any = self.cls_to_become
        given = signature(ordinary).bind(0, 0, kernel_size, *arguments, **options).arguments
        bias = given.pop("bias", True)
        super().__init__(**given, bias=False)
        self.out_channels = out_channels
        self._made_lazy(given.get("dtype"), "weight", *(["bias"] if bias else []))

    def _size_in(self, input: Tensor) -> int:
        unbatched = self.dims + 1
        if input.dim() not in (unbatched, unbatched + 1):
            raise RuntimeError(
                f"Expected {unbatched}D (unbatched) or {unbatched + 1}D (batched) input to {type(self).__name__}, but got input of "
                f"size: {input.shape}"
            )
        return int(input.shape[1] if input.dim() > unbatched else input.shape[0])

    def _materialize(self) -> None:
        if self.in_channels % self.groups:
            raise ValueError("in_channels must be divisible by groups")
        outer, inner = (self.in_channels, self.out_channels) if self.transposed else (self.out_channels, self.in_channels)
        self.weight.materialize((outer, inner // self.groups, *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))


class _LazyNorm(_LazyLayer):
    sized_by = "num_features"

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, affine=False, track_running_stats=False, dtype=dtype, bias=False)
        self.affine, self.track_running_stats = affine, track_running_stats
        self._made_lazy(dtype, *(["weight"] if affine else []), *(["bias"] if affine and bias else []))
        if track_running_stats:
            self.running_mean = UninitializedBuffer(dtype=dtype)
            self.running_var = UninitializedBuffer(dtype=dtype)
            self.num_batches_tracked = tensor(0, dtype=int64)

    def _size_in(self, input: Tensor) -> int:
        return int(input.shape[1])

    def _materialize(self) -> None:
        for one in (self.weight, self.bias, self.running_mean, self.running_var):
            if one is not None:
                one.materialize((self.num_features,))


def _lazy(base: type[Module], ordinary: type[Module]) -> Any:
    """The lazy class of an ordinary one."""
    name = f"Lazy{ordinary.__name__}"
    text = f":class:`{ordinary.__name__}`, with its first argument from the first input."
    return type(name, (base, ordinary), {"__doc__": text, "__module__": __name__, "cls_to_become": ordinary})


LazyConv1d, LazyConv2d, LazyConv3d = (_lazy(_LazyConvolution, one) for one in (Conv1d, Conv2d, Conv3d))
LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d = (
    _lazy(_LazyConvolution, one) for one in (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
)
LazyBatchNorm1d, LazyBatchNorm2d, LazyBatchNorm3d = (_lazy(_LazyNorm, one) for one in (BatchNorm1d, BatchNorm2d, BatchNorm3d))
LazyInstanceNorm1d, LazyInstanceNorm2d, LazyInstanceNorm3d = (
    _lazy(_LazyNorm, one) for one in (InstanceNorm1d, InstanceNorm2d, InstanceNorm3d)
)
