"""Distributions made of others: in other shapes, part by part, and with rates that have a distribution."""
tfd = tf.contrib.distributions
normal = tfd.MultivariateNormalDiag(scale_diag=tf.ones([6, 2]))
for shape in ([1, 2, 3], [2, -1], tf.placeholder(tf.int32, [2])):
    reshaped = tfd.BatchReshape(normal, shape, validate_args=True)
    x = reshaped.sample([4, 5], seed=1)
    for value in (x, tf.placeholder(tf.float32)):
        reshaped.log_prob(value), reshaped.prob(value)
    reshaped.mean(), reshaped.stddev(), reshaped.variance(), reshaped.covariance(), reshaped.mode(), reshaped.entropy()
    reshaped.batch_shape_tensor(), reshaped.event_shape_tensor()
scalars = tfd.BatchReshape(tfd.Normal(tf.placeholder(tf.float32), 1.), [3, 2])
scalars.cdf(scalars.sample(3)), scalars.log_cdf(tf.ones([4, 3, 2])), scalars.survival_function(tf.ones([3, 2]))


def of_those_before(x):
    return tfd.Independent(tfd.Normal(tf.cumsum(x, -1, exclusive=True), 1.))


steps = tfd.Autoregressive(of_those_before, tf.zeros([3, 2, 4]), 2)
steps.log_prob(steps.sample(5, seed=3)), steps.prob(tf.ones([3, 2, 4]))
tfd.Autoregressive(of_those_before, tf.zeros([2])).sample(seed=4)
for quadrature in (tfd.quadrature_scheme_lognormal_quantiles, tfd.quadrature_scheme_lognormal_gauss_hermite):
    for loc in (0., [0., -.5]):
        counts = tfd.PoissonLogNormalQuadratureCompound(tf.constant(loc), 1., 5, quadrature)
        counts.log_prob(counts.sample(3, seed=5)), counts.mean(), counts.variance(), counts.stddev()
        counts.batch_shape_tensor()
