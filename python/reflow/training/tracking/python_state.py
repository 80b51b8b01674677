"""tf.train.experimental.PythonState: objects of a program that are saved as strings."""
import abc
import functools

from reflow.training.tracking import base

PYTHON_STATE = 'py_state'


class PythonState(base.Trackable, metaclass=abc.ABCMeta):
    """An object that makes a string of its state, and takes it from one."""

    @abc.abstractmethod
    def serialize(self):
        """The state as a string."""

    @abc.abstractmethod
    def deserialize(self, string_value):
        """Takes the state from what serialize() gave."""

    def _gather_saveables_for_checkpoint(self):
        return {PYTHON_STATE: functools.partial(base.PythonStringStateSaveable, state_callback=self.serialize,
                                                restore_callback=self.deserialize)}
