"""Distributions of batches whose size is known, and of those whose size is not: samples, probabilities, moments."""
ds = tf.contrib.distributions


def weights(x):
    return ds.Categorical(logits=x[:, :2])


def kinds(x):
    positive = tf.exp(x)
    between = tf.sigmoid(x)
    simplex = tf.nn.softmax(x)
    counts = tf.round(positive)
    normals = [ds.Normal(x[:, 0], positive[:, 1]), ds.Normal(x[:, 2], positive[:, 3])]
    vectors = [ds.MultivariateNormalDiag(x, positive), ds.MultivariateNormalDiag(x, positive)]
    network = ds.bijectors.masked_autoregressive_default_template([8])
    coupling = ds.bijectors.real_nvp_default_template([8])
    yield ds.OneHotCategorical(x), simplex
    yield ds.RelaxedOneHotCategorical(.5, probs=simplex), simplex
    yield ds.ExpRelaxedOneHotCategorical(tf.constant(.5), x), tf.log(simplex)
    yield ds.Categorical(probs=simplex), [1]
    yield ds.Poisson(positive), counts
    yield ds.Poisson(log_rate=x), counts
    yield ds.Gamma(positive, positive), positive
    yield ds.Exponential(positive), positive
    yield ds.Normal(x, positive), x
    yield ds.Kumaraswamy(positive, positive), between
    yield ds.Mixture(cat=weights(x), components=normals), x[:, 0]
    yield ds.Mixture(cat=weights(x), components=vectors), x
    yield ds.MultivariateNormalDiag(x, positive), x
    yield ds.MultivariateNormalTriL(x, tf.matrix_diag(positive)), x
    yield ds.TransformedDistribution(ds.Normal(x, positive), ds.bijectors.Softplus()), positive
    yield ds.TransformedDistribution(ds.Normal(0., 1.), ds.bijectors.MaskedAutoregressiveFlow(network), event_shape=[4]), x
    yield ds.TransformedDistribution(ds.MultivariateNormalDiag(tf.zeros(4)), ds.bijectors.RealNVP(2, coupling)), x
    yield ds.VectorExponentialDiag(x, positive), positive
    yield ds.VectorLaplaceDiag(x, positive, 3.), x
    yield ds.VectorSinhArcsinhDiag(x, positive, skewness=x), x
    yield ds.QuantizedDistribution(normals[0], low=0., high=10.), tf.round(x[:, 0])
    yield ds.QuantizedDistribution(ds.Exponential(positive), validate_args=True), counts


tf.set_random_seed(1)
for name, size in (('known', 6), ('unknown', None)):
    with tf.variable_scope(name):
        for distribution, value in kinds(tf.placeholder(tf.float32, [size, 4])):
            distribution.sample(2)
            distribution.log_prob(value)
            for method, argument in (('prob', value), ('cdf', value), ('quantile', .3), ('mean', None), ('stddev', None),
                                     ('mode', None), ('entropy', None), ('covariance', None)):
                try:
                    getattr(distribution, method)(*[] if argument is None else [argument])
                except NotImplementedError:
                    pass
