"""A histogram of durations with buckets that grow with the value.

A value of `n` bits, n > 8, falls into a bucket as wide as 2**(n - 8), so a percentile is wrong by
less than one part in 128 at any size, and one histogram holds nanoseconds to hours in 5,000
counters.  (The idea of HdrHistogram.)
"""

_PRECISION_BITS = 7
_MAX_BITS = 45
"""Nearly ten hours in nanoseconds; anything longer is counted in the last bucket."""
_SIZE = (_MAX_BITS - _PRECISION_BITS + 1) << _PRECISION_BITS


class Histogram:
    """Durations in nanoseconds."""

    __slots__ = ("_counts", "max", "total")

    def __init__(self) -> None:
        self._counts = [0] * _SIZE
        self.total = 0
        self.max = 0

    def record(self, value: int) -> None:
        """Count one duration in nanoseconds; a negative one counts as zero."""
        if value > self.max:
            self.max = value
        self.total += 1
        shift = value.bit_length() - 8
        if shift <= 0:
            self._counts[value if value > 0 else 0] += 1
        else:
            # The top bit of the mantissa is always set, so adding it counts as one octave.
            index = (shift << 7) + (value >> shift)
            self._counts[index if index < _SIZE else _SIZE - 1] += 1

    def add(self, other: "Histogram") -> None:
        """Count everything that `other` has counted."""
        self._counts = [a + b for a, b in zip(self._counts, other._counts, strict=True)]
        self.total += other.total
        self.max = max(self.max, other.max)

    def percentile(self, percent: float) -> int:
        """The upper end of the bucket that holds the percentile, in ns; 0 where nothing counts."""
        if not self.total:
            return 0
        rank = max(1, -(-self.total * percent // 100))
        seen = 0
        for index, count in enumerate(self._counts):
            seen += count
            if seen >= rank:
                return min(_upper_end(index), self.max)
        return self.max


def _upper_end(index: int) -> int:
    if index < 256:
        return index
    shift = (index >> _PRECISION_BITS) - 1
    mantissa = index - (shift << _PRECISION_BITS)
    return ((mantissa + 1) << shift) - 1
