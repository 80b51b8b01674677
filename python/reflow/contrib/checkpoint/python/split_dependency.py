"""Several dependencies that are saved and restored together."""
import functools

from reflow.training.saving import saveable_object
from reflow.training.tracking import base


class _CallbackSaveable(saveable_object.SaveableObject):
    """What one function gives for saving and another takes when restoring."""

    def __init__(self, name, dtype, device, save_callback, restore_callback):
        self._restore_callback = restore_callback
        super().__init__(save_callback, [saveable_object.SaveSpec(save_callback, '', name, dtype=dtype, device=device)], name)

    def restore(self, restored_tensors, restored_shapes):
        return self._restore_callback(restored_tensors[0])


class _Buffers:
    """What the components have in common: values on their way to a checkpoint, and from one."""

    def __init__(self, num_components, fill, consume):
        self.num_components, self.fill, self.consume = num_components, fill, consume
        self.to_save, self.restored = {}, {}


class _SplitDependency(base.Trackable):
    """One of the components; to a checkpoint it is a variable."""

    def __init__(self, buffers, name, dtype, device):
        self._buffers, self._name, self._dtype, self._device = buffers, name, dtype, device

    def _save(self):
        values = self._buffers.to_save
        if self._name not in values:
            if values:
                raise AssertionError('Split dependency %s (%s) unsynchronized. Split dependencies must be saved together.' %
                                     (self._name, self))
            self._buffers.fill(values)
        return values.pop(self._name)

    def _restore(self, tensor):
        from reflow.ops import control_flow_ops
        values = self._buffers.restored
        if self._name in values:
            raise AssertionError('Split dependency %s (%s) unsynchronized. Split dependencies must be restored together.' %
                                 (self._name, self))
        values[self._name] = tensor
        if len(values) < self._buffers.num_components:
            return control_flow_ops.no_op()
        operation = self._buffers.consume(values)
        values.clear()
        return operation

    def _gather_saveables_for_checkpoint(self):
        return {base.VARIABLE_VALUE_KEY: functools.partial(
            _CallbackSaveable, dtype=self._dtype, device=self._device, save_callback=self._save,
            restore_callback=self._restore)}


def split_dependency(component_names, component_dtypes, fill_save_buffer_fn, consume_restore_buffer_fn, device):
    """{name: object to depend on}; values come from one function at once and go to another at once."""
    buffers = _Buffers(len(component_names), fill_save_buffer_fn, consume_restore_buffer_fn)
    return {name: _SplitDependency(buffers, name, dtype, device) for name, dtype in zip(component_names, component_dtypes)}
