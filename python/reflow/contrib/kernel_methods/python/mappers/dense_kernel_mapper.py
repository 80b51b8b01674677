"""What maps dense features to others, whose inner products are about a kernel's values."""
import abc


class InvalidShapeError(Exception):
    """The features have another shape than is mapped."""


class DenseKernelMapper(abc.ABC):
    """A map of dense features to dense features."""

    @abc.abstractmethod
    def map(self, input_tensor):
        """The mapped features, a row for each row."""

    @property
    @abc.abstractmethod
    def name(self):
        """The map's name."""

    @property
    @abc.abstractmethod
    def output_dim(self):
        """The number of mapped features."""
