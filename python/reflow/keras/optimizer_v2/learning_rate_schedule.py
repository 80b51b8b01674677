"""Learning rates that depend on the step."""

import math

from reflow.framework import ops
from reflow.keras.engine import arguments
from reflow.keras.utils import generic_utils
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import random_ops


class LearningRateSchedule:
    """A function of the step that gives a learning rate."""

    def __call__(self, step):
        raise NotImplementedError('Learning rate schedule must override __call__')

    def get_config(self):
        """The arguments of the constructor."""
        raise NotImplementedError('Learning rate schedule must override get_config')

    @classmethod
    def from_config(cls, config):
        """The schedule with the arguments of get_config."""
        return cls(**config)


class _Decay(LearningRateSchedule):
    """A schedule whose arguments are its attributes."""

    _arguments = ()
    _default_name = None

    def get_config(self):
        """The arguments of the constructor."""
        return {name: getattr(self, name) for name in self._arguments + ('name',)}

    def __call__(self, step):
        with ops.name_scope(self.name or self._default_name) as scope:
            rate = ops.convert_to_tensor(self.initial_learning_rate, name='initial_learning_rate')
            return self._rate(rate, rate.dtype, step, scope)


class _DecayByRate(_Decay):
    """A schedule with a rate, by which a learning rate decays every `decay_steps`; at once then with `staircase`."""

    _arguments = ('initial_learning_rate', 'decay_steps', 'decay_rate', 'staircase')

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False, name=None):
        self.__dict__.update(arguments.passed_on(locals()))

    def _times(self, step, dtype):
        times = math_ops.cast(step, dtype) / math_ops.cast(self.decay_steps, dtype)
        return math_ops.floor(times) if self.staircase else times


class ExponentialDecay(_DecayByRate):
    """initial_learning_rate * decay_rate ** (step / decay_steps)."""

    _default_name = 'ExponentialDecay'

    def _rate(self, rate, dtype, step, scope):
        times = self._times(step, dtype)
        return math_ops.multiply(rate, math_ops.pow(math_ops.cast(self.decay_rate, dtype), times), name=scope)


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[i] up to boundaries[i]."""

    def __init__(self, boundaries, values, name=None):
        if len(boundaries) != len(values) - 1:
            raise ValueError('The length of boundaries should be 1 less than the length of values')
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step):
        with ops.name_scope(self.name or 'PiecewiseConstant'):
            boundaries = [ops.convert_to_tensor(each) for each in self.boundaries]
            values = [ops.convert_to_tensor(each) for each in self.values]
            x = ops.convert_to_tensor(step)
            boundaries = [math_ops.cast(each, x.dtype.base_dtype) for each in boundaries]
            pairs = [(x <= boundaries[0], lambda: values[0]), (x > boundaries[-1], lambda: values[-1])]
            for low, high, value in zip(boundaries[:-1], boundaries[1:], values[1:-1]):
                pairs.append(((x > low) & (x <= high), lambda value=value: value))
            return control_flow_ops.case(pairs, lambda: values[0], exclusive=True)

    def get_config(self):
        """The arguments of the constructor."""
        return {'boundaries': self.boundaries, 'values': self.values, 'name': self.name}


class PolynomialDecay(_Decay):
    """From one rate to another by a power of the step."""

    _arguments = ('initial_learning_rate', 'decay_steps', 'end_learning_rate', 'power', 'cycle')
    _default_name = 'PolynomialDecay'

    def __init__(self, initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False, name=None):
        self.__dict__.update(arguments.passed_on(locals()))

    def _rate(self, rate, dtype, step, scope):
        end = math_ops.cast(self.end_learning_rate, dtype)
        step, steps = math_ops.cast(step, dtype), math_ops.cast(self.decay_steps, dtype)
        if self.cycle:
            from reflow.ops import array_ops
            factor = array_ops.where(math_ops.equal(step, 0), 1.0, math_ops.ceil(step / self.decay_steps))
            steps = math_ops.multiply(steps, factor)
        else:
            step = math_ops.minimum(step, self.decay_steps)
        p = math_ops.divide(step, steps)
        return math_ops.add(math_ops.multiply(rate - end, math_ops.pow(1 - p, math_ops.cast(self.power, dtype))), end,
                            name=scope)


class InverseTimeDecay(_DecayByRate):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps)."""

    _default_name = 'InverseTimeDecay'

    def _rate(self, rate, dtype, step, scope):
        times = self._times(step, dtype)
        one = math_ops.cast(1, dtype)
        divisor = math_ops.add(one, math_ops.multiply(math_ops.cast(self.decay_rate, dtype), times))
        return math_ops.divide(rate, divisor, name=scope)


