"""What Session.run takes: nests of elements to fetch, and feeds, each turned into elements of the graph."""

import numpy as np

from reflow import _core
from reflow.framework import errors_impl
from reflow.framework import indexed_slices
from reflow.framework import sparse_tensor

_expansions = []  # (class, fetch function, feed function, feed function of partial runs), the newest first


def register_session_run_conversion_functions(tensor_type, fetch_function, feed_function=None, feed_function_for_partial_run=None):
    """Has objects of `tensor_type` fetched and fed by what the functions make of them.

    fetch_function(object) gives a list of elements and a function that makes the result of their values;
    feed_function(object, value) gives pairs of tensor and value.
    """
    for registered, _, _, _ in _expansions:
        if issubclass(tensor_type, registered):
            raise ValueError('%s has already been registered so ignore it.' % tensor_type)
    _expansions.insert(0, (tensor_type, fetch_function, feed_function, feed_function_for_partial_run))


def _parts(value):
    """The tensors of a SparseTensor or IndexedSlices, and the function that makes its value of theirs."""
    if isinstance(value, sparse_tensor.SparseTensor):
        return ([value.indices, value.values, value.dense_shape],
                lambda values: sparse_tensor.SparseTensorValue(*values))
    parts = [value.values, value.indices]
    if value.dense_shape is None:
        return parts, lambda values: indexed_slices.IndexedSlicesValue(values[0], values[1], None)
    return parts + [value.dense_shape], lambda values: indexed_slices.IndexedSlicesValue(*values)


def is_fed(fetches, feed_dict):
    """Whether a tensor, or one in a list of them, is a key of `feed_dict`. Nests and names aren't looked into."""
    if type(feed_dict) is not dict:
        return False
    try:
        return not feed_dict.keys().isdisjoint(fetches) if type(fetches) is list else fetches in feed_dict
    except TypeError:  # not hashable, and so not plain tensors
        return False


class FetchMapper:
    """The elements that a nest of fetches needs, each once, and the way back from their values to the nest.

    A tensor that is fed isn't among the elements: its value is what `feeds`, pairs of tensor and value, say, as an array.
    """

    def __init__(self, graph, fetches, feeds=()):
        self._graph = graph
        self._feeds = dict(feeds)
        self._fed = []
        self._positions = {}
        self.elements = []
        self.is_flat = isinstance(fetches, (list, tuple)) and not any(
            isinstance(fetch, (list, tuple, dict)) for fetch in fetches)
        self._pack = self._mapper(fetches)
        self.is_single = len(self.elements) == 1 and not isinstance(fetches, (list, tuple, dict)) and isinstance(
            fetches, (_core.Tensor, _core.Operation, _core.Variable, str))
        self.is_flat = self.is_flat and len(self.elements) == len(fetches)

    def pack(self, values):
        """The nest of the values of `elements`."""
        return self._pack(values + self._fed if self._fed else values)

    def _mapper(self, fetch):
        if fetch is None:
            raise TypeError('Fetch argument %r has invalid type %r' % (fetch, type(fetch)))
        if isinstance(fetch, (list, tuple)):
            return self._sequence(fetch, list(fetch))
        if isinstance(fetch, dict) or _is_mapping(fetch):
            keys = list(fetch.keys())
            inner = [self._mapper(value) for value in fetch.values()]
            cls = type(fetch)
            return lambda values: cls(zip(keys, (mapper(values) for mapper in inner)))
        if hasattr(type(fetch), '__attrs_attrs__'):
            cls = type(fetch)
            inner = [self._mapper(getattr(fetch, attr.name)) for attr in cls.__attrs_attrs__]
            return lambda values: cls(*(mapper(values) for mapper in inner))
        for cls, fetch_function, _, _ in _expansions:
            if isinstance(fetch, cls):
                return self._expanded(fetch, *fetch_function(fetch))
        if isinstance(fetch, (sparse_tensor.SparseTensor, indexed_slices.IndexedSlices)):
            return self._expanded(fetch, *_parts(fetch))
        position = self._position(fetch)
        return lambda values: values[position]

    def _sequence(self, fetch, items):
        inner = [self._mapper(item) for item in items]
        if isinstance(fetch, list):
            return lambda values: [mapper(values) for mapper in inner]
        cls = type(fetch)
        if hasattr(cls, '_fields'):
            return lambda values: cls(*(mapper(values) for mapper in inner))
        return lambda values: cls([mapper(values) for mapper in inner])

    def _expanded(self, fetch, parts, contract):
        positions = [self._position(part) for part in parts]
        return lambda values: contract([values[position] for position in positions])

    def _position(self, fetch):
        try:
            element = self._graph.as_graph_element(fetch, allow_tensor=True, allow_operation=True)
        except TypeError as e:
            raise TypeError('Fetch argument %r has invalid type %r, must be a string or Tensor. (%s)' % (
                fetch, type(fetch), str(e))) from None
        except (ValueError, KeyError) as e:
            raise ValueError('Fetch argument %r cannot be interpreted as a Tensor. (%s)' % (fetch, str(e))) from None
        if not self._graph.is_fetchable(element):
            raise errors_impl.InaccessibleTensorError(
                'Operation %r has been marked as not fetchable. Typically this happens when it is defined in another function '
                'or code block. Use return values,explicit Python locals or TensorFlow collections to access it.' %
                element.name)
        position = self._positions.get(element)
        if position is None and element in self._feeds:
            position = self._positions[element] = -1 - len(self._fed)  # what is fed follows the values, the first one last
            self._fed.insert(0, np.asarray(self._feeds[element], element.dtype.as_numpy_dtype))
        elif position is None:
            position = self._positions[element] = len(self.elements)
            self.elements.append(element)
        return position


def _is_mapping(value):
    from collections import abc
    return isinstance(value, abc.Mapping)


def feeds_of(graph, feed_dict):
    """The pairs (tensor, value) of a feed_dict."""
    if not feed_dict:
        return []
    from reflow.util import nest
    feeds = []
    for key, value in nest.flatten_dict_items(feed_dict).items():
        for subkey, subvalue in _expand_feed(key, value):
            try:
                tensor = graph.as_graph_element(subkey, allow_tensor=True, allow_operation=False)
            except Exception as e:
                raise TypeError('Cannot interpret feed_dict key as Tensor: ' + e.args[0]) from None
            if not graph.is_feedable(tensor):
                raise ValueError('Tensor %s may not be fed.' % tensor)
            feeds.append((tensor, subvalue))
    return feeds


def feed_parts(key):
    """The tensors that are fed for `key` in a run of several parts."""
    for cls, _, _, part_function in _expansions:
        if isinstance(key, cls):
            if part_function is None:
                raise TypeError('Feed argument %r has invalid type %r' % (key, type(key)))
            return part_function(key)
    if isinstance(key, (sparse_tensor.SparseTensor, indexed_slices.IndexedSlices)):
        return _parts(key)[0]
    return [key]


def _expand_feed(key, value):
    for cls, _, feed_function, _ in _expansions:
        if isinstance(key, cls):
            if feed_function is None:
                raise TypeError('Feed argument %r has invalid type %r' % (key, type(key)))
            return feed_function(key, value)
    if isinstance(key, (sparse_tensor.SparseTensor, indexed_slices.IndexedSlices)):
        return zip(_parts(key)[0], value)
    return [(key, value)]
