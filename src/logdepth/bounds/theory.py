"""What theory says about each task, model by model."""

from collections.abc import Callable, Mapping
from inspect import signature

from logdepth.bounds import acausal_k_hop as acausal
from logdepth.bounds import (
    constant_rounds,
    graphs,
    induction_heads,
    k_hop,
    list_ranking,
    sequential_models,
    sparse_averaging,
    two_sum,
)
from logdepth.bounds.claim import Claim
from logdepth.bounds.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth
from logdepth.bounds.sources import NANONGKAI_SCQUIZZATO_2020
from logdepth.bounds.threshold_circuits import constant_depth_is_not_enough, constant_depth_is_not_enough_for_nl
from logdepth.numerics.errors import UsageError, did_you_mean

Claims = tuple[Claim, ...]


def theory(task_name: str, parameters: Mapping[str, int | str]) -> Claims:
    """What the sources promise about a task at these parameters, model by model; at least one claim for every task.

    `parameters`: the task's own, with `letters` for the size of an alphabet; those that no claim depends on are left
    aside. In the claims, n counts what it counts in the task: tokens, rows or vertices.
    Errors: UsageError for an unknown task, a missing parameter, or a value that is no count.
    """
    if task_name not in CLAIMS:
        raise UsageError(f"there is no task {task_name!r}. {did_you_mean(task_name, CLAIMS)}")
    claims = CLAIMS[task_name]
    needed = list(signature(claims).parameters)
    for name in needed:
        if name not in parameters:
            raise UsageError(f"what theory says of {task_name} depends on {', '.join(needed)}. Give {name}.")
    return claims(**{name: _count(task_name, name, parameters[name]) for name in needed})


def _count(task_name: str, name: str, value: int | str) -> int:
    low = 0 if name in ("k", "high", "edges") else 1
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise UsageError(f"{task_name}: {name} must be a whole number of at least {low}; got {value!r}. Change {name}.")
    return value


def _other_rows_matter(n: int) -> Claims:
    return (constant_rounds.at_least_one_layer(),) if n > 1 else ()


def _induction_heads(n: int, letters: int) -> Claims:
    return (
        k_hop.k_hop_depth(1),
        k_hop.k_hop_width(n),
        *((induction_heads.induction_heads_in_one_layer(n),) if letters >= 3 else ()),
        induction_heads.induction_heads_in_bounded_memory(n, letters),
        sequential_models.recurrent_over_small_alphabet(1, letters),
        constant_rounds.mpc_in_constant_rounds("By sorting positions by letter."),
    )


def _k_hop(n: int, k: int, letters: int) -> Claims:
    if k == 0:
        return (k_hop.k_hop_depth(0),)
    if k == 1:
        return _induction_heads(n, letters)
    return (
        k_hop.k_hop_depth(k),
        k_hop.k_hop_width(n),
        k_hop.k_hop_needs_log_depth(n, k),
        sequential_models.chain_of_thought(n, k),
        sequential_models.recurrent(n, k),
        sequential_models.recurrent_over_small_alphabet(k, letters),
        sequential_models.kernel_attention(n, k),
        sequential_models.windowed_attention(n, k),
        sequential_models.blackboard(n, k),
        k_hop.mpc_doubles(k),
    )


def _acausal_k_hop(k: int, letters: int) -> Claims:
    return (
        acausal.acausal_hop_by_hop(k),
        acausal.acausal_all_hops_at_once(letters),
        acausal.acausal_needs_depth(k),
        acausal.acausal_without_mask(k),
        acausal.acausal_in_bounded_memory(letters),
    )


def _two_sum(n: int, modulus: int) -> Claims:
    return (
        two_sum.two_sum_in_one_layer(),
        two_sum.two_sum_width(modulus),
        *_other_rows_matter(n),
        two_sum.two_sum_in_bounded_memory(n, modulus),
        constant_rounds.mpc_in_constant_rounds("By sorting x and -x together."),
    )


