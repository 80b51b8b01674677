"""HDF5 files, read and written without h5py, with the part of its interface that Keras uses for weights and models.

    with hdf5_file.File('weights.h5', 'r') as file:
        names = file.attrs['layer_names']
        kernel = file['dense/dense/kernel:0'][()]
"""
import collections.abc
import os
import posixpath

import numpy as np

from reflow import _core
from reflow.framework import errors_impl as errors


def _is_text(value):
    return isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype.kind == 'O' and value.size > 0
                                      and all(isinstance(v, str) for v in value.flat))


def _to_file(value):
    """(array, whether strings are of variable length, whether they are UTF-8) for a value, as h5py chooses."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, str) for v in value):
        value = np.array(value, dtype=object)
    if isinstance(value, (str, bytes)) and not isinstance(value, np.generic):
        return np.array(value.encode() if isinstance(value, str) else value, dtype=object), True, isinstance(value, str)
    array = np.asarray(value)
    if array.dtype.kind == 'U':
        raise TypeError('No conversion path for dtype: %r' % array.dtype)
    if array.dtype.kind == 'O':
        text = _is_text(array)
        encoded = [v.encode() if text else v for v in array.flat]
        if not all(isinstance(v, bytes) for v in encoded):
            raise TypeError("Object dtype dtype('O') has no native HDF5 equivalent")
        flat = np.empty(len(encoded), dtype=object)
        flat[:] = encoded
        return flat.reshape(array.shape), True, text
    return array, False, False


def _from_file(value):
    """A value of a file as h5py gives it: strings of one length are bytes, others of UTF-8 text."""
    array, variable, utf8 = value
    is_bytes = isinstance(array, bytes)
    if not is_bytes and not (isinstance(array, np.ndarray) and array.dtype.kind == 'O'):
        return array
    if variable and utf8:
        if is_bytes:
            return array.decode('utf-8', 'surrogateescape')
        return np.array([v.decode('utf-8', 'surrogateescape') for v in array.flat], dtype=object).reshape(array.shape)
    if variable:
        return array
    return np.bytes_(array) if is_bytes else array.astype('S' if array.size else 'S1')


def _attributes(found):
    """Functions that read the attributes of an object of the file that is read."""
    return {name: lambda i=i: _from_file(found.attribute(i)) for i, name in enumerate(found.attributes)}


class _Attributes(collections.abc.MutableMapping):
    """The attributes of a group or dataset by their names."""

    def __init__(self, values):
        self._values = values  # each a value, or a function that reads it

    def __getitem__(self, name):
        if name not in self._values:
            raise KeyError("Can't open attribute (can't locate attribute: '%s')" % name)
        value = self._values[name]
        return value() if callable(value) else _from_file(value)

    def __setitem__(self, name, value):
        self._values[name] = _to_file(value)

    def __delitem__(self, name):
        del self._values[name]

    def __iter__(self):
        return iter(sorted(self._values))

    def __len__(self):
        return len(self._values)

    def create(self, name, data, shape=None, dtype=None):
        """Sets an attribute to `data`, as an array of `dtype` where that is given."""
        data = data if dtype is None else np.asarray(data, dtype)
        self[name] = data if shape is None else np.reshape(data, shape)


class _Object:
    """A group or a dataset. Made by files and groups."""

    def __init__(self, file, name, attributes):
        self.file, self.name = file, name
        self.attrs = _Attributes(attributes)


class Dataset(_Object):
    """An array in a file; it is read when it is asked for."""

    def __init__(self, file, name, attributes, shape, dtype, read):
        super().__init__(file, name, attributes)
        self.shape, self.dtype = tuple(shape), np.dtype(dtype)
        self._read = read
        self._array = None

    def _value(self):
        if self._array is None:
            value = self._read()
            self._array = np.array(value, dtype=object) if isinstance(value, str) else np.asarray(value)
        return self._array

    def __getitem__(self, key):
        value = self._value()[key]
        return value.copy() if isinstance(value, np.ndarray) else value

    def __setitem__(self, key, value):
        self.file._check_writable()
        self._value()[key] = value

    def __array__(self, dtype=None, copy=None):
        return np.array(self._value(), dtype=dtype)

    def __len__(self):
        if not self.shape:
            raise TypeError('Attempt to take len() of scalar dataset')
        return self.shape[0]

    @property
    def size(self):
        """How many elements there are."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def ndim(self):
        """How many dimensions there are."""
        return len(self.shape)

    @property
    def value(self):
        """All of it; h5py has this for old programs."""
        return self[()]

    def __repr__(self):
        return '<HDF5 dataset "%s": shape %s, type "%s">' % (posixpath.basename(self.name), self.shape, self.dtype.str)


