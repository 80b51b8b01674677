"""Datasets: what all of them have, and iterators over them."""
import abc
import enum
import functools
import warnings

from reflow import _core
from reflow.data.ops import dataset_options, methods
from reflow.data.util import nest, structure, traverse
from reflow.framework import composite_tensor, ops, random_seed
from reflow.training.tracking import base as trackable
from reflow.util import deprecation

AUTOTUNE = methods.AUTOTUNE


class AutotuneAlgorithm(enum.Enum):
    """How TensorFlow tunes the parameters of datasets."""
    HILL_CLIMB = 0
    GRADIENT_DESCENT = 1


def _deprecated(instructions):
    """Marks a method as deprecated under the module where TensorFlow has it."""
    def wrap(method):
        method.__module__ = __name__ + '_ops'
        return deprecation.deprecated(None, instructions)(method)

    return wrap


class DatasetV2(methods.DatasetMethods, trackable.Trackable, composite_tensor.CompositeTensor, metaclass=abc.ABCMeta):
    """A sequence of elements, which are nested structures of tensors, and how it is made of others."""

    def __init__(self, variant_tensor):
        self._variant_tensor_attr = variant_tensor
        self._graph_attr = ops.get_default_graph()

    @property
    def _variant_tensor(self):
        return self._variant_tensor_attr

    @_variant_tensor.setter
    def _variant_tensor(self, _):
        raise ValueError('The _variant_tensor property is read-only')

    @property
    def _graph(self):
        return self._graph_attr

    @_graph.setter
    def _graph(self, _):
        raise ValueError('The _graph property is read-only')

    @abc.abstractmethod
    def _inputs(self):
        """The datasets that it is made of."""
        raise NotImplementedError('Dataset._inputs')

    @property
    @abc.abstractmethod
    def element_spec(self):
        """The nested structure of the TypeSpecs of an element."""
        raise NotImplementedError('Dataset.element_spec')

    def _functions(self):
        """The StructuredFunctionWrappers that it calls."""
        return []

    def _has_captured_ref(self):
        """Whether a function of it captures what depends on a reference to a variable."""
        if _core.executing_eagerly():
            return False
        captured = [tensor for function in self._functions() for tensor in function.function.captured_inputs]
        return _depends_on_reference(captured) or any(each._has_captured_ref() for each in self._inputs())

    def options(self):
        """The options of the dataset and of those that it is made of."""
        options = dataset_options.Options()
        for each in self._inputs():
            options = options.merge(each.options())
        return options

    def _apply_options(self):
        """The dataset as its options want it."""
        from reflow.data.ops import wrappers
        return wrappers.with_applied_options(self, self.options())

    def __iter__(self):
        from reflow.data.ops import iterator_ops
        if not _core.executing_eagerly():
            raise RuntimeError('__iter__() is only supported inside of tf.function or when eager execution is enabled.')
        return iterator_ops.IteratorV2(self)

    def __repr__(self):
        shapes = str(nest.map_structure(str, structure.legacy_shapes(self.element_spec))).replace("'", '')
        types = str(nest.map_structure(repr, structure.legacy_types(self.element_spec))).replace("'", '')
        return '<%s shapes: %s, types: %s>' % (type(self).__name__, shapes, types)

    @property
    def _flat_shapes(self):
        return structure.get_flat_tensor_shapes(self.element_spec)

    @property
    def _flat_types(self):
        return structure.get_flat_tensor_types(self.element_spec)

    @property
    def _flat_structure(self):
        """The attributes of operations that say what the elements are."""
        return {'output_shapes': self._flat_shapes, 'output_types': self._flat_types}

    @property
    def _type_spec(self):
        from reflow.data.ops import dataset_spec
        return dataset_spec.DatasetSpec(self.element_spec)


def _depends_on_reference(tensors):
    seen, waiting = set(), list(tensors)
    while waiting:
        tensor = waiting.pop()
        if tensor.dtype._is_ref_dtype:
            return True
        if tensor.op not in seen:
            seen.add(tensor.op)
            waiting += tensor.op.inputs
    return False


