"""Making tensors, and changing their shapes and the places of their elements."""

import builtins
import math

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.framework.constant_op import constant  # noqa: F401
from reflow.ops import gen_array_ops
from reflow.ops import gen_math_ops
from reflow.ops.selection import (  # noqa: F401 - the names they have in TensorFlow
    boolean_mask, boolean_mask_v2, where, where_v2, gather, gather_v2, gather_nd, batch_gather)
from reflow.ops.slicing import part_of as _slice_helper  # noqa: F401
from reflow.ops.slicing import part_of_variable as _SliceHelperVar  # noqa: F401
from reflow.util import deprecation

newaxis = None


def __getattr__(name):
    """What is an op and nothing more, or has TensorFlow 2's arguments."""
    if name.endswith('_v2'):
        from reflow.ops import array_ops_v2
        if name in vars(array_ops_v2):
            return getattr(array_ops_v2, name)
    return getattr(gen_array_ops, name)


def placeholder(dtype, shape=None, name=None):
    """A tensor that every run has to feed."""
    if _core.executing_eagerly():
        raise RuntimeError('tf.placeholder() is not compatible with eager execution.')
    try:
        dtype = dtypes.as_dtype(dtype)
    except TypeError:
        raise TypeError("Expected DataType for argument 'dtype' not %r." % (dtype,)) from None
    return _core.placeholder(dtype, shape, name)


def placeholder_with_default(input, shape, name=None):
    """A tensor that a run may feed."""
    return _core.placeholder_with_default(input, shape, name)


def sparse_placeholder(dtype, shape=None, name=None):
    """A sparse tensor that every run has to feed."""
    if _core.executing_eagerly():
        raise RuntimeError('tf.placeholder() is not compatible with eager execution.')
    from reflow.framework import sparse_tensor
    shape_name = name + '/shape' if name is not None else None
    if shape is None:
        dense_shape = placeholder(dtypes.int64, shape=[None], name=shape_name)
    else:
        if isinstance(shape, ops.Tensor):
            dense_shape = shape
        else:
            sizes = [None if size is None else int(size) for size in shape]
            if None in sizes:  # fed, like everything else
                dense_shape = placeholder(dtypes.int64, shape=[len(sizes)], name=shape_name)
            else:
                dense_shape = ops.convert_to_tensor(tuple(sizes), dtype=dtypes.int64, name=shape_name)
    rank_ = dense_shape.shape.as_list()[0] if dense_shape.shape.ndims else None
    return sparse_tensor.SparseTensor(
        values=placeholder(dtype, shape=[None], name=name + '/values' if name is not None else None),
        indices=placeholder(dtypes.int64, shape=[None, rank_], name=name + '/indices' if name is not None else None),
        dense_shape=dense_shape)


def identity(input, name=None):
    """The same tensor."""
    return gen_array_ops.identity(input, name=name)


