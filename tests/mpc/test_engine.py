"""The local engine keeps to the model: budgets, delivery, local steps."""

import re

import numpy as np
import pytest
from engine_steps import BUDGETS, MISTAKES, fail, held, hold, less, scattered, send, shift
from hypothesis import given
from hypothesis import strategies as st

from logdepth.mpc import (
    BudgetExceeded,
    Loop,
    Packets,
    Protocol,
    ProtocolError,
    Records,
    Routine,
    local,
    run_locally,
    together,
)
from logdepth.numerics.errors import UsageError


def prefix_sums(machines, memory=8):
    """Prefix sums by doubling: in round r machine i tells its sum to machine i + 2^(r-1)."""

    def tell(distance):
        def step(memory, mail):
            sums = added(memory, mail)["sums"]
            there = sums.owner + distance < machines
            told = Packets(sums.owner[there], sums.owner[there] + distance, {"sum": sums["sum"][there]})
            return {"sums": sums}, {"told": told}

        return step

    def added(memory, mail):
        sums = memory["sums"]
        if not mail:
            return memory
        heard = np.searchsorted(sums.owner, mail["told"].destination)
        total = sums["sum"].copy()
        total[heard] += mail["told"]["sum"]
        return {"sums": Records(sums.owner, {"sum": total})}

    distances = [2**r for r in range((machines - 1).bit_length())]
    return Protocol(
        "prefix sums", machines, memory, (*map(tell, distances), lambda held, mail: (added(held, mail), {}))
    )


@pytest.mark.parametrize("machines", [1, 2, 3, 8, 100])
def test_prefix_sums_by_doubling_take_log_n_rounds(machines):
    numbers = np.arange(machines) ** 2
    run = run_locally(prefix_sums(machines), {"sums": Records(np.arange(machines), {"sum": numbers})})
    assert np.array_equal(run.memory["sums"]["sum"], np.cumsum(numbers))
    assert run.rounds == (machines - 1).bit_length()
    assert run.total == sum(machines - 2**r for r in range(run.rounds))
    assert run.most_sent == run.most_received == min(1, run.rounds)


# --- delivery ---

TRAFFIC = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=40)


@given(TRAFFIC)
def test_mail_is_found_by_destination_then_source_then_order_of_sending(traffic):
    found = []

    def read(memory, mail):
        found.extend(zip(mail["x"].destination, mail["x"].source, mail["x"]["word"], strict=True))
        return memory, {}

    source, destination = [s for s, _ in traffic], [d for _, d in traffic]
    run_locally(Protocol("mail", 6, 100, (send(source, destination), read)), {})
    sent = [(d, s, number) for number, (s, d) in enumerate(traffic)]
    assert found == sorted(sent)


def test_records_are_found_by_owner_then_as_they_were():
    found = []

    def look(memory, mail):
        found.append(memory["x"]["word"].tolist())
        return memory, {}

    run = run_locally(Protocol("records", 3, 9, (look,)), held([2, 0, 2, 1], word=[1, 2, 3, 4]))
    assert found == [[2, 4, 1, 3]]
    assert run.memory["x"].owner.tolist() == [0, 1, 2, 2]


# --- steps are local ---


def everything(protocol, memory, blocks):
    """All that the machines hold in the end and send in every round, as they find it."""
    rounds = []

    def watch(number, of, mail):
        packets = mail["x"].deliver()
        rounds.append((packets.source.tolist(), packets.destination.tolist(), packets["word"].tolist()))

    run = run_locally(protocol, memory, watch, blocks, digests=True)
    return rounds, run.traffic, {kind: (r.owner.tolist(), r["word"].tolist()) for kind, r in run.memory.items()}


@given(st.integers(0, 1000), st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99)), max_size=30))
def test_a_local_protocol_runs_the_same_in_any_number_of_blocks_to_the_digest_of_a_round(seed, records):
    memory = held([owner for owner, _ in records], word=np.array([word for _, word in records], dtype=np.int64))
    whole = everything(scattered(seed), memory, blocks=1)
    for blocks in (2, 3, 4, 7, 11):
        assert everything(scattered(seed), memory, blocks) == whole


def test_blocks_show_that_a_step_is_not_local():
    def count(memory, mail):
        return {"x": Records(memory["x"].owner, {"word": memory["x"]["word"] * 0 + len(memory["x"])})}, {}

    counts = [
        run_locally(Protocol("count", 4, 9, (count,)), held(range(4), word=range(4)), blocks=blocks).memory["x"]["word"]
        for blocks in (1, 2)
    ]
    assert not np.array_equal(*counts)


