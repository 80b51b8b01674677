"""What distributions of scale z + loc have in common, where the numbers of the vectors z are independent and alike."""

from reflow.contrib.distributions.python.ops import scales
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.distributions import transformed_distribution
from reflow.ops.linalg.linear_operator_low_rank_update import LinearOperatorLowRankUpdate


class ScaledVectors(transformed_distribution.TransformedDistribution):
    """Moments for z with a mean of 0 and a variance of 1. The bijector is an AffineLinearOperator."""

    @property
    def loc(self):
        """What is added; None: nothing."""
        return self.bijector.shift

    @property
    def scale(self):
        """The linear operator."""
        return self.bijector.scale

    def _mean(self):
        shape = self.batch_shape.concatenate(self.event_shape)
        known = shape.is_fully_defined()
        if not known:
            shape = array_ops.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        if self.loc is None:
            return array_ops.zeros(shape, self.dtype)
        if known and shape == self.loc.get_shape():
            return array_ops.identity(self.loc)
        return array_ops.identity(self.loc) + array_ops.zeros(shape, self.dtype)

    def _mode(self):
        return self._mean()

    def _covariance(self):
        if scales.is_diagonal_scale(self.scale):
            return array_ops.matrix_diag(math_ops.square(self.scale.diag_part()))
        return self.scale.matmul(self.scale.to_dense(), adjoint_arg=True)

    def _diag_of_covariance(self):
        is_symmetric = isinstance(self.scale, LinearOperatorLowRankUpdate) and self.scale.is_self_adjoint
        return array_ops.matrix_diag_part(self.scale.matmul(self.scale.to_dense(), adjoint_arg=not is_symmetric))

    def _variance(self):
        if scales.is_diagonal_scale(self.scale):
            return math_ops.square(self.scale.diag_part())
        return self._diag_of_covariance()

    def _stddev(self):
        if scales.is_diagonal_scale(self.scale):
            return math_ops.abs(self.scale.diag_part())
        return math_ops.sqrt(self._diag_of_covariance())
