"""Runs a Llama model on the CPU: 4-bit weights unpacked once, adapter folded in, few large products a token.

bitsandbytes decodes every weight anew for every token on a CPU, and peft adds two small products to each: together
they took two thirds of the time of a token. Here the NF4 values are unpacked once to bfloat16, exactly, and the
adapter's product is added to them; queries, keys and values are one product, and so are gate and up. The weights lie in
oneDNN's blocked order, for which up to 16 tokens cost about as much as one: batches and speculation come nearly free.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import bitsandbytes
import torch
from peft.tuners.lora import LoraLayer
from torch.nn.functional import rms_norm, scaled_dot_product_attention, silu
from transformers import LlamaForCausalLM, PreTrainedModel

BLOCK = 64  # attention sums over whole blocks of slots: only so does a longer neighbour not change a row's last bit


@dataclass(slots=True)
class Cache:
    """Keys and values of several texts; `lengths[row]` of the slots of a row are in use."""

    keys: torch.Tensor  # layers, rows, key heads, slots, head size
    values: torch.Tensor
    lengths: torch.Tensor  # rows

    def row(self, row: int) -> "Cache":
        """One text's part, sharing memory with the whole."""
        part = slice(row, row + 1)
        return Cache(self.keys[:, part], self.values[:, part], self.lengths[part])

    def put(self, start: "Cache") -> None:
        """Begins with what another cache of as many rows holds."""
        length = int(start.lengths[0])
        self.keys[:, :, :, :length] = start.keys[:, :, :, :length]
        self.values[:, :, :, :length] = start.values[:, :, :, :length]
        self.lengths[:] = length

    def cut(self, length: int) -> None:
        """Forgets what lies behind `length`."""
        self.lengths[:] = length

    def keep(self, rows: Sequence[int]) -> None:
        """Leaves out all rows but these."""
        chosen = torch.tensor(rows)
        self.keys, self.values = self.keys.index_select(1, chosen), self.values.index_select(1, chosen)
        self.lengths = self.lengths.index_select(0, chosen)


@dataclass(frozen=True, slots=True)
class _Layer:
    before_attention: torch.Tensor
    into_attention: torch.Tensor
    out_of_attention: torch.Tensor
    before_mlp: torch.Tensor
    into_mlp: torch.Tensor
    out_of_mlp: torch.Tensor


