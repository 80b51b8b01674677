"""The base class of probability distributions."""

import contextlib

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.util.shown_attributes import shown

__all__ = ['ReparameterizationType', 'FULLY_REPARAMETERIZED', 'NOT_REPARAMETERIZED', 'Distribution']


class ReparameterizationType:
    """How samples depend on the parameters: whether gradients go through them. The two instances are compared by `is`."""

    def __init__(self, rep_type):
        self._rep_type = rep_type

    def __repr__(self):
        return '<Reparameteriation Type: %s>' % self._rep_type  # TensorFlow writes it so

    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__


FULLY_REPARAMETERIZED = ReparameterizationType('FULLY_REPARAMETERIZED')
NOT_REPARAMETERIZED = ReparameterizationType('NOT_REPARAMETERIZED')


class _BaseDistribution:
    """What Distribution derives from, as in TensorFlow."""




class Distribution(_BaseDistribution):
    """A distribution, or a batch of them, over events: numbers, vectors, ...

    A sample has the shape [sample_shape, batch_shape, event_shape]. Subclasses define `_sample_n(n, seed)`, `_log_prob` or
    `_prob`, `_batch_shape`, `_event_shape`, their tensors, and what they have of `_mean`, `_variance`, `_mode`, `_entropy`,
    `_cdf`, ...
    """

    def __init__(self, dtype, reparameterization_type, validate_args, allow_nan_stats, parameters=None, graph_parents=None,
                 name=None):
        graph_parents = [] if graph_parents is None else graph_parents
        for i, parent in enumerate(graph_parents):
            if parent is None or not tensor_util.is_tensor(parent):
                raise ValueError('Graph parent item %d is not a Tensor; %s.' % (i, parent))
        if not name or name[-1] != '/':
            with ops.name_scope(name or type(self).__name__) as name:
                pass
        self._dtype = dtype
        self._reparameterization_type = reparameterization_type
        self._allow_nan_stats = allow_nan_stats
        self._validate_args = validate_args
        self._parameters = parameters or {}
        self._graph_parents = graph_parents
        self._name = name

    @property
    def _parameters(self):
        return self._parameter_dict

    @_parameters.setter
    def _parameters(self, value):
        if 'self' in value:
            value.pop('self')
        self._parameter_dict = value

    @classmethod
    def param_shapes(cls, sample_shape, name='DistributionParamShapes'):
        """{parameter: its shape, for samples of `sample_shape`}, as tensors."""
        with ops.name_scope(name, values=[sample_shape]):
            return cls._param_shapes(sample_shape)

    @classmethod
    def param_static_shapes(cls, sample_shape):
        """{parameter: its shape, for samples of `sample_shape`}, which has to be known."""
        if isinstance(sample_shape, tensor_shape.TensorShape):
            if not sample_shape.is_fully_defined():
                raise ValueError('TensorShape sample_shape must be fully defined')
            sample_shape = sample_shape.as_list()
        static = {}
        for name, shape in cls.param_shapes(sample_shape).items():
            value = tensor_util.constant_value(shape)
            if value is None:
                raise ValueError('sample_shape must be a fully-defined TensorShape or list/tuple')
            static[name] = tensor_shape.TensorShape(value)
        return static

    @staticmethod
    def _param_shapes(sample_shape):
        raise NotImplementedError('_param_shapes not implemented')

    name = shown('_name', 'The name of its scope.')
    dtype = shown('_dtype', 'The type of samples.')

    @property
    def parameters(self):
        """The arguments of the constructor."""
        return {k: v for k, v in self._parameters.items() if not k.startswith('__') and k != 'self'}

    reparameterization_type = shown('_reparameterization_type', 'Whether gradients go through samples.')
    allow_nan_stats = shown('_allow_nan_stats', "Whether what isn't defined is NaN; else it is an error.")
    validate_args = shown('_validate_args', 'Whether parameters and arguments are checked when the graph is run.')

    def copy(self, **override_parameters_kwargs):
        """The distribution with some parameters changed."""
        return type(self)(**dict(self.parameters, **override_parameters_kwargs))

    def _batch_shape(self):
        return tensor_shape.TensorShape(None)

    def _event_shape(self):
        return tensor_shape.TensorShape(None)

    def _batch_shape_tensor(self):
        raise NotImplementedError('batch_shape_tensor is not implemented: ' + type(self).__name__)

    def _event_shape_tensor(self):
        raise NotImplementedError('event_shape_tensor is not implemented: ' + type(self).__name__)

    @property
    def batch_shape(self):
        """What is known of the shape of the batch."""
        return tensor_shape.as_shape(self._batch_shape())

    @property
    def event_shape(self):
        """What is known of the shape of an event."""
        return tensor_shape.as_shape(self._event_shape())

    def batch_shape_tensor(self, name='batch_shape_tensor'):
        """The shape of the batch, as a tensor."""
        return self._tensor_of_shape(name, 'batch_shape', lambda: self.batch_shape, self._batch_shape_tensor)

    def event_shape_tensor(self, name='event_shape_tensor'):
        """The shape of an event, as a tensor."""
        return self._tensor_of_shape(name, 'event_shape', lambda: self.event_shape, self._event_shape_tensor)

    def _tensor_of_shape(self, scope, name, static, dynamic):
        with self._name_scope(scope):
            shape = static()
            if not shape.is_fully_defined():
                return dynamic()
            return ops.convert_to_tensor(shape.as_list(), dtypes.int32, name)

    def is_scalar_event(self, name='is_scalar_event'):
        """Whether events are numbers, as a tensor."""
        with self._name_scope(name):
            is_scalar = self._is_scalar_helper(self.event_shape, self.event_shape_tensor)
            return ops.convert_to_tensor(is_scalar, name='is_scalar_event')

    def is_scalar_batch(self, name='is_scalar_batch'):
        """Whether there is one distribution, as a tensor."""
        with self._name_scope(name):
            is_scalar = self._is_scalar_helper(self.batch_shape, self.batch_shape_tensor)
            return ops.convert_to_tensor(is_scalar, name='is_scalar_batch')

    def _is_scalar_helper(self, static_shape, dynamic_shape_fn):
        if static_shape.ndims is not None:
            return static_shape.ndims == 0
        shape = dynamic_shape_fn()
        if shape.get_shape().ndims is not None and shape.get_shape().dims[0].value is not None:
            return shape.get_shape().as_list() == [0]
        return math_ops.equal(array_ops.shape(shape)[0], 0)

    def _sample_n(self, n, seed=None):
        raise NotImplementedError('sample_n is not implemented: {}'.format(type(self).__name__))

    def _call_sample_n(self, sample_shape, seed, name, **kwargs):
        with self._name_scope(name, values=[sample_shape]):
            sample_shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32, name='sample_shape')
            sizes, count = self._expand_sample_shape_to_vector(sample_shape, 'sample_shape')
            flat = self._sample_n(count, seed, **kwargs)
            shape_of_one = array_ops.shape(flat)[1:]
            shape = array_ops.concat([sizes, shape_of_one], 0)
            return self._set_sample_static_shape(array_ops.reshape(flat, shape), sizes)

    def sample(self, sample_shape=(), seed=None, name='sample'):
        """Samples of shape [sample_shape, batch_shape, event_shape]."""
        return self._call_sample_n(sample_shape, seed, name)

    def _call_log_prob(self, value, name, **kwargs):
        return self._called(name, value, [('_log_prob', None), ('_prob', math_ops.log)], kwargs)

    def log_prob(self, value, name='log_prob'):
        """The logarithm of the density, or of the probability."""
        return self._call_log_prob(value, name)

    def _call_prob(self, value, name, **kwargs):
        return self._called(name, value, [('_prob', None), ('_log_prob', math_ops.exp)], kwargs)

    def prob(self, value, name='prob'):
        """The density, or the probability."""
        return self._call_prob(value, name)

    def _call_log_cdf(self, value, name, **kwargs):
        return self._called(name, value, [('_log_cdf', None), ('_cdf', math_ops.log)], kwargs)

    def log_cdf(self, value, name='log_cdf'):
        """The logarithm of the probability of being at most `value`."""
        return self._call_log_cdf(value, name)

    def _call_cdf(self, value, name, **kwargs):
        return self._called(name, value, [('_cdf', None), ('_log_cdf', math_ops.exp)], kwargs)

    def cdf(self, value, name='cdf'):
        """The probability of being at most `value`."""
        return self._call_cdf(value, name)

    def _log_survival_function(self, value):
        return math_ops.log1p(-self.cdf(value))

    def _call_log_survival_function(self, value, name, **kwargs):
        return self._called(name, value, [('_log_survival_function', None)], kwargs)

    def log_survival_function(self, value, name='log_survival_function'):
        """The logarithm of the probability of being above `value`."""
        return self._call_log_survival_function(value, name)

    def _survival_function(self, value):
        return 1. - self.cdf(value)

    def _call_survival_function(self, value, name, **kwargs):
        return self._called(name, value, [('_survival_function', None)], kwargs)

    def survival_function(self, value, name='survival_function'):
        """The probability of being above `value`."""
        return self._call_survival_function(value, name)

    def _call_quantile(self, value, name, **kwargs):
        return self._called(name, value, [('_quantile', None)], kwargs)

    def quantile(self, value, name='quantile'):
        """The value below which the probability is `value`."""
        return self._call_quantile(value, name)

    def _called(self, name, value, ways, kwargs):
        """The first of the ways, (method, function of what it gives), that the class has, in the scope `name`."""
        with self._name_scope(name, values=[value]):
            value = ops.convert_to_tensor(value, name='value', preferred_dtype=self.dtype)
            for method, function in ways:
                if not hasattr(self, method):
                    continue
                try:
                    result = getattr(self, method)(value, **kwargs)
                except NotImplementedError:
                    if (method, function) == ways[-1]:
                        raise
                    continue
                return result if function is None else function(result)
            raise self._missing(ways[0][0][1:])

    def _missing(self, name):
        return NotImplementedError('{} is not implemented: {}'.format(name, type(self).__name__))

    def _statistic(self, name, scope):
        method = getattr(self, '_' + name, None)
        if method is None:
            with self._name_scope(scope):
                raise self._missing(name)
        with self._name_scope(scope):
            return method()

    def entropy(self, name='entropy'):
        """Shannon's entropy, in nats."""
        return self._statistic('entropy', name)

    def mean(self, name='mean'):
        """The mean."""
        return self._statistic('mean', name)

    def variance(self, name='variance'):
        """The variance of each number of an event."""
        with self._name_scope(name):
            if hasattr(self, '_variance'):
                return self._variance()
            if hasattr(self, '_stddev'):
                return math_ops.square(self._stddev())
            raise self._missing('variance')

    def stddev(self, name='stddev'):
        """The standard deviation of each number of an event."""
        with self._name_scope(name):
            if hasattr(self, '_stddev'):
                return self._stddev()
            if hasattr(self, '_variance'):
                return math_ops.sqrt(self._variance())
            raise self._missing('stddev')

    def covariance(self, name='covariance'):
        """The covariances of the numbers of an event."""
        return self._statistic('covariance', name)

    def mode(self, name='mode'):
        """The most likely event."""
        return self._statistic('mode', name)

    def cross_entropy(self, other, name='cross_entropy'):
        """Shannon's cross entropy: the mean of -other.log_prob."""
        from reflow.ops.distributions import kullback_leibler
        with self._name_scope(name):
            return kullback_leibler.cross_entropy(self, other, allow_nan_stats=self.allow_nan_stats)

    def kl_divergence(self, other, name='kl_divergence'):
        """Kullback and Leibler's divergence from `other`."""
        from reflow.ops.distributions import kullback_leibler
        with self._name_scope(name):
            return kullback_leibler.kl_divergence(self, other, allow_nan_stats=self.allow_nan_stats)

    def __str__(self):
        parts = ['"%s"' % self.name]
        if self.batch_shape.ndims is not None:
            parts.append('batch_shape=%s' % self.batch_shape)
        if self.event_shape.ndims is not None:
            parts.append('event_shape=%s' % self.event_shape)
        return 'tfp.distributions.%s(%s, dtype=%s)' % (type(self).__name__, ', '.join(parts), self.dtype.name)

    def __repr__(self):
        return "<tfp.distributions.%s '%s' batch_shape=%s event_shape=%s dtype=%s>" % (
            type(self).__name__, self.name, self.batch_shape, self.event_shape, self.dtype.name)

    @contextlib.contextmanager
    def _name_scope(self, name=None, values=None):
        with ops.name_scope(self.name):
            with ops.name_scope(name, values=([] if values is None else values) + self._graph_parents) as scope:
                yield scope

    def _expand_sample_shape_to_vector(self, x, name):
        """(the shape as a vector, the number of samples)."""
        static = tensor_util.constant_value(x)
        prod = math_ops.reduce_prod(x) if static is None else np.prod(static, dtype=x.dtype.as_numpy_dtype())
        ndims = x.get_shape().ndims
        if ndims is None:
            expand = array_ops.where(math_ops.equal(array_ops.rank(x), 0), [1], array_ops.shape(x))
            x = array_ops.reshape(x, expand)
        elif ndims == 0:
            x = ops.convert_to_tensor(static.reshape([1]), name=name) if static is not None else array_ops.reshape(x, [1])
        elif ndims != 1:
            raise ValueError('Input is neither scalar nor vector.')
        return x, prod

    def _set_sample_static_shape(self, x, sample_shape):
        """Notes what is known of the shape of samples."""
        sample_shape = tensor_shape.TensorShape(tensor_util.constant_value(sample_shape))
        ndims, sample_ndims = x.get_shape().ndims, sample_shape.ndims
        batch_ndims, event_ndims = self.batch_shape.ndims, self.event_shape.ndims
        if ndims is None and None not in (sample_ndims, batch_ndims, event_ndims):
            ndims = sample_ndims + batch_ndims + event_ndims
            x.set_shape([None] * ndims)
        if ndims is not None and sample_ndims is not None:
            x.set_shape(x.get_shape().merge_with(sample_shape.concatenate([None] * (ndims - sample_ndims))))
        if ndims is not None and event_ndims is not None:
            x.set_shape(x.get_shape().merge_with(
                tensor_shape.TensorShape([None] * (ndims - event_ndims)).concatenate(self.event_shape)))
        if batch_ndims is not None and ndims is not None:
            if sample_ndims is not None:
                middle = [None] * (ndims - sample_ndims - batch_ndims)
                shape = tensor_shape.TensorShape([None] * sample_ndims).concatenate(self.batch_shape).concatenate(middle)
                x.set_shape(x.get_shape().merge_with(shape))
            elif event_ndims is not None:
                before = [None] * (ndims - batch_ndims - event_ndims)
                shape = tensor_shape.TensorShape(before).concatenate(self.batch_shape).concatenate([None] * event_ndims)
                x.set_shape(x.get_shape().merge_with(shape))
        return x
