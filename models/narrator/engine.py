"""Runs a Llama model on the CPU: 4-bit weights unpacked once, adapter folded in, few large products a token.

bitsandbytes decodes every weight anew for every token on a CPU, and peft adds two small products to each: together
they took two thirds of the time of a token. apart.py decodes the NF4 values once to bfloat16, exactly, and adds the
adapter's product to them; queries, keys and values are one product, and so are gate and up. The weights lie in
oneDNN's blocked order, for which up to 16 tokens cost about as much as one: batches and speculation come nearly free.
Libraries choose other kernels, which round otherwise, for other sizes: _enough, _times and BLOCK keep to one of them.

A processor without products of bfloat16 (before AVX-512) gets the same weights as float32: twice the memory, and each
token of a batch has its price. The text of a machine stays its own to the byte; two kinds of machine may differ.
"""

import math
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch.nn.functional import rms_norm, scaled_dot_product_attention, silu

Part = dict[str, torch.Tensor]  # named tensors: what is outside of the layers, or one layer
TOGETHER = 16  # tokens of a text that may come at once or one by one, with the same result
FEWEST = 4  # queries of a key head: a product with fewer of them is another kernel, which rounds a few sums otherwise
# Attention sums over whole blocks of slots, so that a longer neighbour does not change a row's last bit. Of bfloat16
# they are as large as those that PyTorch sums at once: a smaller remainder goes through other kernels.
BLOCK = {torch.bfloat16: 512, torch.float32: 64}


