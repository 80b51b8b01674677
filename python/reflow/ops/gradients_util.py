"""How gradients are computed."""


class AggregationMethod:
    """How several gradients of one tensor are summed."""
    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


def known_aggregation_method(method):
    """The number of the method: that of the default for None. ValueError: there is no such method."""
    if method is None:
        return AggregationMethod.DEFAULT
    if method not in (AggregationMethod.ADD_N, AggregationMethod.EXPERIMENTAL_TREE,
                      AggregationMethod.EXPERIMENTAL_ACCUMULATE_N):
        raise ValueError('Invalid aggregation_method specified %s.' % method)
    return method
