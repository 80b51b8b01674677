"""`tf.contrib.solvers`: linear equations, least squares and singular values, of matrices that are only multiplied with."""
from reflow.contrib.solvers.python.ops import lanczos, least_squares, linear_equations  # noqa: F401
from reflow.contrib.solvers.python.ops import operators as util  # noqa: F401
