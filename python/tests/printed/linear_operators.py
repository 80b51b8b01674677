"""Linear operators: values, nodes, hints and errors."""
import numpy as np
import tensorflow as tf
from show import show

L = 'tf.linalg.LinearOperator'
full = L + 'FullMatrix([[2., 1.], [1., 3.]], is_self_adjoint=True, is_positive_definite=True)'
general = L + 'FullMatrix([[1., 2.], [3., -4.]], is_non_singular=True)'
diag = L + 'Diag([1., -2.])'
tril = L + 'LowerTriangular([[1., 9.], [3., -4.]])'
operators = [
    full, general, diag, tril, L + 'Diag(tf.constant([1 + 2j, 1 + 3j]))', L + 'Diag([[1., 2.], [3., 4.]], is_positive_definite=True)',
    L + 'Identity(2)', L + 'Identity(2, batch_shape=[3], assert_proper_shapes=True)', L + 'ScaledIdentity(2, 3.)',
    L + 'ScaledIdentity(2, [1., -2.])', L + 'Composition([%s, %s])' % (general, diag),
    L + 'BlockDiag([%s])' % diag, L + 'BlockDiag([%sIdentity(1), %sScaledIdentity(1, 2.)])' % (L, L),
    L + 'Kronecker([%sIdentity(1), %s])' % (L, general), L + 'Kronecker([%s, %sScaledIdentity(1, 2.)])' % (full, L),
    L + 'LowRankUpdate(%sDiag([1., 2.], is_positive_definite=True), [[1.], [2.]])' % L,
    L + 'LowRankUpdate(%s, [[1.], [2.]], [-1.], v=[[2.], [1.]], is_non_singular=True)' % general,
    L + 'Inversion(%s)' % general, L + 'Adjoint(%s)' % general, L + 'Circulant([1., 2.], input_output_dtype=tf.float32)',
    L + 'Circulant2D([[1., 2.]], input_output_dtype=tf.float32)', L + 'Circulant3D([[[1., 2.]]], input_output_dtype=tf.float32)',
    L + 'Toeplitz([1., 2.], [1., 3.])', L + 'Householder([3., 4.])', L + 'Zeros(2)', L + 'Zeros(2, 3, is_square=False, is_self_adjoint=False)']
methods = ['to_dense()', 'matmul([[1., 2., 3.], [4., 5., 6.]])', 'matmul([[1., 2.], [3., 4.], [5., 6.]], adjoint=True, adjoint_arg=True)',
           'matvec([1., -1.])', 'solve([[1., 2., 3.], [4., 5., 6.]])', 'solve([[1., 2.], [3., 4.], [5., 6.]], adjoint_arg=True, adjoint=True)',
           'solvevec([1., -1.])', 'determinant()', 'log_abs_determinant()', 'trace()', 'diag_part()',
           'add_to_tensor([[1., 2.], [3., 4.]])', 'assert_non_singular()', 'assert_positive_definite()',
           'shape_tensor()', 'batch_shape_tensor()', 'domain_dimension_tensor()', 'range_dimension_tensor()', 'tensor_rank_tensor()',
           'cholesky().to_dense()', 'inverse().to_dense()', 'adjoint().to_dense()', 'H.matvec([1., 2.])']
for operator in operators:
    with tf.Graph().as_default():
        it = eval(operator)
        print(it.name, it.dtype, it.shape, it.batch_shape, it.tensor_rank, it.domain_dimension, it.range_dimension, it.is_square,
              it.is_non_singular, it.is_self_adjoint, it.is_positive_definite, [each.name for each in it.graph_parents])
    for method in methods:
        if 'j' in operator:
            method = method.replace('.,', '.+1j,').replace('.]', '.+2j]')
        show('%s.%s' % (operator, method))

