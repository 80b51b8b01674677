"""Arithmetic, element by element and over dimensions."""

import builtins

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import gen_math_ops
from reflow.ops.complex_numbers import (  # noqa: F401 - the names they have in TensorFlow
    complex, real, imag, angle, conj)
from reflow.ops.segments import (  # noqa: F401 - the names they have in TensorFlow
    unsorted_segment_mean, unsorted_segment_sqrt_n, sparse_segment_sum_v2, sparse_segment_mean_v2,
    sparse_segment_sqrt_n_v2, sparse_segment_sum, sparse_segment_mean, sparse_segment_sqrt_n)
from reflow.util import deprecation


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_math_ops, name)


def _lookup_axis(axis, reduction_indices):
    return deprecation.deprecated_argument_lookup('axis', axis, 'reduction_indices', reduction_indices)


def _lookup_keepdims(keepdims, keep_dims):
    keepdims = deprecation.deprecated_argument_lookup('keepdims', keepdims, 'keep_dims', keep_dims)
    return bool(keepdims)


def _on_sparse(x, function, name, default_name):
    """`x` with function applied to its values, where it is a sparse tensor; None: it isn't."""
    from reflow.framework import sparse_tensor
    if not isinstance(x, sparse_tensor.SparseTensor):
        return None
    with ops.name_scope(name, default_name):  # TensorFlow tries `x` itself first, which takes the name
        pass
    return sparse_tensor.SparseTensor(indices=x.indices, values=function(x.values, name), dense_shape=x.dense_shape)


def argmax(input, axis=None, name=None, dimension=None, output_type=dtypes.int64):
    """The index of the largest value along a dimension."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dimension', dimension)
    return _core.argmax(input, axis, name, output_type)


def argmax_v2(input, axis=None, output_type=dtypes.int64, name=None):
    """The index of the largest value along a dimension."""
    return _core.argmax(input, axis, name, output_type)


def argmin(input, axis=None, name=None, dimension=None, output_type=dtypes.int64):
    """The index of the smallest value along a dimension."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dimension', dimension)
    return _core.argmin(input, axis, name, output_type)


def argmin_v2(input, axis=None, output_type=dtypes.int64, name=None):
    """The index of the smallest value along a dimension."""
    return _core.argmin(input, axis, name, output_type)


def abs(x, name=None):
    """The absolute value."""
    sparse = _on_sparse(x, abs, name, 'Abs') if not isinstance(x, ops.Tensor) else None
    return _core.abs(x, name) if sparse is None else sparse


def _of_sparse_too(op_name, doc):
    """The function of an op, which takes sparse tensors too."""
    default_name = ''.join(word.capitalize() for word in op_name.split('_'))

    def function(x, name=None):
        op = getattr(gen_math_ops, op_name)
        sparse = _on_sparse(x, op, name, default_name)
        return op(x, name=name) if sparse is None else sparse

    function.__name__ = function.__qualname__ = op_name
    function.__doc__ = doc
    return function


negative = _of_sparse_too('neg', '-x.')
sign = _of_sparse_too('sign', '-1, 0 or 1.')
square = _of_sparse_too('square', 'x * x.')
sqrt = _of_sparse_too('sqrt', 'The square root.')
erf = _of_sparse_too('erf', "Gauss's error function.")
tanh = _of_sparse_too('tanh', 'The hyperbolic tangent.')
bessel_i0e = _of_sparse_too('bessel_i0e', 'exp(-abs(x)) times the modified Bessel function of order 0.')
bessel_i1e = _of_sparse_too('bessel_i1e', 'exp(-abs(x)) times the modified Bessel function of order 1.')


def sigmoid(x, name=None):
    """1 / (1 + exp(-x))."""
    with ops.name_scope(name, 'Sigmoid', [x]) as name:
        x = ops.convert_to_tensor(x, name='x')
        return gen_math_ops.sigmoid(x, name=name)


