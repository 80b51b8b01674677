"""Options of the threads that datasets run on."""
from reflow.data.util import options


class ThreadingOptions(options.OptionsBase):
    """How many threads a dataset uses."""

    max_intra_op_parallelism = options.create_option(
        'max_intra_op_parallelism', int, 'How many threads an operation of its functions uses at most.')
    private_threadpool_size = options.create_option(
        'private_threadpool_size', int, 'How many threads of its own it has.')
