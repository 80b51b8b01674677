"""What programs register to have their objects become tensors."""

from reflow import _core

_functions = []  # (priority, order, class, function), sorted
_has_function = {}  # class -> whether a function takes it


def register_tensor_conversion_function(base_type, conversion_func, priority=100):
    """Has objects of `base_type` (a class, or a tuple of classes) converted by `conversion_func`.

    It is called as conversion_func(value, dtype=None, name=None, as_ref=False); NotImplemented leaves the value to the next
    function. Functions of lower priority come first.
    """
    if not (isinstance(base_type, type) or
            (isinstance(base_type, tuple) and all(isinstance(cls, type) for cls in base_type))):
        raise TypeError('base_type must be a type or a tuple of types.')
    if not callable(conversion_func):
        raise TypeError('conversion_func must be callable.')
    _functions.append((priority, len(_functions), base_type, conversion_func))
    _functions.sort(key=lambda entry: entry[:2])
    _has_function.clear()


def has_conversion_function(cls):
    """Whether a function takes objects of the class."""
    known = _has_function.get(cls)
    if known is None:
        known = _has_function[cls] = any(issubclass(cls, base_type) for _, _, base_type, _ in _functions)
    return known


def convert_registered(value, dtype, name, preferred_dtype, as_ref):
    """The tensor that a registered function makes of `value`."""
    name = name or None
    prefix = 'Error converting %s: ' % name if name else ''
    for _, _, base_type, function in _functions:
        if not isinstance(value, base_type):
            continue
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


def convert_to_tensor(value, dtype=None, name=None, preferred_dtype=None, dtype_hint=None):
    """`value` as a tensor: tensors, variables, numbers, strings, lists, arrays, and what functions are registered for."""
    return _core.convert_to_tensor(value, dtype, name, dtype_hint if preferred_dtype is None else preferred_dtype)


def convert_to_tensor_v2(value, dtype=None, dtype_hint=None, name=None):
    """`value` as a tensor."""
    return _core.convert_to_tensor(value, dtype, name, dtype_hint)


def internal_convert_to_tensor(value, dtype=None, name=None, as_ref=False, preferred_dtype=None, ctx=None,
                               accepted_result_types=None):
    """`value` as a tensor; `as_ref`: a variable's reference."""
    if as_ref:
        return _core.convert_to_ref(value, dtype, name)
    return _core.convert_to_tensor(value, dtype, name, preferred_dtype)


def convert_n_to_tensor(values, dtype=None, name=None, preferred_dtype=None):
    """Each of `values` as a tensor."""
    return [convert_to_tensor(value, dtype, None if name is None else '%s_%d' % (name, i), preferred_dtype)
            for i, value in enumerate(values)]


internal_convert_n_to_tensor = convert_n_to_tensor


def convert_to_tensor_or_indexed_slices(value, dtype=None, name=None):
    """IndexedSlices and sparse tensors as they are, anything else as a tensor."""
    from reflow.framework import indexed_slices
    from reflow.framework import sparse_tensor
    if isinstance(value, (indexed_slices.IndexedSlices, sparse_tensor.SparseTensor)):
        if dtype is not None and not dtype.is_compatible_with(value.dtype):
            raise ValueError('Tensor conversion requested dtype %s for Tensor with dtype %s: %r' % (
                dtype.name, value.dtype.name, str(value)))
        return value
    return convert_to_tensor(value, dtype, name)


internal_convert_to_tensor_or_indexed_slices = convert_to_tensor_or_indexed_slices


def convert_n_to_tensor_or_indexed_slices(values, dtype=None, name=None):
    """Each of `values` as a tensor or as it is; None stays None."""
    return [None if value is None else
            convert_to_tensor_or_indexed_slices(value, dtype, None if name is None else '%s_%d' % (name, i))
            for i, value in enumerate(values)]
