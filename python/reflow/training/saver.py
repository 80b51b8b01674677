"""Savers: the operations that save variables in checkpoints and restore them, and graphs as MetaGraphDefs.

The operations are made, with TensorFlow's names; checkpoints themselves are not written or read yet.
"""
from reflow import _core
from reflow.framework import meta_graph, ops, protos
from reflow.ops import variables

_NOT_YET = 'saving and restoring checkpoints is not part of Reflow yet'


def _named_variables(var_list):
    """The variables with their names in checkpoints, by name."""
    if isinstance(var_list, dict):
        named = list(var_list.items())
    else:
        named = [(variable.op.name, variable) for variable in var_list]
        names = set()
        for name, _ in named:
            if name in names:
                raise ValueError('At least two variables have the same name: %s' % name)
            names.add(name)
    for name, variable in named:
        if not isinstance(variable, _core.Variable) or variable._save_slice_info is not None:
            raise NotImplementedError('a Saver of other objects than whole variables is not part of Reflow yet: '
                                      '%s: %s' % (name, variable))
    return named


class Saver:
    """Saves and restores variables."""

    def __init__(self, var_list=None, reshape=False, sharded=False, max_to_keep=5,
                 keep_checkpoint_every_n_hours=10000.0, name=None, restore_sequentially=False, saver_def=None,
                 builder=None, defer_build=False, allow_empty=False, write_version=2, pad_step_number=False,
                 save_relative_paths=False, filename=None):
        if defer_build and var_list:
            raise ValueError('If `var_list` is provided then build cannot be deferred. Either set defer_build=False or '
                             'var_list=None.')
        if builder is not None:
            raise NotImplementedError('a Saver with a builder of its own is not part of Reflow yet')
        self._var_list = var_list
        self._reshape = reshape
        self._sharded = sharded
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._name = name
        self._restore_sequentially = restore_sequentially
        self.saver_def = saver_def
        self._is_built = False
        self._is_empty = False
        self._allow_empty = allow_empty
        self._write_version = write_version
        self._pad_step_number = pad_step_number
        self._save_relative_paths = save_relative_paths
        self._filename = filename
        if not defer_build:
            self.build()
        if self.saver_def:
            self._check_saver_def()
            self._write_version = self.saver_def.version

    def build(self):
        """Makes the operations, once."""
        if self._is_built:
            return
        self._is_built = True
        if not self.saver_def:
            if self._var_list is None:
                self._var_list = variables._all_saveable_objects()
            if not self._var_list:
                if not self._allow_empty:
                    raise ValueError('No variables to save')
                self._is_empty = True
                return
            self.saver_def = protos.message('tensorflow.SaverDef')(max_to_keep=self._max_to_keep, **_core.build_saver(
                _named_variables(self._var_list), bool(self._reshape), bool(self._sharded), self._name,
                self._write_version, self._filename), sharded=bool(self._sharded), version=self._write_version,
                keep_checkpoint_every_n_hours=self._keep_checkpoint_every_n_hours)
        elif self._name:
            # Of a saver that is made from a message the name is the scope that the graph was imported in.
            for field in ('filename_tensor_name', 'save_tensor_name', 'restore_op_name'):
                setattr(self.saver_def, field, ops.prepend_name_scope(getattr(self.saver_def, field), self._name))
        self._check_saver_def()

    def _check_saver_def(self):
        if type(self.saver_def).__name__ != 'SaverDef':
            raise ValueError('saver_def must be a saver_pb2.SaverDef: %s' % self.saver_def)
        for field in ('save_tensor_name', 'restore_op_name'):
            if not getattr(self.saver_def, field):
                raise ValueError('saver_def must specify the %s: %s' % (field, self.saver_def))

    def as_saver_def(self):
        """The SaverDef of the saver."""
        return self.saver_def

    def to_proto(self, export_scope=None):
        """The SaverDef; None: its operations are not within `export_scope`."""
        if export_scope is None:
            return self.saver_def
        if not (self.saver_def.filename_tensor_name.startswith(export_scope) and
                self.saver_def.save_tensor_name.startswith(export_scope) and
                self.saver_def.restore_op_name.startswith(export_scope)):
            return None
        saver_def = protos.message('tensorflow.SaverDef')()
        saver_def.CopyFrom(self.saver_def)
        for field in ('filename_tensor_name', 'save_tensor_name', 'restore_op_name'):
            setattr(saver_def, field, ops.strip_name_scope(getattr(saver_def, field), export_scope))
        return saver_def

    @staticmethod
    def from_proto(saver_def, import_scope=None):
        """The saver whose operations the message names."""
        return Saver(saver_def=saver_def, name=import_scope)

    def export_meta_graph(self, filename=None, collection_list=None, as_text=False, export_scope=None,
                          clear_devices=False, clear_extraneous_savers=False, strip_default_attrs=False,
                          save_debug_info=False):
        """The MetaGraphDef of the default graph with this saver, written to `filename` if there is one."""
        return export_meta_graph(
            filename=filename, graph_def=ops.get_default_graph().as_graph_def(add_shapes=True),
            saver_def=self.saver_def, collection_list=collection_list, as_text=as_text, export_scope=export_scope,
            clear_devices=clear_devices, clear_extraneous_savers=clear_extraneous_savers,
            strip_default_attrs=strip_default_attrs, save_debug_info=save_debug_info)

    def save(self, sess, save_path, global_step=None, latest_filename=None, meta_graph_suffix='meta',
             write_meta_graph=True, write_state=True, strip_default_attrs=False, save_debug_info=False):
        """Saves the variables of a session. NotImplementedError: checkpoints are not there yet."""
        raise NotImplementedError(_NOT_YET)

    def restore(self, sess, save_path):
        """Restores the variables of a session. NotImplementedError: checkpoints are not there yet."""
        raise NotImplementedError(_NOT_YET)


