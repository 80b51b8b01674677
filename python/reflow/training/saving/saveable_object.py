"""SaveableObject: what a Saver saves and restores, where it is no variable: the base class of programs' own."""
from reflow.framework import dtypes


class SaveSpec:
    """One tensor of a checkpoint: `tensor`, or a function that makes it, its name there, and which part it is."""

    def __init__(self, tensor, slice_spec, name, dtype=None, device=None):
        self._tensor = tensor
        self.slice_spec = slice_spec
        self.name = name
        if callable(self._tensor):
            if dtype is None:
                raise AssertionError('When passing a callable `tensor` to a SaveSpec, an explicit dtype must be provided.')
            self.dtype = dtypes.as_dtype(dtype)
        else:
            self.dtype = tensor.dtype
        self.device = device or ('' if callable(tensor) else tensor.device)

    @property
    def tensor(self):
        """The tensor."""
        return self._tensor() if callable(self._tensor) else self._tensor


class SaveableObject:
    """What is saved by `specs` and put back by restore()."""

    def __init__(self, op, specs, name):
        self.op = op
        self.specs = specs
        self.name = name
        self._device = None

    @property
    def optional_restore(self):
        """Whether it may be missing in a checkpoint."""
        return False

    @property
    def device(self):
        """The device of the tensors."""
        if self._device is None:
            self._device = self.specs[0].device
        return self._device

    def restore(self, restored_tensors, restored_shapes):
        """The operation that puts the tensors back, reshaped if `restored_shapes` are given."""
        raise ValueError('Calling an abstract method.')
