"""Savers: save variables in checkpoints and restore them, with the graph as a MetaGraphDef beside them."""
import os
import threading

from reflow import _core
from reflow.framework import errors, meta_graph, ops, protos
from reflow.ops import variables
from reflow.training import checkpoint_management, saver_builder
from reflow.training.saving import functional_saver, saveable_object_util
from reflow.util import compat

BaseSaverBuilder = saver_builder.BaseSaverBuilder
BulkSaverBuilder = saver_builder.BulkSaverBuilder
get_checkpoint_state = checkpoint_management.get_checkpoint_state
update_checkpoint_state = checkpoint_management.update_checkpoint_state
generate_checkpoint_state_proto = checkpoint_management.generate_checkpoint_state_proto
latest_checkpoint = checkpoint_management.latest_checkpoint
checkpoint_exists = checkpoint_management.checkpoint_exists
get_checkpoint_mtimes = checkpoint_management.get_checkpoint_mtimes
remove_checkpoint = checkpoint_management.remove_checkpoint


class Saver:
    """Saves and restores variables."""

    def __init__(self, var_list=None, reshape=False, sharded=False, max_to_keep=5,
                 keep_checkpoint_every_n_hours=10000.0, name=None, restore_sequentially=False, saver_def=None,
                 builder=None, defer_build=False, allow_empty=False, write_version=2, pad_step_number=False,
                 save_relative_paths=False, filename=None):
        if defer_build and var_list:
            raise ValueError('If `var_list` is provided then build cannot be deferred. Either set defer_build=False or '
                             'var_list=None.')
        self._var_list = var_list
        self._reshape = reshape
        self._sharded = sharded
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._name = name
        self._restore_sequentially = restore_sequentially
        self._builder = builder
        self.saver_def = saver_def
        self._is_built = False
        self._is_empty = False
        self._allow_empty = allow_empty
        self._write_version = write_version
        self._pad_step_number = pad_step_number
        self._save_relative_paths = save_relative_paths
        self._filename = filename
        self._object_restore_saver = None
        self._history = None
        self._saving = threading.RLock()
        if _core.executing_eagerly() and var_list is None:
            raise RuntimeError('When eager execution is enabled, `var_list` must specify a list or dict of variables to save')
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
        if _core.executing_eagerly():
            self._history = _core.CheckpointHistory(self._max_to_keep or 0, self._keep_checkpoint_every_n_hours,
                                                    self._write_version)
            return
        if not self.saver_def:
            if self._var_list is None:
                self._var_list = variables._all_saveable_objects()
            if not self._var_list:
                if not self._allow_empty:
                    raise ValueError('No variables to save')
                self._is_empty = True
                return
            builder = self._builder or BulkSaverBuilder(self._write_version)
            self.saver_def = builder.build(
                self._var_list, reshape=self._reshape, sharded=self._sharded, max_to_keep=self._max_to_keep,
                keep_checkpoint_every_n_hours=self._keep_checkpoint_every_n_hours, name=self._name,
                restore_sequentially=self._restore_sequentially, filename=self._filename)
        elif self._name:
            # Of a saver that is made from a message the name is the scope that the graph was imported in.
            for field in ('filename_tensor_name', 'save_tensor_name', 'restore_op_name'):
                setattr(self.saver_def, field, ops.prepend_name_scope(getattr(self.saver_def, field), self._name))
        self._check_saver_def()
        self._history = _core.CheckpointHistory(self.saver_def.max_to_keep, self.saver_def.keep_checkpoint_every_n_hours,
                                                self.saver_def.version)

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
        """Writes a checkpoint of the session's variables and, beside it, the graph; returns its prefix.

        A process that ends meanwhile leaves the checkpoints that were complete. Of several threads one saves after the
        other, so that the last one named is the newest.
        """
        if not self._is_built:
            raise RuntimeError('`build()` should be called before save if defer_build==True')
        latest_filename = latest_filename or 'checkpoint'
        self._warn_of_v1()
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        save_path = compat.path_to_str(save_path)
        if isinstance(save_path, bytes):
            save_path = compat.as_str(save_path)
        with self._saving:
            checkpoint_file = self._checkpoint_file(sess, save_path, global_step, latest_filename)
            if not _core.executing_eagerly() and not _is_session(sess):
                raise TypeError("'sess' must be a Session; %s" % sess)
            model_checkpoint_path = None
            os.path.dirname(save_path)  # TypeError: it is no path
            if not self._is_empty:
                model_checkpoint_path = self._save_variables(sess, save_path, checkpoint_file, latest_filename,
                                                             meta_graph_suffix, write_state)
            if write_meta_graph and not _core.executing_eagerly():
                with sess.graph.as_default():
                    self.export_meta_graph(checkpoint_management.meta_graph_filename(checkpoint_file, meta_graph_suffix),
                                           strip_default_attrs=strip_default_attrs, save_debug_info=save_debug_info)
        return model_checkpoint_path

    def _warn_of_v1(self):
        if self._write_version == protos.message('tensorflow.SaverDef').V2:
            return
        from reflow.platform import tf_logging
        tf_logging.warning('*******************************************************')
        tf_logging.warning("TensorFlow's V1 checkpoint format has been deprecated.")
        tf_logging.warning('Consider switching to the more efficient V2 format:')
        tf_logging.warning('   `tf.train.Saver(write_version=tf.train.SaverDef.V2)`')
        tf_logging.warning('now on by default.')
        tf_logging.warning('*******************************************************')

    def _checkpoint_file(self, sess, save_path, global_step, latest_filename):
        """The prefix of the checkpoint: with the step, if there is one."""
        if global_step is not None:
            if not isinstance(global_step, compat.integral_types):
                from reflow.training import training_util
                global_step = training_util.global_step(sess, global_step)
            return '%s-%s' % (save_path, '{:08d}'.format(global_step) if self._pad_step_number else '%d' % global_step)
        if os.path.basename(save_path) == latest_filename and not self._sharded:
            raise ValueError("'latest_filename' collides with 'save_path': '%s' and '%s'" % (latest_filename, save_path))
        return save_path

    def _save_variables(self, sess, save_path, checkpoint_file, latest_filename, meta_graph_suffix, write_state):
        folder = os.path.dirname(save_path)
        try:
            path = self._written(sess, checkpoint_file)
            if write_state:
                self._history.record(path)
                checkpoint_management.update_checkpoint_state_internal(
                    folder, path, self.last_checkpoints, latest_filename, self._save_relative_paths)
                self._history.delete_old(meta_graph_suffix)
            return path
        except (errors.FailedPreconditionError, errors.NotFoundError):
            if os.path.isdir(folder or '.'):
                raise
        raise ValueError("Parent directory of {} doesn't exist, can't save.".format(save_path))

    def _written(self, sess, checkpoint_file):
        """Writes the checkpoint; gives its prefix."""
        if _core.executing_eagerly():
            self._functional_saver().save(checkpoint_file)
            return checkpoint_file
        return compat.as_str(sess.run(self.saver_def.save_tensor_name,
                                      {self.saver_def.filename_tensor_name: checkpoint_file}))

    def _functional_saver(self):
        """What saves and restores the variables of var_list at once."""
        return functional_saver.MultiDeviceSaver(saveable_object_util.validate_and_slice_inputs(self._var_list))

    def restore(self, sess, save_path):
        """Restores the variables of a session from a checkpoint; they need not be initialized."""
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        prefix = compat.as_text(compat.path_to_str(save_path))
        if not checkpoint_management.checkpoint_exists_internal(prefix):
            raise ValueError('The passed save_path is not a valid checkpoint: ' + prefix)
        from reflow.platform import tf_logging
        tf_logging.info('Restoring parameters from %s', prefix)
        if _core.executing_eagerly():
            self._functional_saver().restore(prefix)
            return
        try:
            sess.run(self.saver_def.restore_op_name, {self.saver_def.filename_tensor_name: prefix})
        except errors.NotFoundError as error:
            try:
                names_to_keys = object_graph_key_mapping(prefix)
            except errors.NotFoundError:
                raise _explained(error) from None
            tf_logging.warning(
                'Restoring an object-based checkpoint using a name-based saver. This may be somewhat fragile, and will '
                're-build the Saver. Instead, consider loading object-based checkpoints using tf.train.Checkpoint().')
            self._object_restore_saver = saver_from_object_based_checkpoint(
                prefix, self._var_list, self._builder, names_to_keys, self._object_restore_saver)
            self._object_restore_saver.restore(sess=sess, save_path=prefix)
        except errors.InvalidArgumentError as error:
            raise _explained(error) from None

    @property
    def last_checkpoints(self):
        """The prefixes of the checkpoints that are kept, the oldest first."""
        return self._history.paths() if self._history else []

    @property
    def _last_checkpoints(self):
        """[(prefix, seconds since 1970)] of them: what programs hand on to set_last_checkpoints_with_time."""
        return self._history.entries if self._history else []

    @_last_checkpoints.setter
    def _last_checkpoints(self, entries):
        self.set_last_checkpoints_with_time(list(entries))

    def set_last_checkpoints(self, last_checkpoints):
        """Deprecated: use set_last_checkpoints_with_time."""
        assert isinstance(last_checkpoints, list)
        self._history.entries = [(path, float('inf')) for path in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time):
        """Sets the checkpoints that are kept: pairs of a prefix and a time in seconds since 1970."""
        assert isinstance(last_checkpoints_with_time, list)
        self._history.entries = [tuple(pair) for pair in last_checkpoints_with_time]

    def recover_last_checkpoints(self, checkpoint_paths):
        """Takes up the checkpoints of an earlier process, so that they are deleted in their turn."""
        self._history.recover([compat.as_str_any(path) for path in checkpoint_paths])


