"""What others compute with the SmolLM2 file.

usage: smollm2_reference.py transformers GGUF FOLDER   in FOLDER: tokens.json, and logits.bin with float32
                                                       [tokens, vocabulary], from the same dequantised weights
       smollm2_reference.py llama.cpp GGUF FOLDER      in FOLDER: llama.json, a list of {"prompt": tokens,
                                                       "top": [[token, log-probability], … ten]} for 200 positions
"""
import json
import pathlib
import sys

TEXT = """The warehouse has four robots. Each robot can carry one shelf at a time, and must bring it to the station at the
left border before the time runs out. Robot 1 says: "I will take shelf A3, you should wait at the crossing." Robot 2
answers: "All right, then I go north first." After seven steps 3 of 12 orders are done, which is 25 % of the work.

def distance(a, b):
    return abs(a.x - b.x) + abs(a.y - b.y)

A customer writes that her parcel has not arrived, and asks for her money back. The rules say that a refund is possible
within 30 days if the parcel is lost. What should the agent do next? First it should look up the order, then ask the
carrier where the parcel is, and only after that decide. In 1969 the first people walked on the Moon; they came back
safely to Earth after eight days. Water boils at 100 degrees Celsius at sea level, but on a high mountain it boils earlier.
"""


def reader(path):
    import gguf

    return gguf.GGUFReader(path)


def tokens(file):
    from tokenizers import Tokenizer, models, pre_tokenizers

    fields = file.fields
    vocabulary = {token: i for i, token in enumerate(fields["tokenizer.ggml.tokens"].contents())}
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    return tokenizer.encode(TEXT).ids


def transformers(path, folder):
    import gguf
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    file = reader(path)
    value = lambda key: file.fields["llama." + key].contents()
    heads, shared = value("attention.head_count"), value("attention.head_count_kv")
    config = LlamaConfig(
        vocab_size=value("vocab_size"), hidden_size=value("embedding_length"), intermediate_size=value("feed_forward_length"),
        num_hidden_layers=value("block_count"), num_attention_heads=heads, num_key_value_heads=shared,
        rms_norm_eps=value("attention.layer_norm_rms_epsilon"), max_position_embeddings=value("context_length"),
        rope_parameters=dict(rope_type="default", rope_theta=value("rope.freq_base")), tie_word_embeddings=True,
    )
    model = LlamaForCausalLM(config).eval()
    names = {
        "token_embd": "embed_tokens", "output_norm": "norm", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    }
    state = {}
    for tensor in file.tensors:
        parts = tensor.name.split(".")
        name = names[parts[-2]] + ".weight"
        data = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if parts[-2] in ("attn_q", "attn_k"):
            count = heads if parts[-2] == "attn_q" else shared
            data = data.reshape(count, data.shape[0] // count // 2, 2, -1).swapaxes(1, 2).reshape(data.shape)
        state["model." + (f"layers.{parts[1]}." if parts[0] == "blk" else "") + name] = torch.tensor(data)
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state)
    ids = tokens(file)[:48]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    (folder / "tokens.json").write_text(json.dumps(ids))
    (folder / "logits.bin").write_bytes(logits.float().numpy().tobytes())


def llama(path, folder):
    import xllamacpp

    ids = tokens(reader(path))[:201]
    parameters = xllamacpp.CommonParams()
    parameters.model.path = path
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.n_ctx = 1024
    parameters.n_parallel = 1
    server = xllamacpp.Server(parameters)
    positions = []
    for length in range(1, len(ids)):
        answer = server.handle_completions(
            {"prompt": ids[:length], "n_predict": 1, "n_probs": 10, "temperature": 0, "cache_prompt": True}
        )
        answer = answer if isinstance(answer, dict) else json.loads(answer)
        top = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        positions.append({"prompt": ids[:length], "top": [[entry["id"], entry["logprob"]] for entry in top]})
    (folder / "llama.json").write_text(json.dumps(positions))


{"transformers": transformers, "llama.cpp": llama}[sys.argv[1]](sys.argv[2], pathlib.Path(sys.argv[3]))
