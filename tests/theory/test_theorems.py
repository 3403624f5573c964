"""The theorems that turn one model's size into another's, at sizes computed by hand."""

import pytest

from logdepth.arrows.transformer_to_mpc.plan import least_memory, memory_for_depth_two, our_protocol
from logdepth.numerics.errors import UsageError
from logdepth.theory.mpc_simulates_transformers import mpc_simulates_transformers
from logdepth.theory.padding_and_looping import (
    context_free_in_logarithmic_depth,
    padded_loops,
    padded_transformers,
)
from logdepth.theory.threshold_circuits import (
    circuit_of_a_sum,
    circuit_of_a_transformer,
    circuit_of_any_function,
    constant_depth_is_not_enough_for_empty_productions,
    constant_depth_is_not_enough_for_equations_modulo_a_prime,
    constant_depth_is_not_enough_for_linear_equalities,
)
from logdepth.theory.transformers_simulate_mpc import (
    hashing_slots,
    narrow_transformers_simulate_mpc,
    transformers_simulate_mpc,
)
from logdepth.theory.two_sum import three_sum_in_one_layer


def test_a_transformer_takes_one_layer_more_than_the_protocol_has_rounds():
    claim = transformers_simulate_mpc(rounds=5, memory=4, machines=256)
    assert claim.sizes["layers"] == 6
    assert claim.leading == {"heads": 3.0, "width": 4**4 * 8.0, "precision_bits": 8.0}
    assert narrow_transformers_simulate_mpc(rounds=5).leading == {"layers": 5}


def test_slots_of_multiple_hashing_by_hand():
    assert hashing_slots(1, 2) == 17  # 12 ln 4 = 16.6
    assert hashing_slots(2, 16) == 1065  # 12 · 16 · ln 256 = 1064.7


@pytest.mark.parametrize(
    ("memory", "depth", "machines"),
    [
        (4095, 2, 512 + 512**2 + 2 * 512 * 9),  # fan-in 63: 9 nodes above 512 leaves
        (255, 6, 512 + 512**2 + 2 * 512 * (3 + 7 + 19 + 57 + 171)),  # fan-in 3
        (64 * 512, 1, 512 + 512**2),  # fan-in 512: no tree
    ],
)
def test_mpc_simulates_a_transformer_by_hand(memory, depth, machines):
    claim = mpc_simulates_transformers(layers=2, heads=1, width=16, tokens=512, memory=memory)
    assert claim.sizes == {"rounds": 2 * (2 * depth + 3), "machines": machines, "memory_words": memory}


def test_more_memory_takes_no_more_rounds_or_machines():
    claims = [
        mpc_simulates_transformers(layers=3, heads=2, width=8, tokens=1000, memory=memory)
        for memory in range(128, 5000, 64)
    ]
    for quantity in ("rounds", "machines"):
        counts = [claim.sizes[quantity] for claim in claims]
        assert counts == sorted(counts, reverse=True)


def test_a_memory_without_room_for_two_is_refused():
    with pytest.raises(UsageError, match=r"127 words cannot gather from two others .* at least 128 words"):
        mpc_simulates_transformers(layers=1, heads=1, width=16, tokens=10, memory=127)
    assert mpc_simulates_transformers(layers=1, heads=1, width=16, tokens=10, memory=128)


def test_the_circuit_of_an_arbitrary_function_by_hand():
    assert circuit_of_any_function(inputs=10, outputs=3).sizes == {"depth": 3, "gates": 1024 + 10 + 3}


def test_the_circuits_of_theorem_1_by_hand():
    assert circuit_of_a_sum(numbers=4, bits=4).sizes == {"depth": 4, "gates": 4 * (4 + 16) + 6 + 4}
    assert circuit_of_a_transformer(n=4, bits=4).sizes == {"depth": 20, "gates": 71_900}
    assert circuit_of_a_transformer(n=8, bits=4).sizes["gates"] == 285_240
    assert circuit_of_a_transformer(n=64, bits=8, layers=3).sizes["depth"] == 3 + 3 * 17
    assert circuit_of_a_transformer(n=4, bits=3).standing == "vacuous"


def test_what_is_complete_for_p_needs_depth_on_a_condition_that_is_named():
    for claim in (
        constant_depth_is_not_enough_for_linear_equalities(),
        constant_depth_is_not_enough_for_empty_productions(),
    ):
        assert (claim.standing, claim.conditional_on, claim.direction) == ("conditional", "L ≠ P", "lower")


def test_equations_modulo_a_prime_have_a_condition_of_their_own_and_loops_state_their_model():
    assert constant_depth_is_not_enough_for_equations_modulo_a_prime().conditional_on == "TC⁰ ≠ Mod_p L"
    assert [claim.sizes["layers"] for claim in (padded_transformers(), padded_loops(), padded_loops(2))] == [
        "O(1)",
        "O(log n)",
        "O(log^2 n)",
    ]
    assert "O(n³)" in str(context_free_in_logarithmic_depth(unambiguous=True).provided)
    assert context_free_in_logarithmic_depth().standing == "asymptotic"


def test_three_sum_needs_a_large_layer():
    assert three_sum_in_one_layer(65536, 65537).leading == {"heads × width × precision_bits": 65536 / 4}


@pytest.mark.parametrize(
    ("memory", "depth", "machines"),
    [
        (52 * 63, 2, 512 + 512**2 + 2 * 512 * 9),  # fan-out 63, as the proof has at 4,095 words
        (52 * 3, 6, 512 + 512**2 + 2 * 512 * (3 + 7 + 19 + 57 + 171)),
        (52 * 512, 1, 512 + 512**2),
        (52 * 10**6, 1, 512 + 512**2),
    ],
)
def test_our_protocol_by_hand(memory, depth, machines):
    claim = our_protocol(layers=2, width=16, projected=48, tokens=512, memory=memory)
    assert claim.sizes == {"rounds": 2 * 2 * depth, "machines": machines, "memory_words": memory}


def test_our_protocol_takes_fewer_rounds_than_the_proof_at_the_same_fan_out():
    ours = our_protocol(layers=4, width=16, projected=48, tokens=512, memory=52 * 8)
    proof = mpc_simulates_transformers(layers=4, heads=1, width=16, tokens=512, memory=64 * 8)
    assert ours.sizes["machines"] == proof.sizes["machines"]
    assert proof.sizes["rounds"] - ours.sizes["rounds"] == 3 * 4


def test_the_least_memory_of_our_protocol():
    assert least_memory(16, 48) == 104
    assert least_memory(200, 48) == 200
    assert our_protocol(layers=1, width=16, projected=48, tokens=10, memory=104)
    with pytest.raises(UsageError, match=r"103 words cannot run .* at least 104 words"):
        our_protocol(layers=1, width=16, projected=48, tokens=10, memory=103)


@pytest.mark.parametrize("tokens", [1, 2, 4, 5, 16, 17, 100, 512])
def test_memory_for_depth_two_is_the_least_that_does(tokens):
    memory = memory_for_depth_two(16, 48, tokens)

    def rounds(memory):
        return our_protocol(layers=1, width=16, projected=48, tokens=tokens, memory=memory).sizes["rounds"]

    assert rounds(memory) <= 4
    assert memory == least_memory(16, 48) or rounds(memory - 1) > 4
