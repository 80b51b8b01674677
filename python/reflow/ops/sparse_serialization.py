"""Sparse tensors as tensors of strings or variants, and back."""

from reflow.framework import dtypes
from reflow.framework import sparse_tensor
from reflow.ops import gen_sparse_ops
from reflow.ops.sparse_arguments import convert_to_sparse_tensor, parts_of


def serialize_sparse(sp_input, name=None, out_type=dtypes.string):
    """A sparse tensor as a vector of three serialised ones."""
    return serialize_sparse_v2(sp_input, out_type, name)


def serialize_sparse_v2(sp_input, out_type=dtypes.string, name=None):
    """A sparse tensor as a vector of three serialised ones."""
    return gen_sparse_ops.serialize_sparse(*parts_of(convert_to_sparse_tensor(sp_input)), out_type=out_type, name=name)


def serialize_many_sparse(sp_input, name=None, out_type=dtypes.string):
    """The rows of a sparse tensor as a matrix of serialised ones, three for each."""
    return serialize_many_sparse_v2(sp_input, out_type, name)


def serialize_many_sparse_v2(sp_input, out_type=dtypes.string, name=None):
    """The rows of a sparse tensor as a matrix of serialised ones, three for each."""
    return gen_sparse_ops.serialize_many_sparse(*parts_of(convert_to_sparse_tensor(sp_input)), out_type=out_type, name=name)


def deserialize_sparse(serialized_sparse, dtype, rank=None, name=None):
    """The sparse tensor of what serialize_sparse gave."""
    return _with_rank(gen_sparse_ops.deserialize_sparse(serialized_sparse, dtype, name=name), rank)


def deserialize_many_sparse(serialized_sparse, dtype, rank=None, name=None):
    """The sparse tensor of what serialize_many_sparse gave."""
    return _with_rank(gen_sparse_ops.deserialize_many_sparse(serialized_sparse, dtype, name=name), rank)


def _with_rank(parts, rank):
    indices, values, shape = parts
    indices.set_shape([None, rank])
    shape.set_shape([rank])
    return sparse_tensor.SparseTensor(indices, values, shape)
