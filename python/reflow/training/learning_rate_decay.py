"""Learning rates that change with the step, as scalar tensors."""
import functools

from reflow import _core


def _rate(function):
    """`function`, which gives a tensor; where operations run at once, a function that does, as the step changes."""

    @functools.wraps(function)
    def rate(*args, **kwargs):
        if kwargs.get('name') == '':
            kwargs['name'] = None  # as TensorFlow takes it here
        compute = functools.partial(function, *args, **kwargs)
        return compute if _core.executing_eagerly() else compute()

    return rate


@_rate
def exponential_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate * decay_rate ^ (global_step / decay_steps); staircase: the quotient is rounded down."""
    return _core.exponential_decay(learning_rate, global_step, decay_steps, decay_rate, bool(staircase), name)


@_rate
def piecewise_constant(x, boundaries, values, name=None):
    """values[i] where boundaries[i - 1] < x <= boundaries[i]."""
    return _core.piecewise_constant(x, boundaries, values, name)


@_rate
def polynomial_decay(learning_rate, global_step, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False,
                     name=None):
    """From learning_rate to end_learning_rate in decay_steps, by (1 - step / decay_steps) ^ power."""
    return _core.polynomial_decay(learning_rate, global_step, decay_steps, end_learning_rate, power, bool(cycle), name)


@_rate
def natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate * exp(-decay_rate * global_step / decay_steps)."""
    return _core.natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate, bool(staircase), name)


@_rate
def inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate / (1 + decay_rate * global_step / decay_steps)."""
    return _core.inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate, bool(staircase), name)


@_rate
def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0, name=None):
    """Half a cosine down to alpha * learning_rate: Loshchilov and Hutter, arXiv 1608.03983."""
    return _core.cosine_decay(learning_rate, global_step, decay_steps, alpha, name)


@_rate
def cosine_decay_restarts(learning_rate, global_step, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None):
    """Half cosines one after the other, each t_mul times as long and m_mul times as high as the one before."""
    return _core.cosine_decay_restarts(learning_rate, global_step, first_decay_steps, t_mul, m_mul, alpha, name)


@_rate
def linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=0.5, alpha=0.0, beta=0.001, name=None):
    """A line times a cosine: Bello and others, ICML 2017."""
    return _core.linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods, alpha, beta, name)


@_rate
def noisy_linear_cosine_decay(learning_rate, global_step, decay_steps, initial_variance=1.0, variance_decay=0.55,
                              num_periods=0.5, alpha=0.0, beta=0.001, name=None):
    """linear_cosine_decay with noise, which becomes less."""
    return _core.noisy_linear_cosine_decay(learning_rate, global_step, decay_steps, initial_variance, variance_decay,
                                           num_periods, alpha, beta, name)
