"""The tasks that have a protocol of their own, by name."""

from logdepth.protocols import graphs
from logdepth.protocols.prepared import AnyProtocol
from logdepth.protocols.three_sum import THREE_SUM

PROTOCOLS: dict[str, AnyProtocol] = {
    own.task.name: own
    for own in (
        graphs.ONE_VERSUS_TWO_CYCLES,
        graphs.CONNECTIVITY,
        graphs.COMPONENTS,
        graphs.SPANNING_FOREST,
        graphs.CYCLE_CHECK,
        THREE_SUM,
    )
}
