"""Variables as VariableDefs, in which MetaGraphDefs name their nodes, and variables of VariableDefs."""
from reflow import _core
from reflow.framework import dtypes, ops, protos


class SaveSliceInfo:
    """Where a variable lies in the larger one that it is a part of, and that checkpoints save."""

    def __init__(self, full_name=None, full_shape=None, var_offset=None, var_shape=None, save_slice_info_def=None,
                 import_scope=None):
        if save_slice_info_def:
            full_name = ops.prepend_name_scope(save_slice_info_def.full_name, import_scope)
            full_shape = list(save_slice_info_def.full_shape)
            var_offset = list(save_slice_info_def.var_offset)
            var_shape = list(save_slice_info_def.var_shape)
        self.full_name = full_name
        self.full_shape = full_shape
        self.var_offset = var_offset
        self.var_shape = var_shape

    @property
    def spec(self):
        """The text that checkpoints write for it."""
        full = ' '.join('%d' % size for size in self.full_shape) + ' '
        return full + ':'.join('%d,%d' % part for part in zip(self.var_offset, self.var_shape))

    def to_proto(self, export_scope=None):
        """The SaveSliceInfoDef; None: the variable is not within `export_scope`."""
        if export_scope is not None and not self.full_name.startswith(export_scope):
            return None
        return protos.message('tensorflow.SaveSliceInfoDef')(
            full_name=ops.strip_name_scope(self.full_name, export_scope), full_shape=self.full_shape,
            var_offset=self.var_offset, var_shape=self.var_shape)


def to_proto(variable, export_scope=None):
    """The VariableDef of a variable; None: it is not within `export_scope`."""
    if export_scope is not None and not variable.name.startswith(export_scope):
        return None

    def name(element):
        return ops.strip_name_scope(element.name, export_scope)

    variable_def = protos.message('tensorflow.VariableDef')(
        variable_name=name(variable._variable), initializer_name=name(variable.initializer),
        snapshot_name=name(variable._snapshot if variable._cached is None else variable._cached),
        trainable=variable.trainable, is_resource=variable._variable.dtype == dtypes.resource,
        synchronization=variable.synchronization.value, aggregation=variable.aggregation.value)
    if variable.initial_value is not None:
        variable_def.initial_value_name = name(variable.initial_value)
    slice_info = variable._get_save_slice_info()
    if slice_info:
        variable_def.save_slice_info_def.MergeFrom(slice_info.to_proto(export_scope))
    return variable_def


def from_proto(variable_def, import_scope=None):
    """The variable whose nodes, in the default graph, a VariableDef names."""
    graph = ops.get_default_graph()

    def element(name):
        return graph.as_graph_element(ops.prepend_name_scope(name, import_scope)) if name else None

    ref = element(variable_def.variable_name)
    snapshot = element(variable_def.snapshot_name)
    if snapshot is None:  # as releases before 1.4 wrote resource variables
        snapshot = graph.get_tensor_by_name(ref.op.name + '/Read/ReadVariableOp:0')
    variable = _core.variable_of_nodes(ref, element(variable_def.initializer_name), snapshot,
                                       element(variable_def.initial_value_name), variable_def.trainable)
    if variable_def.HasField('save_slice_info_def'):
        variable._set_save_slice_info(SaveSliceInfo(
            save_slice_info_def=variable_def.save_slice_info_def, import_scope=import_scope))
    return variable


def register():
    """Lets the collections of variables travel in MetaGraphDefs."""
    keys = ops.GraphKeys
    for key in (keys.GLOBAL_VARIABLES, keys.TRAINABLE_VARIABLES, keys.MOVING_AVERAGE_VARIABLES, keys.LOCAL_VARIABLES,
                keys.MODEL_VARIABLES, keys.GLOBAL_STEP, keys.METRIC_VARIABLES):
        ops.register_proto_function(key, proto_type='tensorflow.VariableDef', to_proto=to_proto, from_proto=from_proto)