def log_sigmoid(x, name=None):
    """log(sigmoid(x))."""
    return _core.log_sigmoid(x, name)


def scalar_mul_v2(scalar, x, name=None):
    """`x` times a scalar, in a scope of its name."""
    with ops.name_scope(name, 'scalar_mul', [x]) as name:
        return scalar_mul(scalar, x, name)


def scalar_mul(scalar, x, name=None):
    """A scalar times a tensor."""
    from reflow.framework import indexed_slices
    scalar = ops.convert_to_tensor(scalar, dtype=x.dtype.base_dtype, name='scalar')
    if scalar.get_shape().ndims != 0:
        raise ValueError('Only scalar multiply works, got shape %s' % scalar.get_shape())
    if isinstance(x, indexed_slices.IndexedSlices):
        return indexed_slices.IndexedSlices(gen_math_ops.mul(scalar, x.values, name), x.indices, x.dense_shape)
    return gen_math_ops.mul(scalar, x, name)


def pow(x, y, name=None):
    """x to the power of y."""
    with ops.name_scope(name, 'Pow', [x]) as name:
        return gen_math_ops._pow(x, y, name=name)


def gen_array_ops():
    """The array ops, which only few functions here need."""
    from reflow.ops import gen_array_ops as module
    return module


def round(x, name=None):
    """The nearest integer, halves to even."""
    return _core.round(x, name)


def cast(x, dtype, name=None):
    """`x` as another type."""
    base_type = dtypes.as_dtype(dtype).base_dtype
    if isinstance(x, ops.Tensor) and base_type == x.dtype:
        return x
    from reflow.framework import indexed_slices
    from reflow.framework import sparse_tensor
    from reflow.ops import resource_variable_ops
    if resource_variable_ops.is_resource_variable(x) and base_type == x.dtype:
        return x
    if isinstance(x, (sparse_tensor.SparseTensor, indexed_slices.IndexedSlices)):
        with ops.name_scope(name, 'Cast', [x]) as name:
            values = cast(x.values, base_type, name=name)
            if isinstance(x, sparse_tensor.SparseTensor):
                return sparse_tensor.SparseTensor(x.indices, values, x.dense_shape)
            return indexed_slices.IndexedSlices(values, x.indices, x.dense_shape)
    return _core.cast(x, base_type, name)


def saturate_cast(value, dtype, name=None):
    """`value` as another type; what it can't hold becomes its nearest."""
    return _core.saturate_cast(value, dtypes.as_dtype(dtype), name)


def to_float(x, name='ToFloat'):
    """`x` as float32."""
    return cast(x, dtypes.float32, name=name)


def to_double(x, name='ToDouble'):
    """`x` as float64."""
    return cast(x, dtypes.float64, name=name)


def to_int32(x, name='ToInt32'):
    """`x` as int32."""
    return cast(x, dtypes.int32, name=name)


def to_int64(x, name='ToInt64'):
    """`x` as int64."""
    return cast(x, dtypes.int64, name=name)


def to_bfloat16(x, name='ToBFloat16'):
    """`x` as bfloat16."""
    return cast(x, dtypes.bfloat16, name=name)


def to_complex64(x, name='ToComplex64'):
    """`x` as complex64."""
    return cast(x, dtypes.complex64, name=name)


def to_complex128(x, name='ToComplex128'):
    """`x` as complex128."""
    return cast(x, dtypes.complex128, name=name)


def divide(x, y, name=None):
    """x / y as Python has it."""
    if name is not None:
        return _DivideDelegate(x, name) / y
    return x / y


class _DivideDelegate:
    """A number that gives its quotient a name."""

    def __init__(self, x, name):
        self.x = x
        self.name = name

    def __truediv__(self, y):
        return _core.truediv(self.x, y, self.name)


def truediv(x, y, name=None):
    """x / y; integers are made floats first."""
    return _core.truediv(x, y, name)


def div(x, y, name=None):
    """x / y of floats; of integers rounded down."""
    return _core.div(x, y, name)