class Engine:
    """A loaded Llama, with or without an adapter, which is taken apart: the model given is of no use afterwards."""

    @staticmethod
    def runs(model: PreTrainedModel) -> bool:
        """Whether this engine can run `model` here: a plain Llama on a processor that oneDNN knows."""
        inner = _inner(model)
        return (
            isinstance(inner, LlamaForCausalLM)
            and inner.device.type == "cpu"
            and torch.backends.mkldnn.is_available()
            and not (inner.config.attention_bias or inner.config.mlp_bias)
        )

    def __init__(self, model: PreTrainedModel) -> None:
        inner = _inner(model)
        config = inner.config
        self._heads, self._key_heads = config.num_attention_heads, config.num_key_value_heads
        self._size = config.head_dim
        self._eps = config.rms_norm_eps
        # copies: the file of the weights, of which these are parts, need not stay in memory for them
        self._embedding = inner.model.embed_tokens.weight.data.to(torch.bfloat16, copy=True)
        self._norm = inner.model.norm.weight.data.clone()
        self._head = _pack(inner.lm_head.weight.data.to(torch.bfloat16))
        self._layers = []
        for layer in inner.model.layers:
            attention, mlp = layer.self_attn, layer.mlp
            joined = [unpacked(part) for part in (attention.q_proj, attention.k_proj, attention.v_proj)]
            self._layers.append(
                _Layer(
                    layer.input_layernorm.weight.data.clone(),
                    _pack(torch.cat(joined)),
                    _pack(unpacked(attention.o_proj)),
                    layer.post_attention_layernorm.weight.data.clone(),
                    _pack(torch.cat([unpacked(mlp.gate_proj), unpacked(mlp.up_proj)])),
                    _pack(unpacked(mlp.down_proj)),
                )
            )
            layer.self_attn = layer.mlp = None  # let go at once: both kinds of weights never stand in memory together
        self._rotary = inner.model.rotary_emb

    def cache(self, rows: int, slots: int) -> Cache:
        """Room for `slots` tokens of each of `rows` texts."""
        shape = (len(self._layers), rows, self._key_heads, _whole_blocks(slots), self._size)
        return Cache(
            torch.zeros(shape, dtype=torch.bfloat16),
            torch.zeros(shape, dtype=torch.bfloat16),
            torch.zeros(rows, dtype=torch.long),
        )

    def forward(self, ids: torch.Tensor, cache: Cache, last: int = 1) -> torch.Tensor:
        """Logits (rows, `last`, vocabulary) after the last tokens of `ids` (rows, tokens), which go into the cache.

        A row's logits do not depend on the other rows, nor on whether up to 16 tokens come at once or one by one.
        """
        rows, count = ids.shape
        places = cache.lengths[:, None] + torch.arange(count)
        end = _whole_blocks(int(places.max()) + 1)
        cos, sin = (part[:, :, None] for part in self._rotary(self._embedding[:1], places))
        mask = self._mask(places, end)
        each = torch.arange(rows)[:, None]
        hidden = self._embedding[ids]
        for index, layer in enumerate(self._layers):
            keys, values = cache.keys[index], cache.values[index]
            mixed = _times(
                rms_norm(hidden, (hidden.shape[-1],), layer.before_attention, self._eps), layer.into_attention
            )
            split = mixed.view(rows, count, self._heads + 2 * self._key_heads, self._size)
            turned = _turn(split[:, :, : self._heads + self._key_heads], cos, sin)
            keys[each, :, places] = turned[:, :, self._heads :]
            values[each, :, places] = split[:, :, self._heads + self._key_heads :]
            attended = self._attend(turned[:, :, : self._heads], keys[:, :, :end], values[:, :, :end], mask)
            hidden = hidden + _times(attended, layer.out_of_attention)
            gate, up = _times(rms_norm(hidden, (hidden.shape[-1],), layer.before_mlp, self._eps), layer.into_mlp).chunk(
                2, dim=-1
            )
            hidden = hidden + _times(silu(gate) * up, layer.out_of_mlp)
        cache.lengths += count
        hidden = rms_norm(hidden[:, -last:], (hidden.shape[-1],), self._norm, self._eps)
        return _times(hidden, self._head)

    def _attend(
        self, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        """The query heads that share a key head stand as further queries of it, so no key is repeated."""
        rows, count = queries.shape[:2]
        shared = self._heads // self._key_heads
        grouped = queries.view(rows, count, self._key_heads, shared, self._size).permute(0, 2, 3, 1, 4)
        flat = grouped.reshape(rows, self._key_heads, shared * count, self._size)
        out = scaled_dot_product_attention(flat, keys, values, attn_mask=mask)
        out = out.view(rows, self._key_heads, shared, count, self._size).permute(0, 3, 1, 2, 4)
        return out.reshape(rows, count, self._heads * self._size)

    def _mask(self, places: torch.Tensor, end: int) -> torch.Tensor:
        """Which slots each query sees: those of its row up to its own place."""
        allowed = torch.arange(end)[None, None] <= places[:, :, None]
        mask = torch.zeros(allowed.shape, dtype=torch.bfloat16).masked_fill(~allowed, float("-inf"))
        return mask.repeat(1, self._heads // self._key_heads, 1)[:, None]


def _whole_blocks(slots: int) -> int:
    return -(-slots // BLOCK) * BLOCK


def _inner(model: PreTrainedModel) -> PreTrainedModel:
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def unpacked(projection: torch.nn.Module) -> torch.Tensor:
    """A projection's weights in bfloat16 (out, in): NF4 values as they are, plus the adapter's product."""
    base = projection.get_base_layer() if isinstance(projection, LoraLayer) else projection
    weight = base.weight
    if isinstance(base, bitsandbytes.nn.Linear4bit):
        weight = bitsandbytes.functional.dequantize_4bit(weight.data, weight.quant_state)
    full = weight.data.to(torch.float32)
    if isinstance(projection, LoraLayer):
        for name in projection.active_adapters:
            down, up = projection.lora_A[name].weight.float(), projection.lora_B[name].weight.float()
            full = full + projection.scaling[name] * (up @ down)
    return full.to(torch.bfloat16)


def _turn(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary places: x (rows, tokens, heads, size)."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], dim=-1) * sin


def _pack(weight: torch.Tensor) -> torch.Tensor:
    return torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), 16)


def _times(x: torch.Tensor, packed: torch.Tensor) -> torch.Tensor:
    return torch.ops.mkldnn._linear_pointwise(x, packed, None, "none", [], "")
