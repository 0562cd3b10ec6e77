"""Python `decimal`: the same in exact decimals, with one division at the end.

It is slow, so that a round takes a part of the records. It has one thread: threads of Python do
not run at the same time.
"""

import sys
from decimal import ROUND_HALF_UP, Decimal, getcontext

from peer import COLUMNS, serve, whole_numbers

records = min(int(sys.argv[1]), 100_000)
getcontext().prec = 60

columns = [
    [Decimal(value).scaleb(-places) for value in whole_numbers(index + 1, records)]
    for index, (_, places, _, _) in enumerate(COLUMNS)
]
FOUR, TWO = Decimal("0.0001"), Decimal("0.01")
ELEVEN, THREE = Decimal(11), Decimal(3)


def emission(consumption, ncv, carbon_content, oxidation):
    carbon = (ncv * carbon_content).quantize(FOUR, ROUND_HALF_UP)
    return (consumption * carbon * oxidation * ELEVEN / THREE).quantize(TWO, ROUND_HALF_UP)


def once():
    return [emission(*row) for row in zip(*columns)]


serve(
    "python decimal, 1 thread",
    records,
    once,
    lambda count: (emission(*row) * 100 for row in list(zip(*columns))[:count]),
)