def usual_precision() -> torch.dtype:
    """What this processor multiplies fast."""
    return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a Llama its tensors do not say."""

    layers: int
    heads: int
    key_heads: int  # each is shared by heads / key_heads query heads
    head_size: int
    norm_eps: float


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

    def cut(self, lengths: Sequence[int]) -> None:
        """Forgets what lies behind `lengths`, one a row."""
        self.lengths[:] = torch.tensor(lengths)

    def keep(self, rows: Sequence[int]) -> None:
        """Leaves out all rows but these, in rising order. Rows move up where they lie: a copy would double the peak."""
        used = int(self.lengths.max())
        for part in (self.keys, self.values):
            for to, row in enumerate(rows):
                if to != row:
                    part[:, to, :, :used] = part[:, row, :, :used]
        self.keys, self.values = self.keys[:, : len(rows)], self.values[:, : len(rows)]
        self.lengths = self.lengths[list(rows)]


@dataclass(frozen=True, slots=True)
class _Layer:
    before_attention: torch.Tensor
    into_attention: torch.Tensor
    out_of_attention: torch.Tensor
    before_mlp: torch.Tensor
    into_mlp: torch.Tensor
    out_of_mlp: torch.Tensor


class Engine:
    """A Llama in memory, with its adapter in its weights."""

    def __init__(self, shape: Shape, parts: Iterator[Part], precision: torch.dtype | None = None) -> None:
        """`parts` as apart.parts gives them: taken one by one, so that few stand in memory in both orders."""
        self._shape = shape
        self.precision = as_ = precision or usual_precision()
        outside = next(parts)
        self._embedding, self._norm = outside["embedding"], outside["norm"].to(as_)
        self._cos, self._sin = outside["cos"].to(as_), outside["sin"].to(as_)
        self._head = _pack(outside.get("head", self._embedding).to(as_))
        self._layers = [
            _Layer(
                part["before_attention"].to(as_),
                _pack(part["into_attention"].to(as_)),
                _pack(part["out_of_attention"].to(as_)),
                part["before_mlp"].to(as_),
                _pack(part["into_mlp"].to(as_)),
                _pack(part["out_of_mlp"].to(as_)),
            )
            for part in parts
        ]

    def cache(self, rows: int, slots: int) -> Cache:
        """Room for `slots` tokens of each of `rows` texts."""
        shape = (len(self._layers), rows, self._shape.key_heads, self._whole_blocks(slots), self._shape.head_size)
        keys, values = _untouched_zeros(shape, self.precision), _untouched_zeros(shape, self.precision)
        return Cache(keys, values, torch.zeros(rows, dtype=torch.long))

    def forward(self, ids: torch.Tensor, cache: Cache, last: int = 1) -> torch.Tensor:
        """Logits (rows, `last`, vocabulary) after the last tokens of `ids` (rows, tokens), which go into the cache.

        A row's logits do not depend on the other rows, nor on whether up to TOGETHER tokens come at once or one by one.
        """
        rows, count = ids.shape
        shape, eps = self._shape, self._shape.norm_eps
        places = cache.lengths[:, None] + torch.arange(count)
        cos, sin = self._cos[places][:, :, None], self._sin[places][:, :, None]
        masks = self._masks(places)
        each = torch.arange(rows)[:, None]
        hidden = self._embedding[ids].to(self.precision)
        for index, layer in enumerate(self._layers):
            keys, values = cache.keys[index], cache.values[index]
            normed = rms_norm(hidden, (hidden.shape[-1],), layer.before_attention, eps)
            split = _times(normed, layer.into_attention).view(rows, count, -1, shape.head_size)
            turned = _turn(split[:, :, : shape.heads + shape.key_heads], cos, sin)
            keys[each, :, places] = turned[:, :, shape.heads :]
            values[each, :, places] = split[:, :, shape.heads + shape.key_heads :]
            attended = self._attend(turned[:, :, : shape.heads], keys, values, masks)
            hidden = hidden + _times(attended, layer.out_of_attention)
            normed = rms_norm(hidden, (hidden.shape[-1],), layer.before_mlp, eps)
            gate, up = _times(normed, layer.into_mlp).chunk(2, dim=-1)
            hidden = hidden + _times(silu(gate) * up, layer.out_of_mlp)
        cache.lengths += count
        hidden = rms_norm(hidden[:, -last:], (hidden.shape[-1],), self._norm, eps)
        return _times(hidden, self._head)

    def _attend(
        self,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        masks: Sequence[tuple[slice, torch.Tensor]],
    ) -> torch.Tensor:
        """The query heads that share a key head stand as further queries of it, so no key is repeated.

        The last bit of a float32 product hangs on how many queries there are: that of a double is lost in rounding.
        """
        rows, count = queries.shape[:2]
        heads, key_heads, size = self._shape.heads, self._shape.key_heads, self._shape.head_size
        shared = heads // key_heads
        grouped = queries.view(rows, count, key_heads, shared, size).permute(0, 2, 3, 1, 4)
        flat = _enough(grouped.reshape(rows, key_heads, shared * count, size))
        finer = self.precision == torch.float32 and count <= TOGETHER
        attended = []
        for run, mask in masks:
            seen = slice(mask.shape[-1])
            parts = flat[run], keys[run, :, seen], values[run, :, seen], mask
            of_query, key, value, mask = (part.double() for part in parts) if finer else parts
            attended.append(scaled_dot_product_attention(of_query, key, value, attn_mask=mask)[:, :, : shared * count])
        out = torch.cat(attended).to(self.precision).view(rows, key_heads, shared, count, size)
        return out.permute(0, 3, 1, 2, 4).reshape(rows, count, heads * size)

    def _masks(self, places: torch.Tensor) -> list[tuple[slice, torch.Tensor]]:
        """Which slots each query sees, those of its row up to its own place: for runs of rows with as many blocks."""
        shared = self._shape.heads // self._shape.key_heads
        masks: list[tuple[slice, torch.Tensor]] = []
        for end, run in groupby(self._whole_blocks(place + 1) for place in places[:, -1].tolist()):
            first = masks[-1][0].stop if masks else 0
            rows = slice(first, first + len(list(run)))
            hidden = torch.arange(end) > places[rows, :, None]
            mask = torch.zeros(hidden.shape, dtype=self.precision).masked_fill(hidden, float("-inf"))
            masks.append((rows, _enough(mask.repeat(1, shared, 1)[:, None])))
        return masks

    def _whole_blocks(self, slots: int) -> int:
        block = BLOCK[self.precision]
        return -(-slots // block) * block


def _untouched_zeros(shape: tuple[int, ...], precision: torch.dtype) -> torch.Tensor:
    """Pages of the system's that take memory only once written: room for the longest text costs nothing till then."""
    pages = mmap.mmap(-1, math.prod(shape) * precision.itemsize)
    return torch.frombuffer(pages, dtype=precision).view(shape)


def _enough(queries: torch.Tensor) -> torch.Tensor:
    """What is there (rows, heads, queries, ...) for each query, more than once where they are too few."""
    again = -(-FEWEST // queries.shape[2])
    return queries if again == 1 else queries.repeat(1, 1, again, 1)


def _turn(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary places: x (rows, tokens, heads, size)."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], dim=-1) * sin


def _pack(weight: torch.Tensor) -> torch.Tensor:
    return torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), 16)


def _times(x: torch.Tensor, packed: torch.Tensor) -> torch.Tensor:
    if x.shape[:-1].numel() == 1:  # alone a token would go through another kernel, which rounds a few sums otherwise
        return _times(torch.cat([x, x]), packed)[:1]
    return torch.ops.mkldnn._linear_pointwise(x, packed, None, "none", [], "")
