"""Whether operations run at once. Reflow builds graphs only so far, so they do not."""
from reflow.framework import errors

GRAPH_MODE, EAGER_MODE = 0, 1


def executing_eagerly():
    """Whether operations run at once."""
    return False


def in_graph_mode():
    """Whether operations are added to a graph."""
    return not executing_eagerly()


class graph_mode:
    """A context in which operations are added to a graph."""

    def __enter__(self):
        pass

    def __exit__(self, *exception):
        return False


def enable_eager_execution(config=None, device_policy=None, execution_mode=None):
    """Would let operations run at once. Raises UnimplementedError: Reflow can't yet."""
    raise errors.UnimplementedError(None, None, 'Reflow has no eager execution yet: tf.enable_eager_execution() can not be '
                                    'called')
