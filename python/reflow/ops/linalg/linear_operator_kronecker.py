"""Operators that are Kronecker products of others."""

import functools

from reflow.framework import common_shapes
from reflow.framework import errors
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util
from reflow.ops.linalg.linear_operator_composition import broadcast_batch_shape

__all__ = ['LinearOperatorKronecker']


def _vec(x):
    """The columns of matrices below each other."""
    return array_ops.reshape(array_ops.matrix_transpose(x), array_ops.concat([array_ops.shape(x)[:-2], [-1]], axis=0))


def _unvec(y, num_col):
    """Matrices of `num_col` columns that `_vec` makes `y` of."""
    return array_ops.matrix_transpose(array_ops.reshape(
        y, array_ops.concat([array_ops.shape(y)[:-1], [num_col, -1]], axis=0)))


def _rotate(x, right):
    """`x` with its last dimension first, or its first dimension last."""
    ndims = array_ops.rank(x)
    if right:
        order = array_ops.concat([[ndims - 1], math_ops.range(0, ndims - 1)], axis=0)
    else:
        order = array_ops.concat([math_ops.range(1, ndims), [0]], axis=0)
    return array_ops.transpose(x, order)


class LinearOperatorKronecker(linear_operator.LinearOperator):
    """The Kronecker product of `operators`.

    Products and solutions go by (A kron B) vec(X) = vec(B X A^T), one factor after the other.
    """

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name=None):
        self._operators, graph_parents = linear_operator_util.operators_of(operators, 'Expected a list of >=1 operators.')
        hints = {}
        for hint, given, kind in (('is_non_singular', is_non_singular, 'non-singular'),
                                  ('is_self_adjoint', is_self_adjoint, 'self-adjoint'),
                                  ('is_positive_definite', is_positive_definite, 'positive-definite')):
            hints[hint] = linear_operator_util.hint_of_all(
                self._operators, hint, given, 'The Kronecker product of {0} operators is always {0}.'.format(kind))
        name = '_x_'.join(operator.name for operator in self._operators) if name is None else name
        with ops.name_scope(name, values=graph_parents):
            super().__init__(dtype=self._operators[0].dtype, graph_parents=graph_parents, is_square=is_square, name=name,
                             **hints)

    @property
    def operators(self):
        """The factors."""
        return self._operators

    def _shape(self):
        def product(sizes):
            return functools.reduce(lambda a, b: a * b, sizes)

        return broadcast_batch_shape(self.operators).concatenate(tensor_shape.TensorShape([
            product([operator.range_dimension for operator in self.operators]),
            product([operator.domain_dimension for operator in self.operators])]))

    def _shape_tensor(self):
        columns = self.operators[0].domain_dimension_tensor()
        for operator in self.operators[1:]:
            columns *= operator.domain_dimension_tensor()
        rows = self.operators[0].range_dimension_tensor()
        for operator in self.operators[1:]:
            rows *= operator.range_dimension_tensor()
        batch_shape = self.operators[0].batch_shape_tensor()
        for operator in self.operators[1:]:
            batch_shape = array_ops.broadcast_dynamic_shape(batch_shape, operator.batch_shape_tensor())
        return array_ops.concat((batch_shape, [rows, columns]), 0)

    def _factor_by_factor(self, of_matrices, of_vectors, x, adjoint, adjoint_arg):
        """`matmul` and `matvec`, or `solve` and `solvevec`, of each factor in turn."""
        if adjoint_arg:
            x = linalg_impl.adjoint(x)
        batch_shape = array_ops.concat([array_ops.ones_like(self.batch_shape_tensor()), [1, 1]], 0)
        x += array_ops.zeros(batch_shape, dtype=x.dtype.base_dtype)
        output = _rotate(x, right=True)[array_ops.newaxis, ...]
        for operator in self.operators[:-1]:
            size = operator.range_dimension_tensor() if adjoint else operator.domain_dimension_tensor()
            output = array_ops.matrix_transpose(_unvec(output, size))
            output = getattr(operator, of_matrices)(output, adjoint=adjoint, adjoint_arg=False)
            output = _rotate(array_ops.matrix_transpose(output), right=False)
            output = _rotate(_vec(output), right=True)
        output = getattr(self.operators[-1], of_vectors)(output, adjoint=adjoint)
        output = _rotate(_vec(_rotate(output, right=False)), right=False)
        if x.shape.is_fully_defined():
            rows = self.domain_dimension if adjoint else self.range_dimension
            output.set_shape(common_shapes.broadcast_shape(x.shape[:-2], self.batch_shape).concatenate(
                [rows, x.shape[-1]]))
        return output

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._factor_by_factor('matmul', 'matvec', x, adjoint, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._factor_by_factor('solve', 'solvevec', rhs, adjoint, adjoint_arg)

    def _determinant(self):
        total = self.domain_dimension_tensor()
        result = 1.
        for operator in self.operators:
            result *= operator.determinant() ** math_ops.cast(total / operator.domain_dimension_tensor(),
                                                              dtype=operator.dtype)
        return result

    def _log_abs_determinant(self):
        total = self.domain_dimension_tensor()
        result = 0.
        for operator in self.operators:
            result += operator.log_abs_determinant() * math_ops.cast(total / operator.domain_dimension_tensor(),
                                                                     dtype=operator.dtype)
        return result

    def _trace(self):
        result = 1.
        for operator in self.operators:
            result *= operator.trace()
        return result

    def _diag_part(self):
        diag = self.operators[0].diag_part()
        for operator in self.operators[1:]:
            diag = diag[..., :, array_ops.newaxis]
            diag *= operator.diag_part()[..., array_ops.newaxis, :]
            diag = array_ops.reshape(diag, shape=array_ops.concat([array_ops.shape(diag)[:-2], [-1]], axis=0))
        is_wide = self.domain_dimension > self.range_dimension
        diag.set_shape(self.batch_shape.concatenate(self.range_dimension if is_wide else self.domain_dimension))
        return diag

    def _to_dense(self):
        product = self.operators[0].to_dense()
        for operator in self.operators[1:]:
            product = product[..., :, array_ops.newaxis, :, array_ops.newaxis]
            product *= operator.to_dense()[..., array_ops.newaxis, :, array_ops.newaxis, :]
            shape = array_ops.shape(product)[:-4]
            sizes = [array_ops.shape(product)[-4] * array_ops.shape(product)[-3],
                     array_ops.shape(product)[-2] * array_ops.shape(product)[-1]]
            product = array_ops.reshape(product, shape=array_ops.concat([shape, sizes], axis=0))
        product.set_shape(self.shape)
        return product

    def _assert_of_factors(self, method, purpose):
        if not all(operator.is_square for operator in self.operators):
            raise errors.InvalidArgumentError(
                node_def=None, op=None,
                message='All Kronecker factors must be square for the product to be %s.' % purpose)
        return control_flow_ops.group([getattr(operator, method)() for operator in self.operators])

    def _assert_non_singular(self):
        return self._assert_of_factors('assert_non_singular', 'invertible')

    def _assert_self_adjoint(self):
        return self._assert_of_factors('assert_self_adjoint', 'self adjoint')
