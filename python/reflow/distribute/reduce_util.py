"""How values of several replicas become one."""

import enum

from reflow.ops import variables


class ReduceOp(enum.Enum):
    """The sum, or the mean, of the replicas' values."""
    SUM = 'SUM'
    MEAN = 'MEAN'

    @staticmethod
    def from_variable_aggregation(aggregation):
        """The ReduceOp of a tf.VariableAggregation."""
        known = {variables.VariableAggregation.SUM: ReduceOp.SUM, variables.VariableAggregation.MEAN: ReduceOp.MEAN}
        if aggregation not in known:
            raise ValueError('Could not convert from `tf.VariableAggregation` %s to`tf.distribute.ReduceOp` type' % aggregation)
        return known[aggregation]
