"""gather_nd with batch_dims: leading dimensions that parameters and indices share."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import gen_array_ops
from reflow.ops import gen_math_ops


def gather_nd(params, indices, batch_dims, name=None):
    """The slices of `params` at indices of several dimensions, batch by batch."""
    with ops.name_scope(name, 'BatchGatherND', [params, indices]):
        indices = ops.convert_to_tensor(indices, name='indices')
        params = ops.convert_to_tensor(params, name='params')
        if not isinstance(batch_dims, int):
            raise TypeError('batch_dims must be an int; got %r' % (batch_dims,))
        if batch_dims < 0:
            raise ValueError('tf.gather_nd does not allow negative batch_dims.')
        for what, rank in (('indices', indices.shape.ndims), ('params', params.shape.ndims)):
            if rank is not None and batch_dims >= rank:
                raise ValueError('batch_dims = %d must be less than rank(%s) = %d' % (batch_dims, what, rank))
        params_shape = array_ops.shape(params)
        indices_shape = array_ops.shape(indices)
        batch_shape = params_shape[:batch_dims]
        batch_size = gen_math_ops.prod(batch_shape, [0])
        inner_rank = array_ops.rank(indices) - batch_dims - 1
        inner_shape = indices_shape[batch_dims:-1]
        grid = _batch_grid(batch_shape, indices.dtype)  # [batches, batch_dims]
        grid_shape = array_ops.shape(grid)
        broadcast = [grid_shape[:1], array_ops.ones(inner_rank, dtype=dtypes.int32), grid_shape[1:]]
        grid = array_ops.reshape(grid, array_ops.concat(broadcast, axis=0))
        grid = array_ops.tile(grid, multiples=array_ops.concat(((1,), inner_shape, (1,)), axis=0))
        flat_shape = array_ops.concat(([batch_size], indices_shape[batch_dims:]), axis=0)
        flat_indices = array_ops.reshape(indices, shape=flat_shape)
        out = gen_array_ops.gather_nd(params, array_ops.concat((grid, flat_indices), axis=-1))
        return array_ops.reshape(out, shape=array_ops.concat((batch_shape, array_ops.shape(out)[1:]), axis=0))


def _batch_grid(batch_shape, dtype):
    """The indices of all batches, one a row."""
    ranges = [gen_math_ops.cast(gen_math_ops._range(0, size, 1), dtype)
              for size in array_ops.unstack(batch_shape, axis=0)]
    columns = [array_ops.reshape(column, shape=(-1,)) for column in array_ops.meshgrid(*ranges, indexing='ij')]
    return array_ops.transpose(array_ops.stack(columns, axis=0))
