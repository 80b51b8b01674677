"""Optimizers by name."""


def _classes():
    from reflow.training import adagrad
    from reflow.training import adam
    from reflow.training import ftrl
    from reflow.training import gradient_descent
    from reflow.training import rmsprop
    return {'Adagrad': adagrad.AdagradOptimizer, 'Adam': adam.AdamOptimizer, 'Ftrl': ftrl.FtrlOptimizer,
            'RMSProp': rmsprop.RMSPropOptimizer, 'SGD': gradient_descent.GradientDescentOptimizer}


def get_optimizer_instance(opt, learning_rate=None):
    """The optimizer of a name, of what a function makes, or as it is."""
    from reflow.training import optimizer as optimizer_lib
    if isinstance(opt, str):
        classes = _classes()
        if opt not in classes:
            raise ValueError('Unsupported optimizer name: {}. Supported names are: {}'.format(opt, tuple(sorted(classes))))
        if not learning_rate:
            raise ValueError('learning_rate must be specified when opt is string.')
        return classes[opt](learning_rate=learning_rate)
    if callable(opt):
        opt = opt()
    if not isinstance(opt, optimizer_lib.Optimizer):
        raise ValueError('The given object is not an Optimizer instance. Given: {}'.format(opt))
    return opt
