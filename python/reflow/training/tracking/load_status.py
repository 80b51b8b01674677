"""What restoring returns: whether everything has been found, and in graphs the operations that restore."""
from reflow import _core
from reflow.framework import ops
from reflow.training.tracking import data_structures, restoring
from reflow.util import deprecation, object_identity


def get_session(session=None):
    """`session`, or the default session, or that of Keras."""
    session = session or ops.get_default_session()
    if session is None:
        from reflow.keras import backend
        session = backend.get_session()
    return session


class _LoadStatus:

    def expect_partial(self):
        """Silences the warning that values have not been used."""
        return self


def streaming_restore(status, session=None):
    """In graphs: restores now, and each object that joins later as soon as it does."""
    if _core.executing_eagerly():
        return
    if isinstance(status, NameBasedSaverStatus):
        raise NotImplementedError(
            'Streaming restore not supported from name-based checkpoints when graph building. File a feature request if this '
            'limitation bothers you. As a workaround, consider either using tf.train.Checkpoint to load name-based '
            'checkpoints or enabling eager execution.')
    session = get_session(session)
    status.run_restore_ops(session=session)
    status._checkpoint.new_restore_ops_callback = lambda new_ops: session.run(new_ops, feed_dict=status._feed_dict)


class CheckpointLoadStatus(_LoadStatus):
    """How far an object-based checkpoint has been restored."""

    def __init__(self, checkpoint, feed_dict, graph_view):
        self._checkpoint = checkpoint
        self._feed_dict = feed_dict
        self._graph_view = graph_view
        self._root = graph_view.root

    def assert_consumed(self):
        """AssertionError: an object of the program or of the checkpoint has no counterpart. Gives itself."""
        checkpoint = self._checkpoint
        self.assert_existing_objects_matched()
        names = restoring.object_paths(checkpoint.object_graph_proto)
        for node_id, node in enumerate(checkpoint.object_graph_proto.nodes):
            if checkpoint.object_by_proto_id.get(node_id) is None:
                raise AssertionError('Unresolved object in checkpoint {}: {}'.format(names[node_id], node))
        if checkpoint.slot_restorations:
            raise AssertionError('Unresolved slot restorations: %s' % (checkpoint.slot_restorations,))
        if checkpoint.unused_attributes:
            raise AssertionError('Unused attributes in these objects (the attributes exist in the checkpoint but were not '
                                 'restored):\n' + '\n'.join(
                                     '{} ({}): {}'.format(names[node_id], checkpoint.object_by_proto_id[node_id], attribute)
                                     for node_id, attribute in checkpoint.unused_attributes.items()))
        return self

    def _unmatched(self):
        """The objects of the program that the checkpoint hasn't."""
        matched = object_identity.ObjectIdentitySet(self._checkpoint.object_by_proto_id.values())
        return list(object_identity.ObjectIdentitySet(self._checkpoint.all_python_objects) - matched)

    def assert_existing_objects_matched(self):
        """AssertionError: an object of the program is not in the checkpoint. Gives itself."""
        checkpoint = self._checkpoint
        for node_id, node in enumerate(checkpoint.object_graph_proto.nodes):
            trackable = checkpoint.object_by_proto_id.get(node_id)
            if trackable is not None and trackable._update_uid < checkpoint.restore_uid:
                raise AssertionError('Object not assigned a value from checkpoint: %s' % (node,))
        for trackable in self._graph_view.list_objects():
            if not (isinstance(trackable, data_structures.TrackableDataStructure) and
                    not trackable._checkpoint_dependencies):
                checkpoint.all_python_objects.add(trackable)
        unmatched = self._unmatched()
        if unmatched:
            raise AssertionError('Some Python objects were not bound to checkpointed values, likely due to changes in the '
                                 'Python program: %s' % (unmatched,))
        return self

    def assert_nontrivial_match(self):
        """AssertionError: nothing but the root has been found. Gives itself."""
        for trackable in self._graph_view.list_objects():
            self._checkpoint.all_python_objects.add(trackable)
        if len(self._checkpoint.object_by_proto_id) > 1:
            return self
        unmatched = self._unmatched()
        if unmatched:
            raise AssertionError(
                'Nothing except the root object matched a checkpointed value. Typically this means that the checkpoint does '
                'not match the Python program. The following objects have no matching checkpointed value: %s' % (unmatched,))
        raise AssertionError('Nothing to load. No dependencies have been added to %s yet.' % (self._graph_view.root,))

    def run_restore_ops(self, session=None):
        """Runs the operations that restore; nothing to do where they run at once."""
        if not _core.executing_eagerly():
            get_session(session).run(self._checkpoint.restore_ops, feed_dict=self._feed_dict)

    def initialize_or_restore(self, session=None):
        """run_restore_ops, and initializes what the checkpoint hasn't."""
        if _core.executing_eagerly():
            return
        session = get_session(session)
        restored = object_identity.ObjectIdentitySet(self._checkpoint.object_by_proto_id.values())
        uid = self._checkpoint.restore_uid
        others = [each for each in self._graph_view.list_objects()
                  if each not in restored and getattr(each, '_update_uid', uid - 1) < uid]
        self.run_restore_ops(session=session)
        session.run(_initializers(others))

    def expect_partial(self):
        """Silences the warning that values have not been used."""
        self._checkpoint.expect_partial = True
        return self


