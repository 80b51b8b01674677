"""Normal distributions of vectors whose numbers are independent."""

from reflow.contrib.distributions.python.ops import scales
from reflow.contrib.distributions.python.ops.mvn_linear_operator import MultivariateNormalLinearOperator
from reflow.framework import ops
from reflow.ops import nn

__all__ = ['MultivariateNormalDiag', 'MultivariateNormalDiagWithSoftplusScale']


class MultivariateNormalDiag(MultivariateNormalLinearOperator):
    """Vectors of normal numbers: means `loc`, standard deviations `scale_diag` plus `scale_identity_multiplier`."""

    def __init__(self, loc=None, scale_diag=None, scale_identity_multiplier=None, validate_args=False, allow_nan_stats=True,
                 name='MultivariateNormalDiag'):
        parameters = dict(locals())
        with ops.name_scope(name) as name:
            with ops.name_scope('init', values=[loc, scale_diag, scale_identity_multiplier]):
                scale = scales.make_diag_scale(
                    loc=loc, scale_diag=scale_diag, scale_identity_multiplier=scale_identity_multiplier,
                    validate_args=validate_args, assert_positive=False)
        super().__init__(loc=loc, scale=scale, validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
    """MultivariateNormalDiag of softplus(scale_diag)."""

    def __init__(self, loc, scale_diag, validate_args=False, allow_nan_stats=True,
                 name='MultivariateNormalDiagWithSoftplusScale'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[scale_diag]) as name:
            super().__init__(loc=loc, scale_diag=nn.softplus(scale_diag), validate_args=validate_args,
                             allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters
