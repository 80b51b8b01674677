"""tf.train.Checkpoint: saves and restores the objects that it is given, with all that they depend on."""
import os
import weakref

from reflow import _core, pywrap_tensorflow
from reflow.framework import dtypes, errors, ops, protos
from reflow.training import checkpoint_management
from reflow.training.saving import functional_saver
from reflow.training.tracking import base, data_structures, graph_view, load_status, restoring, tracking
from reflow.training.tracking.load_status import CheckpointLoadStatus, InitializationOnlyStatus, NameBasedSaverStatus
from reflow.training.tracking.load_status import get_session, streaming_restore
from reflow.util import compat, object_identity

__all__ = ['Checkpoint', 'CheckpointLoadStatus', 'CheckpointV1', 'InitializationOnlyStatus', 'NameBasedSaverStatus',
           'TrackableSaver', 'add_variable', 'capture_dependencies', 'frozen_saver', 'gather_initializers', 'get_session',
           'list_objects', 'object_metadata', 'saver_with_op_caching', 'streaming_restore']


def _string(value, name=None):
    with ops.device('/cpu:0'):
        return ops.convert_to_tensor(value, dtype='string', name=name)


def _object_graph(reader):
    """The object graph of a checkpoint. NotFoundError: a Saver has written it."""
    graph_proto = protos.message('tensorflow.TrackableObjectGraph')()
    graph_proto.ParseFromString(reader.get_tensor(base.OBJECT_GRAPH_PROTO_KEY))
    return graph_proto


def object_metadata(save_path):
    """The TrackableObjectGraph of a checkpoint. ValueError: it has none."""
    try:
        return _object_graph(pywrap_tensorflow.NewCheckpointReader(save_path))
    except errors.NotFoundError:
        raise ValueError(
            'The specified checkpoint "%s" does not appear to be object-based (it is missing the key "%s"). Likely it was '
            'created with a name-based saver and does not contain an object dependency graph.' %
            (save_path, base.OBJECT_GRAPH_PROTO_KEY)) from None


def list_objects(root_trackable):
    """All objects that `root_trackable` depends on, itself first."""
    return graph_view.ObjectGraphView(root_trackable).list_objects()


def gather_initializers(root_trackable):
    """The operations that initialize these objects."""
    return load_status._initializers(list_objects(root_trackable))


def _default_getter(name, shape, dtype, initializer=None, partition_info=None, **kwargs):
    """A variable that is shared with nobody, in no variable scope."""
    del partition_info
    from reflow.ops import init_ops, variables
    dtype = dtypes.as_dtype(dtype)
    if initializer is None:
        initializer = init_ops.glorot_uniform_initializer() if dtype.is_floating else init_ops.zeros_initializer()
    if isinstance(initializer, type):
        initializer = initializer(dtype=dtype)
    if not callable(initializer) and shape is not None:
        raise ValueError('If initializer is a constant, do not specify shape.')
    initial_value = initializer if not callable(initializer) else lambda: initializer(shape, dtype=dtype)
    return variables.VariableV1(initial_value=initial_value, name=name, dtype=dtype.base_dtype, use_resource=True, **kwargs)


def add_variable(trackable, name, shape=None, dtype='float32', initializer=None, trainable=True):
    """A variable that `trackable` depends on as `name`."""
    return trackable._add_variable_with_custom_getter(name=name, shape=shape, dtype=dtype, initializer=initializer,
                                                      getter=_default_getter, trainable=trainable)


# The templates of the scopes that are making a variable, the innermost last.
_inner_templates = []


class capture_dependencies:
    """Within it, variables that are made become dependencies of `template`, which has the variable scope."""

    def __init__(self, template):
        self._template = template
        self._creator = None

    def __enter__(self):
        from reflow.ops import variable_scope
        self._template._maybe_initialize_trackable()
        self._creator = variable_scope.variable_creator_scope(self._create)
        self._creator.__enter__()

    def __exit__(self, *exception):
        return self._creator.__exit__(*exception)

    def _create(self, next_creator, **kwargs):
        template, prefix, name = self._template, self._template.variable_scope.name, kwargs.get('name')
        if name is None or not name.startswith(prefix):
            return self._next(next_creator, kwargs)
        if _inner_templates:
            # A scope within this one has the variable: depend on that scope's template.
            inner = _inner_templates[-1]
            template._track_trackable(inner, name=inner.variable_scope.name[len(prefix) + 1:], overwrite=True)
            return self._next(next_creator, kwargs)
        local_name = name[len(prefix) + 1:]
        restored = template._preload_simple_restoration(local_name, None) if _core.executing_eagerly() else None
        if restored is not None:
            kwargs['initial_value'] = restored.wrapped_value
        variable = self._next(next_creator, kwargs)
        if isinstance(variable, base.Trackable):
            template._track_trackable(variable, name=local_name, overwrite=True)
        return variable

    def _next(self, next_creator, kwargs):
        _inner_templates.append(self._template)
        try:
            return next_creator(**kwargs)
        finally:
            _inner_templates.pop()


