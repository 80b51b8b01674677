"""Lists and dictionaries whose entries are saved."""
import collections
import collections.abc
import copy

from reflow.training.tracking import base
from reflow.util.shown_attributes import shown


class NoDependency:
    """Wraps what is assigned to an attribute so that the attribute has it and isn't a dependency."""

    def __init__(self, value):
        self.value = value


def _wrap_or_unwrap(value):
    """Lists and dictionaries as trackable ones, what NoDependency holds as it is."""
    if isinstance(value, NoDependency):
        return value.value
    if type(value) in (dict, collections.OrderedDict):
        return _DictWrapper(value)
    if type(value) is list:
        return ListWrapper(value)
    return value


def sticky_attribute_assignment(trackable, name, value):
    """What an attribute gets for `value`, which becomes a dependency of `trackable`, if it can be one."""
    wrapped = _wrap_or_unwrap(value)
    if isinstance(wrapped, base.Trackable) and not isinstance(value, NoDependency):
        trackable._track_trackable(wrapped, name=name, overwrite=True)
    return wrapped


class _UntrackableError(ValueError):

    def __str__(self):
        return ('Only trackable objects (such as Layers or Optimizers) may be stored in a List object. Got %s, which does '
                'not inherit from Trackable.' % (self.args[0],))


class TrackableDataStructure(base.Trackable):
    """What has trackable entries, and the variables, losses and updates of all of them."""

    @property
    def trainable(self):
        """Whether optimizers train the variables."""
        return self.__dict__.get('_self_trainable', True)

    @trainable.setter
    def trainable(self, value):
        self._self_trainable = value

    def _track_value(self, value, name):
        """Makes `value` a dependency, and gives what is to be stored."""
        value = sticky_attribute_assignment(trackable=self, value=value, name=name)
        if not isinstance(value, base.Trackable):
            raise _UntrackableError(value)
        if hasattr(value, '_use_resource_variables'):
            value._use_resource_variables = True
        return value

    @property
    def _values(self):
        raise NotImplementedError('Abstract method')

    def _list_functions_for_serialization(self, serialization_cache):
        """The functions among the entries of a list, by their numbers."""
        from reflow.eager import def_function
        del serialization_cache
        entries = enumerate(self) if isinstance(self, collections.abc.Sequence) else ()
        return {str(number): value for number, value in entries if isinstance(value, def_function.Function)}

    def _variables(self):
        from reflow.ops import variables
        return [value for value in self._values if isinstance(value, variables.Variable)]

    @property
    def _layers(self):
        return [value for value in self._values if not isinstance(value, type) and
                (isinstance(value, TrackableDataStructure) or hasattr(value, 'trainable_weights'))]

    @property
    def layers(self):
        """The layers among the entries, those of entries that are lists and dictionaries too."""
        found = []
        for value in self._layers:
            found += value.layers if isinstance(value, TrackableDataStructure) else [value]
        return list({id(layer): layer for layer in found}.values())

    def _weights(self, attribute, own):
        found = [weight for value in self._layers for weight in getattr(value, attribute)] + own
        return list({id(weight): weight for weight in found}.values())

    @property
    def trainable_weights(self):
        """The variables that optimizers train."""
        if not self.trainable:
            return []
        return self._weights('trainable_weights', [each for each in self._variables() if each.trainable])

    @property
    def non_trainable_weights(self):
        """The other variables."""
        if not self.trainable:
            return self._weights('weights', self._variables())
        return self._weights('non_trainable_weights', [each for each in self._variables() if not each.trainable])

    @property
    def weights(self):
        """All variables."""
        return self.trainable_weights + self.non_trainable_weights

    trainable_variables = shown('trainable_weights', 'The variables that optimizers train.')
    non_trainable_variables = shown('non_trainable_weights', 'The other variables.')
    variables = shown('weights', 'All variables.')

    @property
    def updates(self):
        """The operations to be run beside each training step."""
        return [update for layer in self.layers for update in getattr(layer, 'updates', ())]

    @property
    def losses(self):
        """The losses of the layers."""
        return [loss for layer in self.layers for loss in getattr(layer, 'losses', ())]

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other


