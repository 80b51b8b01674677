"""TypeSpec: what is known of a value before it exists, of tensors and of values made of them."""
import abc

import numpy as np

from reflow.framework import composite_tensor, dtypes, tensor_like, tensor_shape
from reflow.util import nest, tf_decorator


class TypeSpec(metaclass=abc.ABCMeta):
    """What is known of values of one class: `_serialize` says it as a tuple, from which an equal spec can be made."""

    __slots__ = []

    _is_type_spec_class = True  # for nest

    @property
    @abc.abstractmethod
    def value_type(self):
        """The class of the values."""
        raise NotImplementedError('%s.value_type' % type(self).__name__)

    @abc.abstractmethod
    def _to_components(self, value):
        """`value` as a structure of tensors."""
        raise NotImplementedError('%s._to_components()' % type(self).__name__)

    @abc.abstractmethod
    def _from_components(self, components):
        """The value whose components these are."""
        raise NotImplementedError('%s._from_components()' % type(self).__name__)

    @property
    @abc.abstractmethod
    def _component_specs(self):
        """The structure of the specs of the components."""
        raise NotImplementedError('%s._component_specs()' % type(self).__name__)

    @abc.abstractmethod
    def _serialize(self):
        """A tuple of all that the spec says."""
        raise NotImplementedError('%s._serialize()' % type(self).__name__)

    @classmethod
    def _deserialize(cls, serialization):
        return cls(*serialization)

    def is_compatible_with(self, spec_or_value):
        """Whether a value, or values with that spec, may have this spec."""
        if not isinstance(spec_or_value, TypeSpec):
            spec_or_value = type_spec_from_value(spec_or_value)
        return type(self) is type(spec_or_value) and _compatible(self._serialize(), spec_or_value._serialize())

    def most_specific_compatible_type(self, other):
        """The spec that says what both say and no more. Raises ValueError if there is none."""
        if type(self) is not type(other):
            raise ValueError('No TypeSpec is compatible with both %s and %s' % (self, other))
        return self._deserialize(_most_specific(self._serialize(), other._serialize()))

    def _to_tensor_list(self, value):
        return nest.flatten(self._to_components(value), expand_composites=True)

    def _from_tensor_list(self, tensor_list):
        expected = self._flat_tensor_specs
        specs = [type_spec_from_value(tensor) for tensor in tensor_list]
        if len(specs) != len(expected):
            raise ValueError('Incompatible input: wrong number of tensors')
        for i, (given, wanted) in enumerate(zip(specs, expected)):
            if not given.is_compatible_with(wanted):
                raise ValueError('Incompatible input: tensor %d (%s) is incompatible with %s' % (
                    i, tensor_list[i], wanted))
        return self._from_compatible_tensor_list(tensor_list)

    def _from_compatible_tensor_list(self, tensor_list):
        return self._from_components(nest.pack_sequence_as(
            self._component_specs, tensor_list, expand_composites=True))

    @property
    def _flat_tensor_specs(self):
        return nest.flatten(self._component_specs, expand_composites=True)

    def _to_legacy_output_types(self):
        raise NotImplementedError('%s._to_legacy_output_types()' % type(self).__name__)

    def _to_legacy_output_shapes(self):
        raise NotImplementedError('%s._to_legacy_output_shapes()' % type(self).__name__)

    def _to_legacy_output_classes(self):
        return self.value_type

    def _comparison_key(self):
        return type(self), _hashable(self._serialize(), type(self).__name__)

    def __eq__(self, other):
        return type(other) is type(self) and self._comparison_key() == other._comparison_key()

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self._comparison_key())

    def __reduce__(self):
        return type(self), self._serialize()

    def __repr__(self):
        return '%s%r' % (type(self).__name__, self._serialize())


