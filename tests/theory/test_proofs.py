"""The one-line proofs in docstrings and notes, carried out on small cases."""

from itertools import chain, combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logdepth.tasks import Graph, make_task
from logdepth.tasks.sequences.k_hop import find, hop
from logdepth.theory.induction_heads import index_bits
from logdepth.theory.k_hop import doubling_layers
from logdepth.theory.list_ranking import jumping_layers

SEQUENCES = st.lists(st.integers(1, 4), min_size=1, max_size=30).map(np.array)


def power_by_pairs(step, k):
    """step^k and the look-ups that the pair scheme takes. step: (N+1,) with step[0] = 0."""
    here, onward = np.arange(len(step)), step  # (f^0, f^1)
    lookups = 0
    for bit in f"{k - 1:b}" if k > 1 else "":
        at = onward if bit == "1" else here
        here, onward = here[at], onward[at]
        lookups += 1
    return onward, lookups


@given(SEQUENCES, st.integers(1, 20))
def test_the_pair_scheme_makes_k_hops_in_its_layers(tokens, k):
    reached, lookups = power_by_pairs(np.concatenate([[0], find(tokens)]), k)
    assert lookups == doubling_layers(k)
    assert np.array_equal(np.concatenate([[0], tokens])[reached[1:]], hop(tokens, k))


def latest_after(letter, tokens, last):
    """The last j ≤ last with x_{j-1} = letter, 0 if there is none, and the heads that look: one for j = last, and one
    for every bit of `last` that is 1, where j has a 0 there and the same bits above."""
    heads = [{last}]
    for bit in range(last.bit_length()):
        if last >> bit & 1:
            above = last >> (bit + 1) << (bit + 1)
            heads.append(set(range(above, above + (1 << bit))))
    seen = [max((j for j in places if j > 1 and tokens[j - 2] == letter), default=0) for places in heads]
    return max(seen), len(heads)


def hops_with_many_heads(tokens, k):
    """hop_k, the look-ups after layer 2, and the most heads. Row i keeps (find^s, find^(s+1)), s + 1 a prefix of k."""
    step = np.concatenate([[0], find(tokens)])
    letters = np.concatenate([[0], tokens])
    here, onward, most = np.arange(len(step)), step, 1
    bits = f"{k:b}"[1:]
    for bit in bits:
        at = onward
        if bit == "1":
            found = [latest_after(letters[place], tokens, place) if place else (0, 1) for place in onward.tolist()]
            at, most = np.array([place for place, _ in found]), max(most, *(heads for _, heads in found))
        here, onward = here[at], onward[at]
    return letters[onward[1:]], len(bits), most


@given(SEQUENCES, st.integers(1, 20))
def test_with_a_head_for_every_bit_of_a_position_the_floor_of_log_k_suffices(tokens, k):
    """2 + ⌊log k⌋ layers: at a bit 1 a row reads find of what it points to, by that one's letter."""
    answer, lookups, heads = hops_with_many_heads(tokens, k)
    assert lookups == k.bit_length() - 1
    assert heads <= len(tokens).bit_length() + 1
    assert np.array_equal(answer, hop(tokens, k))


@pytest.mark.parametrize("k", range(1, 65))
def test_the_printed_induction_step_ends_at_half_of_k(k):
    weight = k & 1  # find^(k_0) after layer 2
    for layer in range(2, k.bit_length() + 1):  # layer ℓ + 1 adds 2^(ℓ-2) if bit ℓ-1 of k is set
        weight += ((k >> (layer - 1)) & 1) << (layer - 2)
    assert weight == (k + 1) // 2


@pytest.mark.parametrize("k", [2, 3, 6])
def test_composition_tells_one_cycle_from_two(k):
    def next_arc(lengths):
        """Arcs of disjoint cycles, both directions, numbered from 1."""
        step, start = [0], 1
        for length in lengths * 2:
            step += [start + (place + 1) % length for place in range(length)]
            start += length
        return np.array(step)

    everywhere = np.arange(4 * k + 1)
    assert np.array_equal(power_by_pairs(next_arc([k, k]), k)[0], everywhere)
    assert not np.any(power_by_pairs(next_arc([2 * k]), k)[0][1:] == everywhere[1:])


