"""Trackable: the base of what object-based checkpoints save, and how values find their way back into it.

An object has named dependencies. A checkpoint has the graph of these, and restoring walks the checkpoint's and the
program's graphs side by side by the names of their edges. What the program has not made yet is restored when it is.
"""
import abc
import collections

from reflow import _core
from reflow.framework import ops
from reflow.training.saving import saveable_object
from reflow.util import tf_contextlib, tf_decorator
from reflow.util.shown_attributes import shown

OBJECT_GRAPH_PROTO_KEY = '_CHECKPOINTABLE_OBJECT_GRAPH'
VARIABLE_VALUE_KEY = 'VARIABLE_VALUE'
OBJECT_CONFIG_JSON_KEY = 'OBJECT_CONFIG_JSON'

TrackableReference = collections.namedtuple('TrackableReference', ['name', 'ref'])


class CheckpointInitialValue:
    """An initializer that gives what a checkpoint has for a variable which is about to be made."""

    def __init__(self, checkpoint_position, shape=None):
        self.checkpoint_position = checkpoint_position
        self.wrapped_value = checkpoint_position.value_tensors()[VARIABLE_VALUE_KEY]
        if shape:
            self.wrapped_value.set_shape(shape)

    @property
    def restore_uid(self):
        """Which restoring it belongs to."""
        return self.checkpoint_position.restore_uid

    def __call__(self, *unused_shape, **unused_arguments):
        return self.wrapped_value


class NoRestoreSaveable(saveable_object.SaveableObject):
    """A tensor, or a function that makes it, which is saved and not restored."""

    def __init__(self, tensor, name, dtype=None, device=None):
        super().__init__(tensor, [saveable_object.SaveSpec(tensor, '', name, dtype=dtype, device=device)], name)

    def restore(self, restored_tensors, restored_shapes):
        from reflow.ops import control_flow_ops
        return control_flow_ops.no_op()


class PythonStateSaveable(saveable_object.SaveableObject, metaclass=abc.ABCMeta):
    """State of Python objects that is saved and restored."""

    @abc.abstractmethod
    def feed_dict_additions(self):
        """{tensor: state} to be fed when a graph saves."""

    @abc.abstractmethod
    def freeze(self):
        """A saveable of the state as it is now."""


class PythonStringStateSaveable(PythonStateSaveable):
    """The string that a function gives."""

    def __init__(self, name, state_callback, restore_callback=None):
        self._state_callback = state_callback
        self._restore_callback = restore_callback
        with ops.device('/cpu:0'):
            self._save_string = ops.convert_to_tensor('', dtype='string', name='Const')
        super().__init__(self._save_string, [saveable_object.SaveSpec(self._save_string, '', name, dtype='string')], name)

    @property
    def optional_restore(self):
        """Whether it may be missing in a checkpoint."""
        return self._restore_callback is None

    def _state(self):
        with ops.init_scope():
            return self._state_callback()

    def feed_dict_additions(self):
        return {self._save_string: self._state()}

    def freeze(self):
        return NoRestoreSaveable(tensor=lambda: ops.convert_to_tensor(self._state(), dtype='string'), dtype='string',
                                 name=self.name, device='cpu:0')

    def python_restore(self, restored_strings):
        """Hands the string of a checkpoint to the program."""
        if self._restore_callback:
            self._restore_callback(restored_strings[0])

    def restore(self, restored_tensors, restored_shapes):
        from reflow.ops import control_flow_ops
        return control_flow_ops.no_op()


