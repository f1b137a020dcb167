"""llama.cpp's server (package xllamacpp) on request, so that both sides can be timed in turn.

    llama_speed.py MODEL.gguf prompts|together|tokens

Each line on standard input is a count; the answer is the seconds that it takes with two threads to compute that many
prompts of 256 tokens one after another, or all at once in four slots, or to generate that many tokens after one.
"""

import concurrent.futures
import json
import random
import sys
import time
import urllib.request

import xllamacpp

model, task = sys.argv[1:]
parameters = xllamacpp.CommonParams()
parameters.model.path = model
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 2
parameters.n_parallel = 4 if task == "together" else 1
parameters.n_ctx = 512 * parameters.n_parallel
parameters.verbosity = 1  # errors
server = xllamacpp.Server(parameters)
generator = random.Random(1)


def complete(tokens):
    prompt = [generator.randrange(100, 40000) for _ in range(256)]
    question = {"prompt": prompt, "n_predict": tokens, "cache_prompt": False, "temperature": 0, "ignore_eos": True}
    request = urllib.request.Request(
        server.listening_address + "/completion", json.dumps(question).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["timings"]


complete(1)
print("ready", flush=True)
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for line in sys.stdin:
        count = int(line)
        begin = time.perf_counter()
        if task == "tokens":
            print(complete(count)["predicted_ms"] / 1000, flush=True)
            continue
        if task == "together":
            list(pool.map(complete, [1] * count))
        else:
            for _ in range(count):
                complete(1)
        print(time.perf_counter() - begin, flush=True)
