"""Tensors of examples, by the names of items."""

__all__ = ['DataProvider']


class DataProvider:
    """Gives the tensors of items."""

    def __init__(self, items_to_tensors, num_samples):
        self._items_to_tensors = items_to_tensors
        self._num_samples = num_samples

    def get(self, items):
        """The tensors of a list of items."""
        if not isinstance(items, (list, tuple)):
            raise ValueError('items must be a list or tuple')
        for item in items:
            if item not in self.list_items():
                raise ValueError('Item [%s] is invalid. Valid entries include: %s' % (item, self.list_items()))
        return [self._items_to_tensors[item] for item in items]

    def list_items(self):
        """The names of the items."""
        return self._items_to_tensors.keys()

    def num_samples(self):
        """The number of examples."""
        return self._num_samples
