"""How gradients are computed."""


class AggregationMethod:
    """How several gradients of one tensor are summed."""
    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2
