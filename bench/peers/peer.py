"""What all peers share: the same records as tanheng draws, and rounds on order.

A peer is started with the number of records, the number of threads and a variant. It prints
{"ready": NAME}, then answers each line on standard input: "round" with how long one round took,
"sample N" with the first N results in units of the last place.
"""

import json
import sys
import time

# name, places, lowest and highest value in units of the last place; as in
# crates/server/src/cli/bench/accounting.rs
COLUMNS = [
    ("consumption", 2, 100_000, 50_000_000),
    ("ncv", 3, 15_000, 30_000),
    ("carbon_content", 5, 2_000, 3_100),
    ("oxidation", 2, 90, 100),
]

_WORD = (1 << 64) - 1


def draw(column, index):
    """Number `index` of a column (SplitMix64)."""
    mixed = ((column << 32) + (index + 1) * 0x9E3779B97F4A7C15) & _WORD
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
    return mixed ^ (mixed >> 31)


def whole_numbers(column, records):
    """A column in units of its last place, as a list."""
    _, _, low, high = COLUMNS[column - 1]
    return [low + draw(column, index) % (high - low + 1) for index in range(records)]


def whole_array(column, records):
    """A column in units of its last place, as an array."""
    import numpy as np

    _, _, low, high = COLUMNS[column - 1]
    mixed = np.arange(1, records + 1, dtype=np.uint64)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    mixed += np.uint64(column << 32)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return (mixed % np.uint64(high - low + 1)).astype(np.int64) + low


def serve(name, records, once, sample):
    """Answers orders: `once()` does a round, `sample(n)` gives the first results."""
    print(json.dumps({"ready": name}), flush=True)
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "round":
            begun = time.perf_counter_ns()
            once()
            took = time.perf_counter_ns() - begun
            answer = {"records": records, "nanoseconds": took}
        else:
            answer = {"results": [int(value) for value in sample(int(rest[0]))]}
        print(json.dumps(answer), flush=True)
