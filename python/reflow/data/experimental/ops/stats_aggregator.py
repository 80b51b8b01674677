"""Records of datasets as they run."""


class StatsAggregator:
    """Not there yet: NotImplementedError."""

    def __init__(self):
        raise NotImplementedError('Reflow does not record statistics of datasets')
