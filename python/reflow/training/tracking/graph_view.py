"""From the objects of a program to the graph of objects that a checkpoint has."""
import collections
import weakref

from reflow.framework import ops, protos
from reflow.training.saving import saveable_object, saveable_object_util
from reflow.training.tracking import base, tracking
from reflow.util import object_identity

_SLOTS = '.OPTIMIZER_SLOT'
_ATTRIBUTES = '.ATTRIBUTES'


def _escape_local_name(name):
    return name.replace('.', '..').replace('/', '.S')


def _object_prefix_from_path(path_to_root):
    return '/'.join(_escape_local_name(reference.name) for reference in path_to_root)


class _Numbered:
    """The objects of a graph in the order of their node ids, with their names in checkpoints."""

    def __init__(self, objects, paths):
        self.objects = list(objects)
        self.names = object_identity.ObjectIdentityDictionary()
        self.ids = object_identity.ObjectIdentityDictionary()
        for node_id, each in enumerate(self.objects):
            self.names[each] = _object_prefix_from_path(paths[each])
            self.ids[each] = node_id
        self.slots = object_identity.ObjectIdentityDictionary()
        self._add_slots()

    def _add_slots(self):
        others = list(self.objects)
        for optimizer in others:
            if not hasattr(optimizer, '_create_or_restore_slot_variable'):
                continue
            for slot_name in optimizer.get_slot_names():
                for original_id, original in enumerate(others):
                    slot = _slot_of(optimizer, original, slot_name)
                    if slot is not None:
                        self._add_slot(optimizer, slot_name, original_id, original, slot)

    def _add_slot(self, optimizer, slot_name, original_id, original, slot):
        slot._maybe_initialize_trackable()
        if slot._checkpoint_dependencies:
            raise NotImplementedError('Currently only variables with no dependencies can be saved as slot variables. File a '
                                      'feature request if this limitation bothers you.')
        if slot in self.ids:
            raise NotImplementedError('A slot variable was re-used as a dependency of a Trackable object. This is not '
                                      'currently allowed. File a feature request if this limitation bothers you.')
        self.names[slot] = '%s/%s/%s/%s' % (self.names[original], _SLOTS, self.names[optimizer],
                                            _escape_local_name(slot_name))
        self.ids[slot] = len(self.objects)
        self.objects.append(slot)
        reference = protos.message('tensorflow.TrackableObjectGraph').TrackableObject.SlotVariableReference(
            slot_name=slot_name, original_variable_node_id=original_id, slot_variable_node_id=self.ids[slot])
        self.slots.setdefault(optimizer, []).append(reference)


def _slot_of(optimizer, variable, slot_name):
    from reflow.ops import variables
    if not isinstance(variable, variables.Variable):
        return None
    try:
        return optimizer.get_slot(variable, slot_name)
    except (AttributeError, KeyError):
        return None


