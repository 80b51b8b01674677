"""A queue that is filled ahead of those who read it."""

from reflow.framework import dtypes as tf_dtypes
from reflow.framework import ops
from reflow.ops import data_flow_ops
from reflow.ops import math_ops
from reflow.training import queue_runner

__all__ = ['prefetch_queue']


def prefetch_queue(tensors, capacity=8, num_threads=1, dynamic_pad=False, shared_name=None, name=None):
    """A queue of the tensors of a list or a dictionary, which `num_threads` threads fill."""
    from reflow.summary import summary
    names = sorted(tensors) if isinstance(tensors, dict) else None
    tensor_list = tensors if names is None else [tensors[each] for each in names]
    queue_class = data_flow_ops.PaddingFIFOQueue if dynamic_pad else data_flow_ops.FIFOQueue
    with ops.name_scope(name, 'prefetch_queue', tensor_list) as name:
        queue = queue_class(capacity=capacity, dtypes=[tensor.dtype for tensor in tensor_list],
                            shapes=[tensor.get_shape() for tensor in tensor_list], names=names, shared_name=shared_name)
        enqueue_op = queue.enqueue(tensors)
        queue_runner.add_queue_runner(queue_runner.QueueRunner(queue, [enqueue_op] * num_threads))
        summary.scalar('fraction_of_%d_full' % capacity,
                       math_ops.cast(queue.size(), tf_dtypes.float32) * (1. / capacity))
        return queue