def export_meta_graph(filename=None, meta_info_def=None, graph_def=None, saver_def=None, collection_list=None,
                      as_text=False, graph=None, export_scope=None, clear_devices=False, clear_extraneous_savers=False,
                      strip_default_attrs=False, save_debug_info=False, **kwargs):
    """The MetaGraphDef of a graph, by default the default graph, written to `filename` if there is one."""
    return meta_graph.export_scoped_meta_graph(
        filename=filename, meta_info_def=meta_info_def, graph_def=graph_def, saver_def=saver_def,
        collection_list=collection_list, as_text=as_text, graph=graph, export_scope=export_scope,
        clear_devices=clear_devices, clear_extraneous_savers=clear_extraneous_savers,
        strip_default_attrs=strip_default_attrs, save_debug_info=save_debug_info, **kwargs)[0]


def import_meta_graph(meta_graph_or_file, clear_devices=False, import_scope=None, **kwargs):
    """Adds the graph and collections of a MetaGraphDef or of a file to the default graph; gives the saver for them."""
    return _import_meta_graph_with_return_elements(meta_graph_or_file, clear_devices, import_scope, **kwargs)[0]


def _import_meta_graph_with_return_elements(meta_graph_or_file, clear_devices=False, import_scope=None,
                                            return_elements=None, **kwargs):
    """import_meta_graph that gives also the elements named in `return_elements`."""
    is_message = type(meta_graph_or_file).__name__ == 'MetaGraphDef'
    meta_graph_def = meta_graph_or_file if is_message else meta_graph.read_meta_graph_file(meta_graph_or_file)
    imported, elements = meta_graph.import_scoped_meta_graph_with_return_elements(
        meta_graph_def, clear_devices, import_scope=import_scope, return_elements=return_elements, **kwargs)
    return _saver_of_import(meta_graph_def, import_scope, imported), elements


def _saver_of_import(meta_graph_def, import_scope, imported):
    """The saver that a MetaGraphDef names, or one for the variables of the graph; None: there are none."""
    if meta_graph_def.HasField('saver_def'):
        scope = import_scope
        if imported:
            name, variable = next(iter(imported.items()))
            scope = variable.name[:-len(name)]  # what the import made of import_scope
        return Saver(saver_def=meta_graph_def.saver_def, name=scope)
    if variables._all_saveable_objects(scope=import_scope):
        return Saver()
    from reflow.platform import tf_logging
    tf_logging.info('Saver not created because there are no variables in the graph to restore')
    return None


def _get_saver_or_default():
    """The saver of the collection SAVERS; if there is none, one for all variables, which goes there."""
    savers = ops.get_collection(ops.GraphKeys.SAVERS)
    if savers:
        if len(savers) > 1:
            raise RuntimeError('More than one item in collection {}. Please indicate which one to use by passing it to '
                               'the constructor.'.format(ops.GraphKeys.SAVERS))
        return savers[0]
    saver = Saver(sharded=True, allow_empty=True)
    ops.add_to_collection(ops.GraphKeys.SAVERS, saver)
    return saver


ops.register_proto_function(ops.GraphKeys.SAVERS, proto_type=protos.message('tensorflow.SaverDef'),
                            to_proto=Saver.to_proto, from_proto=Saver.from_proto)