def _three_sum(n: int, modulus: int) -> Claims:
    return (
        two_sum.three_sum_on_pairs(),
        two_sum.three_sum_in_constant_depth(n),
        *_other_rows_matter(n),
        two_sum.three_sum_in_one_layer(n),
        two_sum.three_sum_in_bounded_memory(n, modulus),
        two_sum.three_sum_in_constant_rounds(n),
    )


def _sparse_averaging(n: int, q: int) -> Claims:
    return (
        sparse_averaging.sparse_averaging_in_one_layer(),
        sparse_averaging.sparse_averaging_width(n, q),
        *_other_rows_matter(n),
        sparse_averaging.sparse_averaging_needs_width(q),
        sparse_averaging.sparse_averaging_in_bounded_memory(n, q),
        constant_rounds.mpc_in_constant_rounds("A look-up by many rows is a sort and a broadcast; n q words in all."),
    )


def _broadcast(n: int, high: int) -> Claims:
    return (
        constant_rounds.one_layer(heads=1, note="Every row attends to the first one."),
        *_other_rows_matter(n),
        constant_rounds.one_number_of_state(high, note="The state is the first value."),
        constant_rounds.mpc_in_constant_rounds(),
    )


def _prefix_sum(n: int, high: int) -> Claims:
    mean = "Causal. Row i attends evenly to rows 1 to i; the mean, times i, is the sum."
    return (
        constant_rounds.one_layer(heads=1, note=mean),
        constant_rounds.prefix_sum_precision(n, high),
        *_other_rows_matter(n),
        constant_rounds.one_number_of_state(n * high, note="The state is the sum so far."),
        constant_rounds.mpc_in_constant_rounds(),
    )


def _sort(n: int) -> Claims:
    return (
        constant_rounds.transformer_in_constant_depth(),
        *_other_rows_matter(n),
        constant_rounds.mpc_in_constant_rounds(),
    )


def _list_ranking(n: int) -> Claims:
    as_hard = f"List ranking takes as many rounds as telling one cycle from two ({NANONGKAI_SCQUIZZATO_2020})."
    return (
        list_ranking.list_ranking_by_jumping(n),
        transformers_need_log_depth(n, note=as_hard),
        list_ranking.mpc_ranks_lists(n),
        mpc_needs_log_rounds(n, source=NANONGKAI_SCQUIZZATO_2020),
    )


def _composition(n: int, k: int) -> Claims:
    if k < 2:
        return (k_hop.composition_depth(k),)
    return (
        k_hop.composition_depth(k),
        k_hop.composition_needs_log_depth(k),
        sequential_models.composition(n, k),
        k_hop.mpc_doubles(k),
    )


def _one_versus_two_cycles(n: int) -> Claims:
    return (
        graphs.transformer_in_log_diameter(n, source=graphs.COMPONENTS),
        transformers_need_log_depth(n),
        graphs.mpc_in_log_diameter(n),
        mpc_needs_log_rounds(n, note="This is the conjecture itself."),
    )


def _connectivity(n: int) -> Claims:
    return (
        graphs.transformer_in_log_diameter(n, source=graphs.COMPONENTS),
        transformers_need_log_depth(n),
        constant_depth_is_not_enough(),
        graphs.one_layer_needs_linear_size(n),
        graphs.graph_questions_in_bounded_memory(n),
        graphs.message_passing(n),
        graphs.mpc_in_log_diameter(n),
        mpc_needs_log_rounds(n),
    )


def _components(n: int) -> Claims:
    harder = "The components tell whether the graph is connected, O(1) layers or rounds later."
    return (
        graphs.transformer_in_log_diameter(n, source=graphs.COMPONENTS),
        transformers_need_log_depth(n, note=harder),
        constant_depth_is_not_enough(),
        graphs.message_passing(n),
        graphs.mpc_in_log_diameter(n),
        mpc_needs_log_rounds(n, note=harder),
    )


def _spanning_forest(n: int) -> Claims:
    harder = "The size of a spanning forest tells whether the graph is connected, O(1) layers or rounds later."
    diameter = "the diameter of the minimum spanning forest"
    return (
        graphs.transformer_in_log_diameter(n, source=graphs.SPANNING_FOREST, diameter=diameter),
        transformers_need_log_depth(n, note=harder),
        graphs.message_passing(n),
        graphs.mpc_in_log_rounds(n, note="For weights that are polynomial in n."),
        mpc_needs_log_rounds(n, note=harder),
    )


