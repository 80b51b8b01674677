"""How many TPU cores share a computation: what programs ask to find out that none do."""
import contextlib


class TpuContext:
    """The number of shards of the computation that is being built; None: there are none."""

    def __init__(self):
        self._number_of_shards = None

    @property
    def number_of_shards(self):
        """The number of shards, or None."""
        return self._number_of_shards

    def set_number_of_shards(self, number_of_shards):
        """Sets it."""
        self._number_of_shards = number_of_shards


_context = TpuContext()


def get_tpu_context():
    """The context of this process."""
    return _context


@contextlib.contextmanager
def tpu_shard_context(number_of_shards):
    """A context in which computations have so many shards. NotImplementedError: one in another."""
    if _context.number_of_shards is not None:
        raise NotImplementedError('tpu_shard_context cannot be nested.')
    _context.set_number_of_shards(number_of_shards)
    try:
        yield
    finally:
        _context.set_number_of_shards(None)
