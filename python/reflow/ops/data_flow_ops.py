"""What keeps tensors between the runs of a graph and hands them from one run to another."""

from reflow.ops import gen_data_flow_ops
from reflow.ops.barriers import Barrier
from reflow.ops.conditional_accumulators import ConditionalAccumulator
from reflow.ops.conditional_accumulators import ConditionalAccumulatorBase
from reflow.ops.conditional_accumulators import SparseConditionalAccumulator
from reflow.ops.queues import FIFOQueue
from reflow.ops.queues import PaddingFIFOQueue
from reflow.ops.queues import PriorityQueue
from reflow.ops.queues import QueueBase
from reflow.ops.queues import RandomShuffleQueue
from reflow.ops.staging_areas import BaseStagingArea
from reflow.ops.staging_areas import MapStagingArea
from reflow.ops.staging_areas import StagingArea


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_data_flow_ops, name)
