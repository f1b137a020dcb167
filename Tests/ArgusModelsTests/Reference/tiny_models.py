"""Tiny models of each shape with weights from a formula, so that files hold the answers alone.

usage: tiny_models.py golden FILE      the answers of transformers for every shape, as JSON
       tiny_models.py folders FOLDER   the same models as transformers and gguf write them, in several element types,
                                       each with answers of its own: FOLDER/NAME/{model files, answers.json}

Needs torch, transformers and gguf. The committed Fixtures/tiny-models.json is `tiny_models.py golden`.
"""
import json
import pathlib
import sys

import numpy
import torch
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

COMMON = dict(vocab_size=96, hidden_size=64, intermediate_size=96, num_hidden_layers=2, max_position_embeddings=512)
LLAMA3_ROPE = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64,
    rope_theta=10000.0,
)
SHAPES = {
    "llama": (LlamaForCausalLM, LlamaConfig, dict(num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=True)),
    "llama-untied-biased": (
        LlamaForCausalLM, LlamaConfig,
        dict(num_attention_heads=4, num_key_value_heads=4, tie_word_embeddings=False, attention_bias=True, mlp_bias=True,
             rms_norm_eps=1e-5, rope_parameters=dict(rope_type="default", rope_theta=100000.0)),
    ),
    "llama-llama3": (LlamaForCausalLM, LlamaConfig, dict(num_attention_heads=2, num_key_value_heads=1, rope_parameters=LLAMA3_ROPE)),
    "llama-linear": (
        LlamaForCausalLM, LlamaConfig,
        dict(num_attention_heads=4, num_key_value_heads=2, rope_parameters=dict(rope_type="linear", factor=4.0, rope_theta=10000.0)),
    ),
    "qwen2": (
        Qwen2ForCausalLM, Qwen2Config,
        dict(num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=1e6)),
    ),
    "qwen3": (
        Qwen3ForCausalLM, Qwen3Config,
        dict(num_attention_heads=4, num_key_value_heads=2, head_dim=32, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=1e6)),
    ),
}
TOKENS = [(7 * i * i + 3 * i + 1) % 96 for i in range(100)]


def formula(count, seed):
    """Uniform in [-0.5, 0.5): the high 24 bits of a linear congruence of the index, mixed once."""
    index = numpy.arange(count, dtype=numpy.uint64) + numpy.uint64(seed * 1000003)
    mixed = (index * numpy.uint64(0x9E3779B97F4A7C15)) & numpy.uint64(0xFFFFFFFFFFFFFFFF)
    mixed ^= mixed >> numpy.uint64(29)
    mixed *= numpy.uint64(0xBF58476D1CE4E5B9)
    return ((mixed >> numpy.uint64(40)).astype(numpy.float64) / 2**24 - 0.5).astype(numpy.float32)


def build(name):
    kind, configuration, settings = SHAPES[name]
    model = kind(configuration(**{**COMMON, **settings})).eval()
    names = []
    with torch.no_grad():
        for number, (key, parameter) in enumerate(sorted(model.named_parameters())):
            values = torch.from_numpy(formula(parameter.numel(), number + 1)).reshape(parameter.shape)
            # Norms are about one; everything else is large enough for clear differences between tokens.
            parameter.copy_(1 + 0.5 * values if "norm" in key else 0.6 * values)
            names.append((key, list(parameter.shape)))
    return model, names


def answer(model):
    with torch.no_grad():
        logits = model(torch.tensor([TOKENS])).logits[0]
    # Some positions suffice, among them late ones, where rotary scaling shows.
    return {str(i): [round(float(x), 5) for x in logits[i].double()] for i in (0, 1, 2, 30, 63, 64, 65, 99)}


def golden(path):
    shapes = {}
    for name in SHAPES:
        model, names = build(name)
        shapes[name] = {"config": json.loads(model.config.to_json_string()), "weights": names, "logits": answer(model)}
    path.write_text(json.dumps({"made by": "Reference/tiny_models.py golden, transformers 5.23.0", "tokens": TOKENS, "shapes": shapes}))


def permuted(weight, heads):
    """Rows in the order in which llama.cpp turns them."""
    rows = weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:])
    return rows.swapaxes(1, 2).reshape(weight.shape)


GGUF_NAMES = {
    "embed_tokens": "token_embd", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "norm": "output_norm", "lm_head": "output",
}


def write_gguf(model, family, path, quantisation):
    """Writes the file, and puts into `model` what the file's weights are after quantisation."""
    import gguf

    config = model.config
    writer = gguf.GGUFWriter(str(path), family)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    rope = config.rope_parameters
    writer.add_rope_freq_base(rope["rope_theta"])
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_key_length(head)
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    if rope["rope_type"] == "llama3":
        plain = 1.0 / rope["rope_theta"] ** (numpy.arange(0, head, 2, dtype=numpy.float64) / head)
        scaled = model.model.rotary_emb.inv_freq.double().numpy()
        writer.add_tensor("rope_freqs.weight", (plain / scaled).astype(numpy.float32))
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            parts = key.removeprefix("model.").split(".")
            suffix, layer = parts[-1], None
            if parts[0] == "layers":
                layer, parts = parts[1], parts[2:]
            name = GGUF_NAMES[".".join(parts[:-1])]
            name = f"blk.{layer}.{name}.{suffix}" if layer else f"{name}.{suffix}"
            data = parameter.numpy().copy()
            turns = family == "llama" and name.split(".")[-2] in ("attn_q", "attn_k")
            heads = config.num_attention_heads if "attn_q" in name else config.num_key_value_heads
            kind = gguf.GGMLQuantizationType.F32 if data.ndim == 1 else quantisation
            stored = gguf.quants.quantize(permuted(data, heads) if turns else data, kind)
            writer.add_tensor(name, stored, raw_dtype=kind)
            # Rows are quantised each for itself: permuting does not change them.
            parameter.copy_(torch.from_numpy(gguf.quants.dequantize(gguf.quants.quantize(data, kind), kind).reshape(data.shape)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def folders(root):
    import gguf

    def finish(folder, model):
        (folder / "answers.json").write_text(json.dumps({"tokens": TOKENS, "logits": answer(model)}))

    for name in SHAPES:
        for kind, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16), ("float16", torch.float16)):
            model, _ = build(name)
            model = model.to(dtype)
            folder = root / f"{name}-{kind}"
            # Shards of 40 kB: several of them.
            model.save_pretrained(folder, max_shard_size=40_000 if kind == "bfloat16" else "5GB")
            # Read back: `model` has its table of frequencies rounded too.
            finish(folder, SHAPES[name][0].from_pretrained(folder, dtype=torch.float32).eval())
        for quantisation in ("F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1"):
            model, _ = build(name)
            folder = root / f"{name}-gguf-{quantisation}"
            folder.mkdir()
            write_gguf(model, name.split("-")[0], folder / "model.gguf", getattr(gguf.GGMLQuantizationType, quantisation))
            finish(folder, model)


if __name__ == "__main__":
    {"golden": golden, "folders": folders}[sys.argv[1]](pathlib.Path(sys.argv[2]))
