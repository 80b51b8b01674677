"""What turns serialized examples into tensors."""

import abc

__all__ = ['DataDecoder']


class DataDecoder(abc.ABC):
    """Decodes items of serialized examples."""

    @abc.abstractmethod
    def decode(self, data, items):
        """The tensors of a list of items."""

    @abc.abstractmethod
    def list_items(self):
        """The names of the items."""