@pytest.mark.parametrize(
    ("fields", "kinds", "wrong"),
    [("yz", "xx", "other fields of 'x' for some machines than for others"), ("yy", "xz", "'x' for some machines only")],
)
def test_blocks_that_return_different_kinds_or_fields_are_refused(fields, kinds, wrong):
    def step(memory, mail):
        owner = memory["x"].owner
        return {kinds[owner[0]]: Records(owner, {fields[owner[0]]: owner})}, {}

    with pytest.raises(ProtocolError, match=f"'p': the step after round 0 returns {wrong}"):
        run_locally(Protocol("p", 2, 9, (step,)), held([0, 1], word=[0, 1]), blocks=2)


# --- budgets ---


@pytest.mark.parametrize("case", BUDGETS)
def test_a_budget_is_kept_to_the_word(case):
    steps, message = BUDGETS[case]
    run_locally(Protocol("p", 4, 8, steps), {})
    with pytest.raises(BudgetExceeded) as caught:
        run_locally(Protocol("p", 4, 7, steps), {})
    assert str(caught.value).startswith(f"protocol 'p': {message}; its memory is 7 words. Raise memory")
    assert (caught.value.words, caught.value.memory) == (8, 7)


@pytest.mark.parametrize("blocks", [1, 2, 3, 5])
@pytest.mark.parametrize(("words", "guilty"), [([8, 0, 9, 9, 12], 5), ([0, 12, 9, 8, 12], 2), ([12, 0, 0, 0, 0], 1)])
def test_of_machines_that_all_break_a_budget_the_one_that_does_most_is_named(words, guilty, blocks):
    """Of several such the first; in any number of blocks."""
    owner = np.repeat(np.arange(5), words)

    with pytest.raises(BudgetExceeded) as caught:
        run_locally(Protocol("p", 5, 7, (hold,)), held(owner, word=owner), blocks=blocks)
    assert (caught.value.machine, caught.value.words) == (guilty, max(words))


def test_the_input_has_to_fit_too():
    with pytest.raises(BudgetExceeded, match="machine 2 holds 2 words of the input; its memory is 1 words") as caught:
        run_locally(Protocol("p", 2, 1, (hold,)), held([1, 1], x=[0, 0]))
    assert (caught.value.machine, caught.value.round) == (2, 0)


def test_who_sends_too_much_can_be_watched():
    seen = []
    with pytest.raises(BudgetExceeded):
        run_locally(
            Protocol("p", 3, 1, (send([0, 1], [2, 2]), hold)), {}, lambda number, rounds, mail: seen.append(mail)
        )
    assert seen[0]["x"].source.tolist() == [0, 1]


# --- steps that do what they may not ---


@pytest.mark.parametrize("case", MISTAKES)
@pytest.mark.parametrize("blocks", [1, 3])
def test_a_step_that_does_what_it_may_not_is_named(case, blocks):
    step, message = MISTAKES[case]
    with pytest.raises(ProtocolError, match=f"^protocol 'p': the step of round 2 .*{message}"):
        run_locally(Protocol("p", 4, 9, (hold, step, hold)), {}, blocks=blocks)


@pytest.mark.parametrize(
    ("error", "said"), [(SystemExit(3), "raises SystemExit: 3."), (UsageError("no. Do."), "raises UsageError: no. Do.")]
)
def test_a_step_that_ends_the_process_or_ends_in_a_full_stop_is_an_error_like_any_other(error, said):
    def fail(memory, mail):
        raise error

    with pytest.raises(ProtocolError) as caught:
        run_locally(Protocol("p", 4, 9, (fail, hold)), {})
    assert str(caught.value) == f"protocol 'p': the step of round 1 {said}"


def test_the_cause_of_a_failure_is_kept():
    with pytest.raises(ProtocolError) as caught:
        run_locally(Protocol("p", 4, 9, (fail, hold)), {})
    assert isinstance(caught.value.__cause__, KeyError)


def test_nothing_may_be_sent_in_the_last_step():
    with pytest.raises(ProtocolError, match="the step after round 1 sends 'x', but it is the last"):
        run_locally(Protocol("p", 4, 9, (hold, send([0], [1]))), {})
    assert run_locally(Protocol("p", 4, 9, (hold, send([], []))), {}).rounds == 1


NO_COUNTS = [0, -1, 2.5, 3.0, "3", True, None, np.float64(2)]


@pytest.mark.parametrize("count", NO_COUNTS, ids=repr)
def test_machines_memory_and_blocks_are_whole_numbers_of_at_least_one(count):
    rule = re.escape(f"must be a whole number of at least 1; got {count!r}.")
    with pytest.raises(UsageError, match=f"^protocol 'p': machines {rule}$"):
        Protocol("p", count, 1, (hold,))
    with pytest.raises(UsageError, match=f"^protocol 'p': memory {rule}$"):
        Protocol("p", 1, count, (hold,))
    with pytest.raises(UsageError, match=f"^blocks {rule}$"):
        run_locally(Protocol("p", 1, 1, (hold,)), {}, blocks=count)


