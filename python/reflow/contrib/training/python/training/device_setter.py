"""Ways of spreading variables over parameter servers, for tf.train.replica_device_setter."""

import hashlib

import numpy as np

from reflow.framework import tensor_shape

__all__ = ['GreedyLoadBalancingStrategy', 'RandomStrategy', 'byte_size_load_fn']


class RandomStrategy:
    """A task by a hash of the node's name: the same in each process, whatever the order."""

    def __init__(self, num_ps_tasks, seed=0):
        self._num_tasks = num_ps_tasks
        self._seed = seed

    def __call__(self, op):
        digest = hashlib.md5(('%s_%d' % (op.name, self._seed)).encode('utf-8')).hexdigest()
        return int(digest, 16) % self._num_tasks


class GreedyLoadBalancingStrategy:
    """The task that has the least so far, by what `load_fn` of each node gives."""

    def __init__(self, num_tasks, load_fn):
        self._num_tasks = num_tasks
        self._load_fn = load_fn
        self._ps_loads = np.zeros(num_tasks)

    def __call__(self, op):
        task = np.argmin(self._ps_loads)
        self._ps_loads[task] += self._load_fn(op)
        return task


def byte_size_load_fn(op):
    """The size of a variable in bytes."""
    if len(op.outputs) != 1:
        raise ValueError('Op %s must have a single output' % op)
    output = op.outputs[0]
    shape = output.get_shape()
    if not shape.is_fully_defined():
        shape = tensor_shape.TensorShape(op.get_attr('shape'))  # a variable that is set without checks
    shape.assert_is_fully_defined()
    return shape.num_elements() * output.dtype.size
