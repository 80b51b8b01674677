"""Where what is recorded of datasets goes."""
from reflow.ops import gen_experimental_dataset_ops


class StatsAggregatorV1:
    """Histograms of what datasets record whose `experimental_stats` options name it, as a summary."""

    def __init__(self):
        self._resource = gen_experimental_dataset_ops.stats_aggregator_handle()

    def get_summary(self):
        """The serialized Summary of what has been recorded, as a tensor."""
        return gen_experimental_dataset_ops.stats_aggregator_summary(self._resource)


StatsAggregator = StatsAggregatorV1
