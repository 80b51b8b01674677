"""tf.contrib.distributions.VectorDiffeomixture, of operators of each kind."""
tfd = tf.contrib.distributions
normal = tfd.Normal(0., 1.)
identity = tf.linalg.LinearOperatorIdentity(num_rows=3)
scaled = tf.linalg.LinearOperatorScaledIdentity(num_rows=3, multiplier=np.float32(1.1), is_positive_definite=True)
diag = tf.linalg.LinearOperatorDiag(diag=np.linspace(2.5, 3.5, 3, dtype=np.float32), is_positive_definite=True)
tril = tf.linalg.LinearOperatorLowerTriangular([[1., 0., 0.], [.5, 2., 0.], [.1, .2, 3.]], is_positive_definite=True)
for mix_loc, scale, loc in (
        ([0.], [scaled, diag], [None, np.float32([2.] * 3)]), ([[0.], [1.]], [identity, scaled], None),
        ([0.], [diag, diag], [[1.] * 3, [2.] * 3]), ([[0.], [1.]], [tril, scaled], [[1.] * 3, None])):
    mixture = tfd.VectorDiffeomixture(mix_loc, [1.], normal, loc, scale, 2, validate_args=True)
    mixture.log_prob(mixture.sample(5, seed=1)), mixture.mean(), mixture.variance(), mixture.covariance()
    mixture.batch_shape_tensor(), mixture.event_shape_tensor()
