"""What is made of the next item while the last is in use comes in order, whatever fails."""

import os
import threading

import pytest

from syndicate.errors import StoreError
from syndicate.index.ahead import one_ahead


def taken_from(items, taken):
    for item in items:
        taken.append(item)
        yield item


@pytest.mark.parametrize("count", range(5))
def test_in_order(count):
    assert list(one_ahead(range(1, count + 1), lambda n: n * n)) == [
        n * n for n in range(1, count + 1)
    ]


def test_the_next_is_made_while_the_last_is_in_use():
    begun = threading.Event()

    def work(number):
        if number == 2:
            begun.set()
        return number

    made = one_ahead([1, 2, 3], work)
    assert next(made) == 1
    assert begun.wait(10)
    assert list(made) == [2, 3]


def test_one_more_is_taken_than_is_given():
    taken = []
    made = one_ahead(taken_from([1, 2, 3, 4], taken), abs)
    assert not taken
    assert next(made) == 1
    assert taken == [1, 2]
    made.close()
    assert taken == [1, 2]


def test_an_item_alone_needs_no_thread():
    assert list(one_ahead([1], lambda _: threading.current_thread())) == [
        threading.current_thread()
    ]


def test_nothing_is_taken_beyond_a_gap_before_what_is_before_it_was_used():
    taken, used = [], []
    for number in one_ahead(taken_from([1, 2, None, 3, None, None, 4], taken), abs):
        used.append(number)
        beyond = {1: 2, 2: 3, 3: 5, 4: 7}[number]
        assert len(taken) == beyond, number
    assert used == [1, 2, 3, 4]


@pytest.mark.parametrize("fails", range(1, 4))
def test_what_cannot_be_taken_is_told_after_those_before(fails):
    def items():
        for number in range(1, 4):
            if number == fails:
                raise LookupError(number)
            yield number

    used = []
    with pytest.raises(LookupError):
        used.extend(one_ahead(items(), abs))
    assert used == list(range(1, fails))


@pytest.mark.parametrize("fails", range(1, 4))
def test_what_cannot_be_made_is_told_after_those_before(fails):
    used = []
    with pytest.raises(ZeroDivisionError):
        used.extend(one_ahead(range(1, 4), lambda n: n + 0 // (n - fails)))
    assert used == list(range(1, fails))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_is_told_that_it_cannot_go_on():
    begun, goes_on = threading.Event(), threading.Event()

    def work(number):
        if number == 2:
            begun.set()
            assert goes_on.wait(10)
        return number

    made = one_ahead([1, 2, 3], work)
    assert next(made) == 1
    assert begun.wait(10)
    child = os.fork()
    if not child:
        try:
            next(made)
        except StoreError as error:
            os._exit("begin anew" in str(error))
        os._exit(2)
    goes_on.set()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert list(made) == [2, 3]
