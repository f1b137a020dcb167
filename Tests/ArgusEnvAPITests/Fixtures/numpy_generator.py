"""Records what numpy's Generator(PCG64(SeedSequence(seed))) draws, as golden values for NumpyGeneratorTests.

    python Tests/ArgusEnvAPITests/Fixtures/numpy_generator.py > Tests/ArgusEnvAPITests/Fixtures/numpy_generator.json

For each seed the calls are made one after the other on one generator, so the order of draws is tested as well.
64-bit values are written as decimal strings, doubles as the hexadecimal pattern of their bits.
"""

import json
import struct
import sys

import numpy as np

SEEDS = [0, 1, 2, 7, 12345, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**63, 2**64 - 1]


def calls(generator):
    def integers(low, high, count):
        # One call an element and one call for all take the same draws; both are used here.
        values = [int(generator.integers(low, high)) for _ in range(count)]
        values += [int(value) for value in generator.integers(low, high, size=count)]
        yield {"call": "integers", "low": str(low), "high": str(high), "values": [str(value) for value in values]}

    for low, high in [(0, 1), (0, 2), (0, 5), (-3, 4), (0, 1000), (0, 2**31 + 12345), (0, 2**32 - 1)]:
        yield from integers(low, high, 3)
    doubles = [float(generator.random()) for _ in range(3)]
    yield {"call": "random", "values": [struct.pack(">d", value).hex() for value in doubles]}
    for low, high in [(0, 7), (0, 2**32), (0, 2**32 + 1), (-(2**62), 2**62 + 2**60), (-(2**63), 2**63 - 1), (3, 9)]:
        yield from integers(low, high, 3)
    for population, count in [(1, 1), (5, 0), (4, 4), (32, 2), (110, 19), (464, 38), (20000, 3), (10001, 201)]:
        values = [int(value) for value in generator.choice(population, size=count, replace=False)]
        yield {"call": "choice", "population": population, "count": count, "values": values}
    for population, count in [(1, 2), (4, 5), (100, 7)]:
        values = [int(value) for value in generator.choice(population, size=count)]
        yield {"call": "choiceWithReplacement", "population": population, "count": count, "values": values}
    for count in [0, 1, 2, 9, 64]:
        yield {"call": "permutation", "count": count, "values": [int(value) for value in generator.permutation(count)]}
    letters = list("abcdefghijk")
    generator.shuffle(letters)
    yield {"call": "shuffle", "values": letters}
    yield from integers(0, 10, 3)


def main():
    golden = {"numpy": np.__version__, "seeds": []}
    for seed in SEEDS:
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
        golden["seeds"].append({"seed": str(seed), "calls": list(calls(generator))})
    json.dump(golden, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