@pytest.mark.parametrize("n", range(1, 40))
def test_jumping_ranks_the_longest_list_in_just_its_layers(n):
    nexts, come = np.array([0, *range(2, n + 1), 0]), np.array([0] + [1] * (n - 1) + [0])
    jumps = 0
    while nexts.any() and not np.array_equal(come[1:], np.arange(n)[::-1]):
        nexts, come = nexts[nexts], come + come[nexts]
        jumps += 1
    assert jumps == jumping_layers(n)


@pytest.mark.parametrize("n", [3, 4, 5, 7, 8])
def test_induction_heads_answer_index_over_three_letters(n):
    zero, one, ask = 1, 2, 3
    bits = index_bits(n)
    for word in product((zero, one), repeat=bits):
        for asked in range(bits):
            pairs = [(ask if place == asked else zero, bit) for place, bit in enumerate(word)]
            tokens = np.array([token for pair in pairs for token in pair] + [ask])
            assert len(tokens) <= n
            assert hop(tokens, 1)[-1] == word[asked]


def hop_by_table(tokens, k, letters):
    """hop_k at the last token as `recurrent_over_small_alphabet` streams it, and its entries of state."""
    table = np.zeros((letters + 1, k), dtype=np.int64)
    before = 0
    for token in tokens:
        table[before] = token if token == before else np.concatenate([[token], table[token, :-1]])
        table[0] = 0
        answer, before = table[token, -1], token
    return answer, table[1:].size + 1


@given(SEQUENCES, st.integers(1, 9))
def test_a_recurrent_layer_makes_k_hops_with_a_table(tokens, k):
    answer, entries = hop_by_table(tokens, k, 4)
    assert answer == hop(tokens, k)[-1]
    assert entries * 3 == memory("k-hop", "upper", n=100, k=k, letters=4)  # 3 bits for 4 letters or none


@given(SEQUENCES, st.integers(0, 9))
def test_a_recurrent_layer_makes_acausal_hops_with_a_table(tokens, k):
    after = np.zeros(5, dtype=np.int64)
    for before, token in pairwise(tokens):
        after[before] = token
    answer = tokens[0]
    for _ in range(k):
        answer = after[answer]
    assert answer == make_task("acausal-k-hop", {"k": k, "alphabet": 4}).solve(tokens)[-1]


def memory(name, direction, **parameters):
    """Bits of state, by the exact claim."""
    renamed = {"alphabet" if key == "letters" else key: value for key, value in parameters.items()}
    (bits,) = [
        claim.sizes["bits"]
        for claim in make_task(name, renamed).theory
        if (claim.model, claim.direction, claim.exactness) == ("RNN / state-space model", direction, "exact")
        and "bits" in claim.sizes
    ]
    return bits


def behaviours(beginnings, questions, answer):
    """How many beginnings some question tells apart: every one-pass model needs so many states."""
    return len({tuple(answer(beginning, question) for question in questions) for beginning in beginnings})


@pytest.mark.parametrize(("n", "letters"), [(3, 3), (5, 4), (5, 3), (6, 4), (4, 2)])
def test_memory_for_induction_heads(n, letters):
    tokens = range(1, letters + 1)
    states = behaviours(product(tokens, repeat=n - 1), tokens, lambda past, last: hop(np.array([*past, last]), 1)[-1])
    claim = {"n": n, "letters": letters}
    assert memory("induction-heads", "lower", **claim) <= np.log2(states) <= memory("induction-heads", "upper", **claim)


@pytest.mark.parametrize(("n", "modulus"), [(1, 5), (2, 5), (4, 5), (4, 6), (5, 4), (3, 2), (3, 3)])
def test_memory_for_two_sum(n, modulus):
    task = make_task("2-sum", {"n": n, "modulus": modulus})
    numbers = range(modulus)
    states = behaviours(
        product(numbers, repeat=n - 1), numbers, lambda past, last: int(task.solve(np.array([*past, last]))[-1])
    )
    assert memory("2-sum", "lower", n=n, modulus=modulus) <= np.log2(states)


@pytest.mark.parametrize(("n", "modulus"), [(1, 5), (2, 5), (3, 5), (4, 17), (3, 17), (4, 18), (5, 11), (3, 2)])
def test_memory_for_three_sum(n, modulus):
    task = make_task("3-sum", {"n": n, "modulus": modulus})
    residues = [y for y in range(modulus) if modulus < 3 * y and 2 * y < modulus]
    states = behaviours(
        ([0] * (n > 1) + list(rest) for rest in product([0, *residues], repeat=max(0, n - 2))),
        residues,
        lambda past, asked: int(task.solve(np.array([*past, -asked % modulus]))[-1]),
    )
    assert 2 ** memory("3-sum", "lower", n=n, modulus=modulus) <= states