class Group(_Object):
    """Groups and datasets by their names, which may be paths."""

    def __init__(self, file, name, attributes, members, found=None):
        super().__init__(file, name, attributes)
        self._members = members  # None: not opened yet
        self._found = found      # in the file that is read

    def _open(self, name):
        if self._members[name] is None:
            self._members[name] = self.file._open_member(self, name)
        return self._members[name]

    def __getitem__(self, path):
        found = self.file._root if path.startswith('/') else self
        for name in filter(None, path.split('/')):
            if not isinstance(found, Group) or name not in found._members:
                raise KeyError("Unable to open object (object '%s' doesn't exist)" % name)
            found = found._open(name)
        return found

    def __contains__(self, path):
        try:
            self[path]
        except KeyError:
            return False
        return True

    def __iter__(self):
        return iter(sorted(self._members))

    def __len__(self):
        return len(self._members)

    def keys(self):
        """The names of what it has, sorted."""
        return sorted(self._members)

    def values(self):
        """What it has, by name."""
        return [self._open(name) for name in self.keys()]

    def items(self):
        """Names and what they stand for."""
        return [(name, self._open(name)) for name in self.keys()]

    def get(self, path, default=None):
        """What is at `path`, or `default`."""
        return self[path] if path in self else default

    def visititems(self, function):
        """Calls function(path, object) for all below, until it gives something; gives that."""
        def visit(group, prefix):
            for name, member in group.items():
                found = function(prefix + name, member)
                if found is None and isinstance(member, Group):
                    found = visit(member, prefix + name + '/')
                if found is not None:
                    return found
            return None
        return visit(self, '')

    def _place(self, path, error):
        """The group around `path`, made where there is none, and the last name."""
        self.file._check_writable()
        *around, name = [part for part in path.split('/') if part] or ['']
        group = self.file._root if path.startswith('/') else self
        for part in around:
            group = group[part] if part in group._members else group.create_group(part)
        if not name or name in group._members:
            raise error
        return group, name

    def create_group(self, path):
        """A new group. ValueError: there is something of this name."""
        group, name = self._place(path, ValueError('Unable to create group (name already exists)'))
        group._members[name] = Group(self.file, posixpath.join(group.name, name), {}, {})
        return group._members[name]

    def require_group(self, path):
        """The group at `path`, made where there is none."""
        return self[path] if path in self else self.create_group(path)

    def create_dataset(self, path, shape=None, dtype=None, data=None):
        """A new dataset, of zeros where there is no `data`. RuntimeError: there is something of this name."""
        group, name = self._place(path, RuntimeError('Unable to create link (name already exists)'))
        if data is None:
            if shape is None:
                raise TypeError('One of data, shape or dtype must be specified')
            array = np.zeros(shape, dtype or np.float32)
        else:
            array, self.file._strings[posixpath.join(group.name, name)] = _dataset_value(data, dtype)
            array = array if shape is None else np.reshape(array, shape)
        dataset = Dataset(self.file, posixpath.join(group.name, name), {}, array.shape, array.dtype, lambda: array)
        group._members[name] = dataset
        return dataset

    def __setitem__(self, path, value):
        self.create_dataset(path, data=value)

    def __repr__(self):
        return '<HDF5 group "%s" (%d members)>' % (self.name, len(self))


def _dataset_value(data, dtype):
    array, variable, utf8 = _to_file(data if dtype is None else np.asarray(data, dtype))
    return np.array(array), (variable, utf8)


