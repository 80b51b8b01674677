"""What programs register to have their objects become tensors."""
import collections.abc

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import tensor_conversion_registry
from reflow.framework import tensor_shape
from reflow.framework.tensor_conversion_registry import register_tensor_conversion_function  # noqa: F401


def has_conversion_function(cls):
    """Whether a function takes objects of the class."""
    return bool(tensor_conversion_registry.registered(cls))


def convert_registered(value, dtype, name, preferred_dtype, as_ref):
    """The tensor that a registered function makes of `value`."""
    name = name or None
    prefix = 'Error converting %s: ' % name if name else ''
    for base_type, function in tensor_conversion_registry.registered(type(value)):
        result = NotImplemented
        if dtype is None and preferred_dtype is not None:
            try:
                result = function(value, dtype=preferred_dtype, name=name, as_ref=as_ref)
            except (TypeError, ValueError):
                result = NotImplemented
            if result is not NotImplemented and result.dtype.base_dtype != preferred_dtype.base_dtype:
                raise TypeError('convert_to_tensor did not convert to the preferred dtype: %s vs %s ' % (
                    result.dtype.base_dtype, preferred_dtype.base_dtype))
        if result is NotImplemented:
            result = function(value, dtype=dtype, name=name, as_ref=as_ref)
        if result is NotImplemented:
            continue
        if not isinstance(result, _core.Tensor):
            raise RuntimeError('%sConversion function %r for type %s returned non-Tensor: %r' % (
                prefix, function, base_type, result))
        if dtype is not None and not dtype.is_compatible_with(result.dtype):
            raise RuntimeError('%sConversion function %r for type %s returned incompatible dtype: requested = %s, '
                               'actual = %s' % (prefix, function, base_type, dtype.name, result.dtype.name))
        return result
    raise TypeError('%sCannot convert %r with type %s to Tensor: no conversion function registered.' % (
        prefix, value, type(value)))


def array_of_numbers(value, dtype):
    """What NumPy makes of an array of objects, or of text, where numbers are wanted; None: there is none, or they aren't."""
    if dtype is None or getattr(getattr(value, 'dtype', None), 'kind', None) not in ('O', 'S', 'U'):
        return None
    dtype = dtypes.as_dtype(dtype).base_dtype
    return None if dtype == dtypes.string else value.astype(dtype.as_numpy_dtype)


def _converted(value, dtype, name, preferred_dtype):
    try:
        return _core.convert_to_tensor(value, dtype, name, preferred_dtype)
    except TypeError:
        numbers = array_of_numbers(value, dtype)
        if numbers is None:
            raise
    return _core.convert_to_tensor(numbers, dtype, name, preferred_dtype)


def convert_to_tensor(value, dtype=None, name=None, preferred_dtype=None, dtype_hint=None):
    """`value` as a tensor: tensors, variables, numbers, strings, lists, arrays, and what functions are registered for."""
    if name is None and isinstance(value, (tensor_shape.TensorShape, tensor_shape.Dimension)):
        name = 'shape_as_tensor'
    return _converted(value, dtype, name, dtype_hint if preferred_dtype is None else preferred_dtype)


def convert_to_tensor_v2(value, dtype=None, dtype_hint=None, name=None):
    """`value` as a tensor."""
    return _converted(value, dtype, name, dtype_hint)


def internal_convert_to_tensor(value, dtype=None, name=None, as_ref=False, preferred_dtype=None, ctx=None,
                               accepted_result_types=None):
    """`value` as a tensor; `as_ref`: a variable's reference."""
    if as_ref:
        return _core.convert_to_ref(value, dtype, name)
    return _converted(value, dtype, name, preferred_dtype)


def convert_n_to_tensor(values, dtype=None, name=None, preferred_dtype=None):
    """Each of `values` as a tensor."""
    if not isinstance(values, collections.abc.Sequence):
        raise TypeError('values must be a sequence.')
    return [convert_to_tensor(value, dtype, None if name is None else '%s_%d' % (name, i), preferred_dtype)
            for i, value in enumerate(values)]


internal_convert_n_to_tensor = convert_n_to_tensor


def convert_to_tensor_or_indexed_slices(value, dtype=None, name=None):
    """IndexedSlices and sparse tensors as they are, anything else as a tensor."""
    from reflow.framework import indexed_slices
    return indexed_slices.convert_to_tensor_or_indexed_slices(value, dtype, name)


def internal_convert_to_tensor_or_indexed_slices(value, dtype=None, name=None, as_ref=False):
    """The same; `as_ref`: a variable's reference."""
    from reflow.framework import indexed_slices
    return indexed_slices.internal_convert_to_tensor_or_indexed_slices(value, dtype, name, as_ref)


def convert_n_to_tensor_or_indexed_slices(values, dtype=None, name=None):
    """Each of `values` as a tensor or as it is; None stays None."""
    from reflow.framework import indexed_slices
    return indexed_slices.convert_n_to_tensor_or_indexed_slices(values, dtype, name)
