"""What operators share: conversions, hints, assertions, and solving with broadcast batches."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.module import module
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops import variables
from reflow.ops.linalg import linalg_impl


def is_ref(x):
    """Whether the value of `x` can change: it is a variable, or a module that is like one."""
    return isinstance(x, variables.Variable) or (
        isinstance(x, module.Module) and hasattr(x, 'dtype') and hasattr(x, 'shape'))


def assert_not_ref_type(x, arg_name):
    """Raises TypeError for what `is_ref`."""
    if is_ref(x):
        raise TypeError('Argument %s cannot be reference type. Found: %s' % (arg_name, type(x)))


def convert_nonref_to_tensor(value, dtype=None, dtype_hint=None, name=None):
    """`value` as a tensor, but variables as they are."""
    if value is None:
        return None
    if not is_ref(value):
        return ops.convert_to_tensor(value, dtype=dtype, preferred_dtype=dtype_hint, name=name)
    if dtype is not None and dtypes.as_dtype(dtype).base_dtype != dtypes.as_dtype(value.dtype).base_dtype:
        raise TypeError('Mutable type must be of dtype "{}" but is "{}".'.format(
            dtypes.as_dtype(dtype).base_dtype.name, dtypes.as_dtype(value.dtype).base_dtype.name))
    return value


def shape_tensor(shape, name=None):
    """A shape as a tensor; an empty list is one of int32."""
    is_empty = isinstance(shape, (tuple, list)) and not shape
    return ops.convert_to_tensor(shape, dtype=dtypes.int32 if is_empty else None, name=name)


def assert_no_entries_with_modulus_zero(x, message=None, name='assert_no_entries_with_modulus_zero'):
    """An op that fails where `x` is 0."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        modulus = math_ops.abs(x)
        zero = ops.convert_to_tensor(0, dtype=x.dtype.base_dtype.real_dtype)
        return check_ops.assert_less(zero, modulus, message=message)


def assert_zero_imag_part(x, message=None, name='assert_zero_imag_part'):
    """An op that fails where `x` isn't real."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        if x.dtype.base_dtype.is_floating:
            return control_flow_ops.no_op()
        zero = ops.convert_to_tensor(0, dtype=x.dtype.base_dtype.real_dtype)
        return check_ops.assert_equal(zero, math_ops.imag(x), message=message)


def assert_compatible_matrix_dimensions(operator, x):
    """An op that fails where `x` has not as many rows as the operator has columns."""
    return check_ops.assert_equal(
        array_ops.shape(x)[-2], operator.domain_dimension_tensor(),
        message='Dimensions are not compatible.  shape[-2] of argument to be the same as this operator')


def assert_is_batch_matrix(tensor):
    """Raises ValueError for what has less than two dimensions."""
    if tensor.shape.ndims is not None and tensor.shape.ndims < 2:
        raise ValueError('Expected [batch] matrix to have at least two dimensions.  Found: %s' % tensor)


def operators_of(operators, message):
    """The operators as a list, after checks that there are some, of one type; and what they are made of."""
    check_ops.assert_proper_iterable(operators)
    operators = list(operators)
    if not operators:
        raise ValueError('%s Found: %s' % (message, operators))
    if any(operator.dtype != operators[0].dtype for operator in operators):
        raise TypeError('Expected all operators to have the same dtype.  Found %s' % '   '.join(
            str((operator.name, operator.dtype)) for operator in operators))
    return operators, [parent for operator in operators for parent in operator.graph_parents]


def hint_of_all(operators, hint, given, message):
    """True if the hint is so of all operators, which must not be denied; else what is given."""
    if not all(getattr(operator, hint) for operator in operators):
        return given
    if given is False:
        raise ValueError(message)
    return True


def use_operator_or_provided_hint_unless_contradicting(operator, hint_attr_name, provided_hint_value, message):
    """The hint of the operator or the one given, whichever is known. ValueError: they differ."""
    hints = {getattr(operator, hint_attr_name), provided_hint_value}
    if True in hints and False in hints:
        raise ValueError(message)
    return True if True in hints else False if False in hints else None


def hints_of_related(operator, relation, is_non_singular, is_self_adjoint, is_positive_definite, is_square):
    """The hints of an operator's inverse or adjoint, as arguments of a constructor: what is so of one is so of both."""
    given = dict(is_square=is_square, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                 is_positive_definite=is_positive_definite)
    words = dict(is_square='square', is_non_singular='non-singular', is_self_adjoint='self-adjoint',
                 is_positive_definite='positive-definite')
    return {hint: use_operator_or_provided_hint_unless_contradicting(
        operator, hint, value, 'An operator is {0} if and only if its {1} is {0}.'.format(words[hint], relation))
        for hint, value in given.items()}