@pytest.mark.parametrize(("n", "q"), [(n, q) for n in range(1, 7) for q in range(1, n + 1)])
def test_memory_for_sparse_averaging(n, q):
    places = list(combinations(range(n), q))
    states = behaviours(
        product((0, 1), repeat=n - 1), places, lambda past, asked: sum([*past, 0][place] for place in asked)
    )
    assert memory("sparse-averaging", "lower", n=n, q=q) <= np.log2(states)


@pytest.mark.parametrize(("n", "edges"), [(2, 1), (3, 2), (4, 3), (4, 6)])
def test_memory_for_edge_existence(n, edges):
    pairs = list(combinations(range(n), 2))
    graphs = [graph for size in range(edges + 1) for graph in combinations(pairs, size)]
    states = behaviours(graphs, pairs, lambda graph, pair: pair in graph)
    assert memory("edge-existence", "lower", n=n, edges=edges) <= np.log2(states)


@pytest.mark.parametrize(("n", "edges"), [(2, 1), (3, 2), (4, 3), (4, 12), (5, 6)])
def test_memory_for_reachability(n, edges):
    arcs = list(product(range(1, n // 2 + 1), range(n // 2 + 1, n + 1)))
    task = make_task("reachability", {"n": n})
    states = behaviours(
        (chosen for size in range(edges + 1) for chosen in combinations(arcs, size)),
        arcs,
        lambda chosen, asked: int(task.solve(Graph(n, np.array(chosen), question=asked, directed=True))[0]),
    )
    assert memory("reachability", "lower", n=n, edges=edges) <= np.log2(states)


@pytest.mark.parametrize("n", [4, 5, 6, 9, 12, 13])
def test_the_diameter_tells_one_cycle_from_two(n):
    task = make_task("diameter", {"n": n})

    def diameter(*lengths):
        ends = np.cumsum([0, *lengths])
        edges = [pair for low, high in pairwise(ends) for pair in pairwise([*range(low + 1, high + 1), low + 1])]
        return int(task.solve(Graph(n, np.array(edges)))[0])

    assert diameter(n) == n // 2
    if n >= 6 and n % 2 == 0:
        assert diameter(n // 2, n // 2) == n // 4


@pytest.mark.parametrize("n", [2, 3, 4, 6])
@pytest.mark.parametrize("name", ["connectivity", "cycle-check"])
def test_memory_for_graph_questions(name, n):
    task = make_task(name, {"n": n})
    others = range(3, n + 1)

    def answer(beginning, asked):
        path = [2, *(vertex for vertex in others if vertex != asked)]
        ending = pairwise(path) if name == "connectivity" else [(2, asked)]
        edges = np.array([(1, 2), *((1, vertex) for vertex in beginning), *ending])
        return int(task.solve(Graph(n, edges))[-1])

    beginnings = chain(*(combinations(others, size) for size in range(n - 1)))
    assert behaviours(beginnings, others, answer) == 2 ** memory(name, "lower", n=n)


@pytest.mark.parametrize("k", [4, 6, 8])
def test_k_hop_tells_one_cycle_from_two_at_the_stated_length(k):
    rng = np.random.default_rng(k)
    ask, star, blank = k + 1, k + 2, k + 3

    def sequence(lengths):
        """Nine tokens per edge, all edges k/2 times over, then vertex 1. The order of the edges is random."""
        ends = np.cumsum([0, *lengths])
        cycles = [list(range(start + 1, end + 1)) for start, end in pairwise(ends)]
        edges = [pair for cycle in cycles for pair in pairwise([*cycle, cycle[0]])]
        gadgets = [[star, u, ask, v, u, ask, v, star, blank] for u, v in (edges[i] for i in rng.permutation(k))]
        return np.array([*chain(*gadgets)] * (k // 2) + [1])

    for _ in range(20):
        one, two = sequence([k]), sequence([k // 2, k // 2])
        assert len(one) == len(two) == 9 * k * k // 2 + 1
        assert set(one) == set(range(1, k + 4))
        assert hop(two, k)[-1] == 1
        assert hop(one, k)[-1] != 1