def div_no_nan(x, y, name=None):
    """x / y, and 0 where y is 0."""
    return _core.div_no_nan(x, y, name)


def floordiv(x, y, name=None):
    """x / y, rounded down."""
    return _core.floordiv(x, y, name)


def mod(x, y, name=None):
    """The rest of x / y."""
    return gen_math_ops.floor_mod(x, y, name=name)


floormod = mod


def multiply(x, y, name=None):
    """x * y."""
    return gen_math_ops.mul(x, y, name)


def subtract(x, y, name=None):
    """x - y."""
    return gen_math_ops.sub(x, y, name)


def logical_xor(x, y, name='LogicalXor'):
    """Whether one of both is true, and not the other."""
    return _core.logical_xor(x, y, name)


def equal(x, y, name=None):
    """Whether elements are equal."""
    return gen_math_ops.equal(x, y, name=name)


def not_equal(x, y, name=None):
    """Whether elements differ."""
    return gen_math_ops.not_equal(x, y, name=name)


def range(start, limit=None, delta=1, dtype=None, name='range'):
    """start, start + delta, ... below limit; with one argument 0, delta, ... below that."""
    if limit is None:
        start, limit = 0, start
    return _core.range(start, limit, delta, dtype, name)


def _reduction(name):
    function = getattr(_core, name)

    def v1(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None, keep_dims=None):
        axis = _lookup_axis(axis, reduction_indices)
        return function(input_tensor, axis, _lookup_keepdims(keepdims, keep_dims), name)

    def v2(input_tensor, axis=None, keepdims=False, name=None):
        return function(input_tensor, axis, bool(keepdims), name)
    return v1, v2


reduce_sum_v1, reduce_sum = _reduction('reduce_sum')
reduce_mean_v1, reduce_mean = _reduction('reduce_mean')
reduce_prod_v1, reduce_prod = _reduction('reduce_prod')
reduce_max_v1, reduce_max = _reduction('reduce_max')
reduce_min_v1, reduce_min = _reduction('reduce_min')
reduce_all_v1, reduce_all = _reduction('reduce_all')
reduce_any_v1, reduce_any = _reduction('reduce_any')
reduce_logsumexp_v1, reduce_logsumexp = _reduction('reduce_logsumexp')
_, reduce_variance = _reduction('reduce_variance')
_, reduce_std = _reduction('reduce_std')
for _name, _what in (('sum', 'The sum'), ('mean', 'The mean'), ('prod', 'The product'), ('max', 'The largest'),
                     ('min', 'The smallest'), ('all', 'Whether all are true'), ('any', 'Whether any is true'),
                     ('logsumexp', 'log(sum(exp(x))), without overflow,'), ('variance', 'The variance'),
                     ('std', 'The standard deviation')):
    for _function in ('reduce_%s_v1' % _name, 'reduce_' + _name):
        if _function in globals():
            globals()[_function].__doc__ = '%s of the elements along dimensions.' % _what
            globals()[_function].__name__ = globals()[_function].__qualname__ = 'reduce_' + _name


def reduce_euclidean_norm(input_tensor, axis=None, keepdims=False, name=None):
    """The Euclidean norm of the elements along dimensions."""
    from reflow.ops import array_ops
    if axis is None:
        input_tensor = ops.convert_to_tensor(input_tensor)
        ndims = input_tensor.shape.ndims
        if ndims is None:
            axis = range(0, array_ops.rank(input_tensor))
        else:
            axis = ops.convert_to_tensor(list(builtins.range(ndims)), dtype=dtypes.int32)
    return gen_math_ops.euclidean_norm(input_tensor, axis, bool(keepdims), name=name)


def reduced_shape(input_shape, axes):
    """The shape of a tensor after it is reduced along `axes`, which stay with size 1."""
    from reflow.ops import array_ops
    from reflow.ops import gen_data_flow_ops
    sizes, axes = [cast(tensor, dtypes.int32) for tensor in (input_shape, axes)]
    rank = array_ops.size(sizes)
    axes = (axes + rank) % rank
    number_of_axes = array_ops.shape(axes)
    all_axes = range(rank)
    return gen_data_flow_ops.dynamic_stitch([all_axes, axes], [sizes, array_ops.fill(number_of_axes, 1)])