def expand_dims(input, axis=None, name=None, dim=None):
    """The tensor with a dimension of size 1 at `axis`."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dim', dim)
    if axis is None:
        raise ValueError('Must specify an axis argument to tf.expand_dims()')
    return gen_array_ops.expand_dims(input, axis, name)


def setdiff1d(x, y, index_dtype=dtypes.int32, name=None):
    """What is in `x` and not in `y`."""
    return gen_array_ops.list_diff(x, y, index_dtype, name)


listdiff = setdiff1d


def broadcast_dynamic_shape(shape_x, shape_y):
    """The shape of what two shapes are broadcast to, as a tensor."""
    return gen_array_ops.broadcast_args(shape_x, shape_y)


def shape(input, name=None, out_type=dtypes.int32):
    """The shape, as a tensor; a constant where it is known."""
    return shape_internal(input, name, optimize=True, out_type=out_type)


def shape_internal(input, name=None, optimize=True, out_type=dtypes.int32):
    """The shape, as a tensor."""
    if _is_sparse(input):
        with ops.name_scope(name, 'Shape', [input]):
            return gen_math_ops.cast(input.dense_shape, out_type)
    return _core.shape(input, name, out_type, optimize)


def shape_n(input, out_type=dtypes.int32, name=None):
    """The shapes of several tensors."""
    return gen_array_ops.shape_n(input, out_type=out_type, name=name)


def size(input, name=None, out_type=dtypes.int32):
    """The number of elements; a constant where it is known."""
    return size_internal(input, name, optimize=True, out_type=out_type)


def size_internal(input, name=None, optimize=True, out_type=dtypes.int32):
    """The number of elements."""
    if _is_sparse(input):
        with ops.name_scope(name, 'Size', [input]) as name:
            return gen_math_ops.prod(gen_math_ops.cast(input.dense_shape, out_type), 0, name=name)
    return _core.size(input, name, out_type, optimize)


def rank(input, name=None):
    """The number of dimensions; a constant where it is known."""
    return rank_internal(input, name, optimize=True)


def rank_internal(input, name=None, optimize=True):
    """The number of dimensions."""
    if _is_sparse(input):
        with ops.name_scope(name, 'Rank', [input]) as name:
            return gen_array_ops.size(input.dense_shape, name=name)
    return _core.rank(input, name) if optimize else gen_array_ops.rank(input, name)


def _is_sparse(value):
    from reflow.framework import sparse_tensor
    return isinstance(value, sparse_tensor.SparseTensor)


def slice(input_, begin, size, name=None):
    """The part of the tensor that begins at `begin`, of size `size`."""
    return gen_array_ops._slice(input_, begin, size, name=name)


def strided_slice(input_, begin, end, strides=None, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0,
                  shrink_axis_mask=0, var=None, name=None):
    """The elements from `begin` to `end` in steps of `strides`."""
    if strides is None:
        strides = ones_like(begin)
    return gen_array_ops.strided_slice(input_, begin, end, strides, name=name, begin_mask=begin_mask, end_mask=end_mask,
                                       ellipsis_mask=ellipsis_mask, new_axis_mask=new_axis_mask,
                                       shrink_axis_mask=shrink_axis_mask)


def parallel_stack(values, name='parallel_stack'):
    """Tensors as rows of one, each put there when it is ready."""
    with ops.name_scope(name):
        value_t = ops.convert_to_tensor(values[0])
        value_shape = ops.convert_to_tensor(value_t).get_shape()
        output_shape = [len(values)] + value_shape.as_list()
        return gen_array_ops.parallel_concat([expand_dims(value, 0) for value in values], shape=output_shape)


def stack(values, axis=0, name='stack'):
    """Tensors along a new dimension; a tensor, where that is the first one, is the stack of its rows."""
    if values is None:
        raise TypeError("'NoneType' object is not subscriptable")
    if axis == 0 and isinstance(values, (ops.Tensor, _core.Variable)):
        return ops.convert_to_tensor(values, name=name)
    if axis == 0 and not name:  # then it isn't the name of the op, either
        try:
            return ops.convert_to_tensor(values)
        except (TypeError, ValueError):
            pass  # the op's own error says more
    return _core.stack(_sequence(values), axis, 'Pack' if name is None else name)


def _sequence(values):
    """`values` as a list of tensors: a tensor is taken apart along its first dimension."""
    if isinstance(values, (ops.Tensor, _core.Variable)):
        return unstack(values)
    return values


def unstack(value, num=None, axis=0, name='unstack'):
    """The slices of the tensor along a dimension."""
    return _core.unstack(value, num, axis, name)


def concat(values, axis, name='concat'):
    """Tensors one after the other along a dimension."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1 and isinstance(axis, (list, tuple)):  # as in TensorFlow 0.12, where the axis came first
        ops.convert_to_tensor(axis, name='concat_dim').shape.assert_has_rank(0)
    return _core.concat(values, axis, name)


def unique(x, out_idx=dtypes.int32, name=None):
    """The values of a vector, each once, and the place of each element among them."""
    return gen_array_ops.unique(x, out_idx, name)


def unique_with_counts(x, out_idx=dtypes.int32, name=None):
    """The values of a vector, each once, the place of each element among them, and how often each is there."""
    return gen_array_ops.unique_with_counts(x, out_idx, name)


