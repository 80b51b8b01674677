"""tf.contrib.solvers: what iterative solvers find."""
import numpy as np
import tensorflow as tf

solvers = tf.contrib.solvers
random = np.random.RandomState(0)
tall = random.randn(6, 4).astype(np.float32)
square = tall.T.dot(tall) + np.eye(4, dtype=np.float32)
found = [
    solvers.linear_equations.conjugate_gradient(solvers.util.create_operator(tf.constant(square)), tf.constant(square[0] * 2)),
    solvers.linear_equations.conjugate_gradient(
        solvers.util.create_operator(tf.constant(square)), tf.ones([4]),
        solvers.util.create_operator(tf.constant(np.diag(1 / np.diag(square)))), x=tf.ones([4]), tol=1e-3),
    solvers.least_squares.cgls(solvers.util.create_operator(tf.constant(tall)), tf.ones([6]), max_iter=10)]
singular = solvers.lanczos.lanczos_bidiag(solvers.util.create_operator(tf.constant(tall)), 3, starting_vector=tf.ones([6]))
product = solvers.lanczos.bidiag_matmul(singular.u, singular.alpha, singular.beta)
with tf.Session() as session:
    for state in session.run(found):
        print(type(state).__name__, state.i, np.round(state.x, 3) + 0.)
    u, v, alpha, beta = session.run(singular)
    print(type(singular).__name__, u.shape, v.shape, np.round(alpha, 3), np.round(beta, 3))
    print(np.abs(u.T.dot(u) - np.eye(4)).max() < 1e-5, np.abs(tall.dot(v) - session.run(product)).max() < 1e-5)