def count_nonzero(input_tensor=None, axis=None, keepdims=None, dtype=dtypes.int64, name=None, reduction_indices=None,
                  keep_dims=None, input=None):
    """The number of elements that aren't zero, along dimensions."""
    keepdims = _lookup_keepdims(keepdims, keep_dims)
    input_tensor = deprecation.deprecated_argument_lookup('input', input, 'input_tensor', input_tensor)
    axis = _lookup_axis(axis, reduction_indices)
    return _core.count_nonzero(input_tensor, axis, keepdims, dtypes.as_dtype(dtype), name)


def count_nonzero_v2(input, axis=None, keepdims=None, dtype=dtypes.int64, name=None):
    """The number of elements that aren't zero, along dimensions."""
    return count_nonzero(input, axis, keepdims, dtype, name)


def trace(x, name=None):
    """The sum of the diagonals of matrices."""
    return _core.trace(x, name)


def matmul(a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, a_is_sparse=False,
           b_is_sparse=False, name=None):
    """The product of matrices."""
    if transpose_a and adjoint_a:
        raise ValueError('Only one of transpose_a and adjoint_a can be True.')
    if transpose_b and adjoint_b:
        raise ValueError('Only one of transpose_b and adjoint_b can be True.')
    if a_is_sparse or b_is_sparse:
        with ops.name_scope(name, 'MatMul', [a, b]) as name:
            return gen_math_ops.sparse_mat_mul(a, b, transpose_a=bool(transpose_a or adjoint_a),
                                               transpose_b=bool(transpose_b or adjoint_b), a_is_sparse=a_is_sparse,
                                               b_is_sparse=b_is_sparse, name=name)
    return _core.matmul(a, b, bool(transpose_a), bool(transpose_b), bool(adjoint_a), bool(adjoint_b), name)


def matvec(a, b, transpose_a=False, adjoint_a=False, a_is_sparse=False, b_is_sparse=False, name=None):
    """The product of matrices and vectors."""
    if not (a_is_sparse or b_is_sparse):
        return _core.matvec(a, b, bool(transpose_a), bool(adjoint_a), name)
    from reflow.ops import array_ops
    with ops.name_scope(name, 'MatVec', [a, b]) as name:
        output = matmul(a, array_ops.expand_dims(b, axis=-1), transpose_a=transpose_a, adjoint_a=adjoint_a,
                        a_is_sparse=a_is_sparse, b_is_sparse=b_is_sparse)
        return array_ops.squeeze(output, axis=-1)


def add_n(inputs, name=None):
    """The sum of tensors of one shape and type."""
    from reflow.framework import indexed_slices
    if isinstance(inputs, ops.Tensor):
        iter(inputs)  # an error that says so
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise ValueError('inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape')
    inputs = ops.convert_n_to_tensor_or_indexed_slices(inputs)
    if not all(isinstance(x, (ops.Tensor, indexed_slices.IndexedSlices)) for x in inputs):
        raise ValueError('inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape')
    if len(inputs) == 1:
        values = ops.convert_to_tensor(inputs[0]) if isinstance(inputs[0], indexed_slices.IndexedSlices) else inputs[0]
        return gen_array_ops().identity(values, name=name) if name else values
    return gen_math_ops.add_n(inputs, name=name)


