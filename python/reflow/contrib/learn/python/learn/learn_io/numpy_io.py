"""numpy_input_fn as tf.contrib.learn has it, which shuffles unless it is told not to."""
from reflow.estimator.inputs import numpy_io as core_numpy_io
from reflow.util import deprecation


@deprecation.deprecated(None, 'Use tf.compat.v1.estimator.inputs.numpy_input_fn.')
def numpy_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=True, queue_capacity=1000, num_threads=1):
    """An input_fn that gives batches of the arrays `x`, and of the targets `y`."""
    return core_numpy_io.numpy_input_fn(x=x, y=y, batch_size=batch_size, shuffle=shuffle, num_epochs=num_epochs,
                                        queue_capacity=queue_capacity, num_threads=num_threads)
