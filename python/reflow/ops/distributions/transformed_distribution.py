"""Distributions of functions of random variables."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.distributions import arrangements
from reflow.ops.distributions import distribution as distribution_lib
from reflow.ops.distributions import identity_bijector

__all__ = ['TransformedDistribution']


def _static(x):
    return tensor_util.constant_value(ops.convert_to_tensor(x))


def _all_true(*args):
    """Whether all are true, as a tensor; a constant where it is known."""
    values = [_static(x) for x in args]
    if any(value is not None and not value for value in values):
        return constant_op.constant(False)
    if all(value is not None for value in values):
        return constant_op.constant(True)
    return math_ops.logical_and(*args) if len(args) == 2 else math_ops.reduce_all(args)


def _equals(number, other):
    value, wanted = _static(number), _static(other)
    return math_ops.equal(number, other) if value is None else constant_op.constant(bool(value == wanted))


def _negation(x):
    value = _static(x)
    return math_ops.logical_not(x) if value is None else constant_op.constant(not value)


def _joined(*vectors):
    values = [_static(x) for x in vectors]
    if any(value is None for value in values):
        return array_ops.concat(vectors, 0)
    return constant_op.constant([number for value in values for number in value])


def _ones_like(vector):
    length = vector.get_shape()
    return array_ops.ones(length.as_list(), dtype=vector.dtype) if length.is_fully_defined() else array_ops.ones_like(vector)


def _length(shape):
    """The number of dimensions of a shape, which is a vector."""
    known = shape.shape
    if known.ndims is not None and known.ndims != 1:
        raise ValueError('input is not a valid shape: not 1D')
    if not shape.dtype.is_integer:
        raise TypeError('input is not a valid shape: wrong dtype')
    return constant_op.constant(known.num_elements()) if known.is_fully_defined() else array_ops.shape(shape)[0]


class TransformedDistribution(distribution_lib.Distribution):
    """The distribution of `bijector.forward(x)`, with x of `distribution`.

    `batch_shape` and `event_shape` say that x is many independent samples of a scalar distribution: one for each number of an
    event and each event of a batch.
    """

    def __init__(self, distribution, bijector=None, batch_shape=None, event_shape=None, validate_args=False, name=None):
        parameters = dict(locals())
        name = name or ('' if bijector is None else bijector.name) + distribution.name
        with ops.name_scope(name, values=[event_shape, batch_shape]) as name:
            self._zero = constant_op.constant(0, dtype=dtypes.int32, name='zero')
            self._empty = constant_op.constant([], dtype=dtypes.int32, name='empty')
            if bijector is None:
                bijector = identity_bijector.Identity(validate_args=validate_args)
            self._override_batch_shape = self._checked_override(batch_shape, distribution.is_scalar_batch(), validate_args,
                                                                'batch_shape')
            self._is_batch_override = _negation(_equals(_length(self._override_batch_shape), self._zero))
            self._is_maybe_batch_override = self._may_override(self._override_batch_shape)
            self._override_event_shape = self._checked_override(event_shape, distribution.is_scalar_event(), validate_args,
                                                                'event_shape')
            self._is_event_override = _negation(_equals(_length(self._override_event_shape), self._zero))
            self._is_maybe_event_override = self._may_override(self._override_event_shape)
            # Samples of a batch come as [event, batch], and have to be turned round.
            self._needs_rotation = _all_true(self._is_event_override, _negation(self._is_batch_override),
                                             _negation(distribution.is_scalar_batch()))
            event_ndims = _length(self._override_event_shape)
            needs = _static(self._needs_rotation)
            if needs is None:
                self._rotate_ndims = array_ops.where_v2(self._needs_rotation, event_ndims, 0)
            else:
                self._rotate_ndims = event_ndims if needs else 0
            self._reduce_event_indices = math_ops.range(self._rotate_ndims - event_ndims, self._rotate_ndims)
        self._distribution = distribution
        self._bijector = bijector
        super().__init__(dtype=distribution.dtype, reparameterization_type=distribution.reparameterization_type,
                         validate_args=validate_args, allow_nan_stats=distribution.allow_nan_stats, parameters=parameters,
                         graph_parents=distribution._graph_parents + bijector.graph_parents, name=name)

    @staticmethod
    def _may_override(shape):
        value = tensor_util.constant_value(shape)
        return value is None or value.size != 0

    @property
    def distribution(self):
        """The distribution of x."""
        return self._distribution

    @property
    def bijector(self):
        """The function."""
        return self._bijector

    def _event_shape_tensor(self):
        return self.bijector.forward_event_shape_tensor(arrangements.pick_vector(
            self._is_event_override, self._override_event_shape, self.distribution.event_shape_tensor()))

    def _event_shape(self):
        if not self._is_maybe_event_override:
            return self.bijector.forward_event_shape(self.distribution.event_shape)
        return self.bijector.forward_event_shape(tensor_util.constant_value_as_shape(self._override_event_shape))

    def _batch_shape_tensor(self):
        return arrangements.pick_vector(self._is_batch_override, self._override_batch_shape,
                                        self.distribution.batch_shape_tensor())

    def _batch_shape(self):
        if not self._is_maybe_batch_override:
            return self.distribution.batch_shape
        return tensor_util.constant_value_as_shape(self._override_batch_shape)

    def _sample_n(self, n, seed=None):
        shape = _joined(arrangements.pick_vector(self._needs_rotation, self._empty, [n]), self._override_batch_shape,
                        self._override_event_shape, arrangements.pick_vector(self._needs_rotation, [n], self._empty))
        return self._rotated(self.distribution.sample(sample_shape=shape, seed=seed))

    def _call_sample_n(self, sample_shape, seed, name, **kwargs):
        with self._name_scope(name, values=[sample_shape]):
            sample_shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32, name='sample_shape')
            sample_shape, n = self._expand_sample_shape_to_vector(sample_shape, 'sample_shape')
            x = self._sample_n(n, seed)
            shape = array_ops.concat([sample_shape, array_ops.shape(x)[1:]], 0)
            y = self.bijector.forward(array_ops.reshape(x, shape), **kwargs)
            return self._set_sample_static_shape(y, sample_shape)

    def _by_fibers(self, y, of_fiber, together, kwargs):
        """`of_fiber` of each x that `y` may be made of, put together."""
        x = self.bijector.inverse(y, **kwargs)
        event_ndims = self._event_ndims()
        ildj = self.bijector.inverse_log_det_jacobian(y, event_ndims=event_ndims, **kwargs)
        if self.bijector._is_injective:
            return of_fiber(y, x, ildj, event_ndims)
        return together([of_fiber(y, *each, event_ndims) for each in zip(x, ildj)])

    def _log_prob(self, y, **kwargs):
        return self._by_fibers(y, self._finish_log_prob,
                               lambda parts: math_ops.reduce_logsumexp(array_ops.stack(parts), axis=0), kwargs)

    def _finish_log_prob(self, y, x, ildj, event_ndims):
        log_prob = self.distribution.log_prob(self._rotated(x, rotate_right=True))
        if self._is_maybe_event_override:
            log_prob = math_ops.reduce_sum(log_prob, self._reduce_event_indices)
        log_prob += math_ops.cast(ildj, log_prob.dtype)
        return self._with_batch_shape(log_prob, y, event_ndims)

    def _prob(self, y, **kwargs):
        return self._by_fibers(y, self._finish_prob, sum, kwargs)

    def _finish_prob(self, y, x, ildj, event_ndims):
        prob = self.distribution.prob(self._rotated(x, rotate_right=True))
        if self._is_maybe_event_override:
            prob = math_ops.reduce_prod(prob, self._reduce_event_indices)
        prob *= math_ops.exp(math_ops.cast(ildj, prob.dtype))
        return self._with_batch_shape(prob, y, event_ndims)

    def _with_batch_shape(self, result, y, event_ndims):
        if self._is_maybe_event_override and isinstance(event_ndims, int):
            result.set_shape(array_ops.broadcast_static_shape(y.get_shape().with_rank_at_least(1)[:-event_ndims],
                                                              self.batch_shape))
        return result

    def _require_scalar(self, method):
        if self._is_maybe_event_override:
            raise NotImplementedError('%s is not implemented when overriding event_shape' % method)
        if not self.bijector._is_injective:
            raise NotImplementedError('%s is not implemented when bijector is not injective.' % method)

    def _log_cdf(self, y, **kwargs):
        self._require_scalar('log_cdf')
        return self.distribution.log_cdf(self.bijector.inverse(y, **kwargs))

    def _cdf(self, y, **kwargs):
        self._require_scalar('cdf')
        return self.distribution.cdf(self.bijector.inverse(y, **kwargs))

    def _log_survival_function(self, y, **kwargs):
        self._require_scalar('log_survival_function')
        return self.distribution.log_survival_function(self.bijector.inverse(y, **kwargs))

    def _survival_function(self, y, **kwargs):
        self._require_scalar('survival_function')
        return self.distribution.survival_function(self.bijector.inverse(y, **kwargs))

    def _quantile(self, value, **kwargs):
        self._require_scalar('quantile')
        return self.bijector.forward(self.distribution.quantile(value), **kwargs)

    def _entropy(self):
        if not self.bijector.is_constant_jacobian:
            raise NotImplementedError('entropy is not implemented')
        if not self.bijector._is_injective:
            raise NotImplementedError('entropy is not implemented when bijector is not injective.')
        entropy = self.distribution.entropy()
        if self._is_maybe_event_override:
            entropy *= math_ops.cast(math_ops.reduce_prod(self._override_event_shape), dtype=entropy.dtype.base_dtype)
        if self._is_maybe_batch_override:
            entropy = array_ops.reshape(entropy, array_ops.concat(
                [_ones_like(self._override_batch_shape), self.distribution.batch_shape_tensor()], 0))
            entropy = array_ops.tile(entropy, array_ops.concat(
                [self._override_batch_shape, _ones_like(self.distribution.batch_shape_tensor())], 0))
        dummy = array_ops.zeros(shape=array_ops.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0),
                                dtype=self.dtype)
        ndims = self.event_shape.ndims
        ndims = array_ops.size(self.event_shape_tensor()) if ndims is None else ndims
        entropy -= math_ops.cast(self.bijector.inverse_log_det_jacobian(dummy, event_ndims=ndims), entropy.dtype)
        entropy.set_shape(self.batch_shape)
        return entropy

    def _checked_override(self, shape, base_is_scalar, validate_args, name):
        """A shape as a tensor, empty where the distribution's own is kept. ValueError: it has one."""
        shape = ops.convert_to_tensor([] if shape is None else shape, dtype=dtypes.int32, name=name)
        is_scalar = _equals(_length(shape), 0)
        if tensor_util.constant_value(is_scalar):
            return self._empty
        assertions = []
        if shape.get_shape().ndims is None and validate_args:
            assertions.append(check_ops.assert_rank(shape, 1, message='shape override must be a vector'))
        value = tensor_util.constant_value(shape)
        if value is not None:
            if any(size <= 0 for size in value):
                raise ValueError('shape override must have positive elements')
        elif validate_args:
            assertions.append(check_ops.assert_positive(shape, message='shape override must have positive elements'))
        both = _all_true(_negation(base_is_scalar), _negation(is_scalar))
        if tensor_util.constant_value(both) is not None:
            if tensor_util.constant_value(both):
                raise ValueError('base distribution not scalar')
        elif validate_args:
            assertions.append(check_ops.assert_equal(both, False, message='base distribution not scalar'))
        return control_flow_ops.with_dependencies(assertions, shape) if assertions else shape

    def _rotated(self, x, rotate_right=False):
        needs = tensor_util.constant_value(self._needs_rotation)
        if needs is not None and not needs:
            return x
        ndims = array_ops.rank(x)
        n = ndims - self._rotate_ndims if rotate_right else self._rotate_ndims
        return array_ops.transpose(x, _joined(math_ops.range(n, ndims), math_ops.range(0, n)))

    def _event_ndims(self):
        if self.event_shape.ndims is not None:
            return self.event_shape.ndims
        ndims = array_ops.size(self.event_shape_tensor())
        value = arrangements.maybe_get_static_value(ndims)
        return ndims if value is None else int(value)
