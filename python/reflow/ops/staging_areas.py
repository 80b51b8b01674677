"""Staging areas: tuples of tensors put aside between parts of a graph that run at different times."""

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import control_flow_ops
from reflow.util.shown_attributes import shown


def _op(name):
    from reflow.ops import gen_data_flow_ops
    return getattr(gen_data_flow_ops, name)


def _as_list(values):
    return values if isinstance(values, (list, tuple)) else [values]


class BaseStagingArea:
    """What both kinds of staging areas have."""

    def __init__(self, dtypes, shapes=None, names=None, shared_name=None, capacity=0, memory_limit=0):
        if shared_name is None:
            self._name = ops.get_default_graph().unique_name(self.__class__.__name__)
        elif isinstance(shared_name, str):
            self._name = shared_name
        else:
            raise ValueError('shared_name must be a string')
        if shapes is not None and len(shapes) != len(dtypes):
            raise ValueError('StagingArea shapes must be the same length as dtypes')
        if names is not None and len(names) != len(dtypes):
            raise ValueError('StagingArea names must be the same length as dtypes')
        self._dtypes = dtypes
        self._shapes = [tensor_shape.TensorShape(s) for s in shapes or [None] * len(dtypes)]
        self._names = names
        self._capacity = capacity
        self._memory_limit = memory_limit
        with ops.name_scope('%s_root' % self._name):
            self._coloc_op = control_flow_ops.no_op()

    name = shown('_name', 'The name under which the area is shared.')
    dtypes = shown('_dtypes', 'The types of the components.')
    shapes = shown('_shapes', 'The shapes of the components.')
    names = shown('_names', 'The names of the components, or None.')
    capacity = shown('_capacity', 'How many tuples there may be; 0: any number.')
    memory_limit = shown('_memory_limit', 'How many bytes the tuples may take; 0: any number.')

    def _limits(self):
        return dict(shared_name=self._name, capacity=self._capacity, memory_limit=self._memory_limit)

    def _check_put_dtypes(self, vals, indices=None):
        if isinstance(vals, dict):
            if not self._names:
                raise ValueError('Staging areas must have names to enqueue a dictionary')
            if not set(vals.keys()).issubset(self._names):
                raise ValueError('Keys in dictionary to put do not match names of staging area. Dictionary: (%s), Queue: (%s)'
                                 % (sorted(vals.keys()), sorted(self._names)))
            indices = [i for i, key in enumerate(self._names) if key in vals]
            vals = [vals[self._names[i]] for i in indices]
        else:
            if self._names:
                raise ValueError('You must enqueue a dictionary in a staging area with names')
            if indices is None:
                raise ValueError('Indices must be supplied when inserting a list of tensors')
            vals = _as_list(vals)
            if len(indices) != len(vals):
                raise ValueError("Number of indices '%s' doesn't match number of values '%s'" % (len(indices), len(vals)))
        if len(vals) > len(self._dtypes):
            raise ValueError("Unexpected number of inputs '%s' vs '%s'" % (len(vals), len(self._dtypes)))
        tensors = []
        for val, i in zip(vals, indices):
            if val.dtype != self._dtypes[i]:
                raise ValueError("Datatypes do not match. '%s' != '%s'" % (val.dtype, self._dtypes[i]))
            val.get_shape().assert_is_compatible_with(self._shapes[i])
            tensors.append(ops.convert_to_tensor(val, dtype=self._dtypes[i], name='component_%d' % i))
        return tensors, indices

    def _get_return_value(self, tensors, indices):
        from reflow.ops import array_ops
        tensors = _as_list(tensors)
        if control_flow_ops.no_op().device != self._coloc_op.device:
            tensors = [array_ops.identity(t) for t in tensors]
        for output, i in zip(tensors, indices):
            output.set_shape(self._shapes[i])
        if self._names:
            return {self._names[i]: t for t, i in zip(tensors, indices)}
        return tensors

    @staticmethod
    def _scope_vals(vals):
        return vals.values() if isinstance(vals, dict) else _as_list(vals)


