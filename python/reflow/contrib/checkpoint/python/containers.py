"""Containers of trackable objects."""
from reflow.training.tracking import base, data_structures


class UniqueNameTracker(data_structures.TrackableDataStructure):
    """Tracks objects under names that it makes unique."""

    def __init__(self):
        self._maybe_initialize_trackable()
        self._name_counts = {}

    @property
    def _values(self):
        return [reference.ref for reference in self._checkpoint_dependencies]

    def track(self, trackable, base_name):
        """Tracks an object as `base_name`, or `base_name`_NUMBER; returns it."""
        if not isinstance(trackable, base.Trackable):
            raise ValueError('Expected a trackable value, got %s which does not inherit from tf.track.Trackable.' %
                             (trackable,))
        count = self._name_counts.get(base_name, 0)
        while self._lookup_dependency(_numbered(base_name, count)) is not None:
            count += 1
        self._name_counts[base_name] = count + 1
        return self._track_value(trackable, name=_numbered(base_name, count))


def _numbered(name, number):
    return '%s_%d' % (name, number) if number else name