def split(value, num_or_size_splits, axis=0, num=None, name='split'):
    """As many equal parts of the tensor, or parts of the sizes given."""
    if name is None:
        name = 'Split' if isinstance(num_or_size_splits, int) else 'SplitV'
    return _core.split(value, num_or_size_splits, axis, num, name)


def transpose(a, perm=None, name='transpose', conjugate=False):
    """The tensor with its dimensions in another order."""
    return _core.transpose(a, perm, name, conjugate)


def transpose_v2(a, perm=None, conjugate=False, name='transpose'):
    """The tensor with its dimensions in another order."""
    return transpose(a, perm, name, conjugate)


def matrix_transpose(a, name='matrix_transpose', conjugate=False):
    """The tensor with its last two dimensions exchanged."""
    a = ops.convert_to_tensor(a, name='a')
    ndims = a.shape.ndims
    from reflow.ops import gen_math_ops, math_ops
    if ndims is None:
        with ops.name_scope(name, values=[a]):
            ndims = rank(a)
            leading = gen_math_ops._range(0, ndims - 2, 1)
            return transpose(a, concat((leading, [ndims - 1, ndims - 2]), 0), conjugate=conjugate)
    if not conjugate or not a.dtype.is_complex or ndims < 2:
        transposed = _core.matrix_transpose(a, name)
        return math_ops.conj(transposed) if conjugate else transposed
    with ops.name_scope(name, values=[a]):
        return transpose(a, [*builtins.range(ndims - 2), ndims - 1, ndims - 2], conjugate=True)


def zeros(shape, dtype=dtypes.float32, name=None):
    """A tensor of zeros."""
    return _core.zeros(_whole_sizes(shape), dtypes.as_dtype(dtype), name)


def ones(shape, dtype=dtypes.float32, name=None):
    """A tensor of ones."""
    return _core.ones(_whole_sizes(shape), dtypes.as_dtype(dtype), name)


def _whole_sizes(shape):
    """The shape with ints for floats such as n / 2: what has below 1000 elements cuts them off, and else they have to be whole."""
    if not isinstance(shape, (list, tuple)) or not any(isinstance(size, float) for size in shape):
        return shape
    if not all(isinstance(size, (int, float)) for size in shape):
        return shape
    is_small = math.prod(shape) < 1000
    return [int(size) if is_small or size == int(size) else size for size in shape]


def zeros_like(tensor, dtype=None, name=None, optimize=True):
    """Zeros in the shape of the tensor."""
    return _core.zeros_like(tensor, dtype or None, name, optimize)


def zeros_like_v2(input, dtype=None, name=None):
    """Zeros in the shape of the tensor."""
    return _core.zeros_like(input, dtype or None, name, True)


zeros_like_impl = zeros_like


def ones_like(tensor, dtype=None, name=None, optimize=True):
    """Ones in the shape of the tensor."""
    return _core.ones_like(tensor, dtype, name, optimize)


def ones_like_v2(input, dtype=None, name=None):
    """Ones in the shape of the tensor."""
    return _core.ones_like(input, dtype, name, True)


def reshape(tensor, shape, name=None):
    """The same elements in another shape; one dimension may be -1, which is what is left."""
    return gen_array_ops.reshape(tensor, shape, name=name)


def fingerprint(data, method='farmhash64', name=None):
    """The fingerprint of each row of `data`, as bytes."""
    return gen_array_ops.fingerprint(data, method, name=name)


def fill(dims, value, name=None):
    """A tensor of one value."""
    return gen_array_ops.fill(dims, value, name=name)


def pad(tensor, paddings, mode='CONSTANT', name=None, constant_values=0):
    """The tensor with a border around it."""
    result = _core.pad(tensor, paddings, mode, name, constant_values)
    if isinstance(paddings, (list, tuple)) and not _core.executing_eagerly() and not result.shape.is_fully_defined():
        _refine_padded_shape(result, paddings)
    return result