def _initializers(objects):
    """The operations that initialize those objects that have one."""
    found = (getattr(each, 'initializer', None) for each in objects)
    return [initializer for initializer in found if initializer is not None]


class InitializationOnlyStatus(_LoadStatus):
    """What restoring returns where there is no checkpoint: it can initialize."""

    def __init__(self, graph_view, restore_uid):
        self._restore_uid = restore_uid
        self._graph_view = graph_view
        self._root = graph_view.root

    def assert_consumed(self):
        """Always an AssertionError."""
        raise AssertionError('No checkpoint specified (save_path=None); nothing is being restored.')

    assert_existing_objects_matched = assert_nontrivial_match = assert_consumed

    def run_restore_ops(self, session=None):
        """Always an AssertionError."""
        raise AssertionError('No checkpoint specified, so no restore ops are available (save_path=None to Saver.restore).')

    def initialize_or_restore(self, session=None):
        """Initializes the objects, but those that a later restoring restores."""
        if not _core.executing_eagerly():
            get_session(session).run(_initializers(
                each for each in self._graph_view.list_objects()
                if getattr(each, '_update_uid', self._restore_uid - 1) < self._restore_uid))


class NameBasedSaverStatus(_LoadStatus):
    """How far objects have been restored from a checkpoint that a Saver has written."""

    @deprecation.deprecated(date=None, instructions=(
        'Restoring a name-based tf.train.Saver checkpoint using the object-based restore API. This mode uses global names to '
        'match variables, and so is somewhat fragile. It also adds new restore ops to the graph each time it is called when '
        'graph building. Prefer re-encoding training checkpoints in the object-based format: run save() on the object-based '
        'saver (the same one this message is coming from) and use that checkpoint in the future.'))
    def __init__(self, checkpoint, graph_view):
        self._checkpoint = checkpoint
        self._graph_view = graph_view
        self._root = graph_view.root

    def assert_consumed(self):
        """AssertionError: an object of the program has not been restored. Gives itself."""
        unused = list(self._checkpoint.unused_attributes.items())
        if unused:
            raise AssertionError('Some objects had attributes which were not restored:' + ''.join(
                '\n    {}: {}'.format(obj, attributes) for obj, attributes in unused))
        for trackable in self._graph_view.list_objects():
            trackable._maybe_initialize_trackable()
            if trackable._update_uid < self._checkpoint.restore_uid:
                raise AssertionError('Object not restored: %s' % (trackable,))
        return self

    assert_existing_objects_matched = assert_nontrivial_match = assert_consumed

    def run_restore_ops(self, session=None):
        """Restores by a Saver; nothing to do where operations run at once."""
        if _core.executing_eagerly():
            return
        from reflow.training import saver
        session = get_session(session)
        saveables = []
        with ops.device('/cpu:0'):
            for trackable in self._graph_view.list_objects():
                trackable._maybe_initialize_trackable()
                if trackable._update_uid < self._checkpoint.restore_uid:
                    trackable._update_uid = self._checkpoint.restore_uid
                    saveables.extend(self._checkpoint.globally_named_object_attributes(trackable))
            saver.Saver(saveables).restore(sess=session, save_path=self._checkpoint.save_path)

    def initialize_or_restore(self, session=None):
        """run_restore_ops."""
        self.run_restore_ops(session=session)
