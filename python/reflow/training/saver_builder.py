"""What makes the operations of savers."""
from reflow import _core
from reflow.framework import ops, protos
from reflow.ops import variables
from reflow.training.saving import saveable_object, saveable_object_util


def _graph_of(items):
    """The graph of what is saved, where the operations go even if another one is the default graph."""
    if not items:
        return ops.get_default_graph()
    op = items[0][1] if isinstance(items[0], tuple) else items[0].op
    return getattr(op, 'resource_handle', op).graph


def _join_parts_of_collections():
    """Makes the operations with the names of partitioned variables, which import_meta_graph puts into their collections."""
    graph = ops.get_default_graph()
    for key in graph.get_all_collection_keys():
        for item in graph.get_collection(key):
            if isinstance(item, variables.PartitionedVariable):
                try:
                    graph.get_operation_by_name(item.name)
                except KeyError:
                    item.as_tensor()


class BaseSaverBuilder:
    """Makes the operations of a saver, with one restoring operation for each tensor."""

    SaveSpec = saveable_object.SaveSpec
    SaveableObject = saveable_object.SaveableObject
    VariableSaveable = saveable_object_util.ReferenceVariableSaveable
    ResourceVariableSaveable = saveable_object_util.ResourceVariableSaveable
    _bulk_restore = False

    def __init__(self, write_version=2):
        self._write_version = write_version

    def build(self, names_to_saveables, reshape=False, sharded=False, max_to_keep=5,
              keep_checkpoint_every_n_hours=10000.0, name=None, restore_sequentially=False, filename='model'):
        """Makes the operations and returns their SaverDef."""
        max_to_keep = max_to_keep or 0
        items = saveable_object_util.items_to_save(names_to_saveables)
        with _graph_of(items).as_default():
            names = _core.build_saver(items, bool(reshape), bool(sharded), name, self._write_version, filename,
                                      self._bulk_restore)
            _join_parts_of_collections()
        return protos.message('tensorflow.SaverDef')(
            max_to_keep=max_to_keep, sharded=bool(sharded), version=self._write_version,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours, **names)


class BulkSaverBuilder(BaseSaverBuilder):
    """Makes the operations of a saver, with one operation that restores all tensors."""

    _bulk_restore = True
