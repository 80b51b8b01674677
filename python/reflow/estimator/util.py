"""What an input_fn returns."""

from reflow.training import session_run_hook
from reflow.util import function_utils

fn_args = function_utils.fn_args


def parse_input_fn_result(result):
    """(features, labels, hooks) of what an input_fn returned: tensors, or a dataset of them."""
    hooks = []
    if hasattr(result, 'make_initializable_iterator') or hasattr(result, '_variant_tensor'):
        from reflow.data.ops import dataset_ops
        iterator = dataset_ops.make_initializable_iterator(result)
        hooks.append(_DatasetInitializerHook(iterator))
        result = iterator.get_next()
    return parse_iterator_result(result) + (hooks,)


def parse_iterator_result(result):
    """(features, labels) of one or both."""
    if isinstance(result, (list, tuple)):
        if len(result) != 2:
            raise ValueError('input_fn should return (features, labels) as a len 2 tuple.')
        return result[0], result[1]
    return result, None


class _DatasetInitializerHook(session_run_hook.SessionRunHook):
    """Initializes the iterator of a dataset in each new session."""

    def __init__(self, iterator):
        self._iterator = iterator

    def begin(self):
        """Makes the operation."""
        self._initializer = self._iterator.initializer

    def after_create_session(self, session, coord):
        """Runs it."""
        session.run(self._initializer)