def _is_session(sess):
    from reflow.client import session
    return isinstance(sess, session.SessionInterface)


def _explained(error):
    """The error of a restoring run, with what the mistake may be."""
    return type(error)(error.node_def, error.op, _core.restore_error_message(error.error_code, error.message))


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


def object_graph_key_mapping(checkpoint_path):
    """{name of a variable: key in the checkpoint} of one that tf.train.Checkpoint wrote. NotFoundError: it is none."""
    from reflow import pywrap_tensorflow
    graph = protos.message('tensorflow.TrackableObjectGraph')()
    graph.ParseFromString(pywrap_tensorflow.NewCheckpointReader(checkpoint_path).get_tensor('_CHECKPOINTABLE_OBJECT_GRAPH'))
    return {attribute.full_name: attribute.checkpoint_key for node in graph.nodes for attribute in node.attributes}


def saver_from_object_based_checkpoint(checkpoint_path, var_list=None, builder=None, names_to_keys=None,
                                       cached_saver=None):
    """A Saver of the variables under the keys that an object-based checkpoint has for their names."""
    if names_to_keys is None:
        try:
            names_to_keys = object_graph_key_mapping(checkpoint_path)
        except errors.NotFoundError:
            raise ValueError('Checkpoint in %s not an object-based checkpoint.' % checkpoint_path) from None
    if var_list is None:
        var_list = variables._all_saveable_objects()
    named = var_list if isinstance(var_list, dict) else saveable_object_util.op_list_to_dict(var_list)
    missing = set(named) - set(names_to_keys)
    if missing:
        extra = set(names_to_keys) - set(named)
        raise errors.NotFoundError(None, None, message=_OBJECT_NAMES_MISSING % (
            ', '.join(sorted(missing)), ', '.join(sorted(extra)), len(set(named) & set(names_to_keys))))
    if cached_saver is not None:
        return cached_saver
    return Saver({names_to_keys[name]: op for name, op in named.items()}, builder=builder)


_OBJECT_NAMES_MISSING = (
    '\n\nExisting variables not in the checkpoint: %s\n\n'
    "Variables names when this checkpoint was written which don't exist now: %s\n\n"
    '(%d variable name(s) did match)\n\n'
    'Could not find some variables in the checkpoint (see names above). Saver was attempting to load an object-based '
    'checkpoint (saved using tf.train.Checkpoint or tf.keras.Model.save_weights) using variable names. If the checkpoint '
    'was written with eager execution enabled, it\'s possible that variable names have changed (for example missing a '
    "'_1' suffix). It's also possible that there are new variables which did not exist when the checkpoint was written. You "
    'can construct a Saver(var_list=...) with only the variables which previously existed, and if variable names have '
    "changed you may need to make this a dictionary with the old names as keys. If you're using an Estimator, you'll need "
    'to return a tf.train.Saver inside a tf.train.Scaffold from your model_fn.')