def test_numpy_s_whole_numbers_are_whole_numbers():
    protocol = Protocol("p", np.int32(3), np.int64(2), (hold,))
    assert (type(protocol.machines), type(protocol.memory)) == (int, int)
    assert run_locally(protocol, {}, blocks=np.uint8(2)).rounds == 0


@pytest.mark.parametrize(("parts", "got"), [((), "none"), (hold, "a function"), (None, "a NoneType"), (5, "a int")])
def test_a_protocol_has_steps(parts, got):
    with pytest.raises(UsageError, match=f"protocol 'p': parts are a sequence of .*, at least one; got {got}"):
        Protocol("p", 1, 1, parts)


def test_a_step_is_a_function():
    with pytest.raises(UsageError, match="steps are functions; one is 5"):
        Protocol("p", 1, 1, (hold, 5))


@pytest.mark.parametrize(
    ("memory", "got"), [(5, "got a int"), (None, "got a NoneType"), ({"n": 5}, "of 'n', got a int"), ([], "got a list")]
)
def test_what_machines_hold_at_first_is_records(memory, got):
    with pytest.raises(UsageError, match=rf"is a dict, kind -> Records; {got}\.$"):
        run_locally(Protocol("p", 1, 1, (hold,)), memory)
    with pytest.raises(UsageError, match="fields are a dict, name -> array"):
        Records(np.arange(2), np.arange(2))


def test_there_are_never_more_blocks_than_machines():
    computed = []

    def count(memory, mail):
        computed.append(memory)
        return memory, {}

    run_locally(Protocol("p", 4, 9, (count,)), {}, blocks=10**9)
    assert len(computed) == 4


# --- routines and loops ---


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_routines_follow_one_another_without_a_round_between(blocks):
    protocol = Protocol("p", 4, 9, [shift("one", 1), shift("two", 2), local("rest", lambda memory: memory)])
    run = run_locally(protocol, held([0, 1], word=[7, 8]), blocks=blocks)
    assert (run.rounds, protocol.rounds) == (2, 2)
    assert [traffic.routine for traffic in run.traffic] == ["one", "two"]
    assert run.memory["x"].owner.tolist() == [0, 3]
    assert run.memory["x"]["word"].tolist() == [8, 7]


@pytest.mark.parametrize("blocks", [1, 2])
def test_a_loop_ends_when_the_machines_agree(blocks):
    loop = Loop((shift("one", 1), local("less", less)), "verdict", most=6)
    protocol = Protocol("p", 4, 9, [loop, shift("two", 2)])
    run = run_locally(protocol, held([0, 1], word=[5, 5]), blocks=blocks)
    assert (run.rounds, protocol.rounds) == (6, 7)
    assert run.memory["x"].owner.tolist() == [0, 3]


def test_loops_in_loops_begin_anew():
    def again(memory):
        records = memory["x"]
        outer = Records(records.owner, {"go_on": records["outer"] > 1})
        word = np.full_like(records["word"], 3)
        return {"x": Records(records.owner, {"word": word, "outer": records["outer"] - 1}), "outer": outer}

    def inner(memory):
        records = memory["x"]
        verdict = Records(records.owner, {"go_on": records["word"] > 1})
        return {
            "x": Records(records.owner, {"word": records["word"] - 1, "outer": records["outer"]}),
            "verdict": verdict,
        }

    body = (Loop((shift("one", 1), local("inner", inner)), "verdict", most=3), local("again", again))
    protocol = Protocol("p", 4, 9, [Loop(body, "outer", most=4)])
    run = run_locally(protocol, held([0], word=[3], outer=[4]))
    assert (run.rounds, protocol.rounds) == (12, 12)
    assert run.memory["x"].owner.tolist() == [0]


def test_a_loop_that_never_ends_is_an_error():
    protocol = Protocol("p", 4, 9, [Loop((shift("one", 1), local("less", less)), "verdict", most=4)])
    with pytest.raises(ProtocolError, match=r"'p': after round 4 the machines still go on, .* 4 turns only"):
        run_locally(protocol, held([0], word=[5]))


@pytest.mark.parametrize("blocks", [1, 2])
def test_machines_that_disagree_on_the_end_of_a_loop_are_an_error(blocks):
    protocol = Protocol("p", 4, 9, [Loop((local("less", less),), "verdict", most=4)])
    with pytest.raises(
        ProtocolError, match=r"after round 0 the machines disagree whether to go on\. Give every machine"
    ):
        run_locally(protocol, held([0, 1], word=[1, 2]), blocks=blocks)
    with pytest.raises(ProtocolError, match="the machines do not say whether to go on"):
        run_locally(Protocol("p", 4, 9, [Loop((local("rest", dict),), "verdict", most=4)]), {}, blocks=blocks)