def accumulate_n(inputs, shape=None, tensor_dtype=None, name=None):
    """The sum of tensors of one shape and type."""
    from reflow.framework import tensor_shape
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise ValueError('inputs must be a list of at least one Tensor with the same dtype and shape')
    inputs = ops.convert_n_to_tensor_or_indexed_slices(inputs)
    if not all(x.dtype == inputs[0].dtype for x in inputs):
        raise ValueError('inputs must be a list of at least one Tensor with the same dtype and shape')
    shape = tensor_shape.unknown_shape() if shape is None else tensor_shape.as_shape(shape)
    for input_tensor in inputs:
        shape = shape.merge_with(input_tensor.get_shape())
    if tensor_dtype is not None and tensor_dtype != inputs[0].dtype:
        raise TypeError('tensor_dtype is {}, but input is of type {}'.format(tensor_dtype, inputs[0].dtype))
    if len(inputs) == 1 and name is None:
        return inputs[0]
    if len(inputs) == 1:
        return gen_array_ops().identity(inputs[0], name=name)
    return gen_math_ops.accumulate_nv2(inputs, name=name, shape=shape)


def cumsum(x, axis=0, exclusive=False, reverse=False, name=None):
    """The sums of the elements up to each."""
    return _core.cumsum(x, axis, bool(exclusive), bool(reverse), name)


def cumprod(x, axis=0, exclusive=False, reverse=False, name=None):
    """The products of the elements up to each."""
    return _core.cumprod(x, axis, bool(exclusive), bool(reverse), name)


def polyval(coeffs, x, name=None):
    """The value of a polynomial at `x`."""
    return _core.polyval(coeffs, x, name)


def tensordot(a, b, axes, name=None):
    """The sum of products over pairs of axes."""
    return _core.tensordot(a, b, axes, name)


def multiply_no_nan(x, y, name=None):
    """x * y, and 0 where y is 0, whatever x is."""
    with ops.name_scope(name, 'multiply_no_nan', [x, y]) as name:
        x = ops.convert_to_tensor(x, name='x')
        y = ops.convert_to_tensor(y, name='y', dtype=x.dtype.base_dtype)
        if not x.dtype.base_dtype == y.dtype.base_dtype:
            raise TypeError('x and y must have the same dtype, got %r != %r' % (x.dtype.base_dtype, y.dtype.base_dtype))
        return gen_math_ops.mul_no_nan(x, y, name=name)


def reciprocal_no_nan(x, name=None):
    """1 / x, and 0 where x is 0."""
    with ops.name_scope(name, 'reciprocal_no_nan', [x]) as scope:
        x = ops.convert_to_tensor(x, name='x')
        one = ops.convert_to_tensor(1, dtype=x.dtype.base_dtype, name='one')
        return gen_math_ops.div_no_nan(one, x, name=scope)


def cumulative_logsumexp(x, axis=0, exclusive=False, reverse=False, name=None):
    """log(cumsum(exp(x))), without overflow."""
    with ops.name_scope(name, 'CumulativeLogsumexp', [x]) as name:
        x = ops.convert_to_tensor(x, name='x')
        return gen_math_ops.cumulative_logsumexp(x, axis, exclusive=exclusive, reverse=reverse, name=name)


def bincount_v1(arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32):
    """How often each number is in `arr`."""
    return bincount(arr, weights, minlength, maxlength, dtype)


def bincount(arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32, name=None):
    """How often each number is in `arr`."""
    from reflow.ops import array_ops
    with ops.name_scope('bincount' if name is None else name):
        numbers = ops.convert_to_tensor(arr, name='arr', dtype=dtypes.int32)
        one_if_any = cast(reduce_prod(array_ops.shape(numbers)) > 0, dtypes.int32)
        length = one_if_any * (reduce_max(numbers) + 1)
        for limit, name_of_limit, limited in ((minlength, 'minlength', gen_math_ops.maximum),
                                              (maxlength, 'maxlength', gen_math_ops.minimum)):
            if limit is not None:
                length = limited(ops.convert_to_tensor(limit, name=name_of_limit, dtype=dtypes.int32), length)
        if weights is None:
            weights = ops.convert_to_tensor([], dtype=dtypes.as_dtype(dtype))
        return gen_math_ops.bincount(numbers, length, ops.convert_to_tensor(weights, name='weights'))