def _cycle_check(n: int) -> Claims:
    harder = "One cycle less an edge has no cycle; two cycles less an edge still have one."
    forest = "A graph is a forest if its edges and its components together are as many as its vertices."
    return (
        graphs.cycle_check_in_log_depth(n),
        transformers_need_log_depth(n, note=harder),
        graphs.one_layer_needs_linear_size(n),
        graphs.graph_questions_in_bounded_memory(n),
        graphs.mpc_in_log_rounds(n, note=forest),
        mpc_needs_log_rounds(n, note=harder),
    )


def _diameter(n: int) -> Claims:
    harder = "One cycle of n vertices has diameter ⌊n/2⌋, two of n/2 have ⌊n/4⌋."
    return (
        graphs.squares_in_log_depth(n),
        transformers_need_log_depth(n, note=harder),
        graphs.mpc_squares(n),
        mpc_needs_log_rounds(n, note=harder),
    )


def _reachability(n: int, edges: int) -> Claims:
    harder = "With every edge as two arcs, ask at once for every vertex v whether vertex 1 reaches v: all, or one half."
    return (
        graphs.squares_in_log_depth(n),
        transformers_need_log_depth(n, note=harder),
        constant_depth_is_not_enough_for_nl(),
        graphs.reachability_in_bounded_memory(n, edges),
        graphs.mpc_squares(n),
        mpc_needs_log_rounds(n, note=harder),
    )


def _node_count(n: int) -> Claims:
    even = "A head that spreads evenly over a default token and the vertex rows: the default has weight 1/(1 + count)."
    return (
        constant_rounds.one_layer(heads=1, note=even),
        graphs.retrieval_width(n),
        *_other_rows_matter(n),
        constant_rounds.one_number_of_state(n, note="A counter, complete at the last row."),
        constant_rounds.mpc_in_constant_rounds(),
    )


def _edge_count(n: int, edges: int) -> Claims:
    even = "A head that spreads evenly over a default token and the edge rows: the default has weight 1/(1 + count)."
    return (
        constant_rounds.one_layer(heads=1, note=even),
        graphs.retrieval_width(n),
        *_other_rows_matter(n),
        constant_rounds.one_number_of_state(edges, note="A counter, complete at the last row."),
        constant_rounds.mpc_in_constant_rounds(),
    )


def _node_degree(n: int) -> Claims:
    two = "A vertex counts the edge rows that name it first with one head, and second with another."
    return (
        constant_rounds.one_layer(heads=2, note=two),
        graphs.retrieval_width(n),
        *_other_rows_matter(n),
        constant_rounds.mpc_in_constant_rounds("By sorting the ends of the edges."),
    )


def _edge_existence(n: int, edges: int) -> Claims:
    same = "The question row looks for an edge row with the same pair, smaller end first."
    return (
        constant_rounds.one_layer(heads=1, note=same),
        graphs.retrieval_width(n),
        *_other_rows_matter(n),
        graphs.edge_existence_in_bounded_memory(n, edges),
        constant_rounds.mpc_in_constant_rounds(),
    )


CLAIMS: dict[str, Callable[..., Claims]] = {
    "k-hop": _k_hop,
    "induction-heads": _induction_heads,
    "acausal-k-hop": _acausal_k_hop,
    "2-sum": _two_sum,
    "3-sum": _three_sum,
    "sparse-averaging": _sparse_averaging,
    "broadcast": _broadcast,
    "prefix-sum": _prefix_sum,
    "sort": _sort,
    "list-ranking": _list_ranking,
    "composition": _composition,
    "1-vs-2-cycle": _one_versus_two_cycles,
    "connectivity": _connectivity,
    "components": _components,
    "spanning-forest": _spanning_forest,
    "cycle-check": _cycle_check,
    "diameter": _diameter,
    "reachability": _reachability,
    "node-count": _node_count,
    "edge-count": _edge_count,
    "node-degree": _node_degree,
    "edge-existence": _edge_existence,
}
