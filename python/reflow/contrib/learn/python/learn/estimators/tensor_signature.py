"""What is known of inputs from one call of an input function to the next."""

import collections

from reflow.framework import sparse_tensor


class TensorSignature(collections.namedtuple('TensorSignature', ['dtype', 'shape', 'is_sparse'])):
    """The type and shape of a tensor."""

    def __new__(cls, tensor):
        if isinstance(tensor, sparse_tensor.SparseTensor):
            return super().__new__(cls, dtype=tensor.values.dtype, shape=None, is_sparse=True)
        return super().__new__(cls, dtype=tensor.dtype, shape=tensor.get_shape(), is_sparse=False)

    def is_compatible_with(self, other):
        """Whether the types, and the shapes without the batch, go together."""
        if self.is_sparse != other.is_sparse or not self.dtype.is_compatible_with(other.dtype):
            return False
        if self.is_sparse or self.shape.dims is None or other.shape.dims is None:
            return True
        return self.shape.ndims == other.shape.ndims and all(
            a.is_compatible_with(b) for a, b in zip(self.shape.dims[1:], other.shape.dims[1:]))

    def get_placeholder(self):
        """A placeholder of batches of any size."""
        from reflow.ops import array_ops
        if self.is_sparse:
            return array_ops.sparse_placeholder(dtype=self.dtype)
        return array_ops.placeholder(dtype=self.dtype, shape=[None] + list(self.shape[1:]))


def tensors_compatible(tensors, signatures):
    """Whether tensors, one or a dictionary, are as signatures say."""
    if tensors is None or signatures is None:
        return tensors is None and signatures is None
    if isinstance(tensors, dict) != isinstance(signatures, dict):
        return False
    if not isinstance(tensors, dict):
        return TensorSignature(tensors).is_compatible_with(signatures)
    return all(key in tensors and TensorSignature(tensors[key]).is_compatible_with(signature)
               for key, signature in signatures.items())


def create_signatures(tensors):
    """The signatures of tensors, one or a dictionary, or None."""
    if isinstance(tensors, dict):
        return {key: TensorSignature(tensor) for key, tensor in tensors.items()}
    return None if tensors is None else TensorSignature(tensors)


def create_placeholders_from_signatures(signatures):
    """A placeholder for each signature."""
    if isinstance(signatures, dict):
        return {key: signature.get_placeholder() for key, signature in signatures.items()}
    return None if signatures is None else signatures.get_placeholder()
