"""Multi-head attention and the transformer's encoder."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..dtypes import dtype
from ..ops.joining import cat
from ..tensor import Tensor, from_array
from . import functional, init
from .containers import ModuleList
from .layers import Dropout, LayerNorm, Linear, _empty_parameter
from .module import Module


class NonDynamicallyQuantizableLinear(Linear):
    """A linear layer by the name that PyTorch prints for the one in attention."""


def _additive(mask: Tensor | None, name: str, dtype: Any) -> Tensor | None:
    """A mask as something to be added to the scores."""
    if mask is None or mask.is_floating_point():
        return mask
    if mask._array.dtype.kind != "b":
        raise AssertionError(f"only bool and floating types of {name} are supported")
    return from_array(np.where(mask._array, dtype.type(-np.inf), dtype.type(0)))


class MultiheadAttention(Module):
    """Attention of ``num_heads`` heads: queries, keys and values are projected, attended to, and projected back.

    Shapes are (length, batch, embed_dim), or (batch, length, embed_dim) with ``batch_first``, or without batch. Key and value sizes
    of their own (``kdim``, ``vdim``), ``add_bias_kv`` and ``add_zero_attn`` are as in PyTorch.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        same = self._qkv_same_embed_dim
        for name, columns in (("q", embed_dim), ("k", self.kdim), ("v", self.vdim)):
            self.register_parameter(f"{name}_proj_weight", None if same else _empty_parameter((embed_dim, columns), dtype))
        self.register_parameter("in_proj_weight", _empty_parameter((3 * embed_dim, embed_dim), dtype) if same else None)
        self.register_parameter("in_proj_bias", _empty_parameter((3 * embed_dim,), dtype) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, dtype=dtype)
        for name in ("bias_k", "bias_v"):
            self.register_parameter(name, _empty_parameter((1, 1, embed_dim), dtype) if add_bias_kv else None)
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """The attended values, and the weights (averaged over the heads) if they are needed."""
        batched = query.dim() == 3
        if is_causal and attn_mask is None:
            raise RuntimeError(
                "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
                "`generate_square_subsequent_mask` to create this mask."
            )
        only_causal = is_causal and key_padding_mask is None and not need_weights
        dtype = query._array.dtype
        mask = None if only_causal else _additive(attn_mask, "attn_mask", dtype)
        padding = _additive(key_padding_mask, "key_padding_mask", dtype)
        query, key, value = self._by_length(query, key, value, batched)
        if not batched and padding is not None:
            padding = padding.unsqueeze(0)
        length, batch, _ = query.shape
        queries, keys, values = self._projected(query, key, value)
        if self.bias_k is not None:
            keys = cat([keys, self.bias_k.repeat(1, batch, 1)])
            values = cat([values, self.bias_v.repeat(1, batch, 1)])
        heads = batch * self.num_heads
        queries, keys, values = (one.view(one.shape[0], heads, self.head_dim).transpose(0, 1) for one in (queries, keys, values))
        if self.add_zero_attn:
            nothing = from_array(np.zeros((heads, 1, self.head_dim), dtype))
            keys, values = cat([keys, nothing], dim=1), cat([values, nothing], dim=1)
        mask = self._joint_mask(mask, padding, keys.shape[1], batch)
        dropout = self.dropout if self.training else 0.0
        if need_weights:
            result, weights = self._attend_with_weights(queries, keys, values, mask, dropout, (length, batch))
            if average_attn_weights:
                weights = weights.mean(dim=1)
        else:
            result, weights = self._attend(queries, keys, values, mask, dropout, only_causal, (length, batch)), None
        if not batched:
            result = result.squeeze(1)
            weights = None if weights is None else weights.squeeze(0)
        elif self.batch_first:
            result = result.transpose(1, 0)
        return result, weights

    @classmethod
    def of_weights(cls, embed_dim: int, num_heads: int, dropout: float, training: bool, **weights: Any) -> MultiheadAttention:
        """Attention with given weights: what ``functional.multi_head_attention_forward`` computes with."""
        attention = cls.__new__(cls)
        Module.__init__(attention)
        attention.embed_dim, attention.num_heads, attention.dropout = embed_dim, num_heads, dropout
        attention.head_dim = embed_dim // num_heads
        attention.batch_first, attention.training = False, training
        out_proj = Module()
        for name in ("weight", "bias"):
            object.__setattr__(out_proj, name, weights.pop(f"out_proj_{name}"))
        object.__setattr__(attention, "out_proj", out_proj)
        for name, weight in weights.items():
            object.__setattr__(attention, name, weight)
        return attention

    def _by_length(self, query: Tensor, key: Tensor, value: Tensor, batched: bool) -> tuple[Tensor, Tensor, Tensor]:
        """All three as (length, batch, size); the same tensor stays the same tensor."""
        if not batched:
            changed = {id(one): one.unsqueeze(1) for one in (query, key, value)}
        elif self.batch_first:
            changed = {id(one): one.transpose(1, 0) for one in (query, key, value)}
        else:
            return query, key, value
        return changed[id(query)], changed[id(key)], changed[id(value)]

    def _projected(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        if not self._qkv_same_embed_dim:
            biases = (None, None, None) if self.in_proj_bias is None else self.in_proj_bias.chunk(3)
            weights = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
            projected = [
                functional.linear(one, weight, bias) for one, weight, bias in zip((query, key, value), weights, biases, strict=True)
            ]
            return projected[0], projected[1], projected[2]
        size, weight, bias = self.embed_dim, self.in_proj_weight, self.in_proj_bias
        if key is value and query is key:
            parts = _apart(functional.linear(query, weight, bias), 3, size)
            return parts[0], parts[1], parts[2]
        if key is value:
            of_query, of_rest = weight.split([size, 2 * size])
            first, rest = (None, None) if bias is None else bias.split([size, 2 * size])
            projected_query = functional.linear(query, of_query, first)
            parts = _apart(functional.linear(key, of_rest, rest), 2, size)
            return projected_query, parts[0], parts[1]
        biases = (None, None, None) if bias is None else bias.chunk(3)
        projected = [
            functional.linear(one, part, offset)
            for one, part, offset in zip((query, key, value), weight.chunk(3), biases, strict=True)
        ]
        return projected[0], projected[1], projected[2]

    def _joint_mask(self, mask: Tensor | None, padding: Tensor | None, keys: int, batch: int) -> Tensor | None:
        """Both masks as one, in the shape (1 or heads, queries, keys)."""
        if mask is not None:
            mask = mask.unsqueeze(0) if mask.dim() == 2 else mask
            if mask.shape[-1] < keys:
                mask = functional.pad(mask, (0, keys - mask.shape[-1]))
        if padding is None:
            return mask
        if padding.shape[-1] < keys:
            padding = functional.pad(padding, (0, keys - padding.shape[-1]))
        spread = padding.view(batch, 1, 1, keys).expand(-1, self.num_heads, -1, -1).reshape(batch * self.num_heads, 1, keys)
        joint: Tensor = spread if mask is None else mask + spread
        return joint

    def _attend_with_weights(
        self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None, dropout: float, sizes: tuple[int, int]
    ) -> tuple[Tensor, Tensor]:
        length, batch = sizes
        scaled = queries * math.sqrt(1.0 / self.head_dim)
        transposed = keys.transpose(-2, -1)
        scores = scaled.bmm(transposed) if mask is None else mask.baddbmm(scaled, transposed)
        weights = functional.softmax(scores, dim=-1)
        if dropout > 0.0:
            weights = functional.dropout(weights, p=dropout)
        joined = weights.bmm(values).transpose(0, 1).reshape(length * batch, self.embed_dim)
        result = functional.linear(joined, self.out_proj.weight, self.out_proj.bias)
        by_head = weights.view(batch, self.num_heads, length, keys.shape[1])
        return result.view(length, batch, result.shape[1]), by_head

    def _attend(
        self,
        queries: Tensor,
        keys: Tensor,
        values: Tensor,
        mask: Tensor | None,
        dropout: float,
        is_causal: bool,
        sizes: tuple[int, int],
    ) -> Tensor:
        length, batch = sizes
        if mask is not None:
            mask = mask.unsqueeze(0) if mask.shape[0] == 1 else mask.view(batch, self.num_heads, -1, keys.shape[1])
        query, key, value = (one.view(batch, self.num_heads, one.shape[1], self.head_dim) for one in (queries, keys, values))
        attended = functional.scaled_dot_product_attention(query, key, value, mask, dropout, is_causal)
        joined = attended.permute(2, 0, 1, 3).contiguous().view(batch * length, self.embed_dim)
        result = functional.linear(joined, self.out_proj.weight, self.out_proj.bias)
        answer: Tensor = result.view(length, batch, result.shape[1])
        return answer


def _apart(projected: Tensor, count: int, size: int) -> Tensor:
    """(…, count * size) as (count, …, size)."""
    result: Tensor = projected.unflatten(-1, (count, size)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
    return result


def is_causal_mask(mask: Tensor | None, is_causal: bool | None) -> bool:
    """Whether a mask lets nobody look ahead: as the caller says, or else by its elements."""
    if is_causal is not None or mask is None:
        return is_causal is True
    size = mask._array.shape[-2]
    wanted = np.triu(np.full((size, size), -math.inf, np.float32), 1)
    return mask._array.shape == wanted.shape and bool((mask._array == wanted).all())


class TransformerEncoderLayer(Module):
    """Self-attention and two linear layers, each with dropout, a residual connection and layer norm (before it: ``norm_first``)."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = functional.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        self.self_attn = MultiheadAttention(d_model, nhead, dropout=dropout, bias=bias, batch_first=batch_first, dtype=dtype)
        self.linear1 = Linear(d_model, dim_feedforward, bias=bias, dtype=dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias=bias, dtype=dtype)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, dtype=dtype)
        self.norm2 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, dtype=dtype)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        if isinstance(activation, str):
            if activation not in ("relu", "gelu"):
                raise RuntimeError(f"activation should be relu/gelu, not {activation}")
            activation = getattr(functional, activation)
        self.activation: Any = activation

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Encode ``src``."""
        masks = (src_mask, src_key_padding_mask, is_causal)
        if self.norm_first:
            src = src + self._attended(self.norm1(src), *masks)
            return src + self._fed_forward(self.norm2(src))
        src = self.norm1(src + self._attended(src, *masks))
        result: Tensor = self.norm2(src + self._fed_forward(src))
        return result

    def _attended(self, x: Tensor, mask: Tensor | None, padding: Tensor | None, is_causal: bool) -> Tensor:
        attended = self.self_attn(x, x, x, attn_mask=mask, key_padding_mask=padding, need_weights=False, is_causal=is_causal)[0]
        result: Tensor = self.dropout1(attended)
        return result

    def _fed_forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))
        return result


class TransformerEncoder(Module):
    """``num_layers`` copies of an encoder layer, one after the other."""

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,  # noqa: ARG002  (there are no nested tensors)
        mask_check: bool = True,  # noqa: ARG002
    ) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(encoder_layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """Encode ``src``."""
        causal = is_causal_mask(mask, is_causal)
        for layer in self.layers:
            src = layer(src, src_mask=mask, src_key_padding_mask=src_key_padding_mask, is_causal=causal)
        return src if self.norm is None else self.norm(src)