def _refine_padded_shape(result, paddings):
    """Notes the sizes that are known where only some paddings are."""
    from reflow.framework import tensor_util
    sizes = result.op.inputs[0].shape
    if sizes.ndims is None or sizes.ndims != len(paddings):
        return

    def static(value):
        if isinstance(value, ops.Tensor):
            value = tensor_util.constant_value(value)
        return [static(each) for each in value] if isinstance(value, (list, tuple)) else value

    shape = []
    for padding, size in zip((static(padding) for padding in paddings), sizes.as_list()):
        known = padding is not None and size is not None and not any(each is None for each in padding)
        shape.append(int(sum(padding)) + size if known else None)
    result.set_shape(shape)


def pad_v2(tensor, paddings, mode='CONSTANT', constant_values=0, name=None):
    """The tensor with a border around it."""
    return pad(tensor, paddings, mode, name, constant_values)


def meshgrid(*args, **kwargs):
    """The coordinates of a grid: one tensor for each vector, of the shape of the grid."""
    indexing = kwargs.pop('indexing', 'xy')
    name = kwargs.pop('name', 'meshgrid')
    if kwargs:
        raise TypeError("'{}' is an invalid keyword argument for this function".format(list(kwargs.keys())[0]))
    return _core.meshgrid(args, indexing, name)


def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """Vectors with one element that differs from the others."""
    return _core.one_hot(indices, depth, on_value, off_value, -1 if axis is None else axis, dtype, name)


def sequence_mask(lengths, maxlen=None, dtype=dtypes.bool, name=None):
    """Rows with as many true elements in front as `lengths` says."""
    return _core.sequence_mask(lengths, maxlen, dtypes.as_dtype(dtype), name)