class File(Group):
    """An HDF5 file. mode 'r': read; 'w': written, by close(), in the place of what is there; 'a': what is there, and more,
    written by close(). OSError: it can't be read or written, or is damaged."""

    def __init__(self, name, mode='r'):
        if mode not in ('r', 'w', 'a', 'r+', 'w-', 'x'):
            raise ValueError('Invalid mode; must be one of r, r+, w, w-, x, a')
        self.filename, self.mode = os.fspath(name), 'r' if mode == 'r' else 'r+'
        if mode in ('w-', 'x') and os.path.exists(self.filename):
            raise OSError("Unable to create file (unable to open file: name = '%s', errno = 17, error message = 'File exists', "
                          'flags = 15, o_flags = c2)' % self.filename)
        self._strings = {}  # (variable, UTF-8) of datasets by their names
        self._reader = None
        if mode in ('r', 'r+') or (mode == 'a' and os.path.exists(self.filename)):
            with self._os_errors('open'):
                self._reader = _core.open_hdf5(self.filename)
                found = self._reader.find('')
            super().__init__(self, '/', _attributes(found), dict.fromkeys(found.members), found)
        else:
            self._check_place()
            super().__init__(self, '/', {}, {})
        self._root = self
        self._is_open = True

    def _check_place(self):
        folder = os.path.dirname(self.filename) or '.'
        if not os.path.isdir(folder):
            raise OSError("Unable to create file (unable to open file: name = '%s', errno = 2, error message = "
                          "'No such file or directory', flags = 13, o_flags = 242)" % self.filename)

    def _os_errors(self, verb):
        return _OsErrors(verb, self.filename)

    def _check_writable(self):
        if not self._is_open:
            raise ValueError('Not a location (invalid object ID)')
        if self.mode == 'r':
            raise ValueError('Unable to write to a file that is open for reading')

    def _open_member(self, group, name):
        path = posixpath.join(group.name, name)
        with self._os_errors('read'):
            found = self._reader.member(group._found, name.encode('utf-8', 'surrogateescape'))
            if found.is_group:
                return Group(self, path, _attributes(found), dict.fromkeys(found.members), found)

            def read():
                with self._os_errors('read'):
                    value = self._reader.read(found)
                self._strings[path] = value[1:]
                return _from_file(value)
            return Dataset(self, path, _attributes(found), found.shape, found.dtype, read)

    def flush(self):
        """Writes what there is to the file."""
        if self.mode != 'r':
            with self._os_errors('create'):
                writer = _core.Hdf5Writer()
                self._add(writer, self, '')
                writer.finish(self.filename)

    def _add(self, writer, group, path):
        for name, value in group.attrs._values.items():
            writer.set_attribute(path, name, *(_to_file(value()) if callable(value) else value))
        for name, member in group.items():
            place = path + '/' + name
            if isinstance(member, Group):
                writer.create_group(place)
                self._add(writer, member, place)
                continue
            array = np.ascontiguousarray(member._value()).reshape(member.shape)
            writer.create_dataset(place, _to_file(array)[0], *self._strings.get(member.name, (False, False)))
            for attribute, value in member.attrs._values.items():
                writer.set_attribute(place, attribute, *(_to_file(value()) if callable(value) else value))

    def close(self):
        """Writes the file, where it is written, and ends its use."""
        if self._is_open:
            self.flush()
            self._is_open = False
            self._reader = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.close()

    def __bool__(self):
        return self._is_open

    def __repr__(self):
        return '<HDF5 file "%s" (mode %s)>' % (os.path.basename(self.filename), self.mode)


class _OsErrors:
    """Raises the engine's errors as h5py does."""

    def __init__(self, verb, path):
        self._verb, self._path = verb, path

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, errors.NotFoundError):
            raise OSError("Unable to %s file (unable to open file: name = '%s', errno = 2, error message = 'No such file or "
                          "directory', flags = 0, o_flags = 0)" % (self._verb, self._path)) from None
        if isinstance(error, errors.InvalidArgumentError):
            raise RuntimeError(error.message) from None
        if isinstance(error, errors.OpError):
            raise OSError('Unable to %s file (%s)' % (self._verb, error.message)) from None
