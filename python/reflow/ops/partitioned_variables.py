"""Into how many parts variables are cut."""

from reflow import _core
from reflow.framework import dtypes
from reflow.util import deprecation

__all__ = ['create_partitioned_variables', 'variable_axis_size_partitioner', 'min_max_variable_partitioner',
           'fixed_size_partitioner']


def variable_axis_size_partitioner(max_shard_bytes, axis=0, bytes_per_string_element=16, max_shards=None):
    """As few parts along `axis` as there can be of at most `max_shard_bytes`."""
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError('Both max_shard_bytes and bytes_per_string_element must be positive.')
    if max_shards and max_shards < 1:
        raise ValueError('max_shards must be positive.')

    def _partitioner(shape, dtype):
        """The number of parts along each dimension."""
        return _core.variable_axis_size_partitions(max_shard_bytes, axis, bytes_per_string_element, max_shards, shape,
                                                   dtypes.as_dtype(dtype))

    return _partitioner


def min_max_variable_partitioner(max_partitions=1, axis=0, min_slice_size=256 << 10, bytes_per_string_element=16):
    """As many parts along `axis` as there can be of at least `min_slice_size` bytes, up to `max_partitions`."""

    def _partitioner(shape, dtype):
        """The number of parts along each dimension."""
        return _core.min_max_variable_partitions(max_partitions, axis, min_slice_size, bytes_per_string_element, shape,
                                                 dtypes.as_dtype(dtype))

    return _partitioner


def fixed_size_partitioner(num_shards, axis=0):
    """`num_shards` parts along `axis`, or as many as it is long."""

    def _partitioner(shape, **unused_args):
        """The number of parts along each dimension."""
        return _core.fixed_size_partitions(num_shards, axis, shape, dtypes.float32)

    return _partitioner


@deprecation.deprecated(None, 'Use `tf.get_variable` with a partitioner set.')
def create_partitioned_variables(shape, slicing, initializer, dtype=dtypes.float32, trainable=True, collections=None,
                                 name=None, reuse=None):
    """The parts of a new variable that is cut as `slicing` says, one number a dimension."""
    from reflow.ops import variable_scope
    if len(shape) != len(slicing):
        raise ValueError("The 'shape' and 'slicing' of a new Variable must have the length: shape: %s, slicing: %s" % (
            shape, slicing))
    if len(shape) < 1:
        raise ValueError('A partitioned Variable must have rank at least 1: shape: %s' % shape)
    with variable_scope.variable_scope(name, 'PartitionedVariable', reuse=reuse):
        # The variable is called as its scope, with nothing behind it.
        variable = variable_scope.get_variable(
            '', shape=shape, dtype=dtype, initializer=initializer, trainable=trainable,
            partitioner=lambda **unused_kwargs: slicing, collections=collections)
    return list(variable)
