"""The base class of linear operators: matrices, or batches of them, that know more of themselves than their elements."""

import abc
import contextlib

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.module import module
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import gen_linalg_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator_algebra
from reflow.ops.linalg import linear_operator_util
from reflow.platform import tf_logging
from reflow.util.shown_attributes import shown

__all__ = ['LinearOperator']

_SLOW = 'Using (possibly slow) default implementation of %s.  Requires conversion to a dense matrix%s.'


def _warn_of_dense(what, cubic=True):
    tf_logging.warn(_SLOW % (what, ' and O(N^3) operations' if cubic else ''))


def _in_scope(name, doc):
    """The method `name`, which calls that of the same name behind an underscore in a name scope."""
    own = '_' + name

    def method(self, name=name):
        with self._name_scope(name):
            return getattr(self, own)()
    method.__name__, method.__qualname__, method.__doc__ = name, 'LinearOperator.' + name, doc
    return method


class LinearOperator(module.Module, metaclass=abc.ABCMeta):
    """A matrix of shape [batch_shape, range_dimension, domain_dimension].

    Subclasses define `_shape`, `_shape_tensor` and `_matmul`, and override what they know a faster way for: `_solve`,
    `_determinant`, `_log_abs_determinant`, `_diag_part`, `_trace`, `_to_dense`, `_add_to_tensor`, the asserts. The hints
    `is_...` are True, False, or None for what isn't known; methods go by them and don't check them.
    """

    def __init__(self, dtype, graph_parents=None, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
                 is_square=None, name=None):
        if is_positive_definite:
            if is_non_singular is False:
                raise ValueError('A positive definite matrix is always non-singular.')
            is_non_singular = True
        for implies_square, kind in ((is_non_singular, 'non-singular'), (is_self_adjoint, 'self-adjoint')):
            if implies_square:
                if is_square is False:
                    raise ValueError('A %s matrix is always square.' % kind)
                is_square = True
        graph_parents = [] if graph_parents is None else graph_parents
        for i, parent in enumerate(graph_parents):
            if parent is None or not (linear_operator_util.is_ref(parent) or tensor_util.is_tensor(parent)):
                raise ValueError('Graph parent item %d is not a Tensor; %s.' % (i, parent))
        self._is_square_set_or_implied_by_hints = is_square
        self._dtype = dtypes.as_dtype(dtype).base_dtype if dtype else dtype
        self._graph_parents = graph_parents
        self._is_non_singular = is_non_singular
        self._is_self_adjoint = is_self_adjoint
        self._is_positive_definite = is_positive_definite
        self._name = name or type(self).__name__

    @contextlib.contextmanager
    def _name_scope(self, name=None):
        with ops.name_scope(self.name if name is None else self.name + '/' + name) as scope:
            yield scope

    dtype = shown('_dtype', 'The type of the elements.')
    name = shown('_name', 'The name that its scopes begin with.')
    graph_parents = shown('_graph_parents', 'The tensors that it is made of.')
    is_non_singular = shown('_is_non_singular', 'Whether it has an inverse, as far as that is known.')
    is_self_adjoint = shown('_is_self_adjoint', 'Whether it is its own adjoint, as far as that is known.')
    is_positive_definite = shown(
        '_is_positive_definite', 'Whether the real part of x^H A x is positive for all x but 0, as far as that is known.')

    @property
    def is_square(self):
        """Whether both dimensions are equal, as far as that is known."""
        by_shape = self.domain_dimension == self.range_dimension
        by_hints = self._is_square_set_or_implied_by_hints
        if by_hints is False and by_shape:
            raise ValueError('User set is_square hint to False, but the operator was square.')
        return by_shape if by_hints is None else by_hints

    @abc.abstractmethod
    def _shape(self):
        raise NotImplementedError('_shape is not implemented.')

    @property
    def shape(self):
        """What is known of the shape."""
        return self._shape()

    @abc.abstractmethod
    def _shape_tensor(self):
        raise NotImplementedError('_shape_tensor is not implemented.')

    def shape_tensor(self, name='shape_tensor'):
        """The shape as a tensor."""
        with self._name_scope(name):
            if self.shape.is_fully_defined():
                return linear_operator_util.shape_tensor(self.shape.as_list())
            return self._shape_tensor()

    @property
    def batch_shape(self):
        """What is known of the shape without the last two dimensions."""
        return self.shape[:-2]

    def batch_shape_tensor(self, name='batch_shape_tensor'):
        """The shape without the last two dimensions, as a tensor."""
        with self._name_scope(name):
            if self.batch_shape.is_fully_defined():
                return linear_operator_util.shape_tensor(self.batch_shape.as_list(), name='batch_shape')
            return self.shape_tensor()[:-2]

    @property
    def tensor_rank(self):
        """The number of dimensions, None if it isn't known."""
        with self._name_scope('tensor_rank'):
            return self.shape.ndims

    def tensor_rank_tensor(self, name='tensor_rank_tensor'):
        """The number of dimensions as a tensor."""
        with self._name_scope(name):
            if self.tensor_rank is not None:
                return ops.convert_to_tensor(self.tensor_rank)
            return array_ops.size(self.shape_tensor())

    def _dimension(self, axis):
        shape = self.shape
        return tensor_shape.Dimension(None) if not shape.dims else shape.dims[axis]

    def _dimension_tensor(self, axis, name):
        with self._name_scope(name):
            size = tensor_shape.dimension_value(self._dimension(axis))
            return self.shape_tensor()[axis] if size is None else ops.convert_to_tensor(size)

    @property
    def domain_dimension(self):
        """The number of columns."""
        return self._dimension(-1)

    def domain_dimension_tensor(self, name='domain_dimension_tensor'):
        """The number of columns as a tensor."""
        return self._dimension_tensor(-1, name)

    @property
    def range_dimension(self):
        """The number of rows."""
        return self._dimension(-2)

    def range_dimension_tensor(self, name='range_dimension_tensor'):
        """The number of rows as a tensor."""
        return self._dimension_tensor(-2, name)

    def _assert_non_singular(self):
        _warn_of_dense('assert_non_singular')
        if self._can_use_cholesky():
            return self.assert_positive_definite()
        singular_values = linalg_ops.svd(self.to_dense(), compute_uv=False)
        condition = math_ops.reduce_max(singular_values, axis=-1) / math_ops.reduce_min(singular_values, axis=-1)
        return check_ops.assert_less(condition, self._max_condition_number_to_be_non_singular(),
                                     message='Singular matrix up to precision epsilon.')

    def _max_condition_number_to_be_non_singular(self):
        with ops.name_scope('max_nonsingular_condition_number'):
            eps = np.finfo(self.dtype.as_numpy_dtype).eps
            sizes = [100., math_ops.cast(self.range_dimension_tensor(), self.dtype),
                     math_ops.cast(self.domain_dimension_tensor(), self.dtype)]
            return 1. / (math_ops.cast(math_ops.reduce_max(sizes), self.dtype) * eps)

    assert_non_singular = _in_scope('assert_non_singular', 'An op that fails if the matrix has no inverse, up to rounding.')

    def _assert_positive_definite(self):
        _warn_of_dense('assert_positive_definite')
        if not self.is_self_adjoint:
            raise NotImplementedError('assert_positive_definite is not implemented.')
        return check_ops.assert_positive(array_ops.matrix_diag_part(linalg_ops.cholesky(self.to_dense())),
                                         message='Matrix was not positive definite.')

    assert_positive_definite = _in_scope('assert_positive_definite', "An op that fails if the matrix isn't positive definite.")

    def _assert_self_adjoint(self):
        dense = self.to_dense()
        _warn_of_dense('assert_self_adjoint', cubic=False)
        return check_ops.assert_equal(dense, linalg_impl.adjoint(dense), message='Matrix was not equal to its adjoint.')

    assert_self_adjoint = _in_scope('assert_self_adjoint', "An op that fails if the matrix isn't its own adjoint.")

    def _check_input_dtype(self, arg):
        if arg.dtype.base_dtype != self.dtype:
            raise TypeError('Expected argument to have dtype %s.  Found: %s in tensor %s' % (self.dtype, arg.dtype, arg))

    def _checked_input(self, tensor, name, axis, own_axis):
        """`tensor` converted; its dimension `axis` has to be the operator's `own_axis`, its type the operator's."""
        tensor = ops.convert_to_tensor(tensor, name=name)
        self._check_input_dtype(tensor)
        if axis is not None:
            tensor_shape.dimension_at_index(self.shape, own_axis).assert_is_compatible_with(tensor.shape[axis])
        return tensor

    def _with_operator(self, other, adjoint, adjoint_arg, argument, function, name):
        """`function` of this operator and another, or of their adjoints."""
        left = self.adjoint() if adjoint else self
        right = other.adjoint() if adjoint_arg else other
        if (right.range_dimension is not None and left.domain_dimension is not None
                and right.range_dimension != left.domain_dimension):
            raise ValueError('Operators are incompatible. Expected `{}` to have dimension {} but got {}.'.format(
                argument, left.domain_dimension, right.range_dimension))
        with self._name_scope(name):
            return function(left, right)

    @abc.abstractmethod
    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        raise NotImplementedError('_matmul is not implemented.')

    def matmul(self, x, adjoint=False, adjoint_arg=False, name='matmul'):
        """The product with matrices, or an operator for the product with an operator."""
        if isinstance(x, LinearOperator):
            return self._with_operator(x, adjoint, adjoint_arg, 'x', linear_operator_algebra.matmul, name)
        with self._name_scope(name):
            x = self._checked_input(x, 'x', -1 if adjoint_arg else -2, -2 if adjoint else -1)
            return self._matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _matvec(self, x, adjoint=False):
        return array_ops.squeeze(self.matmul(array_ops.expand_dims(x, axis=-1), adjoint=adjoint), axis=-1)

    def matvec(self, x, adjoint=False, name='matvec'):
        """The product with vectors."""
        with self._name_scope(name):
            x = self._checked_input(x, 'x', -1, -2 if adjoint else -1)
            return self._matvec(x, adjoint=adjoint)

    def _determinant(self):
        _warn_of_dense('determinant')
        if self._can_use_cholesky():
            return math_ops.exp(self.log_abs_determinant())
        return linalg_ops.matrix_determinant(self.to_dense())

    def _require_square_for_determinant(self):
        if self.is_square is False:
            raise NotImplementedError('Determinant not implemented for an operator that is expected to not be square.')

    def determinant(self, name='det'):
        """The determinant."""
        self._require_square_for_determinant()
        with self._name_scope(name):
            return self._determinant()

    def _log_abs_determinant(self):
        _warn_of_dense('determinant')
        if self._can_use_cholesky():
            diag = array_ops.matrix_diag_part(linalg_ops.cholesky(self.to_dense()))
            return 2 * math_ops.reduce_sum(math_ops.log(diag), axis=[-1])
        _, log_abs_det = gen_linalg_ops.log_matrix_determinant(self.to_dense())
        return log_abs_det

    def log_abs_determinant(self, name='log_abs_det'):
        """The logarithm of the absolute value of the determinant."""
        self._require_square_for_determinant()
        with self._name_scope(name):
            return self._log_abs_determinant()

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        if self.is_square is False:
            raise NotImplementedError('Solve is not yet implemented for non-square operators.')
        _warn_of_dense('solve')
        rhs = linalg_impl.adjoint(rhs) if adjoint_arg else rhs
        if self._can_use_cholesky():
            return linear_operator_util.cholesky_solve_with_broadcast(linalg_ops.cholesky(self.to_dense()), rhs)
        return linear_operator_util.matrix_solve_with_broadcast(self.to_dense(), rhs, adjoint=adjoint)

    def solve(self, rhs, adjoint=False, adjoint_arg=False, name='solve'):
        """The X of A X = rhs, for matrices or an operator."""
        for fact, kind in ((self.is_non_singular, 'be singular'), (self.is_square, 'not be square')):
            if fact is False:
                raise NotImplementedError('Exact solve not implemented for an operator that is expected to %s.' % kind)
        if isinstance(rhs, LinearOperator):
            return self._with_operator(rhs, adjoint, adjoint_arg, 'rhs', linear_operator_algebra.solve, name)
        with self._name_scope(name):
            rhs = self._checked_input(rhs, 'rhs', -1 if adjoint_arg else -2, -1 if adjoint else -2)
            return self._solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solvevec(self, rhs, adjoint=False):
        return array_ops.squeeze(self.solve(array_ops.expand_dims(rhs, axis=-1), adjoint=adjoint), axis=-1)

    def solvevec(self, rhs, adjoint=False, name='solve'):
        """The x of A x = rhs, for vectors."""
        with self._name_scope(name):
            rhs = self._checked_input(rhs, 'rhs', -1, -1 if adjoint else -2)
            return self._solvevec(rhs, adjoint=adjoint)

    def adjoint(self, name='adjoint'):
        """The operator of the conjugate transpose."""
        if self.is_self_adjoint is True:
            return self
        with self._name_scope(name):
            return linear_operator_algebra.adjoint(self)

    H = property(adjoint, None)

    def inverse(self, name='inverse'):
        """The operator of the inverse."""
        for fact, kind in ((self.is_square, 'non square'), (self.is_non_singular, 'singular')):
            if fact is False:
                raise ValueError('Cannot take the Inverse: This operator represents a %s matrix.' % kind)
        with self._name_scope(name):
            return linear_operator_algebra.inverse(self)

    def cholesky(self, name='cholesky'):
        """The operator of the lower triangular L with L L^H = A."""
        if not self._can_use_cholesky():
            raise ValueError('Cannot take the Cholesky decomposition: Not a positive definite self adjoint matrix.')
        with self._name_scope(name):
            return linear_operator_algebra.cholesky(self)

    def _to_dense(self):
        batch_shape = self.batch_shape if self.batch_shape.is_fully_defined() else self.batch_shape_tensor()
        size = tensor_shape.dimension_value(self.domain_dimension)
        size = self.domain_dimension_tensor() if size is None else size
        return self.matmul(linalg_ops.eye(num_rows=size, batch_shape=batch_shape, dtype=self.dtype))

    to_dense = _in_scope('to_dense', 'The matrix.')

    def _diag_part(self):
        return array_ops.matrix_diag_part(self.to_dense())

    diag_part = _in_scope('diag_part', 'The diagonal.')

    def _trace(self):
        return math_ops.reduce_sum(self.diag_part(), axis=-1)

    trace = _in_scope('trace', 'The sum of the diagonal.')

    def _add_to_tensor(self, x):
        return self.to_dense() + x

    def add_to_tensor(self, x, name='add_to_tensor'):
        """The sum with matrices."""
        with self._name_scope(name):
            return self._add_to_tensor(self._checked_input(x, 'x', None, None))

    def _can_use_cholesky(self):
        return self.is_self_adjoint and self.is_positive_definite
