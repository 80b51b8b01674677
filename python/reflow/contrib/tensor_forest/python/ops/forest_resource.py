"""What trees and their statistics have in common: resources that an operation makes, and that savers save as one string."""
from reflow.eager import context
from reflow.framework import ops
from reflow.ops import resources
from reflow.training.saving import saveable_object
from reflow.training.tracking import tracking


class ForestSaveable(saveable_object.SaveableObject):
    """A resource in checkpoints: `serialized`, and `deserialize(string)`, which puts it back."""

    def __init__(self, handle, create_op, serialized, deserialize, name):
        self._create_op = create_op
        self._deserialize = deserialize
        super().__init__(handle, [saveable_object.SaveSpec(serialized, '', name)], name)

    def restore(self, restored_tensors, unused_restored_shapes):
        """The operation that makes the resource and puts back what was saved."""
        with ops.control_dependencies([self._create_op]):
            return self._deserialize(restored_tensors[0])


class ForestResource(tracking.TrackableResource):
    """A resource of a graph by its name. `config` is what it begins with, serialized."""

    _kind = None  # of names in checkpoints by object

    def __init__(self, params, config, name, container=None):
        self._params = params
        self._config = config
        self._name = name
        self._container = container
        self._init_op = None
        super().__init__()
        self._resource_handle = self._create_resource()

    def _shared_name(self):
        # With eager execution nothing else tells two of them apart.
        return '%s_%d' % (self._kind, ops.uid()) if context.executing_eagerly() else self._name

    @property
    def initializer(self):
        """The operation that makes the resource."""
        if self._init_op is None:
            self._init_op = self._initialize()
        return self._init_op


def add(resource, kind):
    """Has savers save and sessions make the resource; its handle."""
    handle, create_op, is_initialized = resource.resource_handle, resource.initializer, resource.is_initialized()
    saveable = resource._gather_saveables_for_checkpoint()[kind](name=handle.name)
    ops.add_to_collection(ops.GraphKeys.SAVEABLE_OBJECTS, saveable)
    resources.register_resource(handle, create_op, is_initialized)
    return handle
