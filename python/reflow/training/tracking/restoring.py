"""One restoring of a checkpoint: which objects have been found, and what hasn't been used yet."""
import collections
import sys
import weakref

from reflow import _core, pywrap_tensorflow
from reflow.framework import ops
from reflow.training.saving import functional_saver, saveable_object_util
from reflow.training.tracking import base
from reflow.util import object_identity


def object_paths(object_graph_proto):
    """{node id: '(root).name.name'}; slots are called after their optimizer and variable."""
    paths, to_visit = {0: ('(root)',)}, collections.deque([0])
    while to_visit:
        node_id = to_visit.popleft()
        for child in object_graph_proto.nodes[node_id].children:
            if child.node_id not in paths:
                paths[child.node_id] = paths[node_id] + (child.local_name,)
                to_visit.append(child.node_id)
    names = {node_id: '.'.join(path) for node_id, path in paths.items()}
    for node_id, node in enumerate(object_graph_proto.nodes):
        for slot in node.slot_variables:
            names[slot.slot_variable_node_id] = "%s's state '%s' for %s" % (
                names[node_id], slot.slot_name, names[slot.original_variable_node_id])
    return names


class _UnusedValues:
    """Warns, when the last that could use the values of a checkpoint is gone, of those that nothing has used."""

    def __init__(self, object_graph_proto, matched_proto_ids, unused_attributes):
        self.expect_partial = False
        self._object_graph_proto = object_graph_proto
        self._matched_proto_ids = matched_proto_ids
        self._unused_attributes = unused_attributes

    def __del__(self):
        if self.expect_partial or sys.is_finalizing():
            return
        nodes = self._object_graph_proto.nodes
        unresolved = [node_id for node_id in range(len(nodes)) if node_id not in self._matched_proto_ids]
        if not unresolved and not self._unused_attributes:
            return
        from reflow.platform import tf_logging
        names = object_paths(self._object_graph_proto)
        for node_id in unresolved:
            tf_logging.warning('Unresolved object in checkpoint: {}'.format(names[node_id]))
        for node_id, attribute_name in self._unused_attributes.items():
            tf_logging.warning('Unused attribute in object {}: {}'.format(names[node_id], attribute_name))
        tf_logging.warning(
            'A checkpoint was restored (e.g. tf.train.Checkpoint.restore or tf.keras.Model.load_weights) but not all '
            'checkpointed values were used. See above for specific issues. Use expect_partial() on the load status object, '
            'e.g. tf.train.Checkpoint.restore(...).expect_partial(), to silence these warnings, or use assert_consumed() to '
            'make the check explicit. See https://www.tensorflow.org/alpha/guide/checkpoints#loading_mechanics for details.')


class CheckpointRestoreCoordinator:
    """The restoring of an object-based checkpoint. It lives as long as something waits to be restored from it."""

    def __init__(self, object_graph_proto, save_path, save_path_tensor, restore_op_cache, graph_view):
        self.object_graph_proto = object_graph_proto
        self.restore_uid = ops.uid()
        self.save_path_tensor = save_path_tensor
        self.save_path_string = save_path
        self.graph_view = graph_view
        self.dtype_map = pywrap_tensorflow.NewCheckpointReader(save_path).get_variable_to_dtype_map()
        # Weak, since objects with deferred dependencies refer to this one.
        self.object_by_proto_id = weakref.WeakValueDictionary()
        self.matched_proto_ids = set()
        self.all_python_objects = object_identity.ObjectIdentityWeakSet()
        self.unused_attributes = {}
        self.restore_ops = []
        self.restore_ops_by_name = restore_op_cache
        self.new_restore_ops_callback = None
        # Slots wait for their variable, then for their optimizer.
        self.slot_restorations, self.deferred_slot_restorations = {}, {}
        for node_id, node in enumerate(object_graph_proto.nodes):
            for slot in node.slot_variables:
                self.slot_restorations.setdefault(slot.original_variable_node_id, []).append(
                    base.SlotVariableRestoration(node_id, slot.slot_variable_node_id, slot.slot_name))
        self._unused_values = _UnusedValues(object_graph_proto, self.matched_proto_ids, self.unused_attributes)

    @property
    def expect_partial(self):
        """Whether it is no mistake that values are not used."""
        return self._unused_values.expect_partial

    @expect_partial.setter
    def expect_partial(self, expect_partial):
        self._unused_values.expect_partial = expect_partial

    def new_restore_ops(self, new_ops):
        """Adds operations to those that restore."""
        self.restore_ops.extend(new_ops)
        if self.new_restore_ops_callback:
            self.new_restore_ops_callback(new_ops)

    def restore_saveables(self, tensor_saveables, python_saveables):
        """Restores the saveables of Python at once; gives the operations for the others, {key: saveable}."""
        if python_saveables:
            reader = pywrap_tensorflow.NewCheckpointReader(self.save_path_string)
            for saveable in python_saveables:
                saveable.python_restore([reader.get_tensor(spec.name) for spec in saveable.specs])
        if not tensor_saveables:
            return []
        saveables = saveable_object_util.validate_and_slice_inputs(tensor_saveables)
        made = functional_saver.MultiDeviceSaver(saveables).restore(self.save_path_tensor)
        if _core.executing_eagerly():
            return []
        made = dict(sorted(made.items()))
        self.restore_ops_by_name.update(made)
        return list(made.values())


class NameBasedRestoreCoordinator:
    """The restoring of objects from a checkpoint that a Saver has written, by the names of variables."""

    def __init__(self, save_path, dtype_map=None):
        self.save_path = save_path
        self.dtype_map = dtype_map
        self.unused_attributes = object_identity.ObjectIdentityWeakKeyDictionary()
        self.restore_uid = ops.uid()

    def globally_named_object_attributes(self, trackable):
        """The saveables of an object under the names that a Saver gives them."""
        for attribute_name, saveable in trackable._gather_saveables_for_checkpoint().items():
            if callable(saveable):
                try:
                    saveable = saveable()
                except TypeError:  # it needs a name that savers don't have
                    if not saveable('').optional_restore:
                        self.unused_attributes.setdefault(trackable, []).append(attribute_name)
                    continue
            named = saveable_object_util.op_list_to_dict([saveable], convert_variable_to_tensor=False)
            for name, op in named.items():
                yield from saveable_object_util.saveable_objects_for_op(op=op, name=name)

    def eager_restore(self, trackable):
        """Restores the values of an object where operations run at once."""
        from reflow.ops import gen_io_ops
        for saveable in self.globally_named_object_attributes(trackable):
            if any(spec.name not in self.dtype_map for spec in saveable.specs):
                self.unused_attributes.setdefault(trackable, []).append(saveable.name)
                continue
            with ops.device('cpu:0'):
                restored = [gen_io_ops.restore_v2(self.save_path, [spec.name], [''], [self.dtype_map[spec.name]])[0]
                            for spec in saveable.specs]
            saveable.restore(restored_tensors=restored, restored_shapes=None)