class List(TrackableDataStructure, collections.abc.Sequence):
    """A list of trackable objects, which grows only."""

    def __init__(self, *args, **kwargs):
        self._storage = []
        self.extend(list(*args, **kwargs))

    def copy(self):
        """Another list of the same objects."""
        return type(self)(self._storage)

    __copy__ = copy

    def __deepcopy__(self, memo):
        return type(self)(copy.deepcopy(self._storage, memo))

    @property
    def _values(self):
        return self

    def append(self, value):
        """Adds an object."""
        self._storage.append(self._track_value(value, '%d' % len(self._storage)))

    def extend(self, values):
        """Adds objects."""
        for value in values:
            self.append(value)

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __add__(self, other):
        return type(self)(self._storage + list(other))

    def __radd__(self, other):
        return type(self)(list(other) + self._storage)

    def __imul__(self, times):
        if times <= 0:
            raise ValueError('List only supports append, multiplying in place by %d removes elements.' % times)
        self.extend(list(self._storage) * (times - 1))
        return self

    def __mul__(self, times):
        return type(self)(self._storage * times)

    __rmul__ = __mul__

    def __getitem__(self, key):
        return self._storage[key]

    def __len__(self):
        return len(self._storage)

    def __repr__(self):
        return 'List(%r)' % (self._storage,)


_NOT_SAVED = ("\n\nIf you don't need this %s checkpointed, wrap it in a tf.contrib.checkpoint.NoDependency object; it will be "
              'automatically un-wrapped and subsequently ignored.')
_REPLACED = ('Unable to save the object %s (a list wrapper constructed to track trackable TensorFlow objects). A list element '
             'was replaced (__setitem__, __setslice__), deleted (__delitem__, __delslice__), or moved (sort). In order to '
             'support restoration on object creation, tracking is exclusively for append-only data structures.' +
             _NOT_SAVED % 'list')
_CHANGED = ('Unable to save the object %s (a list wrapper constructed to track trackable TensorFlow objects). The wrapped '
            'list was modified outside the wrapper (its final value was %s, its value when a checkpoint dependency was added '
            'was %s), which breaks restoration on object creation.' + _NOT_SAVED % 'list')
_NON_STRING_KEY = ('Unable to save the object %s (a dictionary wrapper constructed automatically on attribute assignment). '
                   'The wrapped dictionary contains a non-string key which maps to a trackable object or mutable data '
                   'structure.' + _NOT_SAVED % 'dictionary')


def _same(first, second):
    """Whether two lists have the same objects: entries may be tensors, which have no truth."""
    return len(first) == len(second) and all(a is b for a, b in zip(first, second))


class ListWrapper(TrackableDataStructure, list):
    """What a list becomes that is assigned to an attribute: a list whose trackable entries are saved.

    It may be changed in any way; after one that is no append it can't be saved.
    """

    def __init__(self, wrapped_list=()):
        list.__init__(self)
        self._non_append_mutation = False
        # The list of the program, which must not change: its entries would not be tracked.
        self._wrapped = wrapped_list if isinstance(wrapped_list, list) else None
        self._wrapped_entries = list(wrapped_list)
        self.extend(wrapped_list)

    @property
    def _values(self):
        return self

    @property
    def _checkpoint_dependencies(self):
        if self._non_append_mutation:
            raise ValueError(_REPLACED % (self,))
        if self._wrapped is not None and not _same(self._wrapped, self._wrapped_entries):
            raise ValueError(_CHANGED % (self, self._wrapped, self._wrapped_entries))
        return super()._checkpoint_dependencies

    def _track_value(self, value, name):
        """Stores what isn't trackable as well."""
        try:
            return super()._track_value(value, name)
        except _UntrackableError:
            return _wrap_or_unwrap(value)

    def append(self, value):
        list.append(self, self._track_value(value, '%d' % len(self)))

    def extend(self, values):
        for value in list(values):
            self.append(value)

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __add__(self, other):
        return ListWrapper(list(self) + list(other))

    def __radd__(self, other):
        return ListWrapper(list(other) + list(self))

    def __setitem__(self, key, value):
        if isinstance(key, slice):
            if any(isinstance(old, base.Trackable) for old in self[key]):
                self._non_append_mutation = True
            list.__setitem__(self, key, [_wrap_or_unwrap(each) for each in value])
            for index, each in enumerate(self):
                self._track_value(each, '%d' % index)
            return
        if isinstance(self[key], base.Trackable):
            self._non_append_mutation = True
        list.__setitem__(self, key, self._track_value(value, '%d' % (key if key >= 0 else key + len(self))))

    def __reduce_ex__(self, unused_protocol):
        return ListWrapper, (list(self),)

    def __copy__(self):
        copied = ListWrapper(list(self))
        copied._non_append_mutation = self._non_append_mutation
        return copied

    copy = __copy__

    def __deepcopy__(self, memo):
        copied = ListWrapper(copy.deepcopy(list(self), memo))
        copied._non_append_mutation = self._non_append_mutation
        return copied

    __eq__, __ne__, __hash__ = list.__eq__, list.__ne__, None

    def __repr__(self):
        return 'ListWrapper(%s)' % list.__repr__(self)