class TrackableSaver:
    """Saves and restores the objects of an ObjectGraphView."""

    def __init__(self, graph_view):
        self._graph_view = graph_view
        self._restore_op_cache = {}
        # Of a graph: the tensors that are fed, and the operation of the last saving.
        self._file_prefix_placeholder = None
        self._object_graph_feed_tensor = None
        self._file_prefix_feed_tensor = None
        self._last_save_object_graph = None
        self._cached_save_operation = None

    def _gather_saveables(self, object_graph_tensor=None):
        saveables, graph_proto, feeds = self._graph_view.serialize_object_graph()
        serialized = graph_proto.SerializeToString(deterministic=True)
        if object_graph_tensor is None:
            object_graph_tensor = _string(serialized)
        else:
            feeds[object_graph_tensor] = serialized
        saveables.append(base.NoRestoreSaveable(tensor=object_graph_tensor, name=base.OBJECT_GRAPH_PROTO_KEY))
        return saveables, graph_proto, feeds

    def _save_cached_when_graph_building(self, file_prefix, object_graph_tensor=None):
        """(tensor of the prefix, which is there when everything is written; what to feed)."""
        from reflow.ops import array_ops
        saveables, graph_proto, feeds = self._gather_saveables(object_graph_tensor)
        if self._last_save_object_graph != graph_proto or _core.executing_eagerly() or ops.inside_function():
            save_op = functional_saver.MultiDeviceSaver(saveables).save(file_prefix)
            with ops.device('/cpu:0'), ops.control_dependencies([] if save_op is None else [save_op]):
                self._cached_save_operation = array_ops.identity(file_prefix)
            self._last_save_object_graph = graph_proto
        return self._cached_save_operation, feeds

    def save(self, file_prefix, checkpoint_number=None, session=None):
        """Writes a checkpoint; gives its prefix, eagerly as a tensor."""
        use_session = not _core.executing_eagerly() and not ops.inside_function()
        if checkpoint_number:
            file_prefix = '%s-%d' % (file_prefix, checkpoint_number)
        folder = os.path.dirname(file_prefix)
        if folder:
            os.makedirs(folder, exist_ok=True)
        if not use_session:
            return self._save_cached_when_graph_building(_string(file_prefix))[0]
        if self._object_graph_feed_tensor is None:
            self._object_graph_feed_tensor = _string('')
            self._file_prefix_feed_tensor = _string('')
        save_path, feeds = self._save_cached_when_graph_building(self._file_prefix_feed_tensor, self._object_graph_feed_tensor)
        return get_session(session).run(save_path, {self._file_prefix_feed_tensor: file_prefix, **feeds})

    def restore(self, save_path):
        """Restores the objects that there are, and the others when they are made; None: there is nothing to restore."""
        if save_path is None:
            return InitializationOnlyStatus(self._graph_view, ops.uid())
        reader = pywrap_tensorflow.NewCheckpointReader(save_path)
        graph_building = not _core.executing_eagerly()
        try:
            graph_proto = _object_graph(reader)
        except errors.NotFoundError:
            return self._restore_by_names(save_path, None if graph_building else reader.get_variable_to_dtype_map())
        if graph_building:
            if self._file_prefix_placeholder is None:
                self._file_prefix_placeholder = _string('model')
            prefix, feeds = self._file_prefix_placeholder, {self._file_prefix_placeholder: save_path}
        else:
            prefix, feeds = _string(save_path), None
        checkpoint = restoring.CheckpointRestoreCoordinator(graph_proto, save_path, prefix, self._restore_op_cache,
                                                            self._graph_view)
        base.CheckpointPosition(checkpoint=checkpoint, proto_id=0).restore(self._graph_view.root)
        return CheckpointLoadStatus(checkpoint, graph_view=self._graph_view, feed_dict=feeds)

    def _restore_by_names(self, save_path, dtype_map):
        coordinator = restoring.NameBasedRestoreCoordinator(save_path, dtype_map)
        if dtype_map is not None:
            for trackable in self._graph_view.list_objects():
                trackable._maybe_initialize_trackable()
                trackable._name_based_attribute_restore(coordinator)
        return NameBasedSaverStatus(coordinator, graph_view=self._graph_view)


