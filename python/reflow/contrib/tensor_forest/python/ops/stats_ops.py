"""The statistics of trees' leaves, by which they are split."""
import functools

from reflow.contrib.tensor_forest.python.ops import forest_resource
from reflow.contrib.tensor_forest.python.ops import gen_stats_ops
from reflow.contrib.tensor_forest.python.ops.gen_stats_ops import finalize_tree  # noqa: F401
from reflow.contrib.tensor_forest.python.ops.gen_stats_ops import grow_tree_v4  # noqa: F401
from reflow.contrib.tensor_forest.python.ops.gen_stats_ops import process_input_v4  # noqa: F401
from reflow.framework import ops


class FertileStatsVariableSavable(forest_resource.ForestSaveable):
    """Statistics in checkpoints."""

    def __init__(self, params, stats_handle, create_op, name):
        self.params = params
        serialized_params = params.serialized_params_proto
        deserialize = functools.partial(gen_stats_ops.fertile_stats_deserialize, stats_handle, params=serialized_params)
        serialized = gen_stats_ops.fertile_stats_serialize(stats_handle, params=serialized_params)
        super().__init__(stats_handle, create_op, serialized, deserialize, name)


class FertileStatsVariable(forest_resource.ForestResource):
    """The statistics of a tree."""

    _kind = 'fertile_stats_variable'

    def __init__(self, params, stats_config, name, container=None):
        super().__init__(params, stats_config, name, container)

    def _create_resource(self):
        return gen_stats_ops.fertile_stats_resource_handle_op(self._container, shared_name=self._shared_name(), name=self._name)

    def _initialize(self):
        return gen_stats_ops.create_fertile_stats_variable(
            self.resource_handle, self._config, params=self._params.serialized_params_proto)

    def is_initialized(self):
        """Whether the statistics have been made, as a tensor."""
        return gen_stats_ops.fertile_stats_is_initialized_op(self.resource_handle)

    def _gather_saveables_for_checkpoint(self):
        return {self._kind: functools.partial(
            FertileStatsVariableSavable, params=self._params, stats_handle=self.resource_handle, create_op=self.initializer)}


def fertile_stats_variable(params, stats_config, name, container=None):
    """A handle to statistics that begin as `stats_config`, serialized FertileStats, or '' for those of a leaf alone."""
    with ops.name_scope(name, 'FertileStatsVariable') as name:
        return forest_resource.add(FertileStatsVariable(params, stats_config, name, container), 'fertile_stats_variable')
