"""Iterative solvers: conjugate gradients with and without preconditioner, least squares, bidiagonalization."""
solvers = tf.contrib.solvers
square = solvers.util.create_operator(tf.constant([[4., 1., 0.], [1., 3., 1.], [0., 1., 2.]]))
solvers.linear_equations.conjugate_gradient(square, tf.constant([1., 2., 3.]))
solvers.linear_equations.conjugate_gradient(
    square, tf.constant([1., 2., 3.]), solvers.util.identity_operator(tf.ones([3, 3])), x=tf.ones([3]), tol=1e-3, max_iter=5)
tall = tf.placeholder(tf.float32, [4, 3])
solvers.least_squares.cgls(solvers.util.create_operator(tall), tf.constant([1., 2., 3., 4.]))
tf.set_random_seed(1)
for orthogonalize in (True, False):
    u, v, alpha, beta = solvers.lanczos.lanczos_bidiag(solvers.util.create_operator(tall), 2, orthogonalize)
solvers.lanczos.lanczos_bidiag(solvers.util.create_operator(tf.placeholder(tf.float32, [None, None])), 2, starting_vector=alpha)
solvers.lanczos.bidiag_matmul(u, alpha, beta)
solvers.lanczos.bidiag_matmul(v, alpha, beta, adjoint_b=True)
solvers.util.l2normalize(alpha)
