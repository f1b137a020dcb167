"""A language model small enough to compute by hand, as the files of a Hugging Face folder: tokens are bytes, and attention
and feed-forward layers give nothing, so that each token's logits depend on the one before it alone.
"""

import json
import math
import struct

import numpy

START, END = 256, 257
VOCABULARY, HIDDEN = 258, 264
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


class BigramModel:
    """`says` is what it answers most probably; it may have no character twice."""

    def __init__(self, says="Action: 0", seed=0):
        self.logits = numpy.random.default_rng(seed).normal(size=(VOCABULARY, VOCABULARY)).astype(numpy.float32)
        # A reply begins after a line's end.
        chain = [ord("\n"), *says.encode(), END]
        for before, token in zip(chain, chain[1:]):
            self.logits[before, token] += 12

    def log_probability(self, before, token, among=None, temperature=1):
        """Of a token after another one, where all tokens or those of a set may follow."""
        row = self.logits[before].astype(float) / temperature
        return row[token] - math.log(sum(math.exp(row[other]) for other in (range(VOCABULARY) if among is None else among)))

    def write(self, folder):
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({
            "model_type": "llama", "vocab_size": VOCABULARY, "hidden_size": HIDDEN, "intermediate_size": 8,
            "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 1, "hidden_act": "silu",
            "tie_word_embeddings": False, "max_position_embeddings": 4096, "eos_token_id": END}))
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer()))
        (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": TEMPLATE}))
        layer, size = "model.layers.0", HIDDEN // 4
        ones, zeros = numpy.ones(HIDDEN), numpy.zeros
        # The norm of one entry of 10 makes it the root of the size.
        save(folder / "model.safetensors", {
            "model.embed_tokens.weight": 10 * numpy.eye(VOCABULARY, HIDDEN), "model.norm.weight": ones,
            "lm_head.weight": numpy.pad(self.logits.T / math.sqrt(HIDDEN), ((0, 0), (0, HIDDEN - VOCABULARY))),
            f"{layer}.input_layernorm.weight": ones, f"{layer}.post_attention_layernorm.weight": ones,
            f"{layer}.self_attn.q_proj.weight": zeros((HIDDEN, HIDDEN)),
            f"{layer}.self_attn.k_proj.weight": zeros((size, HIDDEN)),
            f"{layer}.self_attn.v_proj.weight": zeros((size, HIDDEN)),
            f"{layer}.self_attn.o_proj.weight": zeros((HIDDEN, HIDDEN)),
            f"{layer}.mlp.gate_proj.weight": zeros((8, HIDDEN)), f"{layer}.mlp.up_proj.weight": zeros((8, HIDDEN)),
            f"{layer}.mlp.down_proj.weight": zeros((HIDDEN, 8)),
        })
        return folder


def tokenizer():
    """A token for each byte, written in the byte-level alphabet, and two special ones."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {byte: chr(byte) for byte in printable} | {byte: chr(256 + index) for index, byte in enumerate(others)}
    added = [
        {"id": number, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True} for number, content in [(START, "<|im_start|>"), (END, "<|im_end|>")]]
    return {
        "added_tokens": added, "normalizer": None, "post_processor": None, "decoder": {"type": "ByteLevel"},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
        "model": {"type": "BPE", "vocab": {letters[byte]: byte for byte in range(256)}, "merges": []}}


def save(path, tensors):
    """As safetensors: the header's length, the header, the numbers."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        content = tensor.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
