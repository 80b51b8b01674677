"""What distributions of vectors have in common whose elements belong to classes: shares of 1, or counts."""

from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import util as distribution_util


def column(x):
    """[..., 1] of [...]."""
    return x[..., array_ops.newaxis]


def covariance(x, y, variance):
    """The matrices of -x[i] y[j], and on the diagonal what `variance()` gives."""
    products = math_ops.matmul(column(x), y[..., array_ops.newaxis, :])
    return array_ops.matrix_set_diag(-products, variance())


def counts_of(owner, counts, message):
    """`counts`, after assertions, if the distribution validates, that they are whole and add up to its total_count."""
    if not owner.validate_args:
        return counts
    counts = distribution_util.embed_check_nonnegative_integer_form(counts)
    total = math_ops.reduce_sum(counts, -1)
    return control_flow_ops.with_dependencies([check_ops.assert_equal(owner.total_count, total, message=message)], counts)


class DirichletFamily(distribution.Distribution):
    """Vectors of a size of `concentration`, whose batch is that of the sums `total_concentration`."""

    concentration = scalar_distribution.parameter('concentration', "The parameters of Dirichlet's distribution.")
    total_concentration = scalar_distribution.parameter('total_concentration', 'Their sum.')

    def _batch_shape_tensor(self):
        return array_ops.shape(self.total_concentration)

    def _batch_shape(self):
        return self.total_concentration.get_shape()

    def _event_shape_tensor(self):
        return array_ops.shape(self.concentration)[-1:]

    def _event_shape(self):
        return self.concentration.get_shape().with_rank_at_least(1)[-1:]

    def _spread(self):
        """What the mean is multiplied by in the covariance, for both of its factors."""
        raise NotImplementedError

    def _covariance(self):
        x = self._spread() * self._mean()
        return covariance(x, x, self._variance)