class StagingArea(BaseStagingArea):
    """A staging area whose tuples leave in the order of their coming (tf.contrib.staging.StagingArea)."""

    def put(self, values, name=None):
        """An op that puts a tuple into the area; it waits while that is full."""
        with ops.name_scope(name, '%s_put' % self._name, self._scope_vals(values)) as scope:
            if not isinstance(values, (list, tuple, dict)):
                values = [values]
            vals, _ = self._check_put_dtypes(values, list(range(len(values))))
            with ops.colocate_with(self._coloc_op):
                return _op('stage')(values=vals, name=scope, **self._limits())

    def _take(self, make):
        with ops.colocate_with(self._coloc_op):
            tensors = make()
        return self._get_return_value(tensors, list(range(len(self._dtypes))))

    def get(self, name=None):
        """The tuple that was put in first, taken out; waits until there is one."""
        name = '%s_get' % self._name if name is None else name
        return self._take(lambda: _op('unstage')(dtypes=self._dtypes, name=name, **self._limits()))

    def peek(self, index, name=None):
        """The tuple at place `index`, which stays; waits until there is one."""
        name = '%s_peek' % self._name if name is None else name
        return self._take(lambda: _op('stage_peek')(index, dtypes=self._dtypes, name=name, **self._limits()))

    def size(self, name=None):
        """How many tuples there are."""
        name = '%s_size' % self._name if name is None else name
        return _op('stage_size')(name=name, dtypes=self._dtypes, **self._limits())

    def clear(self, name=None):
        """An op that takes all tuples out."""
        name = '%s_clear' % self._name if name is None else name
        return _op('stage_clear')(name=name, dtypes=self._dtypes, **self._limits())


class MapStagingArea(BaseStagingArea):
    """A staging area whose tuples have keys, and may come and go in parts."""

    def __init__(self, dtypes, shapes=None, names=None, shared_name=None, ordered=False, capacity=0, memory_limit=0):
        super().__init__(dtypes, shapes, names, shared_name, capacity, memory_limit)
        self._ordered = ordered

    def _op(self, name):
        return _op(('ordered_map_' if self._ordered else 'map_') + name)

    def put(self, key, vals, indices=None, name=None):
        """An op that puts a tuple, or parts of one, under `key` into the area; it waits while that is full."""
        with ops.name_scope(name, '%s_put' % self._name, self._scope_vals(vals)) as scope:
            vals, indices = self._check_put_dtypes(vals, indices)
            with ops.colocate_with(self._coloc_op):
                return self._op('stage')(key, indices, vals, dtypes=self._dtypes, name=scope, **self._limits())

    def _get_indices_and_dtypes(self, indices=None):
        if indices is None:
            indices = list(range(len(self._dtypes)))
        if not isinstance(indices, (tuple, list)):
            raise TypeError("Invalid indices type '%s'" % type(indices))
        if not indices:
            raise ValueError('Empty indices')
        if all(isinstance(i, str) for i in indices):
            if self._names is None:
                raise ValueError("String indices provided '%s', but this Staging Area was not created with names." % indices)
            for index in indices:
                if index not in self._names:
                    raise ValueError("Named index '%s' not in Staging Area names '%s'" % (index, self._names))
            indices = [self._names.index(index) for index in indices]
        elif not all(isinstance(i, int) for i in indices):
            raise TypeError("Mixed types in indices '%s'. May only be str or int" % indices)
        return indices, [self._dtypes[i] for i in indices]

    def _take(self, op, key, indices, name):
        indices, dtypes = self._get_indices_and_dtypes(indices)
        with ops.colocate_with(self._coloc_op):
            result = self._op(op)(key, indices=indices, dtypes=dtypes, name=name, **self._limits())
        return self._get_return_value(result, indices)

    def peek(self, key, indices=None, name=None):
        """The tuple under `key`, or its parts `indices`, which stays; waits until it is there."""
        return self._take('peek', key, indices, '%s_pop' % self._name if name is None else name)

    def get(self, key=None, indices=None, name=None):
        """Key and tuple (or its parts `indices`), taken out: under `key`, or any; waits until there is one."""
        if key is not None:
            return key, self._take('unstage', key, indices, '%s_get' % self._name if name is None else name)
        name = '%s_get_nokey' % self._name if name is None else name
        indices, dtypes = self._get_indices_and_dtypes(indices)
        with ops.colocate_with(self._coloc_op):
            key, result = self._op('unstage_no_key')(indices=indices, dtypes=dtypes, name=name, **self._limits())
        key = self._create_device_transfers(key)[0]
        return key, self._get_return_value(result, indices)

    def _create_device_transfers(self, tensors):
        from reflow.ops import array_ops
        tensors = _as_list(tensors)
        if control_flow_ops.no_op().device != self._coloc_op.device:
            tensors = [array_ops.identity(t) for t in tensors]
        return tensors

    def size(self, name=None):
        """How many whole tuples there are."""
        name = '%s_size' % self._name if name is None else name
        return self._op('size')(name=name, dtypes=self._dtypes, **self._limits())

    def incomplete_size(self, name=None):
        """How many tuples there are of which parts are still to come."""
        name = '%s_incomplete_size' % self._name if name is None else name
        return self._op('incomplete_size')(name=name, dtypes=self._dtypes, **self._limits())

    def clear(self, name=None):
        """An op that takes all tuples out."""
        name = '%s_clear' % self._name if name is None else name
        return self._op('clear')(name=name, dtypes=self._dtypes, **self._limits())
