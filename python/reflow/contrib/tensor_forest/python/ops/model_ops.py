"""The trees of a forest."""
import functools

from reflow.contrib.tensor_forest.python.ops import forest_resource
from reflow.contrib.tensor_forest.python.ops import gen_model_ops
from reflow.contrib.tensor_forest.python.ops.gen_model_ops import feature_usage_counts  # noqa: F401
from reflow.contrib.tensor_forest.python.ops.gen_model_ops import traverse_tree_v4  # noqa: F401
from reflow.contrib.tensor_forest.python.ops.gen_model_ops import tree_predictions_v4  # noqa: F401
from reflow.contrib.tensor_forest.python.ops.gen_model_ops import tree_size  # noqa: F401
from reflow.contrib.tensor_forest.python.ops.gen_model_ops import update_model_v4  # noqa: F401
from reflow.framework import ops


class TreeVariableSavable(forest_resource.ForestSaveable):
    """A tree in checkpoints."""

    def __init__(self, params, tree_handle, stats_handle, create_op, name):
        del stats_handle
        self.params = params
        deserialize = functools.partial(gen_model_ops.tree_deserialize, tree_handle, params=params.serialized_params_proto)
        super().__init__(tree_handle, create_op, gen_model_ops.tree_serialize(tree_handle), deserialize, name)


class TreeVariable(forest_resource.ForestResource):
    """A tree."""

    _kind = 'tree_variable'

    def __init__(self, params, tree_config, stats_handle, name, container=None):
        self._stats_handle = stats_handle
        super().__init__(params, tree_config, name, container)

    def _create_resource(self):
        return gen_model_ops.decision_tree_resource_handle_op(self._container, shared_name=self._shared_name(), name=self._name)

    def _initialize(self):
        return gen_model_ops.create_tree_variable(self.resource_handle, self._config, params=self._params.serialized_params_proto)

    def is_initialized(self):
        """Whether the tree has been made, as a tensor."""
        return gen_model_ops.tree_is_initialized_op(self.resource_handle)

    def _gather_saveables_for_checkpoint(self):
        return {self._kind: functools.partial(
            TreeVariableSavable, params=self._params, tree_handle=self.resource_handle, stats_handle=self._stats_handle,
            create_op=self._init_op)}


def tree_variable(params, tree_config, stats_handle, name, container=None):
    """A handle to a tree that begins as `tree_config`, a serialized Model, or '' for a leaf alone."""
    with ops.name_scope(name, 'TreeVariable') as name:
        return forest_resource.add(TreeVariable(params, tree_config, stats_handle, name, container), 'tree_variable')
