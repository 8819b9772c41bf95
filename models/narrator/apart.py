"""Takes a quantized Llama and its adapter apart into the plain tensors that engine.py runs on."""

from collections.abc import Iterator
from pathlib import Path

import bitsandbytes
import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from transformers import PreTrainedModel

from models.narrator.base_model import load_base
from models.narrator.engine import Part, Shape


def load_model(base: Path, adapter: Path | None) -> PreTrainedModel | PeftModel:
    """The model as transformers, peft and bitsandbytes run it."""
    model = load_base(base, torch.device("cpu"))
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter, autocast_adapter_dtype=False, torch_device="cpu")
    return model.eval()


def shape_of(model: PreTrainedModel | PeftModel) -> Shape:
    config = model.config
    return Shape(
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        key_heads=config.num_key_value_heads,
        head_size=config.head_dim,
        norm_eps=config.rms_norm_eps,
    )


@torch.inference_mode()
def parts(model: PreTrainedModel | PeftModel) -> Iterator[Part]:
    """First what is outside of the layers, then each layer, in bfloat16. Takes the model apart as it goes."""
    inner = model.get_base_model() if isinstance(model, PeftModel) else model
    places = torch.arange(inner.config.max_position_embeddings)[None]
    embedding = inner.model.embed_tokens.weight.data.to(torch.bfloat16)
    cos, sin = inner.model.rotary_emb(embedding[:1], places)
    outside = {"embedding": embedding, "norm": inner.model.norm.weight.data, "cos": cos[0], "sin": sin[0]}
    if not inner.config.tie_word_embeddings:
        outside["head"] = inner.lm_head.weight.data.to(torch.bfloat16)
    yield outside
    for layer in inner.model.layers:
        attention, mlp = layer.self_attn, layer.mlp
        yield {
            "before_attention": layer.input_layernorm.weight.data,
            "into_attention": torch.cat([unpacked(p) for p in (attention.q_proj, attention.k_proj, attention.v_proj)]),
            "out_of_attention": unpacked(attention.o_proj),
            "before_mlp": layer.post_attention_layernorm.weight.data,
            "into_mlp": torch.cat([unpacked(mlp.gate_proj), unpacked(mlp.up_proj)]),
            "out_of_mlp": unpacked(mlp.down_proj),
        }
        layer.self_attn = layer.mlp = None


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
