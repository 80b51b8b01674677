"""Variables set to given values, and the devices where they are."""

from reflow.framework import device
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops

__all__ = ['VariableDeviceChooser', 'assign_from_values', 'assign_from_values_fn', 'zero_initializer']


def _variable_called(name):
    found = ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, name)
    if not found:
        raise ValueError("Variable %s wasn't found" % name)
    if len(found) == 1:
        return found[0]
    for variable in found:
        if variable.op.name == name:
            return variable
    raise ValueError("Variable %s doesn't uniquely identify a variable" % name)


def assign_from_values(var_names_to_values):
    """An op that sets variables to arrays, by their names, and the feed that it needs."""
    feed_dict, assignments = {}, []
    for name, value in var_names_to_values.items():
        variable = _variable_called(name)
        placeholder = array_ops.placeholder(dtype=variable.dtype.base_dtype, shape=variable.get_shape(),
                                            name='placeholder/' + variable.op.name)
        assignments.append(variable.assign(placeholder))
        feed_dict[placeholder] = value.reshape(variable.get_shape().as_list())
    return control_flow_ops.group(*assignments), feed_dict


def assign_from_values_fn(var_names_to_values):
    """A function of a session that sets variables to arrays, by their names."""
    assignment, feed_dict = assign_from_values(var_names_to_values)
    return lambda session: session.run(assignment, feed_dict)


def zero_initializer(ref, use_locking=True, name='zero_initializer'):
    """Sets a variable to zeros. Raises NotImplementedError: Reflow lacks the op ZeroInitializer."""
    raise NotImplementedError('Reflow does not have the ops ZeroInitializer and ZeroVarInitializer yet; use '
                              'tf.assign(variable, tf.zeros(shape))')


class VariableDeviceChooser:
    """A device function that gives the tasks of a job in turn."""

    def __init__(self, num_tasks=0, job_name='ps', device_type='CPU', device_index=0, replica=None):
        self._job_name = job_name
        self._device_type = device_type
        self._device_index = device_index
        self._replica = replica
        self._num_tasks = num_tasks
        self._next_task_id = 0

    def __call__(self, op):
        spec = device.DeviceSpec(replica=self._replica, device_type=self._device_type, device_index=self._device_index)
        if self._num_tasks > 0:
            spec.job, spec.task = self._job_name, self._next_task_id
            self._next_task_id = (self._next_task_id + 1) % self._num_tasks
        return spec.to_string()
