"""Ensembles of boosted trees and the streams that set their features' buckets, as resources that savers know."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import gen_boosted_trees_ops
from reflow.ops import resources
from reflow.training.saving import saveable_object
from reflow.training.tracking import tracking
from reflow.util.shown_attributes import shown

# The ops whose names here aren't theirs without 'boosted_trees_'.
_RENAMED = {
    'quantile_add_summaries': 'boosted_trees_quantile_stream_resource_add_summaries',
    'quantile_resource_deserialize': 'boosted_trees_quantile_stream_resource_deserialize',
    'quantile_flush': 'boosted_trees_quantile_stream_resource_flush',
    'get_bucket_boundaries': 'boosted_trees_quantile_stream_resource_get_bucket_boundaries',
    'quantile_resource_handle_op': 'boosted_trees_quantile_stream_resource_handle_op',
    'is_quantile_resource_initialized': 'is_boosted_trees_quantile_stream_resource_initialized',
    'boosted_trees_bucketize': 'boosted_trees_bucketize'}


def __getattr__(name):
    op = _RENAMED.get(name, 'boosted_trees_' + name)
    if name.startswith('__') or not hasattr(gen_boosted_trees_ops, op):
        raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))
    return getattr(gen_boosted_trees_ops, op)


class PruningMode:
    """When splits that lose are taken back: never, before they are made, or once their tree is finished."""

    NO_PRUNING, PRE_PRUNING, POST_PRUNING = range(3)
    _map = {'none': NO_PRUNING, 'pre': PRE_PRUNING, 'post': POST_PRUNING}

    @classmethod
    def from_str(cls, mode):
        """The mode of a name. ValueError: there is none."""
        if mode not in cls._map:
            raise ValueError('pruning_mode mode must be one of: {}'.format(', '.join(sorted(cls._map))))
        return cls._map[mode]


class _Saveable(saveable_object.SaveableObject):
    """The `tensors` {end of the name: tensor} of a resource in checkpoints."""

    def __init__(self, resource_handle, create_op, tensors, name):
        self._create_op = create_op
        super().__init__(resource_handle, [saveable_object.SaveSpec(tensors[end], '', name + end) for end in tensors], name)

    def restore(self, restored_tensors, restored_shapes):
        """The operation that makes the resource and puts back what was saved."""
        with ops.control_dependencies([self._create_op]):
            return self._put_back(restored_tensors)


class QuantileAccumulatorSaveable(_Saveable):
    """The boundaries of buckets in checkpoints."""

    def __init__(self, resource_handle, create_op, num_streams, name):
        boundaries = gen_boosted_trees_ops.boosted_trees_quantile_stream_resource_get_bucket_boundaries(
            resource_handle, num_streams)
        super().__init__(resource_handle, create_op,
                         {'_bucket_boundaries_%d' % i: tensor for i, tensor in enumerate(boundaries)}, name)

    def _put_back(self, boundaries):
        return gen_boosted_trees_ops.boosted_trees_quantile_stream_resource_deserialize(self.op, boundaries)


class _Resource(tracking.TrackableResource):
    """A resource that an operation makes, in the name scope `_name`."""

    def _add(self):
        """Adds the handle, the operation that makes the resource, and whether it was made."""
        self._resource_handle = self._create_resource()
        self._init_op = self._initialize()
        self._was_made = self.is_initialized()

    def _register(self, is_shared=True):
        """Has sessions make the resource."""
        resources.register_resource(self._resource_handle, self._init_op, self._was_made, is_shared=is_shared)

    def _save(self, saveable_class, *arguments):
        """Has savers save the resource."""
        handle = self._resource_handle
        self._saveable = saveable_class(handle, self._init_op, *arguments, handle.name)
        ops.add_to_collection(ops.GraphKeys.SAVEABLE_OBJECTS, self._saveable)

    initializer = shown('_init_op', 'The operation that makes the resource.')


class QuantileAccumulator(_Resource):
    """Streams of features' values, which set the boundaries of about `num_quantiles` buckets each."""

    def __init__(self, epsilon, num_streams, num_quantiles, name=None, max_elements=None):
        del max_elements
        self._eps, self._num_streams, self._num_quantiles = epsilon, num_streams, num_quantiles
        super().__init__()
        with ops.name_scope(name, 'QuantileAccumulator') as self._name:
            self._add()
        self._register()
        self._save(QuantileAccumulatorSaveable, num_streams)

    def _create_resource(self):
        scope = self._name
        return gen_boosted_trees_ops.boosted_trees_quantile_stream_resource_handle_op(shared_name=scope, name=scope)

    def _initialize(self):
        return gen_boosted_trees_ops.boosted_trees_create_quantile_stream_resource(
            self.resource_handle, self._eps, self._num_streams)

    def is_initialized(self):
        """Whether the streams have been made, as a tensor."""
        return gen_boosted_trees_ops.is_boosted_trees_quantile_stream_resource_initialized(self.resource_handle)

    saveable = shown('_saveable', 'What savers save.')

    def _gather_saveables_for_checkpoint(self):
        return {'quantile_accumulator': self._saveable}

    def add_summaries(self, float_columns, example_weights):
        """The operation that adds values, [batch] of each stream, with weights of the examples."""
        summaries = gen_boosted_trees_ops.boosted_trees_make_quantile_summaries(float_columns, example_weights, self._eps)
        return gen_boosted_trees_ops.boosted_trees_quantile_stream_resource_add_summaries(self.resource_handle, summaries)

    def flush(self):
        """The operation that sets the boundaries by the values so far, which are forgotten."""
        return gen_boosted_trees_ops.boosted_trees_quantile_stream_resource_flush(self.resource_handle, self._num_quantiles)

    def get_bucket_boundaries(self):
        """The boundaries of each stream's buckets."""
        return gen_boosted_trees_ops.boosted_trees_quantile_stream_resource_get_bucket_boundaries(
            self.resource_handle, self._num_streams)


