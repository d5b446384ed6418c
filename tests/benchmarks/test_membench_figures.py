"""What we publish for parameter memory holds, on the beginning of one public history."""

from pathlib import Path

import pytest

from tests.benchmarks.membench import measure

STREAM = Path(__file__).parents[3] / "shared" / "bench" / "membench" / "stream" / "public" / "arrow.jsonl.gz"


@pytest.mark.skipif(not STREAM.is_file(), reason="needs ../shared, where the benchmark lies")
def test_a_beginning_is_filled_in_rightly_and_leaks_nothing() -> None:
    """mem_cross"""
    result, memory = measure(STREAM, limit=1500)
    assert result["leak_k3_per_1000"] == 0
    assert result["ece"] < 0.05
    fills = [one for one in memory.by_argument.values() if one.count >= 200]
    assert fills
    assert all(one.precision >= 0.93 for one in fills)
    assert max(memory.people_sizes()) <= 8 * 1024
