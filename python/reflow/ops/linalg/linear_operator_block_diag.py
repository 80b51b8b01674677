"""Operators that have others along the diagonal."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util
from reflow.ops.linalg.linear_operator_composition import broadcast_batch_shape, broadcast_batch_shape_tensor

__all__ = ['LinearOperatorBlockDiag']


class LinearOperatorBlockDiag(linear_operator.LinearOperator):
    """Square `operators` along the diagonal, zeros elsewhere."""

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=True,
                 name=None):
        self._operators, graph_parents = linear_operator_util.operators_of(
            operators, 'Expected a non-empty list of operators.')
        hints = {}
        for hint, given, kind in (('is_non_singular', is_non_singular, 'non-singular'),
                                  ('is_self_adjoint', is_self_adjoint, 'self-adjoint'),
                                  ('is_positive_definite', is_positive_definite, 'positive definite')):
            hints[hint] = linear_operator_util.hint_of_all(
                self._operators, hint, given, 'The direct sum of {0} operators is always {0}.'.format(kind))
        if not (is_square and all(operator.is_square for operator in self._operators)):
            raise ValueError('Can only represent a block diagonal of square matrices.')
        name = '_ds_'.join(operator.name for operator in self._operators) if name is None else name
        with ops.name_scope(name, values=graph_parents):
            super().__init__(dtype=self._operators[0].dtype, graph_parents=graph_parents, is_square=True, name=name, **hints)

    @property
    def operators(self):
        """The blocks."""
        return self._operators

    def _sum_over_blocks(self, quantity):
        total = quantity(self.operators[0])
        for operator in self.operators[1:]:
            total += quantity(operator)
        return total

    def _shape(self):
        size = self._sum_over_blocks(lambda operator: operator.domain_dimension)
        return broadcast_batch_shape(self.operators).concatenate(tensor_shape.TensorShape([size, size]))

    def _shape_tensor(self):
        if self.shape.is_fully_defined():
            return ops.convert_to_tensor(self.shape.as_list(), dtype=dtypes.int32, name='shape')
        columns, rows = self.operators[0].domain_dimension_tensor(), self.operators[0].range_dimension_tensor()
        for operator in self.operators[1:]:
            columns += operator.domain_dimension_tensor()
            rows += operator.range_dimension_tensor()
        sizes = array_ops.stack([columns, rows])
        return array_ops.concat((broadcast_batch_shape_tensor(self.operators), sizes), 0)

    def _by_blocks(self, method, x, adjoint, adjoint_arg):
        if self.shape.is_fully_defined():
            sizes = [operator.domain_dimension.value for operator in self.operators]
        else:
            sizes = [operator.domain_dimension_tensor() for operator in self.operators]
        parts = array_ops.split(x, sizes, axis=-1 if adjoint_arg else -2)
        results = [getattr(operator, method)(part, adjoint=adjoint, adjoint_arg=adjoint_arg)
                   for operator, part in zip(self.operators, parts)]
        return array_ops.concat(linear_operator_util.broadcast_matrix_batch_dims(results), axis=-2)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._by_blocks('matmul', x, adjoint, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._by_blocks('solve', rhs, adjoint, adjoint_arg)

    def _determinant(self):
        result = self.operators[0].determinant()
        for operator in self.operators[1:]:
            result *= operator.determinant()
        return result

    def _log_abs_determinant(self):
        return self._sum_over_blocks(lambda operator: operator.log_abs_determinant())

    def _trace(self):
        return self._sum_over_blocks(lambda operator: operator.trace())

    def _diag_part(self):
        columns = [operator.diag_part()[..., array_ops.newaxis] for operator in self.operators]
        diagonal = array_ops.concat(linear_operator_util.broadcast_matrix_batch_dims(columns), axis=-2)
        return array_ops.squeeze(diagonal, axis=-1)

    def _to_dense(self):
        left, rows = 0, []
        blocks = linear_operator_util.broadcast_matrix_batch_dims([operator.to_dense() for operator in self.operators])
        for block in blocks:
            shape = array_ops.shape(block)[:-1]
            before = array_ops.zeros(shape=array_ops.concat([shape, [left]], axis=-1), dtype=block.dtype)
            left += array_ops.shape(block)[-1]
            width_after = [self.domain_dimension_tensor() - left]
            after = array_ops.zeros(shape=array_ops.concat([shape, width_after], axis=-1), dtype=block.dtype)
            rows.append(array_ops.concat([before, block, after], axis=-1))
        matrix = array_ops.concat(rows, axis=-2)
        matrix.set_shape(self.shape)
        return matrix

    def _assert_non_singular(self):
        return control_flow_ops.group([operator.assert_non_singular() for operator in self.operators])

    def _assert_self_adjoint(self):
        return control_flow_ops.group([operator.assert_self_adjoint() for operator in self.operators])

    def _assert_positive_definite(self):
        return control_flow_ops.group([operator.assert_positive_definite() for operator in self.operators])
