"""Critical sections: parts of graphs of which one at a time runs."""

import collections

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import tensor_array_ops
from reflow.util import nest

__all__ = ['CriticalSection']

CRITICAL_SECTIONS = 'critical_sections'
CRITICAL_SECTION_EXECUTIONS = 'critical_section_executions'

_ExecutionSignature = collections.namedtuple('_ExecutionSignature',
                                             ('op', 'handle', 'resources', 'exclusive_resource_access'))


def _op(name):
    from reflow.ops import gen_resource_variable_ops
    return getattr(gen_resource_variable_ops, name)


def _eager():
    from reflow.eager import context
    return context.executing_eagerly()


def _identity(value):
    if isinstance(value, tensor_array_ops.TensorArray):
        return value.identity()
    if isinstance(value, ops.Operation):
        return control_flow_ops.group(value)
    return None if value is None and _eager() else array_ops.identity(value)


def _class_of(op):
    try:
        return op.get_attr('_class')
    except ValueError:
        return None


class CriticalSection:
    """A lock around the ops that functions make."""

    def __init__(self, name=None, shared_name=None, critical_section_def=None, import_scope=None):
        if critical_section_def and name is not None:
            raise ValueError('critical_section_def and shared_name are mutually exclusive.')
        if critical_section_def:
            raise NotImplementedError('Not yet implemented')
        with ops.name_scope(name, 'CriticalSection', []) as scope, ops.init_scope():
            container = getattr(ops.get_default_graph(), '_container', None) or ''
            self._handle = _op('mutex_v2')(shared_name=scope if shared_name is None else shared_name, container=container,
                                           name=scope)
        if not _eager():
            ops.add_to_collections(CRITICAL_SECTIONS, self)

    @property
    def name(self):
        """The name of the op."""
        return self._handle.op.name

    def execute(self, fn, exclusive_resource_access=True, name=None):
        """What `fn` gives, while no other function runs under this lock."""
        with ops.name_scope(name, 'critical_section_execute', []):
            lock = _op('mutex_lock')(self._handle)
            before = set() if _eager() else set(ops.get_default_graph().get_operations())
            with ops.control_dependencies([lock]):
                result = fn()
            if not _eager():
                resources = self._guard(lock, before, exclusive_resource_access)
            flat = nest.flatten(result)
            with ops.control_dependencies([_identity(value) for value in flat]):
                with ops.colocate_with(self._handle):
                    locked = _op('consume_mutex_lock')(lock)
                # An output may be asked for alone; it has to wait for the others.
                result = nest.pack_sequence_as(result, control_flow_ops.tuple(flat))
            with ops.control_dependencies([locked]):
                outputs = nest.map_structure(_identity, result)
            if not _eager():
                ops.add_to_collections(CRITICAL_SECTION_EXECUTIONS, _ExecutionSignature(
                    op=lock.op, handle=self._handle, resources=resources,
                    exclusive_resource_access=exclusive_resource_access))
            return outputs

    def _guard(self, lock, before, exclusive_resource_access):
        """Has the lock wait for what the new ops need; their resources, checked."""
        created = [op for op in ops.get_default_graph().get_operations() if op not in before]
        inside = set(created) | {lock.op} | set(lock.op.control_inputs) | {tensor.op for tensor in lock.op.inputs}
        needed = collections.OrderedDict()
        for op in created:
            needed.update((other, None) for other in [t.op for t in op.inputs] + list(op.control_inputs)
                          if other not in inside)
        if needed:
            # Otherwise what the ops need could wait for the lock, which waits for them.
            lock.op._add_control_input(control_flow_ops.group(*needed))
        resources = list({t: None for op in created for t in op.inputs if t.dtype == 'resource'})
        if any(self._is_self_handle(resource) for resource in resources):
            raise ValueError('The function fn attempts to directly access the CriticalSection in which it would be '
                             'running.  This is illegal and would cause deadlocks.')
        self._check_resources(resources, exclusive_resource_access)
        return resources

    def _is_self_handle(self, resource):
        op, own = resource.op, self._handle.op
        if op.type != 'MutexV2' or not op.get_attr('shared_name'):
            return False
        return op.get_attr('shared_name') == own.get_attr('shared_name') and (op.device == own.device or
                                                                              _class_of(op) == _class_of(own))

    def _check_resources(self, resources, exclusive_resource_access):
        for other in ops.get_collection(CRITICAL_SECTION_EXECUTIONS):
            if self._is_self_handle(other.handle) or not (exclusive_resource_access or other.exclusive_resource_access):
                continue
            shared = [resource for resource in resources if resource in set(other.resources)]
            if shared:
                raise ValueError(
                    "This execution would access resources: %s.  Either this lock (CriticalSection: %s) or lock '%s' "
                    '(CriticalSection: %s) requested exclusive resource access of this resource.  Did you mean to call '
                    'execute with keyword argument exclusive_resource_access=False?' % (shared, self._handle, other,
                                                                                       other.handle))