def _mutation(name):
    """A method of list after which a ListWrapper can't be saved."""
    method = getattr(list, name)

    def mutate(self, *args, **kwargs):
        self._non_append_mutation = True
        return method(self, *args, **kwargs)

    mutate.__name__ = name
    return mutate


for _name in ('__delitem__', 'insert', 'sort', 'pop', 'remove', 'reverse', 'clear', '__imul__'):
    setattr(ListWrapper, _name, _mutation(_name))


class Mapping(TrackableDataStructure, collections.abc.Mapping):
    """A dictionary of trackable objects with strings as keys, which grows only."""

    def __init__(self, *args, **kwargs):
        self._storage = {}
        self.update(*args, **kwargs)

    def __copy__(self):
        return type(self)(self._storage)

    def __deepcopy__(self, memo):
        return type(self)(copy.deepcopy(self._storage, memo))

    @property
    def _values(self):
        return [value for _, value in sorted(self._storage.items())]

    def __setitem__(self, key, value):
        if not isinstance(key, str):
            raise TypeError('Mapping accepts only string keys, but got a key %s.' % repr(key))
        value = self._track_value(value, name=key)
        current = self._storage.setdefault(key, value)
        if current is not value:
            raise ValueError("Mappings are an append-only data structure. Tried to overwrite the key '%s' with value %s, but "
                             'it already contains %s' % (key, value, current))

    def update(self, *args, **kwargs):
        """Adds entries."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __getitem__(self, key):
        return self._storage[key]

    def __len__(self):
        return len(self._storage)

    def __iter__(self):
        return iter(self._storage)

    def __repr__(self):
        return 'Mapping(%r)' % (self._storage,)


class _DictWrapper(TrackableDataStructure, collections.OrderedDict):
    """What a dictionary becomes that is assigned to an attribute: one whose trackable values are saved."""

    def __init__(self, wrapped_dict=()):
        self._self_non_string_key = False
        collections.OrderedDict.__init__(self)
        self.update(wrapped_dict)

    @property
    def _values(self):
        return [value for _, value in sorted(self.items(), key=lambda item: str(item[0]))]

    @property
    def _checkpoint_dependencies(self):
        if self._self_non_string_key:
            raise ValueError(_NON_STRING_KEY % (self,))
        return super()._checkpoint_dependencies

    def _track_value(self, value, name):
        """Stores what isn't trackable as well."""
        try:
            return super()._track_value(value, name)
        except _UntrackableError:
            return _wrap_or_unwrap(value)

    def __setitem__(self, key, value):
        if isinstance(key, str):
            stored = self._track_value(value, name=key)
        else:
            stored = _wrap_or_unwrap(value)
            if isinstance(stored, base.Trackable) and not isinstance(value, NoDependency):
                self._self_non_string_key = True
        collections.OrderedDict.__setitem__(self, key, stored)

    def __delitem__(self, key):
        from reflow.training.tracking import tracking
        self._maybe_initialize_trackable()
        tracking.delete_tracking(self, key)
        collections.OrderedDict.__delitem__(self, key)

    def update(self, *args, **kwargs):
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __reduce_ex__(self, unused_protocol):
        return _DictWrapper, (dict(self),)

    def __copy__(self):
        return _DictWrapper(dict(self))

    copy = __copy__

    def __deepcopy__(self, memo):
        return _DictWrapper(copy.deepcopy(dict(self), memo))

    __eq__, __ne__, __hash__ = dict.__eq__, dict.__ne__, None

    def __repr__(self):
        return 'DictWrapper(%s)' % repr(dict(self))