unknown = 'tf.placeholder_with_default(%s, None)'
for operator in (L + 'FullMatrix(%s)' % unknown % '[[2., 1.], [1., 3.]]', L + 'Diag(%s)' % unknown % '[2., 1.]',
                 L + 'LowerTriangular(%s)' % unknown % '[[2., 1.], [1., 3.]]', L + 'Identity(tf.placeholder_with_default(2, []))',
                 L + 'ScaledIdentity(2, %s)' % unknown % '3.', L + 'Zeros(tf.placeholder_with_default(2, []))',
                 L + 'Circulant(%s, tf.float32)' % unknown % '[1., 2.]', L + 'Householder(%s)' % unknown % '[3., 4.]',
                 L + 'LowRankUpdate(%s, %s)' % (diag, unknown % '[[1.], [2.]]'), L + 'Composition([%s, %sDiag(%s)])' % (full, L, unknown % '[1., 2.]'),
                 L + 'BlockDiag([%sDiag(%s), %s])' % (L, unknown % '[1., 2.]', diag), L + 'Kronecker([%sDiag(%s), %s])' % (L, unknown % '[1., 2.]', diag)):
    for method in ('to_dense()', 'shape_tensor()', 'batch_shape_tensor()', 'domain_dimension_tensor()', 'tensor_rank_tensor()', 'trace()', 'diag_part()',
                   'matmul(tf.ones([3, 2, 2]))', 'solve(tf.ones([3, 2, 2]))', 'determinant()', 'assert_self_adjoint()'):
        show('%s.%s' % (operator, method))

for left in (full, diag, tril, L + 'Identity(2)', L + 'ScaledIdentity(2, 3.)', L + 'Circulant([1., 2.], tf.float32)', L + 'Zeros(2)'):
    for right in (diag, tril, L + 'Identity(2)', L + 'ScaledIdentity(2, 3.)', L + 'Circulant([2., 1.], tf.float32)', L + 'Zeros(2)'):
        show('%s.solve(%s).to_dense()' % (left, right))
        show('str([getattr(it, name) for it in [%s.matmul(%s)] for name in ("is_square", "is_non_singular", "is_self_adjoint", "is_positive_definite", "name")])' % (left, right), with_nodes=False)

show(L + 'FullMatrix(tf.ones([2, 3, 4])).matmul(tf.ones([5, 2, 4, 1]))')
show(L + 'FullMatrix(np.eye(3) * 2.).solve(np.ones([4, 5, 3, 1]))')
show(L + 'LowerTriangular(np.eye(3) * 2.).solve(np.ones([4, 3, 1]), adjoint=True)')
show(L + 'LowRankUpdate(%sIdentity(3), tf.ones([2, 3, 2]), tf.ones([2, 2])).solve(tf.ones([3, 1]))' % L)
show(L + 'Composition([%sFullMatrix(tf.ones([2, 3])), %sFullMatrix(tf.ones([3, 1]))]).to_dense()' % (L, L))
show(L + 'Kronecker([%sFullMatrix(tf.ones([2, 3])), %sFullMatrix([[1., 2.]])]).to_dense()' % (L, L))
show(L + 'Kronecker([%sFullMatrix(tf.ones([2, 3])), %sFullMatrix([[1., 2.]])]).matmul(tf.ones([6, 1]))' % (L, L))
show(L + 'Kronecker([%sFullMatrix(tf.ones([2, 3])), %sFullMatrix([[1., 2.]])]).diag_part()' % (L, L))
show(L + 'Circulant(tf.spectral.fft(tf.constant([1., 2., 3.+0j], tf.complex64))).to_dense()')
show(L + 'Circulant(tf.spectral.fft(tf.constant([1., 2., 3.+0j], tf.complex64))).convolution_kernel()')
show(L + 'Circulant(tf.spectral.fft(tf.constant([1., 2., 3.+0j], tf.complex64))).trace()')
show(L + 'Circulant([1., 2., 2.]).assert_hermitian_spectrum()')
show(L + 'Circulant([1., 2., 3.], tf.float32).block_shape_tensor()')
show(L + 'Circulant2D([[1., 2., 3.], [4., 5., 6.]]).to_dense()', with_nodes=False)
show(L + 'Toeplitz([1., 2., 3.], [1., 4., 5.]).to_dense()')
show(L + 'Toeplitz([[1., 2., 3.]], [[1., 4., 5.]]).matvec([1., 2., 3.])')

