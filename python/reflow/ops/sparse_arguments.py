"""Sparse tensors as functions are given them, and as ops take them."""

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
