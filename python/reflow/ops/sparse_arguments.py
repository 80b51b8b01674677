"""Sparse tensors as functions are given them, and as ops take them."""

import numbers

from reflow.framework import ops
from reflow.framework import sparse_tensor


def convert_to_sparse_tensor(sp_input):
    """A SparseTensor, also of a SparseTensorValue. TypeError: it is neither."""
    if isinstance(sp_input, sparse_tensor.SparseTensorValue):
        return sparse_tensor.SparseTensor.from_value(sp_input)
    if not isinstance(sp_input, sparse_tensor.SparseTensor):
        raise TypeError('Input must be a SparseTensor.')
    return sp_input


def convert_to_sparse_tensors(sp_inputs):
    """A list or tuple of them. TypeError: it is none."""
    if isinstance(sp_inputs, list):
        return [convert_to_sparse_tensor(sp_input) for sp_input in sp_inputs]
    if isinstance(sp_inputs, tuple):
        return tuple(convert_to_sparse_tensor(sp_input) for sp_input in sp_inputs)
    raise TypeError('Inputs must be a list or tuple.')


def parts_of(sp_input):
    """The tensors that sparse ops take for a sparse tensor."""
    return sp_input.indices, sp_input.values, sp_input.dense_shape


def ids_and_sizes(sp_ids, vocab_size):
    """Both as lists. TypeError, ValueError: they aren't of one another's kind."""
    def is_size(value):
        return isinstance(value, (ops.Tensor, numbers.Integral))

    if isinstance(sp_ids, (sparse_tensor.SparseTensorValue, sparse_tensor.SparseTensor)):
        if not is_size(vocab_size):
            raise TypeError('vocab_size has to be a Tensor or Python int. Found %s' % type(vocab_size))
        return [sp_ids], [vocab_size]
    if not isinstance(sp_ids, (list, tuple)):
        raise TypeError('sp_ids has to be a SparseTensor or list thereof. Found %s' % type(sp_ids))
    wrong = vocab_size if not isinstance(vocab_size, (list, tuple)) else next(
        (each for each in vocab_size if not is_size(each)), None)
    if wrong is not None:
        raise TypeError('vocab_size has to be a list of Tensors or Python ints. Found %s' % type(wrong))
    if len(sp_ids) != len(vocab_size):
        raise ValueError('sp_ids and vocab_size have to have equal lengths.')
    return sp_ids, vocab_size