class CosineDecay(_Decay):
    """Half a period of the cosine (Loshchilov and Hutter, arXiv 1608.03983)."""

    _arguments = ('initial_learning_rate', 'decay_steps', 'alpha')
    _default_name = 'CosineDecay'

    def __init__(self, initial_learning_rate, decay_steps, alpha=0.0, name=None):
        self.__dict__.update(arguments.passed_on(locals()))

    def _rate(self, rate, dtype, step, scope):
        steps = math_ops.cast(self.decay_steps, dtype)
        fraction = math_ops.minimum(math_ops.cast(step, dtype), steps) / steps
        cosine = 0.5 * (1.0 + math_ops.cos(math_ops.cast(math.pi, dtype) * fraction))
        return math_ops.multiply(rate, (1 - self.alpha) * cosine + self.alpha)


class CosineDecayRestarts(_Decay):
    """Cosine decay that begins anew, each time for longer."""

    _arguments = ('initial_learning_rate', 'first_decay_steps', 't_mul', 'm_mul', 'alpha')
    _default_name = 'SGDRDecay'

    def __init__(self, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None):
        self.__dict__.update(arguments.passed_on(locals()))

    def _rate(self, rate, dtype, step, scope):
        alpha, t_mul, m_mul = (math_ops.cast(each, dtype) for each in (self.alpha, self.t_mul, self.m_mul))
        fraction = math_ops.cast(step, dtype) / math_ops.cast(self.first_decay_steps, dtype)

        def restarted(geometric):
            if not geometric:
                number = math_ops.floor(fraction)
                return number, fraction - number
            number = math_ops.floor(math_ops.log(1.0 - fraction * (1.0 - t_mul)) / math_ops.log(t_mul))
            before = (1.0 - t_mul ** number) / (1.0 - t_mul)
            return number, (fraction - before) / t_mul ** number

        number, fraction = control_flow_ops.cond(math_ops.equal(t_mul, 1.0), lambda: restarted(False),
                                                 lambda: restarted(True))
        cosine = 0.5 * m_mul ** number * (1.0 + math_ops.cos(math_ops.cast(math.pi, dtype) * fraction))
        return math_ops.multiply(rate, (1 - alpha) * cosine + alpha, name=scope)


class LinearCosineDecay(_Decay):
    """A line times a cosine (Bello et al., arXiv 1709.07417)."""

    _arguments = ('initial_learning_rate', 'decay_steps', 'num_periods', 'alpha', 'beta')
    _default_name = 'LinearCosineDecay'

    def __init__(self, initial_learning_rate, decay_steps, num_periods=0.5, alpha=0.0, beta=0.001, name=None):
        self.__dict__.update(arguments.passed_on(locals()))

    def _linear(self, linear, dtype, step):
        del dtype, step
        return linear

    def _rate(self, rate, dtype, step, scope):
        steps, periods, alpha, beta = (math_ops.cast(each, dtype) for each in
                                       (self.decay_steps, self.num_periods, self.alpha, self.beta))
        step = math_ops.minimum(math_ops.cast(step, dtype), steps)
        linear = self._linear((steps - step) / steps, dtype, step)
        fraction = 2.0 * periods * (step / steps)
        cosine = 0.5 * (1.0 + math_ops.cos(math_ops.cast(math.pi, dtype) * fraction))
        return math_ops.multiply(rate, (alpha + linear) * cosine + beta, name=scope)


class NoisyLinearCosineDecay(LinearCosineDecay):
    """LinearCosineDecay with noise on the line."""

    _arguments = ('initial_learning_rate', 'decay_steps', 'initial_variance', 'variance_decay', 'num_periods', 'alpha',
                  'beta')
    _default_name = 'NoisyLinearCosineDecay'

    def __init__(self, initial_learning_rate, decay_steps, initial_variance=1.0, variance_decay=0.55, num_periods=0.5,
                 alpha=0.0, beta=0.001, name=None):
        super().__init__(initial_learning_rate, decay_steps, num_periods, alpha, beta, name)
        self.initial_variance = initial_variance
        self.variance_decay = variance_decay

    def _linear(self, linear, dtype, step):
        variance = math_ops.cast(self.initial_variance, dtype) / math_ops.pow(
            1.0 + step, math_ops.cast(self.variance_decay, dtype))
        return linear + random_ops.random_normal(linear.shape, stddev=math_ops.sqrt(variance))


def serialize(learning_rate_schedule):
    """The class and the arguments of a schedule."""
    return generic_utils.serialize_keras_object(learning_rate_schedule)


def deserialize(config, custom_objects=None):
    """The schedule of what serialize gives."""
    return generic_utils.deserialize_keras_object(config, module_objects=globals(), custom_objects=custom_objects,
                                                  printable_module_name='decay')


for _class in (LearningRateSchedule, ExponentialDecay, PiecewiseConstantDecay, PolynomialDecay, InverseTimeDecay,
               CosineDecay, CosineDecayRestarts, LinearCosineDecay, NoisyLinearCosineDecay):
    _class.__module__ = 'tensorflow.python.keras.optimizer_v2.learning_rate_schedule'
