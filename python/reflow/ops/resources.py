"""Resources with operations that make them: tables, accumulators and others that a graph registers."""
import collections
import os

from reflow.framework import dtypes, ops

_Resource = collections.namedtuple('_Resource', ['handle', 'create', 'is_initialized'])


def register_resource(handle, create_op, is_initialized_op, is_shared=True):
    """Adds a resource to those that are made when variables are initialized, shared or local ones."""
    collection = ops.GraphKeys.RESOURCES if is_shared else ops.GraphKeys.LOCAL_RESOURCES
    ops.add_to_collection(collection, _Resource(handle, create_op, is_initialized_op))


def shared_resources():
    """The resources that all workers share."""
    return ops.get_collection(ops.GraphKeys.RESOURCES)


def local_resources():
    """The resources of each worker."""
    return ops.get_collection(ops.GraphKeys.LOCAL_RESOURCES)


def report_uninitialized_resources(resource_list=None, name='report_uninitialized_resources'):
    """A 1-D tensor of the names of resources that are not there yet."""
    from reflow.framework import constant_op
    from reflow.ops import array_ops, math_ops
    if resource_list is None:
        resource_list = shared_resources() + local_resources()
    device = os.environ.get('TF_DEVICE_FOR_UNINITIALIZED_VARIABLE_REPORTING', '/cpu:0')
    with ops.name_scope(name), ops.device(device):
        if not resource_list:
            return constant_op.constant([], dtype=dtypes.string)
        missing = math_ops.logical_not(array_ops.stack([resource.is_initialized for resource in resource_list]))
        names = constant_op.constant([resource.handle.name for resource in resource_list])
        return array_ops.boolean_mask(names, missing)


def initialize_resources(resource_list, name='init'):
    """The operation that makes the resources."""
    from reflow.ops import control_flow_ops
    if resource_list:
        return control_flow_ops.group(*[resource.create for resource in resource_list], name=name)
    return control_flow_ops.no_op(name=name)