def frozen_saver(root_trackable):
    """A functional saver of the objects as they are now."""
    return functional_saver.MultiDeviceSaver(graph_view.ObjectGraphView(root_trackable).frozen_saveable_objects())


def saver_with_op_caching(obj):
    """A TrackableSaver of `obj` that makes each operation of a graph once."""
    cache = None if _core.executing_eagerly() else object_identity.ObjectIdentityWeakKeyDictionary()
    return TrackableSaver(graph_view.ObjectGraphView(weakref.ref(obj), saveables_cache=cache))


class CheckpointV1(tracking.AutoTrackable):
    """Groups objects, given by name, into checkpoints."""

    def __init__(self, **kwargs):
        from reflow.eager import def_function
        for name, value in sorted(kwargs.items()):
            if not isinstance(value, (base.Trackable, def_function.Function)):
                raise ValueError('`Checkpoint` was expecting a trackable object (an object derived from `TrackableBase`), got '
                                 '%s. If you believe this object should be trackable (i.e. it is part of the TensorFlow Python '
                                 'API and manages state), please open an issue.' % (value,))
            setattr(self, name, value)
        self._save_counter = None  # made when it is needed, so that it can be restored
        self._save_assign_op = None
        self._saver = saver_with_op_caching(self)

    def _maybe_create_save_counter(self):
        if self._save_counter is None:
            with ops.device('/cpu:0'):
                self._save_counter = data_structures.NoDependency(
                    add_variable(self, name='save_counter', initializer=0, dtype='int64', trainable=False))

    @property
    def save_counter(self):
        """The variable that counts savings."""
        self._maybe_create_save_counter()
        return self._save_counter

    def write(self, file_prefix, session=None):
        """Writes a checkpoint under exactly this prefix, and nothing else."""
        output = self._saver.save(file_prefix=file_prefix, session=session)
        if isinstance(output, ops.Tensor):
            return compat.as_str(output.numpy()) if _core.executing_eagerly() else output
        return compat.as_str(output)

    def save(self, file_prefix, session=None):
        """Writes the checkpoint `file_prefix`-NUMBER, and the file `checkpoint` beside it; gives its prefix."""
        graph_building = not _core.executing_eagerly()
        if graph_building:
            if ops.inside_function():
                raise NotImplementedError(
                    'Calling tf.train.Checkpoint.save() from a function is not supported, as save() modifies saving metadata '
                    'in ways not supported by TensorFlow Operations. Consider using tf.train.Checkpoint.write(), a '
                    'lower-level API which does not update metadata. tf.train.latest_checkpoint and related APIs will not see '
                    'this checkpoint.')
            session = get_session(session)
            if self._save_counter is None:
                session.run(self.save_counter.initializer)
            if self._save_assign_op is None:
                with ops.colocate_with(self.save_counter):
                    self._save_assign_op = data_structures.NoDependency(self.save_counter.assign_add(1, read_value=True))
            number = session.run(self._save_assign_op)
        else:
            number = self.save_counter.assign_add(1).numpy()
        file_path = self.write('%s-%d' % (file_prefix, number), session=session)
        checkpoint_management.update_checkpoint_state_internal(
            save_dir=os.path.dirname(file_prefix), model_checkpoint_path=file_path, all_model_checkpoint_paths=[file_path],
            save_relative_paths=True)
        return file_path

    def restore(self, save_path):
        """Restores the objects from a checkpoint; gives the status of that. None: there is no checkpoint."""
        status = self._saver.restore(save_path=save_path)
        self._maybe_create_save_counter()
        return status


class Checkpoint(CheckpointV1):
    """tf.train.Checkpoint of version 2: it also reads what write() has written."""

    def read(self, save_path):
        """restore() that leaves the number of savings alone."""
        return self._saver.restore(save_path=save_path)
