"""Conversations as `apply_chat_template` of transformers renders them.

usage: chat_templates.py FILE   writes the JSON that is committed as Fixtures/chat-templates.json

The templates are those of SmolLM2 (as its GGUF file has it), of ChatML without a default, and of Llama 3.
"""
import json
import sys

from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

LOOP = (
    "{% for message in messages %}DEFAULT{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
DEFAULT = (
    "{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n" + SYSTEM + "<|im_end|>\n' }}{% endif %}"
)
TEMPLATES = {
    "smollm2": LOOP.replace("DEFAULT", DEFAULT),
    "chatml": LOOP.replace("DEFAULT", ""),
    "llama3": (
        "{% set loop_messages = messages %}{% for message in loop_messages %}"
        "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' %}"
        "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
    ),
}


def turn(role, content):
    return {"role": role, "content": content}


CONVERSATIONS = [
    [turn("user", "Hello")],
    [turn("system", "You are robot 1."), turn("user", "Where do you go?")],
    [turn("system", ""), turn("user", "")],
    [turn("user", "  spaces around \n\n"), turn("assistant", "\tyes\u00a0"), turn("user", "\x1f and more \u3000")],
    [turn("user", "a"), turn("system", "late"), turn("assistant", "b"), turn("user", "c")],
    [turn("user", "1\n2\n3 <|im_end|> <|eot_id|> {{ x }} {% if %}"), turn("assistant", "Größe 😀 {}")],
    [turn("assistant", "I begin"), turn("tool", "result: 3")],
]

cases = []
for name, template in TEMPLATES.items():
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), bos_token="<|begin_of_text|>")
    tokenizer.chat_template = template
    for messages in CONVERSATIONS:
        for adds in (False, True):
            text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=adds)
            cases.append({"template": name, "messages": messages, "adds": adds, "text": text})
with open(sys.argv[1], "w") as file:
    json.dump({"made by": "Reference/chat_templates.py, transformers 5.23.0", "templates": TEMPLATES, "cases": cases}, file, indent=1)
