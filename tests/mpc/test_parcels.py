"""Machines are dealt out to blocks, and mail between blocks arrives as that of one block does."""

import numpy as np
import pytest
from engine_runs import same
from hypothesis import given, settings
from hypothesis import strategies as st

from logdepth.mpc import Packets, Protocol, Records, run_locally
from logdepth.mpc.dealing import CHUNKS, Deal
from logdepth.mpc.parcels import deliver, parcel_out
from logdepth.numerics.errors import UsageError


def deal_of(groups, blocks):
    protocol = Protocol("p", sum(groups), 9, (lambda memory, mail: (memory, {}),), dict(enumerate(groups)))
    return Deal.of(protocol, blocks)


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=4).filter(any), st.integers(1, 7))
def test_every_block_has_as_many_of_each_group_in_few_chunks(groups, blocks):
    block = deal_of(groups, blocks).block
    assert len(block) == sum(groups)
    for group in np.split(block, np.cumsum(groups)[:-1]):
        each = np.bincount(group, minlength=blocks)
        assert np.ptp(each) <= (1 if len(group) <= CHUNKS * blocks else CHUNKS)  # a machine of every chunk
        assert np.count_nonzero(np.diff(group.astype(int))) < CHUNKS * blocks


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=3),
    st.integers(1, 4),
    st.integers(0, 20000),
    st.sampled_from(["in any order", "senders in order", "receivers in order"]),
)
def test_mail_of_several_blocks_arrives_by_receiver_sender_and_order_of_sending(groups, blocks, count, how):
    """Packets in any order, and in rows that are long enough to be copied."""
    source, destination = np.random.default_rng(count).integers(0, sum(groups), (2, count))
    source = source if how == "in any order" else np.sort(source)
    destination = np.sort(destination) if how == "receivers in order" else destination
    word = np.arange(len(source))
    deal = deal_of(groups, blocks)
    sent = []
    for block in range(blocks):
        own = deal.block_of(source) == block
        sent.append(
            parcel_out(Packets(source[own], destination[own], {"word": word[own], "two": word[own, None]}), deal)
        )
    order = np.lexsort((source, destination))
    for block, parts in enumerate(map(list, zip(*sent, strict=True))):
        own = order[deal.block_of(destination[order]) == block]
        arrived = deliver(parts, deal)
        assert parts == []
        assert (arrived.source == source[own]).all()
        assert (arrived.destination == destination[own]).all()
        assert (arrived["word"] == word[own]).all() and (arrived["two"] == word[own, None]).all()


def test_much_mail_of_one_word_between_blocks_arrives_as_that_of_one_block():
    """So much that it is transposed by counting."""
    rng = np.random.default_rng(0)
    owner, to = np.sort(rng.integers(0, 9000, 2**18)), rng.integers(0, 9000, 2**18)

    def send(memory, mail):
        return {}, {"x": Packets(memory["x"].owner, memory["x"]["to"], {"word": memory["x"]["word"]})}

    def keep(memory, mail):
        return {"x": Records(mail["x"].destination, {"word": mail["x"]["word"], "by": mail["x"].source})}, {}

    protocol = Protocol("p", 9000, 9000, (send, keep), {"few": 70, "many": 8930})
    memory = {"x": Records(owner, {"to": to, "word": np.arange(2**18, dtype=np.int32)})}
    whole = run_locally(protocol, memory, digests=True)
    parted = run_locally(protocol, memory, blocks=2, digests=True)
    assert parted.traffic == whole.traffic
    assert same(parted.memory, whole.memory)


@pytest.mark.parametrize(
    ("groups", "wrong"),
    [
        ({"a": 3}, r"are all 4 machines together; got \{'a': 3\}"),
        ({"a": 3, "b": 2}, r"are all 4 machines together; got \{'a': 3, "),
        ({"a": 5, "b": -1}, "must be a whole number of at least 0; got -1"),
        ({"a": 4.0}, "must be a whole number of at least 0; got 4.0"),
        ({"a": "4"}, "must be a whole number of at least 0; got '4'"),
        (["a"], "are a dict, name -> machines; got a list"),
    ],
)
def test_groups_are_all_machines(groups, wrong):
    with pytest.raises(UsageError, match=rf"protocol 'p': group.* {wrong}"):
        Protocol("p", 4, 9, (lambda memory, mail: (memory, {}),), groups)
