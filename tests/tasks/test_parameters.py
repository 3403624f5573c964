"""Parameters: names, ranges, remedies."""

import numpy as np
import pytest

from logdepth.numerics.errors import UsageError
from logdepth.tasks import KHop, make_task


def test_numbers_may_be_text_or_numpy():
    assert make_task("k-hop", {"n": "20", "k": np.int64(3), "alphabet": 2}) == KHop(n=20, k=3, alphabet="2")


@pytest.mark.parametrize("value", [0, -1, "0", "x", "", "1e3", "1.0", 1.5, None, True, 2**20 + 1, "9" * 40, "²", [1]])
def test_a_bad_number_is_refused_with_its_range(value):
    with pytest.raises(UsageError, match=r"k-hop: n must be a whole number from 1 to 1048576; got .* Change n\."):
        make_task("k-hop", {"n": value})


def test_the_constructor_checks_too():
    with pytest.raises(UsageError, match="k must be"):
        KHop(k=-1)


def test_unknown_names_get_the_nearest():
    with pytest.raises(UsageError, match=r"there is no task 'khop'\. Did you mean 'k-hop'"):
        make_task("khop")
    with pytest.raises(UsageError, match=r"k-hop has no parameter 'alphabets'\. Did you mean 'alphabet'"):
        make_task("k-hop", {"alphabets": "4"})
    with pytest.raises(UsageError, match=r"no parameter 'zzz'\. Known: alphabet, k, n"):
        make_task("k-hop", {"zzz": "4"})


def test_edges_have_a_default_that_grows_with_n():
    assert make_task("components").edges == 64 * 63 // 2
    assert make_task("components", {"n": 512}).edges == 64 * 512
    assert make_task("components", {"n": 1}).edges == 1
    assert make_task("components", {"n": 10, "edges": 7}).rows == 17


def test_a_task_is_a_value():
    assert make_task("k-hop") == KHop() and hash(make_task("k-hop")) == hash(KHop())
    with pytest.raises(AttributeError):
        KHop().n = 3


@pytest.mark.parametrize("n", [11, "11", np.int64(11)])
def test_a_flow_between_more_vertices_than_there_are_rows_for_is_refused_with_the_reason(n):
    with pytest.raises(
        UsageError, match=r"up to 10 vertices; got 11\. It has a row for each of 2\^\(n-1\) cuts\. .*P-complete"
    ):
        make_task("max-flow", {"n": n})
