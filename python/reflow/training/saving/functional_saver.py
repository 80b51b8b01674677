"""Savers that are functions of a prefix: they save and restore SaveableObjects without a session."""
import collections
import uuid

from reflow.framework import ops


class _SingleDeviceSaver:
    """The saveables of one device."""

    def __init__(self, saveable_objects):
        self._saveables = tuple(saveable_objects)

    def save(self, file_prefix):
        """The operation that writes `file_prefix`."""
        from reflow.ops import gen_io_ops
        names, slices, tensors = [], [], []
        for saveable in self._saveables:
            for spec in saveable.specs:
                names.append(spec.name)
                slices.append(spec.slice_spec)
                tensors.append(ops.convert_to_tensor(spec.tensor))
        with ops.device('cpu:0'):
            return gen_io_ops.save_v2(file_prefix, names, slices, tensors)

    def restore(self, file_prefix):
        """{name of a saveable: the operation that restores it}."""
        from reflow.ops import gen_io_ops
        specs = [spec for saveable in self._saveables for spec in saveable.specs]
        with ops.device('cpu:0'):
            tensors = gen_io_ops.restore_v2(file_prefix, [spec.name for spec in specs], [spec.slice_spec for spec in specs],
                                            [spec.dtype.base_dtype for spec in specs])
        restored, operations = iter(tensors), {}
        for saveable in self._saveables:
            operations[saveable.name] = saveable.restore([next(restored) for _ in saveable.specs], restored_shapes=None)
        return operations


class MultiDeviceSaver:
    """Saveables of any devices. Those of several are written by each device, and become one checkpoint."""

    def __init__(self, saveable_objects):
        by_device = collections.OrderedDict()
        for saveable in saveable_objects:
            by_device.setdefault(saveable.device or '', []).append(saveable)
        self._savers = {device: _SingleDeviceSaver(saveables) for device, saveables in by_device.items()}

    def save(self, file_prefix):
        """The operation that writes the checkpoint `file_prefix`, a string or a tensor."""
        from reflow.ops import control_flow_ops, gen_io_ops, string_ops
        if len(self._savers) == 1:
            (device, saver), = self._savers.items()
            with ops.device(device):
                return saver.save(file_prefix)
        with ops.device('cpu:0'):
            parts = string_ops.string_join([file_prefix, '_temp_%s/part' % uuid.uuid4().hex])
        shards, writes = [], []
        for number, (device, saver) in enumerate(sorted(self._savers.items())):
            with ops.device(device):
                shards.append(gen_io_ops.sharded_filename(parts, number, len(self._savers)))
                writes.append(saver.save(shards[-1]))
        with ops.control_dependencies(writes), ops.device('cpu:0'):
            merged = gen_io_ops.merge_v2_checkpoints(shards, file_prefix, delete_old_dirs=True)
            return control_flow_ops.group(merged) if merged is not None else None

    def restore(self, file_prefix):
        """{name of a saveable: the operation that restores it}."""
        operations = {}
        for device, saver in sorted(self._savers.items()):
            with ops.device(device):
                operations.update(saver.restore(file_prefix))
        return operations
