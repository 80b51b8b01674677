"""Ensembles of boosted trees and the streams that set their features' buckets, as resources that savers know."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import gen_boosted_trees_ops
from reflow.ops import resources
from reflow.training.saving import saveable_object
from reflow.training.tracking import tracking

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


class QuantileAccumulatorSaveable(saveable_object.SaveableObject):
    """The boundaries of buckets in checkpoints."""

    def __init__(self, resource_handle, create_op, num_streams, name):
        self._resource_handle = resource_handle
        self._create_op = create_op
        boundaries = gen_boosted_trees_ops.boosted_trees_quantile_stream_resource_get_bucket_boundaries(
            resource_handle, num_streams)
        super().__init__(resource_handle, [
            saveable_object.SaveSpec(tensor, '', '%s_bucket_boundaries_%d' % (name, i)) for i, tensor in enumerate(boundaries)],
            name)

    def restore(self, restored_tensors, unused_tensor_shapes):
        """Makes the streams and sets the boundaries."""
        with ops.control_dependencies([self._create_op]):
            return gen_boosted_trees_ops.boosted_trees_quantile_stream_resource_deserialize(
                self._resource_handle, bucket_boundaries=restored_tensors)


class QuantileAccumulator(tracking.TrackableResource):
    """Streams of features' values, which set the boundaries of about `num_quantiles` buckets each."""

    def __init__(self, epsilon, num_streams, num_quantiles, name=None, max_elements=None):
        del max_elements
        self._eps = epsilon
        self._num_streams = num_streams
        self._num_quantiles = num_quantiles
        super().__init__()
        with ops.name_scope(name, 'QuantileAccumulator') as name:
            self._name = name
            self._resource_handle = self._create_resource()
            self._init_op = self._initialize()
            is_initialized = self.is_initialized()
        resources.register_resource(self.resource_handle, self._init_op, is_initialized)
        self._saveable = QuantileAccumulatorSaveable(
            self.resource_handle, self._init_op, num_streams, self.resource_handle.name)
        ops.add_to_collection(ops.GraphKeys.SAVEABLE_OBJECTS, self._saveable)

    def _create_resource(self):
        return gen_boosted_trees_ops.boosted_trees_quantile_stream_resource_handle_op(
            container='', shared_name=self._name, name=self._name)

    def _initialize(self):
        return gen_boosted_trees_ops.boosted_trees_create_quantile_stream_resource(
            self.resource_handle, self._eps, self._num_streams)

    @property
    def initializer(self):
        """The operation that makes the streams."""
        return self._init_op

    def is_initialized(self):
        """Whether the streams have been made, as a tensor."""
        return gen_boosted_trees_ops.is_boosted_trees_quantile_stream_resource_initialized(self.resource_handle)

    @property
    def saveable(self):
        """What savers save."""
        return self._saveable

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


class _TreeEnsembleSavable(saveable_object.SaveableObject):
    """The trees in checkpoints."""

    def __init__(self, resource_handle, create_op, name):
        stamp_token, serialized = gen_boosted_trees_ops.boosted_trees_serialize_ensemble(resource_handle)
        super().__init__(resource_handle, [saveable_object.SaveSpec(stamp_token, '', name + '_stamp'),
                                           saveable_object.SaveSpec(serialized, '', name + '_serialized')], name)
        self._resource_handle = resource_handle
        self._create_op = create_op

    def restore(self, restored_tensors, unused_restored_shapes):
        """Makes the ensemble what was saved."""
        with ops.control_dependencies([self._create_op]):
            return gen_boosted_trees_ops.boosted_trees_deserialize_ensemble(
                self._resource_handle, stamp_token=restored_tensors[0], tree_ensemble_serialized=restored_tensors[1])


class TreeEnsemble(tracking.TrackableResource):
    """Trees; those that are a worker's own copy (`is_local`) aren't saved."""

    def __init__(self, name, stamp_token=0, is_local=False, serialized_proto=''):
        self._stamp_token = stamp_token
        self._serialized_proto = serialized_proto
        self._is_local = is_local
        super().__init__()
        with ops.name_scope(name, 'TreeEnsemble') as name:
            self._name = name
            self._resource_handle = self._create_resource()
            self._init_op = self._initialize()
            is_initialized = self.is_initialized()
            if not is_local:
                self._saveable = _TreeEnsembleSavable(self.resource_handle, self.initializer, self.resource_handle.name)
                ops.add_to_collection(ops.GraphKeys.SAVEABLE_OBJECTS, self._saveable)
            resources.register_resource(self.resource_handle, self.initializer, is_initialized, is_shared=not is_local)

    def _create_resource(self):
        return gen_boosted_trees_ops.boosted_trees_ensemble_resource_handle_op(
            container='', shared_name=self._name, name=self._name)

    def _initialize(self):
        return gen_boosted_trees_ops.boosted_trees_create_ensemble(
            self.resource_handle, self._stamp_token, tree_ensemble_serialized=self._serialized_proto)

    @property
    def initializer(self):
        """The operation that makes the ensemble."""
        return self._init_op

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
