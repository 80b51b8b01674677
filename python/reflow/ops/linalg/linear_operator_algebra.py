"""Which function makes the product, adjoint, ... of operators of which classes: the nearest of their base classes."""

import itertools

from reflow.framework import ops

__all__ = ['RegisterAdjoint', 'RegisterCholesky', 'RegisterInverse', 'RegisterMatmul', 'RegisterSolve', 'adjoint', 'cholesky',
           'inverse', 'matmul', 'solve']


class _Registry:
    """The functions of one operation, by the classes of its operands."""

    def __init__(self, scope, argument, missing):
        self._scope = scope
        self._argument = argument
        self._missing = missing
        self._functions = {}

    def add(self, classes, function):
        if not callable(function):
            raise TypeError('{} must be callable, received: {}'.format(self._argument, function))
        if classes in self._functions:
            names = ', '.join(cls.__name__ for cls in classes)
            known = ' to: {}'.format(self._functions[classes]) if len(classes) == 1 else ''
            raise ValueError('{}({}) has already been registered{}{}'.format(
                self._scope, names, known, '' if known else '.'))
        self._functions[classes] = function
        return function

    def call(self, operators, name):
        # All functions that are registered have to be known, whichever class came first.
        from reflow.ops.linalg import linear_operator_registrations  # noqa: F401
        function = self._nearest([type(operator) for operator in operators])
        if function is None:
            raise ValueError(self._missing.format(*map(type, operators)))
        with ops.name_scope(name, self._scope):
            return function(*operators)

    def _nearest(self, classes):
        """The function of the base classes that are the fewest steps away, together; of equals the first."""
        bases = itertools.product(*(enumerate(cls.__mro__) for cls in classes))
        known = [(sum(step for step, _ in each), tuple(cls for _, cls in each)) for each in bases]
        known = [each for each in known if each[1] in self._functions]
        return self._functions[min(known, key=lambda each: each[0])[1]] if known else None


_ADJOINTS = _Registry('Adjoint', 'adjoint_fn', 'No adjoint registered for {}')
_CHOLESKY_DECOMPS = _Registry('Cholesky', 'cholesky_fn', 'No cholesky decomposition registered for {}')
_INVERSES = _Registry('Inverse', 'inverse_fn', 'No inverse registered for {}')
_MATMUL = _Registry('Matmul', 'matmul_fn', 'No matmul registered for {}.matmul({})')
_SOLVE = _Registry('Solve', 'solve_fn', 'No solve registered for {}.solve({})')


def adjoint(lin_op_a, name=None):
    """The operator of the conjugate transpose."""
    return _ADJOINTS.call([lin_op_a], name)


def cholesky(lin_op_a, name=None):
    """The operator of Cholesky's factor."""
    return _CHOLESKY_DECOMPS.call([lin_op_a], name)


def inverse(lin_op_a, name=None):
    """The operator of the inverse."""
    return _INVERSES.call([lin_op_a], name)


def matmul(lin_op_a, lin_op_b, name=None):
    """The operator of the product."""
    return _MATMUL.call([lin_op_a, lin_op_b], name)


def solve(lin_op_a, lin_op_b, name=None):
    """The operator of the product of the first's inverse and the second."""
    return _SOLVE.call([lin_op_a, lin_op_b], name)


class _RegisterOne:
    def __init__(self, lin_op_cls_a):
        self._key = (lin_op_cls_a,)

    def __call__(self, function):
        return self._registry.add(self._key, function)


class _RegisterTwo(_RegisterOne):
    def __init__(self, lin_op_cls_a, lin_op_cls_b):
        self._key = (lin_op_cls_a, lin_op_cls_b)


class RegisterAdjoint(_RegisterOne):
    """Decorates the function that makes adjoints of a class."""

    _registry = _ADJOINTS


class RegisterCholesky(_RegisterOne):
    """Decorates the function that makes Cholesky's factors of a class."""

    _registry = _CHOLESKY_DECOMPS


class RegisterInverse(_RegisterOne):
    """Decorates the function that makes inverses of a class."""

    _registry = _INVERSES


class RegisterMatmul(_RegisterTwo):
    """Decorates the function that makes products of two classes."""

    _registry = _MATMUL


class RegisterSolve(_RegisterTwo):
    """Decorates the function that solves for one class with another on the right-hand side."""

    _registry = _SOLVE