class ObjectGraphView:
    """The graph of the objects that `root` (perhaps a weak reference) depends on.

    saveables_cache: {object: {attribute: saveables}} of earlier savings in a graph, so that they aren't made again; None
    where operations run at once.
    """

    def __init__(self, root, saveables_cache=None):
        self._root_ref = root
        self._saveables_cache = saveables_cache

    def list_dependencies(self, obj):
        """The TrackableReferences of an object."""
        obj._maybe_initialize_trackable()
        return obj._checkpoint_dependencies

    @property
    def saveables_cache(self):
        """See above."""
        return self._saveables_cache

    @property
    def root(self):
        """The object that all others are reached from."""
        if isinstance(self._root_ref, weakref.ref):
            root = self._root_ref()
            assert root is not None
            return root
        return self._root_ref

    def _breadth_first_traversal(self):
        """The objects, nearest to the root first, and {object: shortest path to it}."""
        found, to_visit = [], collections.deque([self.root])
        paths = object_identity.ObjectIdentityDictionary()
        paths[self.root] = ()
        while to_visit:
            current = to_visit.popleft()
            if isinstance(current, tracking.NotTrackable):
                raise NotImplementedError(
                    'The object %s does not support object-based saving. File a feature request if this limitation bothers '
                    'you. In the meantime, you can remove the dependency on this object and save everything else.' %
                    (current,))
            found.append(current)
            for reference in self.list_dependencies(current):
                if reference.ref not in paths:
                    paths[reference.ref] = paths[current] + (reference,)
                    to_visit.append(reference.ref)
        return found, paths

    def list_objects(self):
        """All objects, and the slots that optimizers among them have for variables among them."""
        return _Numbered(*self._breadth_first_traversal()).objects

    def objects_ids_and_slot_variables(self):
        """(objects, {object: node id}, {optimizer: messages of its slots})."""
        numbered = _Numbered(*self._breadth_first_traversal())
        return numbered.objects, numbered.ids, numbered.slots

    def serialize_object_graph(self):
        """(saveables under their keys, TrackableObjectGraph, what to feed or None)."""
        return self._serialize(None)

    def frozen_saveable_objects(self, object_map=None, to_graph=None):
        """The saveables with the objects' graph as it is now among them."""
        with (to_graph or ops.get_default_graph()).as_default() if to_graph else ops.NullContextmanager():
            saveables, graph_proto, _ = self._serialize(object_map)
            with ops.device('/cpu:0'):
                tensor = ops.convert_to_tensor(graph_proto.SerializeToString(), dtype='string')
            return saveables + [base.NoRestoreSaveable(tensor=tensor, name=base.OBJECT_GRAPH_PROTO_KEY)]

    def _serialize(self, object_map):
        numbered = _Numbered(*self._breadth_first_traversal())
        graph_proto = protos.message('tensorflow.TrackableObjectGraph')()
        for each in numbered.objects:
            node = graph_proto.nodes.add()
            node.slot_variables.extend(numbered.slots.get(each, ()))
            for reference in self.list_dependencies(each):
                node.children.add(node_id=numbered.ids[reference.ref], local_name=reference.name)
        saveables, feeds = [], None if self._saveables_cache is None else {}
        for each, node in zip(numbered.objects, graph_proto.nodes):
            to_save = each if object_map is None else object_map.get(each, each)
            for name, factory in to_save._gather_saveables_for_checkpoint().items():
                key = '%s/%s/%s' % (numbered.names[each], _ATTRIBUTES, _escape_local_name(name))
                attribute = node.attributes.add(name=name, checkpoint_key=key)
                made = self._saveables_of(to_save, name, factory, key)
                attribute.full_name = getattr(made[-1], 'full_name', '') if made else ''
                attribute.optional_restore = bool(made) and all(saveable.optional_restore for saveable in made)
                saveables.extend(_with_state(saveable, feeds, each) for saveable in made)
        return saveables, graph_proto, feeds

    def _saveables_of(self, obj, name, factory, key):
        """The saveables of one attribute, those made before where their key is still the same."""
        cached = None if self._saveables_cache is None else self._saveables_cache.setdefault(obj, {})
        if cached is not None and name in cached:
            known = cached[name]
            if all(isinstance(saveable, saveable_object.SaveableObject) and key in saveable.name for saveable in known):
                return known
        made = factory(name=key) if callable(factory) else factory
        if isinstance(made, saveable_object.SaveableObject):
            saveables = (made,)
        else:
            full_name, = saveable_object_util.op_list_to_dict([made], convert_variable_to_tensor=False)
            saveables = tuple(saveable_object_util.saveable_objects_for_op(op=made, name=key))
            for saveable in saveables:
                saveable.full_name = full_name
        for saveable in saveables:
            if key not in saveable.name:
                raise AssertionError("The object %s produced a SaveableObject with name '%s' for attribute '%s'. Expected a "
                                     "name containing '%s'." % (obj, name, saveable.name, key))
        if cached is not None:
            cached[name] = saveables
        return saveables


def _with_state(saveable, feeds, obj):
    """The saveable itself; for Python's state what saves it as it is now: by a feed, or as a constant."""
    if not isinstance(saveable, base.PythonStateSaveable):
        return saveable
    if feeds is None:
        return saveable.freeze()
    additions = saveable.feed_dict_additions()
    if any(tensor in feeds for tensor in additions):
        raise AssertionError('The object %s tried to feed a value for the Tensor %s when saving, but another object is '
                             'already feeding a value.' % (obj, next(iter(additions))))
    feeds.update(additions)
    return saveable