def squeeze(input, axis=None, name=None, squeeze_dims=None):
    """The tensor without dimensions of size 1, all of them or those of `axis`."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'squeeze_dims', squeeze_dims)
    if isinstance(axis, int):
        axis = [axis]
    return gen_array_ops.squeeze(input, axis, name)


def squeeze_v2(input, axis=None, name=None):
    """The tensor without dimensions of size 1."""
    return squeeze(input, axis, name)


def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None, seq_dim=None, batch_dim=None):
    """Sequences of different lengths, each backwards."""
    seq_axis = deprecation.deprecated_argument_lookup('seq_axis', seq_axis, 'seq_dim', seq_dim)
    batch_axis = deprecation.deprecated_argument_lookup('batch_axis', batch_axis, 'batch_dim', batch_dim)
    return gen_array_ops.reverse_sequence(input=input, seq_lengths=seq_lengths, seq_dim=seq_axis,
                                          batch_dim=batch_axis or 0, name=name)


def reverse(tensor, axis, name=None):
    """The tensor backwards along some dimensions."""
    return gen_array_ops.reverse_v2(tensor, axis, name)


reverse_v2 = reverse


def space_to_batch(input, paddings, block_size=None, name=None, block_shape=None):
    """Blocks of a picture as pictures of their own."""
    block_shape = [block_size, block_size] if block_shape is None else block_shape
    result = gen_array_ops.space_to_batch_nd(input, paddings=paddings, block_shape=block_shape, name=name)
    result.set_shape(result.get_shape().with_rank(4))
    return result


def batch_to_space(input, crops, block_size, name=None, block_shape=None):
    """Pictures as blocks of one."""
    block_shape = [block_size, block_size] if block_shape is None else block_shape
    result = gen_array_ops.batch_to_space_nd(input, crops=crops, block_shape=block_shape, name=name)
    result.set_shape(result.get_shape().with_rank(4))
    return result


def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """(paddings, crops) that make each size of `input_shape` a multiple of its block."""
    from reflow.ops import space_to_batch as space_to_batch_lib
    return space_to_batch_lib.required_space_to_batch_paddings(input_shape, block_shape, base_paddings, name)


def space_to_depth(input, block_size, name=None, data_format='NHWC'):
    """Blocks of a picture as channels."""
    return gen_array_ops.space_to_depth(input, block_size, data_format, name=name)


def depth_to_space(input, block_size, name=None, data_format='NHWC'):
    """Channels as blocks of a picture."""
    return gen_array_ops.depth_to_space(input, block_size, data_format, name=name)


def matrix_diag_part(input, name='diag_part', k=0, padding_value=0):
    """The diagonals of matrices."""
    return gen_array_ops.matrix_diag_part(input=input, name=name)


def matrix_set_diag(input, diagonal, name='set_diag', k=0):
    """Matrices with other diagonals."""
    return gen_array_ops.matrix_set_diag(input=input, diagonal=diagonal, name=name)


def matrix_diag(diagonal, name='diag', k=0, num_rows=-1, num_cols=-1, padding_value=0):
    """Matrices of diagonals."""
    return gen_array_ops.matrix_diag(diagonal=diagonal, name=name)


def quantize(input, min_range, max_range, T, mode='MIN_COMBINED', round_mode='HALF_AWAY_FROM_ZERO', name=None):
    """Floats as quantized numbers."""
    return gen_array_ops.quantize_v2(input, min_range, max_range, T, mode, round_mode, name=name)


def quantize_v2(input, min_range, max_range, T, mode='MIN_COMBINED', name=None, round_mode='HALF_AWAY_FROM_ZERO'):
    """Floats as quantized numbers, and their range."""
    return gen_array_ops.quantize_v2(input, min_range, max_range, T=T, mode=mode, name=name, round_mode=round_mode)


def quantize_and_dequantize(input, input_min, input_max, signed_input=True, num_bits=8, range_given=False,
                            round_mode='HALF_TO_EVEN', name=None, narrow_range=False):
    """Floats rounded to what quantized numbers can tell."""
    return gen_array_ops.quantize_and_dequantize_v2(input, input_min=input_min, input_max=input_max, signed_input=signed_input,
                                                    num_bits=num_bits, range_given=range_given, round_mode=round_mode,
                                                    narrow_range=narrow_range, name=name)


def edit_distance(hypothesis, truth, normalize=True, name='edit_distance'):
    """The Levenshtein distance between sequences, given as sparse tensors."""
    from reflow.framework import sparse_tensor
    for argument, value in (('Hypothesis', hypothesis), ('Truth', truth)):
        if not isinstance(value, (sparse_tensor.SparseTensor, sparse_tensor.SparseTensorValue)):
            raise TypeError('%s must be a SparseTensor.' % argument)
    return gen_array_ops.edit_distance(hypothesis.indices, hypothesis.values, hypothesis.dense_shape, truth.indices,
                                       truth.values, truth.dense_shape, normalize=normalize, name=name)


def repeat(input, repeats, axis=None, name=None):
    """Each element along `axis`, or of the flattened input, `repeats` times."""
    return _core.repeat(input, repeats, axis, name)


def searchsorted(sorted_sequence, values, side='left', out_type=dtypes.int32, name=None):
    """Where in each sorted row the values of the same row would be put."""
    return _core.searchsorted(sorted_sequence, values, side, dtypes.as_dtype(out_type), name)


def broadcast_static_shape(shape_x, shape_y):
    """The shape that both shapes broadcast to. ValueError: there is none."""
    from reflow.framework import common_shapes
    return common_shapes.broadcast_shape(shape_x, shape_y)


def sparse_mask(a, mask_indices, name=None):
    """IndexedSlices without those whose indices are in `mask_indices`."""
    from reflow.framework import indexed_slices
    with ops.name_scope(name, 'sparse_mask', [a, mask_indices]) as name:
        indices = a.indices
        out_indices, to_gather = setdiff1d(indices, mask_indices)
        out_values = gather(a.values, to_gather, name=name)
        return indexed_slices.IndexedSlices(out_values, out_indices, a.dense_shape)


def extract_image_patches(images, ksizes=None, strides=None, rates=None, padding=None, name=None, sizes=None):
    """Patches of images, along the channels."""
    ksizes = deprecation.deprecated_argument_lookup('sizes', sizes, 'ksizes', ksizes)
    return gen_array_ops.extract_image_patches(images, ksizes, strides, rates, padding, name)


def extract_image_patches_v2(images, sizes, strides, rates, padding, name=None):
    """Patches of images, along the channels."""
    return gen_array_ops.extract_image_patches(images, sizes, strides, rates, padding, name)
