"""Scaffold: the operations that a training session needs beside the training itself."""
from reflow.framework import ops
from reflow.util.shown_attributes import shown


def _default_init_op():
    from reflow.ops import control_flow_ops, resources, variables
    return control_flow_ops.group(variables.global_variables_initializer(),
                                  resources.initialize_resources(resources.shared_resources()))


def _default_ready_op():
    from reflow.ops import array_ops, resources, variables
    return array_ops.concat([variables.report_uninitialized_variables(), resources.report_uninitialized_resources()], 0)


def _default_ready_for_local_init_op():
    from reflow.ops import array_ops, resources, variables
    return array_ops.concat([variables.report_uninitialized_variables(variables.global_variables()),
                             resources.report_uninitialized_resources(resources.shared_resources())], 0)


def _default_summary_op():
    if not ops.get_collection(ops.GraphKeys.SUMMARIES):
        return None
    from reflow.summary import summary
    return summary.merge_all()


class Scaffold:
    """Holds the operations that initialize a model, tell whether it is ready, summarize and save it.

    What is not given, `finalize` takes from the graph's collections or makes.
    """

    def __init__(self, init_op=None, init_feed_dict=None, init_fn=None, ready_op=None, ready_for_local_init_op=None,
                 local_init_op=None, summary_op=None, saver=None, copy_from_scaffold=None):
        if copy_from_scaffold is not None and not isinstance(copy_from_scaffold, Scaffold):
            raise TypeError('copy_from_scaffold is not a Scaffold instance.')

        def given(value, attribute):
            if value is None and copy_from_scaffold is not None:
                return getattr(copy_from_scaffold, attribute)
            return value

        self._user_init_fn = init_fn = given(init_fn, '_user_init_fn')
        self._init_fn = (lambda sess: init_fn(self, sess)) if init_fn else None
        self._init_op = given(init_op, 'init_op')
        self._init_feed_dict = given(init_feed_dict, 'init_feed_dict')
        self._ready_op = given(ready_op, 'ready_op')
        self._ready_for_local_init_op = given(ready_for_local_init_op, 'ready_for_local_init_op')
        self._local_init_op = given(local_init_op, 'local_init_op')
        self._summary_op = given(summary_op, 'summary_op')
        self._saver = given(saver, 'saver')

    def finalize(self):
        """Makes what is missing, and the graph unchangeable."""
        keys = ops.GraphKeys
        for argument, collection, make in (
                ('init_op', keys.INIT_OP, _default_init_op),
                ('ready_op', keys.READY_OP, _default_ready_op),
                ('ready_for_local_init_op', keys.READY_FOR_LOCAL_INIT_OP, _default_ready_for_local_init_op),
                ('local_init_op', keys.LOCAL_INIT_OP, Scaffold.default_local_init_op),
                ('summary_op', keys.SUMMARY_OP, _default_summary_op)):
            if getattr(self, '_' + argument) is None:
                setattr(self, '_' + argument, Scaffold.get_or_default(argument, collection, make))
        if self._saver is None:
            from reflow.training import saver
            self._saver = saver._get_saver_or_default()
        self._saver.build()
        ops.get_default_graph().finalize()
        from reflow.platform import tf_logging
        tf_logging.info('Graph was finalized.')
        return self

    init_fn = shown('_init_fn', 'The function that is called after init_op.')
    init_op = shown('_init_op', 'The operation that initializes the model.')
    ready_op = shown('_ready_op', 'The tensor that is empty when the model is ready.')
    ready_for_local_init_op = shown(
        '_ready_for_local_init_op', 'The tensor that is empty when local variables may be initialized.')
    local_init_op = shown('_local_init_op', 'The operation that initializes local variables.')
    summary_op = shown('_summary_op', 'The tensor of all summaries, or None.')
    saver = shown('_saver', 'What saves the model.')
    init_feed_dict = shown('_init_feed_dict', 'What is fed for init_op.')

    @staticmethod
    def get_or_default(arg_name, collection_key, default_constructor):
        """The one item of a collection; if there is none, a new one, which is added to it."""
        elements = ops.get_collection(collection_key)
        if len(elements) > 1:
            # TensorFlow raises the text without putting the names in.
            raise RuntimeError('More than one item in the collection "%s". Please indicate which one to use by passing '
                               'it to the tf.Scaffold constructor as:  tf.Scaffold(%s=item to use)',
                               collection_key, arg_name)
        if elements:
            return elements[0]
        op = default_constructor()
        if op is not None:
            ops.add_to_collection(collection_key, op)
        return op

    @staticmethod
    def default_local_init_op():
        """The operation that initializes local variables, tables and local resources."""
        from reflow.ops import control_flow_ops, lookup_ops, resources, variables
        return control_flow_ops.group(variables.local_variables_initializer(), lookup_ops.tables_initializer(),
                                      resources.initialize_resources(resources.local_resources()))
