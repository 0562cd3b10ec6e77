"""NumPy in double precision: emission from coal, rounded half up on the way and at the end.

`whole` works on whole arrays, in place wherever that saves a copy. `blocks` does the same on
blocks that stay in the cache, which takes more thought than most users give.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from peer import COLUMNS, serve, whole_array

records, threads, variant = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
BLOCK = 16_384

consumption, ncv, carbon_content, oxidation = (
    whole_array(index + 1, records) / 10.0**places
    for index, (_, places, _, _) in enumerate(COLUMNS)
)


def emission(rows, out):
    """Rounds by adding a half and cutting, which for these numbers is half up."""
    np.multiply(ncv[rows], carbon_content[rows], out=out)
    out *= 1e4
    out += 0.5
    np.floor(out, out=out)
    out *= consumption[rows]
    out *= oxidation[rows]
    # The scale of the carbon content, 44/12 and the scale of the result in one factor.
    out *= 44 / 12 / 1e4 * 100
    out += 0.5
    np.floor(out, out=out)
    out /= 100


def part(start, end):
    if variant == "whole":
        emission(slice(start, end), out[start:end])
        return
    for begin in range(start, end, BLOCK):
        stop = min(begin + BLOCK, end)
        emission(slice(begin, stop), out[begin:stop])


pool = ThreadPoolExecutor(threads)
ends = [records * index // threads for index in range(threads + 1)]


out = np.empty(records)


def once():
    # The loops of NumPy let other threads run.
    jobs = [pool.submit(part, start, end) for start, end in zip(ends, ends[1:])]
    for job in jobs:
        job.result()
    return out


serve(
    "numpy float64" if variant == "whole" else "numpy float64, in blocks",
    records,
    once,
    lambda count: np.rint(once()[:count] * 100),
)
