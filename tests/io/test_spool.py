"""Rows in a file are what they are in memory."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.errors import StoreError
from syndicate.io.spool import RowWriter

ROWS = [[*range(n, 2 * n)] for n in (3, 0, 50, 1, 0, 7, 400, 2, 5)]


def written(path):
    writer = RowWriter(np.uint16, path)
    for row in ROWS:
        writer.append(np.array(row, np.uint16), np.array([0, len(row)]))
    return writer.finish()


@given(st.lists(st.integers(0, len(ROWS) - 1)))
def test_any_rows_are_fetched(tmp_path_factory, chosen):
    path = tmp_path_factory.getbasetemp() / "rows.bin"
    wanted = [ROWS[n] for n in chosen]
    for rows in (written(path), written(None)):
        numbers = np.array(chosen, np.int64)
        assert [row.tolist() for row in rows.take(numbers)] == wanted
        items, bounds = rows.gather(numbers)
        assert items.tolist() == list(chain.from_iterable(wanted))
        assert np.diff(bounds).tolist() == [len(row) for row in wanted]
        held, begun = rows.at_hand(numbers)
        for row, start in zip(wanted, begun.tolist(), strict=True):
            assert held[start : start + len(row)].tolist() == row


def test_a_file_that_lost_its_end_or_is_gone_is_named(tmp_path):
    path = tmp_path / "rows.bin"
    rows = written(path)
    path.write_bytes(path.read_bytes()[:-1])
    first, last = np.array([0]), np.array([0, len(ROWS) - 1])
    assert rows.take(first)[0].tolist() == ROWS[0]
    for fetch in (lambda: rows.take(last), rows.loaded, lambda: rows.span(0, len(ROWS))):
        with pytest.raises(StoreError, match=r"rows\.bin is shorter than when it was written"):
            fetch()
    path.unlink()
    with pytest.raises(StoreError, match=r"cannot read .*rows\.bin"):
        rows.take(first)
