"""Operations on dilated windows: blocks of space go to the batch, the operation follows, and they come back."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import gen_array_ops


def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """(paddings, crops) that make each size of `input_shape`, padded by `base_paddings`, a multiple of its block."""
    with ops.name_scope(name, 'required_space_to_batch_paddings', [input_shape, block_shape]):
        input_shape, block_shape = [
            ops.convert_to_tensor(shape, dtype=dtypes.int32, name=argument)
            for argument, shape in (('input_shape', input_shape), ('block_shape', block_shape))]
        block_shape.shape.assert_is_fully_defined()
        block_shape.shape.assert_has_rank(1)
        count = block_shape.shape.num_elements()
        if count == 0:
            return array_ops.zeros([0, 2], dtypes.int32), array_ops.zeros([0, 2], dtypes.int32)
        input_shape.get_shape().assert_is_compatible_with([count])
        if base_paddings is not None:
            base_paddings = ops.convert_to_tensor(base_paddings, dtype=dtypes.int32, name='base_paddings')
            base_paddings.get_shape().assert_is_compatible_with([count, 2])
        else:
            base_paddings = array_ops.zeros([count, 2], dtypes.int32)
        known = [tensor_util.constant_value(value) for value in (block_shape, input_shape, base_paddings)]
        if all(value is not None for value in known):
            block_shape, input_shape, base_paddings = known
        pad_start = base_paddings[:, 0]
        orig_pad_end = base_paddings[:, 1]
        full_input_shape = input_shape + pad_start + orig_pad_end
        pad_end_extra = (block_shape - full_input_shape % block_shape) % block_shape
        pad_end = orig_pad_end + pad_end_extra
        paddings = array_ops.stack([[pad_start[i], pad_end[i]] for i in range(count)], name='paddings')
        crops = array_ops.stack([[0, pad_end_extra[i]] for i in range(count)], name='crops')
        return paddings, crops


def _same_paddings(filter_shape, num_spatial_dims, rate):
    """The paddings of a dilated filter; where they are odd there is more at the end."""
    spatial = filter_shape[:num_spatial_dims]
    extra = spatial + (spatial - 1) * (rate - 1) - 1
    start = extra // 2
    end = extra - start
    return array_ops.stack([[start[i], end[i]] for i in range(num_spatial_dims)])


def _for_all_dims(values, fill_value, spatial_dims):
    """`values` of the spatial dimensions, with `fill_value` for those between and before them."""
    fill_dims = values.get_shape().as_list()[1:]
    constant = tensor_util.constant_value(values)
    rows = values if constant is None else constant
    parts, previous, i = [], 0, 0
    while i < len(spatial_dims):
        first = i
        if spatial_dims[first] > 1:
            parts.append(np.full([spatial_dims[first] - 1 - previous] + fill_dims, fill_value,
                                 dtype=values.dtype.as_numpy_dtype))
        while i + 1 < len(spatial_dims) and spatial_dims[i + 1] == spatial_dims[i] + 1:
            i += 1
        parts.append(rows[first:i + 1])
        previous = spatial_dims[i]
        i += 1
    return array_ops.concat(parts, 0) if constant is None else np.concatenate(parts)


class WithSpaceToBatch:
    """Calls what build_op(num_spatial_dims, padding) makes on blocks as far apart as `dilation_rate` says."""

    def __init__(self, input_shape, dilation_rate, padding, build_op, filter_shape=None, spatial_dims=None,
                 data_format=None):
        dilation_rate = ops.convert_to_tensor(dilation_rate, dtypes.int32, name='dilation_rate')
        try:
            rate_shape = dilation_rate.get_shape().with_rank(1)
        except ValueError:
            raise ValueError('rate must be rank 1') from None
        if not rate_shape.is_fully_defined():
            raise ValueError('rate must have known shape')
        count = rate_shape.dims[0].value
        self._channels_first = data_format is not None and data_format.startswith('NC')
        first_dim = 2 if self._channels_first else 1
        given_dims = list(range(first_dim, count + first_dim) if spatial_dims is None else spatial_dims)
        spatial_dims = sorted({int(dim) for dim in given_dims})
        if spatial_dims != given_dims or any(dim < 1 for dim in spatial_dims):
            raise ValueError('spatial_dims must be a montonically increasing sequence of positive integers')
        expected_rank = spatial_dims[-1] if self._channels_first else spatial_dims[-1] + 1
        try:
            input_shape.with_rank_at_least(expected_rank)
        except ValueError:
            raise ValueError('input tensor must have rank %d at least' % expected_rank) from None
        rate = tensor_util.constant_value(dilation_rate)
        self._call = None
        if rate is not None:
            if np.any(rate < 1):
                raise ValueError('dilation_rate must be positive')
            if np.all(rate == 1):
                self._call = build_op(count, padding)
                return
        self._base_paddings = None
        self._rate = dilation_rate if rate is None else rate
        if padding == 'SAME':
            if filter_shape is None:
                raise ValueError('filter_shape must be specified for SAME padding')
            filter_shape = tensor_util.constant_value(ops.convert_to_tensor(filter_shape, name='filter_shape'))
            if filter_shape is not None:
                self._base_paddings = _same_paddings(filter_shape, count, self._rate)
        elif padding == 'VALID':
            self._base_paddings = np.zeros([count, 2], np.int32)
        else:
            raise ValueError('Invalid padding method %r' % padding)
        self._input_shape, self._spatial_dims, self._dilation_rate = input_shape, spatial_dims, dilation_rate
        self._op = build_op(count, 'VALID')

    def __call__(self, inp, filter):
        if self._call is not None:
            return self._call(inp, filter)
        dims = self._spatial_dims
        sizes = None
        if self._input_shape.ndims is not None:
            sizes = [self._input_shape.as_list()[i] for i in dims]
        if sizes is None or None in sizes:
            shape = array_ops.shape(inp)
            sizes = array_ops.stack([shape[i] for i in dims])
        base_paddings = self._base_paddings
        if base_paddings is None:
            base_paddings = _same_paddings(array_ops.shape(filter), len(dims), self._rate)
        paddings, crops = required_space_to_batch_paddings(input_shape=sizes, base_paddings=base_paddings,
                                                           block_shape=self._dilation_rate)
        block_shape = _for_all_dims(self._dilation_rate, 1, dims)
        paddings = _for_all_dims(paddings, 0, dims)
        crops = _for_all_dims(crops, 0, dims)
        converted = gen_array_ops.space_to_batch_nd(input=inp, block_shape=block_shape, paddings=paddings)
        result = gen_array_ops.batch_to_space_nd(input=self._op(converted, filter), block_shape=block_shape, crops=crops)
        if self._channels_first and filter is not None and not result.shape.dims[1].value:
            output_shape = result.shape.as_list()
            output_shape[1] = filter.shape[-1]
            result.set_shape(output_shape)
        return result


def with_space_to_batch(input, dilation_rate, padding, op, filter_shape=None, spatial_dims=None, data_format=None):
    """op(input, number of spatial dimensions, padding) on blocks as far apart as `dilation_rate` says."""
    input = ops.convert_to_tensor(input, name='input')

    def build_op(num_spatial_dims, padding):
        return lambda inp, _: op(inp, num_spatial_dims, padding)
    return WithSpaceToBatch(input.get_shape(), dilation_rate, padding, build_op, filter_shape=filter_shape,
                            spatial_dims=spatial_dims, data_format=data_format)(input, None)
