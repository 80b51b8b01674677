"""Which classes of an element are sparse."""
from reflow.data.util import nest
from reflow.framework import sparse_tensor


def any_sparse(classes):
    """Whether one of the classes is SparseTensor."""
    return any(cls is sparse_tensor.SparseTensor for cls in nest.flatten(classes))
