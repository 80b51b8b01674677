"""Iterators over datasets."""
import contextlib
import functools
import warnings

from reflow import _core
from reflow.data.ops import optional_ops
from reflow.data.util import nest, structure
from reflow.framework import composite_tensor, dtypes, errors, ops, tensor_shape, tensor_spec, type_spec
from reflow.ops import gen_dataset_ops
from reflow.training.saving import saveable_object
from reflow.training.tracking import base as trackable
from reflow.util import deprecation

GET_NEXT_CALL_WARNING_THRESHOLD = 32
GET_NEXT_CALL_WARNING_MESSAGE = (
    'An unusually high number of `Iterator.get_next()` calls was detected. This often indicates that `Iterator.get_next()` '
    'is being called inside a training loop, which will cause gradual slowdown and eventual resource exhaustion. If this is '
    'the case, restructure your code to call `next_element = iterator.get_next()` once outside the loop, and use '
    '`next_element` as the input to some computation that is invoked inside the loop.')
GLOBAL_ITERATORS = 'iterators'


class _IteratorSaveable(saveable_object.SaveableObject):
    """How far an iterator is, which has to be initialized before that is saved or restored."""

    def __init__(self, iterator_resource, name, suffix='_STATE'):
        serialized = gen_dataset_ops.serialize_iterator(iterator_resource)
        super().__init__(iterator_resource, [saveable_object.SaveSpec(
            serialized, '', name + suffix, serialized.dtype)], name)

    def restore(self, restored_tensors, restored_shapes):
        with ops.colocate_with(self.op):
            return gen_dataset_ops.deserialize_iterator(self.op, restored_tensors[0])


class _WithStructure:
    """The state in checkpoints of objects, and the properties of TensorFlow 1 that say what the elements are."""

    @property
    @deprecation.deprecated(None, 'Use `tf.compat.v1.data.get_output_classes(iterator)`.')
    def output_classes(self):
        """The classes of the components of an element."""
        return structure.legacy_classes(self._element_spec)

    @property
    @deprecation.deprecated(None, 'Use `tf.compat.v1.data.get_output_shapes(iterator)`.')
    def output_shapes(self):
        """The shapes of the components of an element."""
        return structure.legacy_shapes(self._element_spec)

    @property
    @deprecation.deprecated(None, 'Use `tf.compat.v1.data.get_output_types(iterator)`.')
    def output_types(self):
        """The types of the components of an element."""
        return structure.legacy_types(self._element_spec)

    @property
    def element_spec(self):
        """The spec of an element."""
        return self._element_spec

    def _gather_saveables_for_checkpoint(self):
        return {'ITERATOR': functools.partial(_IteratorSaveable, self._iterator_resource)}


def _given_structure(output_types, output_shapes, output_classes):
    """Types, shapes and classes as dtypes, TensorShapes and classes, with what is left out."""
    def everywhere(value):
        return nest.map_structure(lambda _: value, types)

    types = nest.map_structure(dtypes.as_dtype, output_types)
    shapes = everywhere(tensor_shape.TensorShape(None)) if output_shapes is None else nest.map_structure_up_to(
        types, tensor_shape.as_shape, output_shapes)
    nest.assert_same_structure(types, shapes)
    return types, shapes, everywhere(ops.Tensor) if output_classes is None else output_classes


def _on_cpu():
    """The scope of an iterator's resource: the first CPU where the program has said no device."""
    return contextlib.nullcontext() if _core.has_device_scope() else ops.device('/cpu:0')