def test_a_step_of_a_routine_is_named_with_it():
    with pytest.raises(BudgetExceeded, match=r"machine 4 receives 2 words in round 2 \(two\); its memory is 1 words"):
        run_locally(
            Protocol("p", 4, 1, [shift("one", 1), Routine("two", (send([0, 1], [3, 3]), hold))]),
            {"x": Records(np.arange(1), {"word": np.arange(1)})},
        )
    with pytest.raises(ProtocolError, match=r"the step after round 1 \(two\) raises KeyError"):
        run_locally(Protocol("p", 4, 9, [shift("one", 1), Routine("two", (fail,))]), held([0], word=[1]))


def test_steps_do_not_stand_among_routines():
    with pytest.raises(UsageError, match="put steps that stand among routines into a Routine"):
        Protocol("p", 1, 1, [hold, shift("one", 1)])
    with pytest.raises(UsageError, match="routine 'r': steps must be at least 1"):
        Routine("r", ())
    with pytest.raises(UsageError, match="a loop needs a body and at least 1 turn; got 0 parts, 3 turns"):
        Loop((), "verdict", 3)


# --- digests ---


def digests(protocol, memory, blocks=1):
    return [traffic.digest for traffic in run_locally(protocol, memory, blocks=blocks, digests=True).traffic]


def test_the_digest_of_a_round_tells_every_difference():
    sent = {
        "as it is": send([0, 1, 1], [2, 2, 2], np.array([5, 6, 7])),
        "another word": send([0, 1, 1], [2, 2, 2], np.array([5, 6, 8])),
        "another source": send([1, 1, 1], [2, 2, 2], np.array([5, 6, 7])),
        "another destination": send([0, 1, 1], [2, 2, 3], np.array([5, 6, 7])),
        "another order": send([0, 1, 1], [2, 2, 2], np.array([5, 7, 6])),
        "one packet less": send([0, 1], [2, 2], np.array([5, 6])),
        "a fraction": send([0, 1, 1], [2, 2, 2], np.array([5, 6, 7.5])),
        "nothing": send([], [], np.array([], dtype=np.int64)),
    }
    seen = {what: digests(Protocol("p", 4, 9, (step, hold)), {})[0] for what, step in sent.items()}
    assert len(set(seen.values())) == len(sent)
    elsewhere = send([1, 0, 1], [2, 2, 2], np.array([6, 5, 7]))  # another order of sources is no difference
    assert digests(Protocol("p", 4, 9, (elsewhere, hold)), {})[0] == seen["as it is"]


def counting(name, machine, rounds):
    """A machine tells itself a number that grows by 1 in every round, and keeps it in the end."""

    def step(number):
        def take(memory, mail):
            told = mail["word"]["word"] if number else np.zeros(1, dtype=np.int64)
            if number == rounds:
                return memory | {name: Records(np.array([machine]), {"word": told})}, {}
            here = np.array([machine])
            return memory, {"word": Packets(here, here, {"word": told + 1})}

        return take

    return Routine(name, tuple(step(number) for number in range(rounds + 1)))


def test_routines_together_take_the_rounds_of_the_longest_and_read_their_own_mail():
    both = together("both", counting("short", 0, 2), counting("long", 1, 5))
    run = run_locally(Protocol("p", 2, 9, [both]), {})
    assert run.rounds == both.rounds == 5
    assert [round_.packets for round_ in run.traffic] == [2, 2, 1, 1, 1]
    assert [run.memory[name]["word"].tolist() for name in ("short", "long")] == [[2], [5]]


def test_routines_together_need_names_of_their_own():
    for routines in ((), (counting("same", 0, 1), counting("same", 1, 1))):
        with pytest.raises(UsageError, match=r"'both' puts routines together: at least 1, each with a name of its own"):
            together("both", *routines)


def test_a_step_that_moves_records_behind_the_engine_s_back_is_an_error():
    """The engine remembers how many records each machine has."""

    def move(memory, mail):
        memory["x"].owner[:] = 0
        return memory, {}

    with pytest.raises(ProtocolError, match="raises ValueError: assignment destination is read-only"):
        run_locally(Protocol("p", 3, 1, (move,)), held([0, 1, 2], word=[1, 2, 3]))


def test_the_caller_s_arrays_stay_his_own():
    owner = np.array([0, 1, 2])
    run_locally(Protocol("p", 3, 1, (hold,)), {"x": Records(owner, {"word": owner})})
    owner[:] = 0
