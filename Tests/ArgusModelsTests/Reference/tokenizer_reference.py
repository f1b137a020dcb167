"""Writes tokenizers and what the package `tokenizers` makes of a corpus with them.

usage: tokenizer_reference.py FOLDER STRINGS SEED [GGUF]

In FOLDER, for each kind NAME: NAME.json (the tokenizer) and NAME.jsonl, a line for each string:
{"text": …, "ids": tokens, "plain": tokens with special ones as plain text, "decoded": …}
The kinds are trained here on a part of the corpus, one for each pre-tokenizer; with GGUF also the one of that file.
"""
import json
import pathlib
import random
import sys
import unicodedata

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

MODERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|im", "<|im_start|>system"]


def byte_level(use_regex):
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=use_regex)


def split(pattern):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), byte_level(False)])


SMOLLM = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level(True)])
KINDS = {
    "gpt2": (byte_level(True), None, False),
    "smollm": (SMOLLM, None, False),
    "llama3": (split(MODERN % r"\p{N}{1,3}"), None, True),
    "qwen": (split(MODERN % r"\p{N}"), normalizers.NFC(), False),
}

# Characters that were assigned in Unicode 3.2: later ones may be newer than a table of either side.
ASSIGNED = [
    chr(code)
    for code in range(sys.maxunicode + 1)
    if unicodedata.ucd_3_2_0.category(chr(code)) not in ("Cn", "Cs", "Co")
]
WORDS = """the robot moves to shelf A3 and picks up an item don't I'll we've THEY'RE it's can't 'S 'Ll
Übergröße naïve façade Ångström cafe\u0301 e\u0301a\u0308 Ω\u0345 привет мир как дела שלום עולם مرحبا بالعالم नमस्ते दुनिया
你好世界 こんにちは カタカナ ｶﾞ 안녕하세요 각 สวัสดี 😀 👩‍👩‍👧 🇩🇪 ½ Ⅷ ² ٣٤ 一二三 ſ 'ſ 'K ﬁ ﬀ ǅ ª""".split()
CODE = [
    "def f(x):\n    return x ** 2\n\n\n", "for (int i = 0; i < n; ++i) { a[i] += b[i]; }\n", "\tif err != nil {\r\n\t\treturn\r\n",
    '{"action": 3, "p": [0.25, -1e-10]}', "x=1;y=22;z=333;w=4444;v=55555", "https://example.org/a?b=c&d=%20#e", "#include <vector>",
    "α→β ∀x∈ℝ: x²≥0", "//////////", "----==== ~~~", "___init___", "$$$ 1,234,567.89 €", "<|im_start|", "<|im_end|><|im_end|>",
]
SPACES = [" ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", " \n ", "\n  \n", "\u00a0", "\u2003", "\u3000", "\u2028", "\x0b", "\x85", "        "]


def text(generator):
    parts = []
    for _ in range(generator.randint(1, 12)):
        kind = generator.random()
        if kind < 0.35:
            parts.append(generator.choice(WORDS))
        elif kind < 0.60:
            parts.append(generator.choice(SPACES))
        elif kind < 0.68:
            parts.append(generator.choice(CODE))
        elif kind < 0.75:
            parts.append(str(generator.getrandbits(generator.choice([3, 10, 20, 60]))))
        elif kind < 0.82:
            parts.append(generator.choice(SPECIAL))
        elif kind < 0.90:
            parts.append("".join(generator.choice(ASSIGNED) for _ in range(generator.randint(1, 6))))
        elif kind < 0.96:
            parts.append("".join(chr(generator.randint(0, 0x7F)) for _ in range(generator.randint(1, 10))))
        else:
            # Letters with combining marks in any order.
            marks = "\u0300\u0301\u0308\u0323\u0345\u0327\u05b0\u3099"
            parts.append(generator.choice("aeoAEO한가か") + "".join(generator.choice(marks) for _ in range(3)))
    if generator.random() < 0.01:
        parts.append(generator.choice(["a", "ab", " ", "1", "\n", "😀"]) * generator.randint(100, 3000))
    return "".join(parts)


def trained(kind, corpus):
    pre_tokenizer, normalizer, ignore_merges = KINDS[kind]
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    trainer = trainers.BpeTrainer(
        vocab_size=2000,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    # One that is not special, cut out after normalisation.
    tokenizer.add_tokens([AddedToken("caf\u00e9", normalized=True), AddedToken("robot moves", normalized=False)])
    if kind == "llama3":
        start = tokenizer.token_to_id("<|endoftext|>")
        tokenizer.post_processor = processors.Sequence(
            [
                processors.ByteLevel(trim_offsets=False),
                processors.TemplateProcessing(single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", start)]),
            ]
        )
    return tokenizer


def from_gguf(path):
    from gguf import GGUFReader

    fields = GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = SMOLLM
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([token for token, type in zip(tokens, types) if type == 3])
    return tokenizer


def main():
    folder, strings, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    generator = random.Random(seed)
    corpus = [text(generator) for _ in range(strings)]
    kinds = {kind: trained(kind, corpus[:2000]) for kind in KINDS}
    if len(sys.argv) > 4:
        kinds["file"] = from_gguf(sys.argv[4])
    for kind, tokenizer in kinds.items():
        tokenizer.save(str(folder / f"{kind}.json"))
        encoded = [e.ids for e in tokenizer.encode_batch(corpus)]
        decoded = tokenizer.decode_batch(encoded, skip_special_tokens=False)
        tokenizer.encode_special_tokens = True
        plain = [e.ids for e in tokenizer.encode_batch(corpus, add_special_tokens=False)]
        with open(folder / f"{kind}.jsonl", "w") as output:
            for line in zip(corpus, encoded, plain, decoded):
                output.write(json.dumps(dict(zip(("text", "ids", "plain", "decoded"), line))) + "\n")


main()
