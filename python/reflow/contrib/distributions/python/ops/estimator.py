"""A head of tf.contrib.learn that regards logits as the parameters of a distribution."""

from reflow.contrib.distributions.python.ops.poisson_lognormal import concat_vectors
from reflow.contrib.learn.python.learn.estimators.head import _RegressionHead, _weighted_losses
from reflow.framework import ops
from reflow.ops import array_ops

__all__ = ['estimator_head_distribution_regression']


def estimator_head_distribution_regression(make_distribution_fn, label_dimension=1, logits_dimension=None, label_name=None,
                                           weight_column_name=None, enable_centered_bias=False, head_name=None):
    """A head whose loss is the negative log-likelihood of labels and whose scores are means, of `make_distribution_fn(logits)`.

    Labels have `label_dimension` numbers, logits `logits_dimension` (as many). TypeError: that is no function.
    """
    return _DistributionRegressionHead(make_distribution_fn, label_dimension, logits_dimension, label_name, weight_column_name,
                                       enable_centered_bias, head_name)


class _DistributionRegressionHead(_RegressionHead):
    """The head of estimator_head_distribution_regression()."""

    def __init__(self, make_distribution_fn, label_dimension, logits_dimension=None, label_name=None, weight_column_name=None,
                 enable_centered_bias=False, head_name=None):
        if not callable(make_distribution_fn):
            raise TypeError('`make_distribution_fn` must be a callable function.')
        self._distributions = {}
        self._make_distribution_fn = make_distribution_fn
        super().__init__(label_dimension if logits_dimension is None else logits_dimension,
                         lambda logits: self.distribution(logits).mean(), label_name, weight_column_name, enable_centered_bias,
                         head_name)

    @property
    def distributions(self):
        """{logits: their distribution}"""
        return self._distributions

    def distribution(self, logits, name=None):
        """The distribution of logits."""
        made = self._distributions
        with ops.name_scope(name, 'distribution', [logits]):
            if logits not in made:
                made[logits] = self._make_distribution_fn(logits)
        return made[logits]

    def _default_loss(self, labels, logits, weights):
        distribution = self.distribution(logits)
        shape = labels.shape.with_rank_at_least(1)[:-1]
        shape = shape.as_list() if shape.is_fully_defined() else array_ops.shape(labels)[:-1]
        labels = array_ops.reshape(labels, shape=concat_vectors(shape, distribution.event_shape_tensor()))
        return _weighted_losses(-distribution.log_prob(labels), weights)