for mistake in (
        'FullMatrix([1., 2.])', 'FullMatrix([[1]])', 'FullMatrix([[1.]], is_positive_definite=True, is_non_singular=False)',
        'FullMatrix([[1.]], is_non_singular=True, is_square=False)', 'FullMatrix([[1.]], is_self_adjoint=True, is_square=False)',
        'FullMatrix([[1.]], is_square=False).is_square', 'Diag(1.)', 'Diag([1.], is_self_adjoint=False)', 'Diag([1.], is_square=False)',
        'LowerTriangular([1.])', 'LowerTriangular([[1.]], is_square=False)', 'Identity(2, is_self_adjoint=False)', 'Identity(2, is_non_singular=False)',
        'Identity(2, is_positive_definite=False)', 'Identity(2, is_square=False)', 'Identity(-2)', 'Identity([2])', 'Identity(2.)',
        'Identity(2, batch_shape=2)', 'Identity(2, batch_shape=[-2])', 'Identity(2, batch_shape=[2.])', 'Identity(tf.Variable(2))',
        'ScaledIdentity(2, 3., is_square=False)', 'ScaledIdentity(2, 3., is_self_adjoint=False)', 'Composition([])', 'Composition(3)',
        'Composition([tf.linalg.LinearOperatorIdentity(2), tf.linalg.LinearOperatorIdentity(2, dtype=tf.float64)])',
        'Composition([tf.linalg.LinearOperatorIdentity(2)], is_non_singular=False)',
        'Composition([tf.linalg.LinearOperatorIdentity(2), tf.linalg.LinearOperatorIdentity(3)]).shape', 'BlockDiag([])',
        'BlockDiag([tf.linalg.LinearOperatorIdentity(2)], is_self_adjoint=False)', 'BlockDiag([tf.linalg.LinearOperatorIdentity(2)], is_positive_definite=False)',
        'BlockDiag([tf.linalg.LinearOperatorFullMatrix([[1., 2.]])])', 'Kronecker([])', 'Kronecker([tf.linalg.LinearOperatorIdentity(2)], is_positive_definite=False)',
        'Kronecker([tf.linalg.LinearOperatorFullMatrix([[1., 2.]])]).assert_non_singular()', 'Inversion(tf.linalg.LinearOperatorFullMatrix([[1., 2.]]))',
        'Inversion(tf.linalg.LinearOperatorIdentity(2), is_self_adjoint=False)', 'Adjoint(tf.linalg.LinearOperatorIdentity(2), is_self_adjoint=False)',
        'LowRankUpdate(tf.linalg.LinearOperatorIdentity(2), [[1.]])', 'LowRankUpdate(tf.linalg.LinearOperatorIdentity(2), [[1.], [2.]], is_diag_update_positive=False)',
        'LowRankUpdate(tf.linalg.LinearOperatorIdentity(2), [[1.], [2.]], is_self_adjoint=False)', 'Circulant(1.)', 'Circulant([1.], is_self_adjoint=False)',
        'Circulant([1.], is_square=False)', 'Toeplitz([1., 2.], [1.])', 'Toeplitz(1., 2.)', 'Householder(1.)', 'Householder([1.], is_positive_definite=True)',
        'Zeros(2, 3)', 'Zeros(2, 3, is_square=False)', 'Zeros(2, -3, is_square=False, is_self_adjoint=False)', 'Zeros(2, is_non_singular=True)', 'Zeros(2, is_positive_definite=True)', 'Zeros(2, is_self_adjoint=False)', 'Zeros(2, -3, is_square=False)',
        'Identity(2).matmul([[1.]])', 'Identity(2).matmul(tf.ones([2, 2], tf.float64))', 'Identity(2).matmul(tf.linalg.LinearOperatorIdentity(3))',
        'Identity(2).solve(tf.linalg.LinearOperatorIdentity(3))', 'Zeros(2).solve([[1.], [2.]])', 'FullMatrix([[1., 2.]]).determinant()', 'FullMatrix([[1., 2.]]).solve([[1.]])',
        'FullMatrix([[1., 2.]]).inverse()', 'Zeros(2).inverse()', 'FullMatrix([[1.]]).cholesky()', 'FullMatrix([[1.]]).assert_positive_definite()',
        'FullMatrix(tf.placeholder_with_default([[1., 2.], [2., 4.]], [2, 2])).assert_non_singular()',
        'Diag(tf.placeholder_with_default([1., 0.], [2])).assert_non_singular()', 'Diag([1., -1.]).assert_positive_definite()'):
    show(L + mistake, with_nodes=False)