def broadcast_matrix_batch_dims(batch_matrices, name=None):
    """The matrices with batch dimensions broadcast against each other."""
    with ops.name_scope(name or 'broadcast_matrix_batch_dims', values=batch_matrices):
        check_ops.assert_proper_iterable(batch_matrices)
        matrices = []
        for matrix in batch_matrices:
            matrices.append(ops.convert_to_tensor(matrix))
            assert_is_batch_matrix(matrices[-1])
        if len(matrices) < 2:
            return matrices
        static = matrices[0].shape[:-2]
        for matrix in matrices[1:]:
            static = array_ops.broadcast_static_shape(static, matrix.shape[:-2])
        if static.is_fully_defined():
            return [matrix if matrix.shape[:-2] == static else array_ops.broadcast_to(
                matrix, array_ops.concat([static.as_list(), array_ops.shape(matrix)[-2:]], axis=0)) for matrix in matrices]
        dynamic = array_ops.shape(matrices[0])[:-2]
        for matrix in matrices[1:]:
            dynamic = array_ops.broadcast_dynamic_shape(dynamic, array_ops.shape(matrix)[:-2])
        return [array_ops.broadcast_to(matrix, array_ops.concat([dynamic, array_ops.shape(matrix)[-2:]], axis=0))
                for matrix in matrices]


def cholesky_solve_with_broadcast(chol, rhs, name=None):
    """`cholesky_solve` with batch dimensions broadcast."""
    with ops.name_scope(name, 'CholeskySolveWithBroadcast', [chol, rhs]):
        return linalg_ops.cholesky_solve(*broadcast_matrix_batch_dims([chol, rhs]))


def matrix_solve_with_broadcast(matrix, rhs, adjoint=False, name=None):
    """`matrix_solve` with batch dimensions broadcast."""
    with ops.name_scope(name, 'MatrixSolveWithBroadcast', [matrix, rhs]):
        matrix, rhs, restored, moved = _with_columns_of_batches(matrix, rhs, adjoint)
        matrix, rhs = broadcast_matrix_batch_dims([matrix, rhs])
        return restored(linalg_ops.matrix_solve(matrix, rhs, adjoint=adjoint and not moved))


def matrix_triangular_solve_with_broadcast(matrix, rhs, lower=True, adjoint=False, name=None):
    """`matrix_triangular_solve` with batch dimensions broadcast."""
    with ops.name_scope(name, 'MatrixTriangularSolve', [matrix, rhs]):
        matrix, rhs, restored, moved = _with_columns_of_batches(matrix, rhs, adjoint)
        if moved and adjoint:
            lower = not lower
        matrix, rhs = broadcast_matrix_batch_dims([matrix, rhs])
        return restored(linalg_ops.matrix_triangular_solve(matrix, rhs, lower=lower, adjoint=adjoint and not moved))


def _with_columns_of_batches(matrix, rhs, adjoint):
    """Puts batch dimensions that `rhs` alone has beside its columns, where that is less work than to repeat the matrix.

    Gives the matrix (its adjoint, if that was wanted and `rhs` has been changed), the right-hand side, a function that
    brings solutions into shape again, and whether anything was changed.
    """
    matrix = ops.convert_to_tensor(matrix, name='matrix')
    rhs = ops.convert_to_tensor(rhs, name='rhs', dtype=matrix.dtype)
    unchanged = matrix, rhs, lambda solution: solution, False
    if matrix.shape.ndims is None or rhs.shape.ndims is None or matrix.shape.ndims >= rhs.shape.ndims:
        return unchanged
    extra = rhs.shape.ndims - matrix.shape.ndims
    # TensorFlow asks for these shapes twice, which leaves nodes that nothing uses.
    array_ops.shape(rhs)[:extra], array_ops.shape(rhs)[extra:]
    batches = rhs.shape[:extra].num_elements()
    size, columns = tensor_shape.dimension_value(matrix.shape[-2 if adjoint else -1]), tensor_shape.dimension_value(rhs.shape[-1])
    if batches is not None and size is not None and columns is not None and (batches < 2 or size <= columns):
        return unchanged
    if adjoint:
        matrix = linalg_impl.adjoint(matrix)
    extra_shape = array_ops.shape(rhs)[:extra]
    main_shape = array_ops.shape(rhs)[extra:]
    order = np.roll(np.arange(rhs.shape.ndims), -extra)
    side_by_side = array_ops.reshape(array_ops.transpose(rhs, perm=order), array_ops.concat((main_shape[:-1], [-1]), 0))

    def restored(solution):
        shape = array_ops.concat((array_ops.shape(solution)[:-1], [main_shape[-1]], extra_shape), 0)
        return array_ops.transpose(array_ops.reshape(solution, shape), perm=np.argsort(order))

    return matrix, side_by_side, restored, True