class DatasetV1(DatasetV2):
    """A dataset with the iterators and properties of TensorFlow 1."""

    _map_preserves_cardinality = False

    def __init__(self):
        try:
            variant_tensor = self._as_variant_tensor()
        except AttributeError as error:
            if '_as_variant_tensor' in str(error):
                raise AttributeError('Please use _variant_tensor instead of _as_variant_tensor() to obtain the variant '
                                     'associated with a dataset') from None
            raise AttributeError(
                '{}: A likely cause of this error is that the super call for this dataset is not the last line of the '
                '__init__ method. The base class causes the _as_variant_tensor call in its constructor and if that uses '
                'attributes defined in the __init__ method, those attrs need to be defined before the super call.'.format(
                    error)) from None
        super().__init__(variant_tensor)

    @abc.abstractmethod
    def _as_variant_tensor(self):
        """The scalar variant tensor that holds the dataset."""
        raise NotImplementedError('Dataset._as_variant_tensor')

    @_deprecated('Use `for ... in dataset:` to iterate over a dataset. If using `tf.estimator`, return '
                 'the `Dataset` object directly from your input function. As a last resort, you can use '
                 '`tf.compat.v1.data.make_one_shot_iterator(dataset)`.')
    def make_one_shot_iterator(self):
        """An iterator that passes over the dataset once, without being initialized."""
        return self._make_one_shot_iterator()

    def _make_one_shot_iterator(self):
        from reflow.data.ops import iterator_ops
        from reflow.ops import gen_dataset_ops
        if _core.executing_eagerly():
            return iterator_ops.IteratorV2(self)
        _ensure_same_dataset_graph(self)
        resource = gen_dataset_ops.one_shot_iterator(dataset_factory=self._factory(), **self._flat_structure)
        return iterator_ops.Iterator(resource, None, *_legacy_structure(self))

    def _factory(self):
        """The name of a function of the graph that makes the dataset, of copies of what it is made of."""
        may_have_state = {operation.name for operation in traverse.obtain_all_variant_tensor_ops(self)}
        graph_seed, op_seed = random_seed.get_seed(None)
        for key in ops.GraphKeys._VARIABLE_COLLECTIONS:
            ops.get_default_graph().get_collection_ref(key)

        def make_dataset():
            if graph_seed is not None:
                random_seed.set_random_seed((graph_seed + 87654321 * op_seed) % (2 ** 63 - 1))
            return self._apply_options()._variant_tensor

        try:
            return _core.define_by_value('_make_dataset', 'Factory function for a dataset.', may_have_state, make_dataset)
        except ValueError as error:
            if 'Cannot capture a stateful node' not in str(error):
                raise
            raise ValueError(
                'Failed to create a one-shot iterator for a dataset. `Dataset.make_one_shot_iterator()` does not support '
                'datasets that capture stateful objects, such as a `Variable` or `LookupTable`. In these cases, use '
                '`Dataset.make_initializable_iterator()`. (Original error: %s)' % error) from None

    @_deprecated('Use `for ... in dataset:` to iterate over a dataset. If using `tf.estimator`, return '
                 'the `Dataset` object directly from your input function. As a last resort, you can use '
                 '`tf.compat.v1.data.make_initializable_iterator(dataset)`.')
    def make_initializable_iterator(self, shared_name=None):
        """An iterator whose `initializer` has to be run before it passes over the dataset."""
        return self._make_initializable_iterator(shared_name)

    def _make_initializable_iterator(self, shared_name=None):
        from reflow.data.ops import iterator_ops
        from reflow.ops import gen_dataset_ops
        if _core.executing_eagerly():
            raise RuntimeError('dataset.make_initializable_iterator is not supported when eager execution is enabled.')
        _ensure_same_dataset_graph(self)
        dataset = self._apply_options()
        resource = gen_dataset_ops.iterator_v2(container='', shared_name=shared_name or '', **self._flat_structure)
        with ops.colocate_with(resource):
            initializer = gen_dataset_ops.make_iterator(dataset._variant_tensor, resource)
        return iterator_ops.Iterator(resource, initializer, *_legacy_structure(dataset))

    @staticmethod
    @_deprecated('Use `tf.data.Dataset.from_tensor_slices()`.')
    def from_sparse_tensor_slices(sparse_tensor):
        """The rows of a SparseTensor, as SparseTensors."""
        from reflow.data.ops import sources
        return DatasetV1Adapter(sources.SparseTensorSliceDataset(sparse_tensor))

    @_deprecated('Use `tf.data.Dataset.map()')
    def map_with_legacy_function(self, map_func, num_parallel_calls=None):
        """`map` with a function that is built by Defun."""
        from reflow.data.ops import mapped
        if num_parallel_calls is None:
            return DatasetV1Adapter(mapped.MapDataset(self, map_func, preserve_cardinality=False, use_legacy_function=True))
        return DatasetV1Adapter(mapped.ParallelMapDataset(self, map_func, num_parallel_calls, preserve_cardinality=False,
                                                          use_legacy_function=True))

    @_deprecated('Use `tf.data.Dataset.filter()')
    def filter_with_legacy_function(self, predicate):
        """`filter` with a function that is built by Defun."""
        from reflow.data.ops import mapped
        return mapped.FilterDataset(self, predicate, use_legacy_function=True)

    @property
    @_deprecated('Use `tf.compat.v1.data.get_output_classes(dataset)`.')
    def output_classes(self):
        """The classes of the components of an element."""
        return structure.legacy_classes(self.element_spec)

    @property
    @_deprecated('Use `tf.compat.v1.data.get_output_shapes(dataset)`.')
    def output_shapes(self):
        """The shapes of the components of an element."""
        return structure.legacy_shapes(self.element_spec)

    @property
    @_deprecated('Use `tf.compat.v1.data.get_output_types(dataset)`.')
    def output_types(self):
        """The types of the components of an element."""
        return structure.legacy_types(self.element_spec)

    @property
    def element_spec(self):
        return structure.convert_legacy_structure(self.output_types, self.output_shapes, self.output_classes)