class _TreeEnsembleSavable(_Saveable):
    """The trees in checkpoints."""

    def __init__(self, resource_handle, create_op, name):
        stamp, trees = gen_boosted_trees_ops.boosted_trees_serialize_ensemble(resource_handle)
        super().__init__(resource_handle, create_op, {'_stamp': stamp, '_serialized': trees}, name)

    def _put_back(self, stamp_and_trees):
        return gen_boosted_trees_ops.boosted_trees_deserialize_ensemble(self.op, *stamp_and_trees)


class TreeEnsemble(_Resource):
    """Trees; those that are a worker's own copy (`is_local`) aren't saved."""

    def __init__(self, name, stamp_token=0, is_local=False, serialized_proto=''):
        self._first_state = stamp_token, serialized_proto
        self._is_local = is_local
        super().__init__()
        with ops.name_scope(name, 'TreeEnsemble') as self._name:
            self._add()
            if not is_local:
                self._save(_TreeEnsembleSavable)
            self._register(is_shared=not is_local)

    def _create_resource(self):
        scope = self._name
        return gen_boosted_trees_ops.boosted_trees_ensemble_resource_handle_op(shared_name=scope, name=scope)

    def _initialize(self):
        return gen_boosted_trees_ops.boosted_trees_create_ensemble(self.resource_handle, *self._first_state)

    def is_initialized(self):
        """Whether the ensemble has been made, as a tensor."""
        return gen_boosted_trees_ops.is_boosted_trees_ensemble_initialized(self.resource_handle)

    def _gather_saveables_for_checkpoint(self):
        return {} if self._is_local else {'tree_ensemble': self._saveable}

    def get_stamp_token(self):
        """The stamp, which each change counts on."""
        return gen_boosted_trees_ops.boosted_trees_get_ensemble_states(self.resource_handle)[0]

    def get_states(self):
        """The stamp, how many trees there are, finished ones, layers that were tried, and the range of nodes to be split."""
        states = gen_boosted_trees_ops.boosted_trees_get_ensemble_states(self.resource_handle)
        names = ('stamp_token', 'num_trees', 'num_finalized_trees', 'num_attempted_layers', 'last_layer_nodes_range')
        return tuple(array_ops.identity(state, name=name) for state, name in zip(states, names))

    def serialize(self):
        """The stamp and the trees, as tensors."""
        return gen_boosted_trees_ops.boosted_trees_serialize_ensemble(self.resource_handle)

    def deserialize(self, stamp_token, serialized_proto):
        """The operation that makes the ensemble what serialize() gave."""
        return gen_boosted_trees_ops.boosted_trees_deserialize_ensemble(self.resource_handle, stamp_token, serialized_proto)
