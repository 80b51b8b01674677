"""Options of datasets that several workers read."""
from reflow.data.util import options


class DistributeOptions(options.OptionsBase):
    """How a dataset is divided among workers."""

    auto_shard = options.create_option('auto_shard', bool, 'Whether each worker reads a part of it.', lambda: True)
    _make_stateless = options.create_option('_make_stateless', bool, 'Whether it is rewritten without state.')
    num_devices = options.create_option('num_devices', int, 'How many devices take elements of it.')
