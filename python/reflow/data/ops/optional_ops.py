"""Optional: a value that may not be there."""
import abc

from reflow.data.util import structure
from reflow.framework import composite_tensor, dtypes, ops, tensor_spec, type_spec
from reflow.ops import gen_dataset_ops


class Optional(composite_tensor.CompositeTensor, metaclass=abc.ABCMeta):
    """A value that may not be there, as is told where it runs."""

    @abc.abstractmethod
    def has_value(self, name=None):
        """Whether there is a value, a scalar bool tensor."""
        raise NotImplementedError('Optional.has_value()')

    @abc.abstractmethod
    def get_value(self, name=None):
        """The value. InvalidArgumentError where it runs: there is none."""
        raise NotImplementedError('Optional.get_value()')

    @property
    @abc.abstractmethod
    def value_structure(self):
        """The spec of the value."""
        raise NotImplementedError('Optional.value_structure')

    @staticmethod
    def from_value(value):
        """An Optional with the value."""
        with ops.name_scope('optional') as scope:
            with ops.name_scope('value'):
                value_structure = structure.type_spec_from_value(value)
                tensors = structure.to_tensor_list(value_structure, value)
        return _OptionalImpl(gen_dataset_ops.optional_from_value(tensors, name=scope), value_structure)

    @staticmethod
    def none_from_structure(value_structure):
        """An Optional without a value, which would have this spec."""
        return _OptionalImpl(gen_dataset_ops.optional_none(), value_structure)


class _OptionalImpl(Optional):
    """An Optional in a variant tensor."""

    def __init__(self, variant_tensor, value_structure):
        self._variant_tensor = variant_tensor
        self._value_structure = value_structure

    def has_value(self, name=None):
        return gen_dataset_ops.optional_has_value(self._variant_tensor, name=name)

    def get_value(self, name=None):
        with ops.name_scope(name, 'OptionalGetValue', [self._variant_tensor]) as scope:
            return structure.from_tensor_list(self._value_structure, gen_dataset_ops.optional_get_value(
                self._variant_tensor, name=scope, output_types=structure.get_flat_tensor_types(self._value_structure),
                output_shapes=structure.get_flat_tensor_shapes(self._value_structure)))

    @property
    def value_structure(self):
        return self._value_structure

    @property
    def _type_spec(self):
        return OptionalSpec.from_value(self)


class OptionalSpec(type_spec.TypeSpec):
    """The spec of an Optional: that of its value."""

    __slots__ = ['_value_structure']

    def __init__(self, value_structure):
        self._value_structure = value_structure

    @property
    def value_type(self):
        return _OptionalImpl

    def _serialize(self):
        return (self._value_structure,)

    @property
    def _component_specs(self):
        return [tensor_spec.TensorSpec((), dtypes.variant)]

    def _to_components(self, value):
        return [value._variant_tensor]

    def _from_components(self, flat_value):
        return _OptionalImpl(flat_value[0], self._value_structure)

    @staticmethod
    def from_value(value):
        """The spec of an Optional."""
        return OptionalSpec(value.value_structure)

    def _to_legacy_output_types(self):
        return self

    def _to_legacy_output_shapes(self):
        return self

    def _to_legacy_output_classes(self):
        return self