class BatchableTypeSpec(TypeSpec):
    """A TypeSpec of values that can be stacked."""

    __slots__ = []

    @abc.abstractmethod
    def _batch(self, batch_size):
        """The spec of `batch_size` stacked values; None if their number is not known."""
        raise NotImplementedError('%s._batch' % type(self).__name__)

    @abc.abstractmethod
    def _unbatch(self):
        """The spec of one of the values that a value of this spec is stacked from."""
        raise NotImplementedError('%s._unbatch' % type(self).__name__)

    def _to_batched_tensor_list(self, value):
        tensors = self._to_tensor_list(value)
        if any(tensor.shape.ndims == 0 for tensor in tensors):
            raise ValueError('Value %s has insufficient rank for batching.' % value)
        return tensors


def _hashable(value, class_name):
    """What a spec says in a form that can be compared and hashed."""
    if value is None or isinstance(value, (int, float, bytes, str, dtypes.DType, TypeSpec)):
        return value
    if isinstance(value, dict):
        return tuple((_hashable(key, class_name), _hashable(value[key], class_name)) for key in sorted(value))
    if isinstance(value, tuple):
        return tuple(_hashable(entry, class_name) for entry in value)
    if isinstance(value, tensor_shape.TensorShape):
        return tensor_shape.TensorShape, None if value.ndims is None else tuple(value.as_list())
    if isinstance(value, np.ndarray):
        return np.ndarray, value.shape, tuple(value.ravel().tolist())
    raise ValueError('Unsupported value type %s returned by %s._serialize' % (type(value).__name__, class_name))


def _compatible(first, second):
    if type(first) is not type(second):
        return False
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(_compatible, first, second))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(_compatible(first[key], second[key]) for key in first)
    if isinstance(first, (TypeSpec, tensor_shape.TensorShape, dtypes.DType)):
        return first.is_compatible_with(second)
    return first == second


def _most_specific(first, second):
    differing = ValueError('Types are not compatible: %r vs %r' % (first, second))
    if type(first) is not type(second):
        raise differing
    if isinstance(first, tuple):
        if len(first) != len(second):
            raise differing
        return tuple(map(_most_specific, first, second))
    if isinstance(first, dict):
        if first.keys() != second.keys():
            raise differing
        return {key: _most_specific(first[key], second[key]) for key in sorted(first)}
    if isinstance(first, tensor_shape.TensorShape):
        return first.most_specific_compatible_shape(second)
    if isinstance(first, TypeSpec):
        return first.most_specific_compatible_type(second)
    if isinstance(first, list):
        raise AssertionError('_serialize() should not return list values.')
    if first != second:
        raise differing
    return first


_converters = []  # (class, function from a value to its spec, whether derived classes too)


def register_type_spec_from_value_converter(type_object, converter_fn, allow_subclass=False):
    """Lets `type_spec_from_value` take values of the class `type_object`."""
    _converters.append((tf_decorator.unwrap(type_object)[1], converter_fn, allow_subclass))


def type_spec_from_value(value):
    """The spec of a tensor, a composite tensor, a value of a registered class or what can be made a tensor."""
    spec = _spec_or_none(value)
    if spec is None:
        from reflow.framework import ops
        try:
            spec = _spec_or_none(ops.convert_to_tensor(value))
        except (ValueError, TypeError):
            pass
    if spec is None:
        raise TypeError('Could not build a TypeSpec for %r with type %s' % (value, type(value).__name__))
    return spec


def _spec_or_none(value):
    from reflow.framework import tensor_spec
    if isinstance(value, np.ndarray) or tensor_like.is_plain_tensor(value):
        return tensor_spec.TensorSpec(value.shape, value.dtype)
    if isinstance(value, composite_tensor.CompositeTensor):
        return value._type_spec
    if isinstance(value, list) and value:
        specs = [_spec_or_none(entry) for entry in value]
        if isinstance(specs[0], BatchableTypeSpec):
            try:
                merged = specs[0]
                for spec in specs[1:]:
                    merged = merged.most_specific_compatible_type(spec)
                return merged._batch(len(specs))
            except (ValueError, TypeError):
                pass  # the entries can't be stacked
    for type_object, converter_fn, allow_subclass in reversed(_converters):
        if type(value) is type_object or (allow_subclass and isinstance(value, type_object)):
            return converter_fn(value)
    return None
