"""Trackables that track what is assigned to their attributes."""
from reflow.framework import ops
from reflow.training.tracking import base, data_structures

_trackers = []


class NotTrackable:
    """A mark for what inherits from Trackable and can't be saved. Attributes may have it; saving is an error."""


class AutoTrackable(base.Trackable):
    """A Trackable whose attributes are its dependencies, where they are Trackables, lists or dictionaries."""

    def __setattr__(self, name, value):
        if self.__dict__.get(name, _MISSING) is value:
            return
        if self.__dict__.get('_self_setattr_tracking', True):
            value = data_structures.sticky_attribute_assignment(trackable=self, value=value, name=name)
        super().__setattr__(name, value)

    def __delattr__(self, name):
        self._maybe_initialize_trackable()
        delete_tracking(self, name)
        super().__delattr__(name)

    def _no_dependency(self, value):
        return data_structures.NoDependency(value)

    def _list_functions_for_serialization(self, serialization_cache):
        """The functions that are attributes of the object or of its class."""
        from reflow.eager import def_function
        from reflow.eager import function as function_lib
        del serialization_cache
        functions = {}
        for name in dir(self):
            try:
                value = getattr(self, name, None)
            except Exception:  # a property that can't be asked for now
                continue
            if isinstance(value, def_function.BoundFunction):
                value = value._function
            if isinstance(value, (def_function.Function, function_lib.ConcreteFunction)):
                functions[name] = value
        return functions


_MISSING = object()


def delete_tracking(obj, name):
    """Takes the dependency `name` away, if there is one."""
    if obj._unconditional_dependency_names.pop(name, None) is not None:
        references = obj._unconditional_checkpoint_dependencies
        references[:] = [reference for reference in references if reference.name != name]


class ResourceTracker:
    """Collects the TrackableResources that are made within resource_tracker_scope."""

    def __init__(self):
        self._resources = []

    @property
    def resources(self):
        """Those that have been made."""
        return self._resources

    def add_resource(self, resource):
        """Adds one."""
        self._resources.append(resource)


class resource_tracker_scope:
    """Within it, `resource_tracker` collects resources."""

    def __init__(self, resource_tracker):
        self._tracker = resource_tracker

    def __enter__(self):
        _trackers.append(self._tracker)

    def __exit__(self, *unused_exception):
        _trackers.remove(self._tracker)


class CapturableResource(base.Trackable):
    """A resource with a handle, which is made when it is first asked for."""

    _resource_device = ''

    def __init__(self, device='', deleter=None):
        del deleter
        self._resource_handle = None
        self._resource_device = device

    def _create_resource(self):
        raise NotImplementedError('TrackableResource._create_resource not implemented.')

    def _initialize(self):
        """Initializes the resource."""

    def _list_functions_for_serialization(self, serialization_cache):
        """Functions that make the resource, and fill it."""
        from reflow.eager import def_function
        del serialization_cache

        def initialize():
            self._initialize()
            return 1
        return {'_create_resource': def_function.function(lambda: self._create_resource(), input_signature=[], autograph=False),
                '_initialize': def_function.function(initialize, input_signature=[], autograph=False)}

    @property
    def resource_handle(self):
        """The handle."""
        if self._resource_handle is None:
            with ops.device(self._resource_device):
                self._resource_handle = self._create_resource()
        return self._resource_handle


class TrackableResource(CapturableResource):
    """A resource that ResourceTrackers collect."""

    def __init__(self, device='', deleter=None):
        for tracker in _trackers:
            tracker.add_resource(self)
        super().__init__(device=device, deleter=deleter)


class TrackableAsset(base.Trackable):
    """A file that belongs to a model."""

    def __init__(self, path):
        with ops.init_scope(), ops.device('CPU'):
            self._path = ops.internal_convert_to_tensor(path, dtype='string', name='asset_path')

    @property
    def asset_path(self):
        """The path, a string tensor."""
        return self._path
