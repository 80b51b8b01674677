"""What tf.get_variable finds again where operations run at once, which it does only within a store."""

import contextlib

from reflow import _core
from reflow.eager import context


class EagerVariableStore:
    """Variables that tf.get_variable has made within as_default(), and finds again by their names."""

    def __init__(self, store=None):
        if store is not None and not isinstance(store, _core.EagerStore):
            raise ValueError('Cannot construct EagerVariableStore from a VariableStore object that does not hold eager '
                             'variables.')
        self._store = store if store is not None else _core.EagerStore()

    @contextlib.contextmanager
    def as_default(self):
        """Has tf.get_variable use this store."""
        if not context.executing_eagerly():
            raise RuntimeError('EagerVariableStore is used where operations run at once.')
        self._store.enter()
        try:
            yield
        finally:
            self._store.exit()

    def variables(self):
        """All variables, by name."""
        return sorted(self._store.variables(), key=lambda variable: variable.name)

    def trainable_variables(self):
        """The trainable ones, by name."""
        return [variable for variable in self.variables() if variable.trainable]

    def non_trainable_variables(self):
        """The others, by name."""
        return [variable for variable in self.variables() if not variable.trainable]

    def copy(self):
        """A store with copies of the variables."""
        from reflow.ops import resource_variable_ops
        copied = EagerVariableStore()
        for variable in self.variables():
            name = variable.name.split(':')[0]
            copied._store.add(name, resource_variable_ops.ResourceVariable(
                variable.read_value(), name=name, trainable=variable.trainable))
        return copied


EagerVariableStore.__module__ = 'tensorflow.python.ops.variable_scope'
