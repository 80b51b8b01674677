"""Dictionaries and sets that know their keys by identity: tensors and variables may be compared or unhashable."""
import collections.abc
import weakref


class _ObjectIdentityWrapper:
    """A key that equals another only if both wrap the same object."""

    __slots__ = ['_wrapped', '__weakref__']

    def __init__(self, wrapped):
        self._wrapped = wrapped

    @property
    def unwrapped(self):
        return self._wrapped

    def __eq__(self, other):
        if not isinstance(other, _ObjectIdentityWrapper):
            raise TypeError('Cannot compare wrapped object with unwrapped object')
        return self.unwrapped is other.unwrapped

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return id(self._wrapped)

    def __repr__(self):
        return '<%s wrapping %r>' % (type(self).__name__, self._wrapped)


class _WeakObjectIdentityWrapper(_ObjectIdentityWrapper):
    """A key that does not keep its object alive; two whose objects are gone are the same only if they are one key."""

    __slots__ = ['_hash']

    def __init__(self, wrapped):
        super().__init__(weakref.ref(wrapped))
        self._hash = id(wrapped)

    @property
    def unwrapped(self):
        return self._wrapped()

    def __eq__(self, other):
        if not isinstance(other, _ObjectIdentityWrapper):
            raise TypeError('Cannot compare wrapped object with unwrapped object')
        return self is other or (self.unwrapped is not None and self.unwrapped is other.unwrapped)

    def __hash__(self):
        return self._hash


class Reference(_ObjectIdentityWrapper):
    """An object as a key or set element by its identity; `deref()` gives it back."""

    __slots__ = []

    unwrapped = property(lambda self: self._wrapped)

    def deref(self):
        return self._wrapped


class ObjectIdentityDictionary(collections.abc.MutableMapping):
    """A dictionary whose keys are compared by identity."""

    def __init__(self):
        self._storage = {}

    def _wrap_key(self, key):
        return _ObjectIdentityWrapper(key)

    def __getitem__(self, key):
        return self._storage[self._wrap_key(key)]

    def __setitem__(self, key, value):
        self._storage[self._wrap_key(key)] = value

    def __delitem__(self, key):
        del self._storage[self._wrap_key(key)]

    def __len__(self):
        return len(self._storage)

    def __iter__(self):
        return (key.unwrapped for key in self._storage)

    def __repr__(self):
        return 'ObjectIdentityDictionary(%r)' % self._storage


class _WeakKeys:
    """What may vanish from a dictionary or set, which drops it when it is looked through."""

    def _wrap_key(self, key):
        return _WeakObjectIdentityWrapper(key)

    def __len__(self):
        return sum(1 for _ in self)

    def __iter__(self):
        for key in list(self._storage):
            unwrapped = key.unwrapped
            if unwrapped is None:
                self._drop(key)
            else:
                yield unwrapped


class ObjectIdentityWeakKeyDictionary(_WeakKeys, ObjectIdentityDictionary):
    """The same with keys that may vanish."""

    def _drop(self, key):
        del self._storage[key]


class ObjectIdentitySet(collections.abc.MutableSet):
    """A set whose elements are compared by identity."""

    def __init__(self, *args):
        self._storage = {self._wrap_key(element) for element in list(*args)}

    @classmethod
    def _from_storage(cls, storage):
        result = ObjectIdentitySet()
        result._storage = storage
        return result

    def _wrap_key(self, key):
        return _ObjectIdentityWrapper(key)

    def _wrapped(self, items):
        return [self._wrap_key(item) for item in items]

    def __contains__(self, key):
        return self._wrap_key(key) in self._storage

    def add(self, key):
        self._storage.add(self._wrap_key(key))

    def discard(self, key):
        self._storage.discard(self._wrap_key(key))

    def update(self, items):
        self._storage.update(self._wrapped(items))

    def intersection(self, items):
        return self._storage.intersection(self._wrapped(items))

    def difference(self, items):
        return self._from_storage(self._storage.difference(self._wrapped(items)))

    def __len__(self):
        return len(self._storage)

    def __iter__(self):
        for key in list(self._storage):
            yield key.unwrapped


class ObjectIdentityWeakSet(_WeakKeys, ObjectIdentitySet):
    """The same with elements that may vanish."""

    def _drop(self, key):
        self._storage.discard(key)
