"""Which operations take the outputs of others."""

import collections

from reflow.contrib.quantize.python import common


class InputToOps:
    """The consumers of all tensors of a graph at one moment, without those of gradients and summaries."""

    def __init__(self, graph):
        self.mapping = collections.defaultdict(set)
        for op in graph.get_operations():
            if not op.name.startswith(common.SKIPPED_PREFIXES):
                for tensor in op.inputs:
                    self.mapping[tensor].add(op)

    def ConsumerOperations(self, producer_op):
        """The operations that take an output of `producer_op`."""
        return set().union(*(self.mapping[tensor] for tensor in producer_op.outputs))
