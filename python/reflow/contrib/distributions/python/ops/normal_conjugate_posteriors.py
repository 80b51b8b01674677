"""What is known of a mean after observations whose scale is known."""

from reflow.ops import math_ops
from reflow.ops.distributions import normal

__all__ = ['normal_conjugates_known_scale_posterior', 'normal_conjugates_known_scale_predictive']


def _posterior(prior, scale, s, n):
    """The location, its variance, and the variance of observations."""
    if not isinstance(prior, normal.Normal):
        raise TypeError('Expected prior to be an instance of type Normal')
    if s.dtype != prior.dtype:
        raise TypeError('Observation sum s.dtype does not match prior dtype: %s vs. %s' % (s.dtype, prior.dtype))
    n = math_ops.cast(n, prior.dtype)
    of_prior, of_observations = math_ops.square(prior.scale), math_ops.square(scale)
    variance = 1.0 / (1 / of_prior + n / of_observations)
    return (prior.loc / of_prior + s / of_observations) * variance, variance, of_observations


def normal_conjugates_known_scale_posterior(prior, scale, s, n):
    """The Normal of the mean, by its prior and the sum `s` of `n` observations."""
    loc, variance, _ = _posterior(prior, scale, s, n)
    return normal.Normal(loc=loc, scale=math_ops.sqrt(variance))


def normal_conjugates_known_scale_predictive(prior, scale, s, n):
    """The Normal of one more observation."""
    loc, variance, of_observations = _posterior(prior, scale, s, n)
    return normal.Normal(loc=loc, scale=math_ops.sqrt(variance + of_observations))