class CheckpointPosition:
    """One object of a checkpoint that is being restored."""

    def __init__(self, checkpoint, proto_id):
        self._checkpoint = checkpoint
        self._proto_id = proto_id

    checkpoint = shown('_checkpoint', 'The restoring that it belongs to.')

    @property
    def object_proto(self):
        """The object's message in the checkpoint."""
        return self._checkpoint.object_graph_proto.nodes[self._proto_id]

    @property
    def trackable(self):
        """The program's object for it."""
        return self._checkpoint.object_by_proto_id[self._proto_id]

    @property
    def restore_uid(self):
        """The number of the restoring; later ones have higher numbers."""
        return self._checkpoint.restore_uid

    def __repr__(self):
        return repr(self.object_proto)

    def restore(self, trackable):
        """Gives the object its values, and its dependencies theirs."""
        with ops.init_scope():
            if self.bind_object(trackable):
                restore_ops = trackable._restore_from_checkpoint_position(self)
                if restore_ops:
                    self._checkpoint.new_restore_ops(restore_ops)

    def bind_object(self, trackable):
        """Says that `trackable` is this object of the checkpoint; gives whether that is new."""
        checkpoint = self._checkpoint
        checkpoint.all_python_objects.add(trackable)
        checkpoint.matched_proto_ids.add(self._proto_id)
        current = checkpoint.object_by_proto_id.get(self._proto_id)
        if current is not None:
            if current is not trackable:
                from reflow.platform import tf_logging
                tf_logging.warning(
                    'Inconsistent references when loading the checkpoint into this object graph. Either the Trackable '
                    'object references in the Python program have changed in an incompatible way, or the checkpoint was '
                    'generated in an incompatible program.\n\nTwo checkpoint references resolved to different objects '
                    '(%s and %s).', current, trackable)
            return False
        checkpoint.object_by_proto_id[self._proto_id] = trackable
        self._restore_slots(trackable)
        return True

    def _restore_slots(self, trackable):
        """Restores the slots that wait for this object: as their optimizer, or as their variable."""
        checkpoint = self._checkpoint
        for deferred in checkpoint.deferred_slot_restorations.pop(self._proto_id, ()):
            trackable._create_or_restore_slot_variable(
                slot_variable_position=CheckpointPosition(checkpoint, deferred.slot_variable_id),
                variable=deferred.original_variable, slot_name=deferred.slot_name)
        for slot in checkpoint.slot_restorations.pop(self._proto_id, ()):
            optimizer = checkpoint.object_by_proto_id.get(slot.optimizer_id)
            if optimizer is None:
                checkpoint.deferred_slot_restorations.setdefault(slot.optimizer_id, []).append(
                    DeferredSlotVariableRestoration(trackable, slot.slot_variable_id, slot.slot_name))
            else:
                optimizer._create_or_restore_slot_variable(
                    slot_variable_position=CheckpointPosition(checkpoint, slot.slot_variable_id), variable=trackable,
                    slot_name=slot.slot_name)

    def is_simple_variable(self):
        """Whether the object is a variable and nothing else."""
        proto = self.object_proto
        return len(proto.attributes) == 1 and proto.attributes[0].name == VARIABLE_VALUE_KEY and not proto.children

    def value_tensors(self):
        """{attribute: tensor} as the checkpoint has them; the program need not have the object yet."""
        from reflow.ops import array_ops, gen_io_ops
        values = {}
        with ops.init_scope(), ops.device('/cpu:0'):
            for attribute in self.object_proto.attributes:
                value, = gen_io_ops.restore_v2(
                    prefix=self._checkpoint.save_path_tensor, tensor_names=[attribute.checkpoint_key],
                    shape_and_slices=[''], dtypes=[self._checkpoint.dtype_map[attribute.checkpoint_key].base_dtype],
                    name='%s_checkpoint_read' % attribute.name)
                values[attribute.name] = array_ops.identity(value)
        return values

    def gather_ops_or_named_saveables(self):
        """(operations that restore the object already, {key: saveable}, saveables of Python's state)."""
        saveables = self.trackable._gather_saveables_for_checkpoint()
        named, python_saveables, existing_ops = {}, [], []
        for attribute in self.object_proto.attributes:
            key = attribute.checkpoint_key
            known_op = None if _core.executing_eagerly() else self._checkpoint.restore_ops_by_name.get(key)
            if known_op is not None:
                existing_ops.append(known_op)
                continue
            saveable = self._cached_saveable(attribute)
            if saveable is None:
                if attribute.name not in saveables:
                    if not attribute.optional_restore:
                        self._checkpoint.unused_attributes.setdefault(self._proto_id, []).append(attribute.name)
                    continue
                factory = saveables[attribute.name]
                saveable = factory(name=key) if callable(factory) else factory
                cache = self._checkpoint.graph_view.saveables_cache
                if cache is not None:
                    cache.setdefault(self.trackable, {})[attribute.name] = [saveable]
            if isinstance(saveable, PythonStateSaveable):
                python_saveables.append(saveable)
            else:
                named[key] = saveable
        return existing_ops, named, python_saveables

    def _cached_saveable(self, attribute):
        """What an earlier saving or restoring in this graph has made for the attribute under the same key."""
        cache = self._checkpoint.graph_view.saveables_cache
        cached = (cache.get(self.trackable, {}) if cache is not None else {}).get(attribute.name, ())
        return cached[0] if len(cached) == 1 and getattr(cached[0], 'name', None) == attribute.checkpoint_key else None

    def restore_ops(self):
        """The operations that restore the object's own values; none where operations run at once."""
        existing, named, python_saveables = self.gather_ops_or_named_saveables()
        return existing + self._checkpoint.restore_saveables(named, python_saveables)


DeferredSlotVariableRestoration = collections.namedtuple(
    'DeferredSlotVariableRestoration', ['original_variable', 'slot_variable_id', 'slot_name'])
SlotVariableRestoration = collections.namedtuple(
    'SlotVariableRestoration', ['optimizer_id', 'slot_variable_id', 'slot_name'])


def no_automatic_dependency_tracking(method):
    """Decorates a method whose assignments to attributes make no dependencies."""

    def untracked(self, *args, **kwargs):
        with no_automatic_dependency_tracking_scope(self):
            return method(self, *args, **kwargs)

    return tf_decorator.make_decorator(target=method, decorator_func=untracked)


@tf_contextlib.contextmanager
def no_automatic_dependency_tracking_scope(obj):
    """Within it, assignments to attributes of `obj` make no dependencies."""
    previous = getattr(obj, '_self_setattr_tracking', True)
    obj._self_setattr_tracking = False
    try:
        yield
    finally:
        obj._self_setattr_tracking = previous


def _newest_first(positions):
    return sorted(positions, key=lambda position: position.checkpoint.restore_uid, reverse=True)


class Trackable:
    """What has dependencies that are declared one by one, and is saved with them."""

    @property
    def _setattr_tracking(self):
        return getattr(self, '_self_setattr_tracking', True)

    @_setattr_tracking.setter
    def _setattr_tracking(self, value):
        self._self_setattr_tracking = value

    @property
    def _update_uid(self):
        return self._self_update_uid

    @_update_uid.setter
    def _update_uid(self, value):
        self._self_update_uid = value

    @property
    def _unconditional_checkpoint_dependencies(self):
        return self._self_unconditional_checkpoint_dependencies

    @property
    def _unconditional_dependency_names(self):
        return self._self_unconditional_dependency_names

    @property
    def _name_based_restores(self):
        return self._self_name_based_restores

    @property
    def _object_identifier(self):
        return '_generic_user_object'

    @property
    def _tracking_metadata(self):
        return ''

    @no_automatic_dependency_tracking
    def _maybe_initialize_trackable(self):
        """Makes the attributes below, once: subclasses need not call a constructor."""
        if '_self_unconditional_checkpoint_dependencies' in self.__dict__:
            return
        self._self_unconditional_checkpoint_dependencies = []
        self._self_unconditional_dependency_names = {}
        self._self_unconditional_deferred_dependencies = {}
        self._self_update_uid = -1
        self._self_name_based_restores = set()

    def _name_based_attribute_restore(self, checkpoint):
        """Restores the object from a checkpoint that a Saver has written."""
        self._self_name_based_restores.add(checkpoint)
        if self._self_update_uid < checkpoint.restore_uid:
            checkpoint.eager_restore(self)
            self._self_update_uid = checkpoint.restore_uid

    _checkpoint_dependencies = shown(
        '_self_unconditional_checkpoint_dependencies', 'The TrackableReferences to what is saved with the object.')
    _deferred_dependencies = shown(
        '_self_unconditional_deferred_dependencies', '{name: positions} of dependencies to restore when the object gets them.')

    def _lookup_dependency(self, name):
        """The dependency of that name, or None."""
        return self._self_unconditional_dependency_names.get(name)

    def _add_variable_with_custom_getter(self, name, shape=None, dtype='float32', initializer=None, getter=None,
                                         overwrite=False, **kwargs_for_getter):
        """Makes a variable with `getter` and tracks it as `name`; its first value is that of a checkpoint being restored."""
        self._maybe_initialize_trackable()
        with ops.init_scope():
            restored = self._preload_simple_restoration(name, shape) if _core.executing_eagerly() else None
        if restored is not None and not (isinstance(initializer, CheckpointInitialValue) and
                                         initializer.restore_uid > restored.restore_uid):
            initializer = restored
        variable = getter(name=name, shape=shape, dtype=dtype, initializer=initializer, **kwargs_for_getter)
        if not overwrite or isinstance(variable, Trackable):
            return self._track_trackable(variable, name=name, overwrite=overwrite)
        return variable

    def _preload_simple_restoration(self, name, shape):
        """The initializer of a variable that a checkpoint has a value for; None: there is none."""
        waiting = self._deferred_dependencies.get(name, ())
        if not waiting or not all(position.is_simple_variable() for position in waiting):
            return None
        return CheckpointInitialValue(_newest_first(waiting)[0], shape)

    def _track_trackable(self, trackable, name, overwrite=False):
        """Makes `trackable` the dependency `name`, restores what waits for it, and returns it.

        With overwrite it may take another's place.
        """
        self._maybe_initialize_trackable()
        if not isinstance(trackable, Trackable):
            raise TypeError('Trackable._track_trackable() passed type %s, not a Trackable.' % (type(trackable),))
        current = self._lookup_dependency(name)
        if current is None:
            self._self_unconditional_checkpoint_dependencies.append(TrackableReference(name, trackable))
            self._handle_deferred_dependencies(name=name, trackable=trackable)
        elif current is not trackable:
            if not overwrite:
                raise ValueError("Called Trackable._track_trackable() with name='%s', but a Trackable with this name is "
                                 'already declared as a dependency. Names must be unique (or overwrite=True).' % (name,))
            self._self_unconditional_checkpoint_dependencies[:] = [
                TrackableReference(name, trackable) if reference.name == name else reference
                for reference in self._self_unconditional_checkpoint_dependencies]
        self._self_unconditional_dependency_names[name] = trackable
        return trackable

    def _handle_deferred_dependencies(self, name, trackable):
        """Restores into `trackable` what waits for the dependency `name`."""
        self._maybe_initialize_trackable()
        trackable._maybe_initialize_trackable()
        for position in _newest_first(self._deferred_dependencies.pop(name, ())):
            position.restore(trackable)
        for restore in sorted(self._self_name_based_restores, key=lambda each: each.restore_uid, reverse=True):
            trackable._name_based_attribute_restore(restore)

    def _restore_from_checkpoint_position(self, checkpoint_position):
        """Restores the object and what it depends on; gives the operations that do it."""
        checkpoint = checkpoint_position.checkpoint
        to_visit = collections.deque([checkpoint_position])
        restore_ops, tensor_saveables, python_saveables = [], {}, []
        while to_visit:
            position = to_visit.popleft()
            known_ops, named, of_python = position.trackable._single_restoration_from_checkpoint_position(
                checkpoint_position=position, visit_queue=to_visit)
            restore_ops.extend(known_ops)
            tensor_saveables.update(named)
            python_saveables.extend(of_python)
        return restore_ops + checkpoint.restore_saveables(tensor_saveables, python_saveables)

    def _single_restoration_from_checkpoint_position(self, checkpoint_position, visit_queue):
        """What restores the object alone. Its dependencies go to the queue, or wait for what isn't there yet."""
        self._maybe_initialize_trackable()
        checkpoint = checkpoint_position.checkpoint
        found = [], {}, []
        if checkpoint.restore_uid > self._self_update_uid:
            found = checkpoint_position.gather_ops_or_named_saveables()
            self._self_update_uid = checkpoint.restore_uid
        for child in checkpoint_position.object_proto.children:
            position = CheckpointPosition(checkpoint, child.node_id)
            local_object = self._lookup_dependency(child.local_name)
            if local_object is None:
                self._deferred_dependencies.setdefault(child.local_name, []).append(position)
            elif position.bind_object(trackable=local_object):
                visit_queue.append(position)
        return found

    def _gather_saveables_for_checkpoint(self):
        """{attribute: what is saved for it}: variables, SaveableObjects, or functions of `name` that make these."""
        return {}

    def _list_extra_dependencies_for_serialization(self, serialization_cache):
        """{name: dependency} that SavedModels have and checkpoints don't."""
        del serialization_cache
        return {}

    def _list_functions_for_serialization(self, serialization_cache):
        """{name: function} that SavedModels have."""
        del serialization_cache
        return {}
