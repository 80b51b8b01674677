"""NumPy arrays in checkpoints."""
import io

import numpy as np

from reflow.training.tracking import base, python_state


class _Array(python_state.PythonState):
    """An array, saved as a file of NumPy's."""

    def __init__(self, array):
        self.array = array

    def serialize(self):
        file = io.BytesIO()
        np.save(file, self.array, allow_pickle=False)
        return file.getvalue()

    def deserialize(self, string_value):
        self.array = np.load(io.BytesIO(string_value), allow_pickle=False)


class NumpyState(base.Trackable):
    """An object whose attributes are arrays that are saved and restored. Restoring makes those that are missing."""

    def _lookup_dependency(self, name):
        known = super()._lookup_dependency(name)
        if known is None:
            known = _Array(np.array([]))
            self._unconditional_checkpoint_dependencies.append(base.TrackableReference(name, known))
            self._unconditional_dependency_names[name] = known
            super().__setattr__(name, known)
        return known

    def __getattribute__(self, name):
        value = super().__getattribute__(name)
        return value.array if isinstance(value, _Array) else value

    def __setattr__(self, name, value):
        if isinstance(value, (np.ndarray, np.generic)):
            existing = self.__dict__.get(name)
            if existing is not None:
                existing.array = value
                return
            self._maybe_initialize_trackable()
            # Not by _track_trackable, which asks _lookup_dependency, which makes what isn't there.
            value = _Array(value)
            self._unconditional_checkpoint_dependencies.append(base.TrackableReference(name, value))
            self._unconditional_dependency_names[name] = value
            self._handle_deferred_dependencies(name=name, trackable=value)
        elif name not in ('_self_setattr_tracking', '_self_update_uid') and getattr(self, '_self_setattr_tracking', True):
            raise NotImplementedError(
                'Assigned %s to the %s property of %s, which is not a NumPy array. Currently mixing NumPy arrays and other '
                'trackable objects is not supported. File a feature request if this limitation bothers you.' %
                (value, name, self))
        super().__setattr__(name, value)