class Iterator(_WithStructure, trackable.Trackable):
    """A pass over a dataset, in a graph."""

    def __init__(self, iterator_resource, initializer, output_types, output_shapes, output_classes):
        if output_types is None or output_shapes is None or output_classes is None:
            raise ValueError('If `structure` is not specified, all of `output_types`, `output_shapes`, and `output_classes` '
                             'must be specified.')
        self._iterator_resource = iterator_resource
        self._initializer = initializer
        self._element_spec = structure.convert_legacy_structure(output_types, output_shapes, output_classes)
        self._flat_tensor_shapes = structure.get_flat_tensor_shapes(self._element_spec)
        self._flat_tensor_types = structure.get_flat_tensor_types(self._element_spec)
        self._string_handle = gen_dataset_ops.iterator_to_string_handle(iterator_resource)
        self._get_next_call_count = 0
        ops.add_to_collection(GLOBAL_ITERATORS, iterator_resource)

    @staticmethod
    def from_structure(output_types, output_shapes=None, shared_name=None, output_classes=None):
        """An iterator over datasets of such elements, which `make_initializer` gives it."""
        parts = _given_structure(output_types, output_shapes, output_classes)
        spec = structure.convert_legacy_structure(*parts)
        with _on_cpu():
            resource = gen_dataset_ops.iterator_v2(
                container='', shared_name=shared_name or '', output_types=structure.get_flat_tensor_types(spec),
                output_shapes=structure.get_flat_tensor_shapes(spec))
        return Iterator(resource, None, *parts)

    @staticmethod
    def from_string_handle(string_handle, output_types, output_shapes=None, output_classes=None):
        """The iterator that a string handle names where it runs."""
        parts = _given_structure(output_types, output_shapes, output_classes)
        spec = structure.convert_legacy_structure(*parts)
        string_handle = ops.convert_to_tensor(string_handle, dtype=dtypes.string)
        with _on_cpu():
            resource = gen_dataset_ops.iterator_from_string_handle_v2(
                string_handle, output_types=structure.get_flat_tensor_types(spec),
                output_shapes=structure.get_flat_tensor_shapes(spec))
        return Iterator(resource, None, *parts)

    @property
    def initializer(self):
        """The operation that makes it pass over its dataset from the beginning."""
        if self._initializer is None:
            raise ValueError('Iterator does not have an initializer.')
        return self._initializer

    def make_initializer(self, dataset, name=None):
        """The operation that makes it pass over `dataset`. Raises TypeError if its elements are others."""
        with ops.name_scope(name, 'make_initializer') as name:
            self._check_compatible(dataset.element_spec)
        with ops.colocate_with(self._iterator_resource):
            return gen_dataset_ops.make_iterator(dataset._variant_tensor, self._iterator_resource, name=name)

    def _check_compatible(self, spec):
        own = self._element_spec
        types, shapes, classes = (part(spec) for part in (
            structure.legacy_types, structure.legacy_shapes, structure.legacy_classes))
        own_types, own_shapes, own_classes = (part(own) for part in (
            structure.legacy_types, structure.legacy_shapes, structure.legacy_classes))
        nest.assert_same_structure(own_types, types)
        nest.assert_same_structure(own_shapes, shapes)
        if any(a is not b for a, b in zip(nest.flatten(own_classes), nest.flatten(classes))):
            raise TypeError('Expected output classes %r but got dataset with output class %r.' % (own_classes, classes))
        if any(a != b for a, b in zip(nest.flatten(own_types), nest.flatten(types))):
            raise TypeError('Expected output types %r but got dataset with output types %r.' % (own_types, types))
        if not all(a.is_compatible_with(b) for a, b in zip(nest.flatten(own_shapes), nest.flatten(shapes))):
            raise TypeError('Expected output shapes compatible with %r but got dataset with output shapes %r.' % (
                own_shapes, shapes))

    def get_next(self, name=None):
        """The next element, as tensors. OutOfRangeError where it runs: there is none."""
        self._get_next_call_count += 1
        if self._get_next_call_count > GET_NEXT_CALL_WARNING_THRESHOLD:
            warnings.warn(GET_NEXT_CALL_WARNING_MESSAGE)
        return structure.from_tensor_list(self._element_spec, gen_dataset_ops.iterator_get_next(
            self._iterator_resource, output_types=self._flat_tensor_types, output_shapes=self._flat_tensor_shapes,
            name=name))

    def string_handle(self, name=None):
        """The string that names the iterator, for `from_string_handle`, as a tensor."""
        if name is None:
            return self._string_handle
        return gen_dataset_ops.iterator_to_string_handle(self._iterator_resource, name=name)


class IteratorV2(_WithStructure, trackable.Trackable, composite_tensor.CompositeTensor):
    """A pass over a dataset where operations run at once: a Python iterator."""

    def __init__(self, dataset=None, components=None, element_spec=None):
        if dataset is None:
            if components is None or element_spec is None:
                raise ValueError('Either `dataset` or both `components` and `element_spec` need to be provided.')
            self._element_spec = element_spec
            self._iterator_resource, self._deleter = components
        elif components is not None or element_spec is not None:
            raise ValueError('Either `dataset` or both `components` and `element_spec` need to be provided.')
        else:
            dataset = dataset._apply_options()
            self._element_spec = dataset.element_spec
            self._iterator_resource, self._deleter = gen_dataset_ops.anonymous_iterator_v2(**dataset._flat_structure)
            gen_dataset_ops.make_iterator(dataset._variant_tensor, self._iterator_resource)
        self._flat_output_types = structure.get_flat_tensor_types(self._element_spec)
        self._flat_output_shapes = structure.get_flat_tensor_shapes(self._element_spec)

    def __iter__(self):
        return self

    def __next__(self):
        return self.next()

    def next(self):
        """The next element. Raises StopIteration when there is none."""
        try:
            return self._next_internal()
        except errors.OutOfRangeError:
            raise StopIteration from None

    def get_next(self, name=None):
        """The next element. Raises OutOfRangeError when there is none."""
        return self._next_internal()

    def _next_internal(self):
        get_next = (gen_dataset_ops.iterator_get_next_sync if _core.executing_eagerly()
                    else gen_dataset_ops.iterator_get_next)
        tensors = get_next(self._iterator_resource, output_types=self._flat_output_types,
                           output_shapes=self._flat_output_shapes)
        return structure.from_compatible_tensor_list(self._element_spec, tensors)

    @property
    def _type_spec(self):
        return IteratorSpec(self.element_spec)


class IteratorSpec(type_spec.TypeSpec):
    """The spec of an iterator: that of its elements."""

    __slots__ = ['_element_spec']

    def __init__(self, element_spec):
        self._element_spec = element_spec

    @property
    def value_type(self):
        return IteratorV2

    def _serialize(self):
        return (self._element_spec,)

    @property
    def _component_specs(self):
        return (tensor_spec.TensorSpec([], dtypes.resource), tensor_spec.TensorSpec([], dtypes.variant))

    def _to_components(self, value):
        return value._iterator_resource, value._deleter

    def _from_components(self, components):
        return IteratorV2(dataset=None, components=components, element_spec=self._element_spec)

    @staticmethod
    def from_value(value):
        """The spec of an iterator."""
        return IteratorSpec(value.element_spec)


def get_next_as_optional(iterator):
    """The next element of an iterator as an Optional, which has no value at the end."""
    return optional_ops._OptionalImpl(
        gen_dataset_ops.iterator_get_next_as_optional(
            iterator._iterator_resource, output_types=structure.get_flat_tensor_types(iterator.element_spec),
            output_shapes=structure.get_flat_tensor_shapes(iterator.element_spec)),
        iterator.element_spec)
