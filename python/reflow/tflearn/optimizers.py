"""Optimizers by name: those of tf.train, with a learning rate that may decay."""

import reflow.tensorflow as tf


class Optimizer:
    """An optimizer of tf.train, which is made in `build`."""

    def __init__(self, learning_rate, use_locking, name):
        self.learning_rate = learning_rate
        self.use_locking = use_locking
        self.name = name
        self.tensor = None
        self.has_decay = False
        self.built = False

    def _set_decay(self, lr_decay, decay_step, staircase):
        self.lr_decay = lr_decay
        self.decay_step = decay_step
        self.staircase = staircase
        self.has_decay = lr_decay > 0.

    def build(self, step_tensor=None):
        """Makes the optimizer."""
        self.built = True
        if self.has_decay:
            if not step_tensor:
                raise Exception('Learning rate decay but no step_tensor provided.')
            self.learning_rate = self._decayed(step_tensor)
            tf.add_to_collection('lr_vars', self.learning_rate)
        self.tensor = self._made()

    def _decayed(self, step_tensor):
        return tf.train.exponential_decay(self.learning_rate, step_tensor, self.decay_step, self.lr_decay,
                                          staircase=self.staircase)

    def _made(self):
        raise NotImplementedError

    def get_tensor(self):
        """The optimizer of tf.train."""
        if not self.built:
            self.build()
        return self.tensor

    def __call__(self):
        return self.get_tensor()


class SGD(Optimizer):
    """Gradient descent."""

    def __init__(self, learning_rate=0.001, lr_decay=0., decay_step=100, staircase=False, use_locking=False, name='SGD'):
        super().__init__(learning_rate, use_locking, name)
        self._set_decay(lr_decay, decay_step, staircase)

    def _made(self):
        return tf.train.GradientDescentOptimizer(learning_rate=self.learning_rate, use_locking=self.use_locking,
                                                 name=self.name)


class RMSProp(Optimizer):
    """Divides gradients by the root of a moving average of their squares."""

    def __init__(self, learning_rate=0.001, decay=0.9, momentum=0.0, epsilon=1e-10, use_locking=False, name='RMSProp'):
        super().__init__(learning_rate, use_locking, name)
        self.decay, self.momentum, self.epsilon = decay, momentum, epsilon

    def _made(self):
        return tf.train.RMSPropOptimizer(learning_rate=self.learning_rate, decay=self.decay, momentum=self.momentum,
                                         epsilon=self.epsilon, use_locking=self.use_locking, name=self.name)


class Adam(Optimizer):
    """Adam."""

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name='Adam'):
        super().__init__(learning_rate, use_locking, name)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def _made(self):
        return tf.train.AdamOptimizer(learning_rate=self.learning_rate, beta1=self.beta1, beta2=self.beta2,
                                      epsilon=self.epsilon, use_locking=self.use_locking, name=self.name)


class Momentum(Optimizer):
    """Gradient descent with momentum."""

    _nesterov = False

    def __init__(self, learning_rate=0.001, momentum=0.9, lr_decay=0., decay_step=100, staircase=False, use_locking=False,
                 name='Momentum'):
        super().__init__(learning_rate, use_locking, name)
        self._set_decay(lr_decay, decay_step, staircase)
        self.momentum = momentum

    def _made(self):
        return tf.train.MomentumOptimizer(learning_rate=self.learning_rate, momentum=self.momentum,
                                          use_locking=self.use_locking, name=self.name, use_nesterov=self._nesterov)


class Nesterov(Momentum):
    """Gradient descent with Nesterov's momentum."""

    _nesterov = True

    def __init__(self, learning_rate=0.001, momentum=0.9, lr_decay=0., decay_step=100, staircase=False, use_locking=False,
                 name='Nesterov'):
        super().__init__(learning_rate, momentum, lr_decay, decay_step, staircase, use_locking, name)


class AdaGrad(Optimizer):
    """Divides gradients by the root of the sum of their squares."""

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, use_locking=False, name='AdaGrad'):
        super().__init__(learning_rate, use_locking, name)
        self.initial_accumulator_value = initial_accumulator_value

    def _made(self):
        return tf.train.AdagradOptimizer(self.learning_rate, initial_accumulator_value=self.initial_accumulator_value,
                                         use_locking=self.use_locking, name=self.name)


class Ftrl(Optimizer):
    """Follows the regularized leader."""

    def __init__(self, learning_rate=3.0, learning_rate_power=-0.5, initial_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0, use_locking=False, name='Ftrl'):
        super().__init__(learning_rate, use_locking, name)
        self._arguments = (learning_rate_power, initial_accumulator_value, l1_regularization_strength,
                           l2_regularization_strength)

    def _made(self):
        return tf.train.FtrlOptimizer(self.learning_rate, *self._arguments, use_locking=self.use_locking, name=self.name)


class AdaDelta(Optimizer):
    """Scales gradients by moving averages of squares of updates and gradients."""

    def __init__(self, learning_rate=0.001, rho=0.1, epsilon=1e-8, use_locking=False, name='AdaDelta'):
        super().__init__(learning_rate, use_locking, name)
        self.rho, self.epsilon = rho, epsilon

    def _made(self):
        return tf.train.AdadeltaOptimizer(self.learning_rate, rho=self.rho, epsilon=self.epsilon,
                                          use_locking=self.use_locking, name=self.name)


class ProximalAdaGrad(Optimizer):
    """AdaGrad with L1 and L2 norms."""

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, use_locking=False, name='AdaGrad'):
        super().__init__(learning_rate, use_locking, name)
        self.initial_accumulator_value = initial_accumulator_value

    def _made(self):
        return tf.train.ProximalAdagradOptimizer(
            self.learning_rate, initial_accumulator_value=self.initial_accumulator_value, use_locking=self.use_locking,
            name=self.name)


sgd, rmsprop, adam, momentum, adagrad, ftrl, adadelta, proximaladagrad, nesterov = (
    SGD, RMSProp, Adam, Momentum, AdaGrad, Ftrl, AdaDelta, ProximalAdaGrad, Nesterov)


def get(identifier):
    """The optimizer of this name."""
    function = globals().get(identifier) if isinstance(identifier, str) else identifier
    if not callable(function):
        raise Exception('Invalid Optimizer: ' + str(identifier))
    return function
