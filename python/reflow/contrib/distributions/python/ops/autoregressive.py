"""Distributions of which each part of an event depends on those before."""

import numpy as np

from reflow.framework import ops
from reflow.ops.distributions import distribution as distribution_lib
from reflow.ops.distributions import util as distribution_util
from reflow.util.shown_attributes import shown

__all__ = ['Autoregressive']


class Autoregressive(distribution_lib.Distribution):
    """`distribution_fn(x)` gives the distribution of each part of x by those before it.

    Samples are drawn `num_steps` times over, each from the distribution of the last, the first from that of `sample0` (or that of
    no argument); None: as often as events have parts. van den Oord and others, arXiv 1606.05328. ValueError: that isn't known, or
    `num_steps` is less than 1.
    """

    def __init__(self, distribution_fn, sample0=None, num_steps=None, validate_args=False, allow_nan_stats=True,
                 name='Autoregressive'):
        parameters = dict(locals())
        with ops.name_scope(name) as name:
            first = distribution_fn(*(() if sample0 is None else (sample0,)))
            self._of_sample, self._sample0, self._first = distribution_fn, sample0, first
            self._num_steps = _number_of_steps(num_steps, first)
        super().__init__(first.dtype, first.reparameterization_type, validate_args, allow_nan_stats, parameters,
                         first._graph_parents, name)

    distribution_fn = shown('_of_sample', 'What gives distributions.')
    sample0 = shown('_sample0', 'What the first distribution is made of.')
    num_steps = shown('_num_steps', 'How often samples are drawn again.')
    distribution0 = shown('_first', 'The first distribution.')

    def _batch_shape(self):
        return self._first.batch_shape

    def _event_shape(self):
        return self._first.event_shape

    def _batch_shape_tensor(self):
        return self._first.batch_shape_tensor()

    def _event_shape_tensor(self):
        return self._first.event_shape_tensor()

    def _sample_n(self, n, seed=None):
        if seed is None:
            seed = distribution_util.gen_new_seed(np.random.randint(2**32 - 1), 'autoregressive')
        x = self._first.sample(n, seed)
        for _ in range(self._num_steps):
            following = self._of_sample(x)
            x = following.sample(seed=seed)
        return x

    def _log_prob(self, x):
        return self._of_sample(x).log_prob(x)

    def _prob(self, x):
        return self._of_sample(x).prob(x)


def _number_of_steps(given, distribution):
    """The number given, or how many parts an event has."""
    number = distribution.event_shape.num_elements() if given is None else given
    if number is None:
        raise ValueError('distribution_fn must generate a distribution with fully known `event_shape`.')
    if number < 1:
        raise ValueError('num_steps ({}) must be at least 1.'.format(number))
    return number
