"""Invertible functions of random variables."""
from reflow.ops.distributions.bijector_impl import Bijector

__all__ = ['Bijector']