def _legacy_structure(dataset):
    spec = dataset.element_spec
    return structure.legacy_types(spec), structure.legacy_shapes(spec), structure.legacy_classes(spec)


class DatasetV1Adapter(DatasetV1):
    """Any dataset as a DatasetV1."""

    def __init__(self, dataset):
        self._dataset = dataset
        super().__init__()

    def _as_variant_tensor(self):
        return self._dataset._variant_tensor

    def _has_captured_ref(self):
        return self._dataset._has_captured_ref()

    def _inputs(self):
        return self._dataset._inputs()

    def _functions(self):
        return self._dataset._functions()

    def options(self):
        return self._dataset.options()

    @property
    def element_spec(self):
        return self._dataset.element_spec

    def __iter__(self):
        return iter(self._dataset)


def _ensure_same_dataset_graph(dataset):
    """Warns if the dataset, or one that it is made of, was made in another graph than the default one."""
    current, waiting, seen = ops.get_default_graph(), [dataset], set()
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        if each._graph is not current:
            warnings.warn('The graph (%s) of the iterator is different from the graph (%s) the dataset: %s was created in. '
                          'If you are using the Estimator API, make sure that no part of the dataset returned by the '
                          '`input_fn` function is defined outside the `input_fn` function. Please ensure that all datasets '
                          'in the pipeline are created in the same graph as the iterator. NOTE: This warning will become an '
                          'error in future versions of TensorFlow.' % (current, each._graph, each._variant_tensor))
        waiting += each._inputs()


def _adapted(method):
    """A method of DatasetV2 whose result is a DatasetV1."""

    @functools.wraps(method)
    def wrapper(*args, **kwargs):
        return DatasetV1Adapter(method(*args, **kwargs))

    return wrapper


for _name in methods.ADAPTED:
    _method = _adapted(getattr(DatasetV2, _name))
    setattr(DatasetV1, _name, staticmethod(_method) if _name in methods.STATIC else _method)


class DatasetSource(DatasetV2):
    """A dataset that is made of no other."""

    def _inputs(self):
        return []


class UnaryDataset(DatasetV2):
    """A dataset that is made of one other."""

    def __init__(self, input_dataset, variant_tensor):
        self._input_dataset = input_dataset
        super().__init__(variant_tensor)

    def _inputs(self):
        return [self._input_dataset]


class UnaryUnchangedStructureDataset(UnaryDataset):
    """A dataset that is made of one other, with elements like its."""

    @property
    def element_spec(self):
        return self._input_dataset.element_spec
