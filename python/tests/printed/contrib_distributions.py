"""Distributions and bijectors of tf.contrib.distributions: values, samples and errors."""
import numpy as np
import tensorflow as tf
from show import show


def quietly(expression):
    show(expression, with_nodes=False)


D, B = 'tf.contrib.distributions.', 'tf.contrib.distributions.bijectors.'
numbers = '[0.2,1.5,3.]'
for distribution, methods in (
        ('Cauchy([1., 2.], 3.)', 'cdf log_cdf log_prob entropy() quantile(.3) mode() mean() stddev() sample'),
        ('Logistic([1., 2.], 3.)', 'cdf log_cdf log_survival_function survival_function log_prob entropy() mean() stddev() variance() mode() sample'),
        ('HalfNormal([1., 2.])', 'cdf prob log_prob entropy() mean() quantile(.3) mode() variance() stddev() sample'),
        ('InverseGamma([3., 1.5], 2.)', 'cdf log_prob entropy() mean() variance() mode() sample'),
        ('InverseGammaWithSoftplusConcentrationRate([3., 1.5], 2.)', 'log_prob'), ('Chi2([2., 3.])', 'log_prob mean() variance() sample'),
        ('Chi2WithAbsDf([-2.5, 3.])', 'log_prob mean()'), ('Binomial(5., probs=[.2, .7])', 'log_prob(3.) prob(3.) cdf(3.) cdf(5.) mean() variance() mode()'),
        ('Binomial([4., 5.], logits=[.2, -.7], validate_args=True)', 'log_prob(3.) log_prob(4.5) mean()'),
        ('Geometric(probs=[.2, .7])', 'log_prob(3.) cdf(3.) cdf(-1.) entropy() mean() variance() mode() sample'),
        ('NegativeBinomial([4., 5.], probs=[.2, .7])', 'log_prob(3.) cdf(3.) mean() mode() variance() sample'),
        ('Deterministic([1., 2.], atol=.1)', 'prob(1.05) cdf(1.95) mean() variance() entropy() sample mode()'),
        ('VectorDeterministic([[1., 2.], [3., 4.]], rtol=.1)', 'prob([1.05,2.1]) mean() sample entropy()'),
        ('RelaxedBernoulli(.5, logits=[.2, -.7])', 'log_prob(.3) prob(.3) sample cdf(.4)'),
        ('Kumaraswamy([2., 3.], [3., 4.])', 'log_prob(.3) cdf(.4) entropy() mean() variance() mode() sample'),
        ('SinhArcsinh([1., 2.], 3., skewness=.5, tailweight=1.2)', 'log_prob(.3) cdf(.4) sample'), ('SinhArcsinh([1., 2.], 3.)', 'log_prob(.3)'),
        ('Independent(tf.distributions.Normal([[1., 2.], [3., 4.]], 1.))', 'log_prob([1.,1.]) mean() stddev() variance() entropy() mode() sample batch_shape_tensor() event_shape_tensor()'),
        ('Independent(tf.distributions.Normal([[1., 2.], [3., 4.]], 1.), 2)', 'log_prob([1.,1.]) entropy()'),
        ('Mixture(tf.distributions.Categorical(probs=[.3, .7]), [tf.distributions.Normal(1., 2.), tf.distributions.Normal(3., .5)])',
         'log_prob(%s) prob(.5) log_cdf(.5) cdf(.5) mean() stddev() variance() entropy_lower_bound() sample([3],seed=7)' % numbers),
        ('Mixture(tf.distributions.Categorical(probs=[[.3, .7], [.6, .4]]), [tf.contrib.distributions.MultivariateNormalDiag(tf.ones([2, 3])), tf.contrib.distributions.MultivariateNormalDiag(tf.zeros([2, 3]))])',
         'log_prob([1.,2.,3.]) mean() stddev() sample([2],seed=7)'),
        ('Mixture(tf.distributions.Categorical(probs=[.3, .7]), [tf.distributions.Normal(1., 2.), tf.distributions.Normal(3., .5)], use_static_graph=True)', 'sample([3],seed=7)'),
        ('MixtureSameFamily(tf.distributions.Categorical(probs=[.3, .7]), tf.distributions.Normal([1., 2.], [3., 4.]))', 'log_prob(%s) log_cdf(.5) mean() variance() stddev()' % numbers),
        ('MixtureSameFamily(tf.distributions.Categorical(probs=[.3, .7]), tf.contrib.distributions.MultivariateNormalDiag([[1., 2.], [3., 4.]]))', 'log_prob([1.,2.]) mean() variance() covariance()'),
        ('MultivariateNormalTriL([1., 2.], [[1., 0.], [.5, 2.]])', 'log_prob([1.,1.]) prob([[1.,1.],[2.,3.]]) mean() covariance() variance() stddev() entropy() mode() sample sample([2],seed=3) event_shape_tensor() batch_shape_tensor()'),
        ('MultivariateNormalTriL([[1., 2.], [3., 4.]])', 'log_prob([1.,1.]) covariance() sample'),
        ('MultivariateNormalTriL(scale_tril=[[[1., 0.], [.5, 2.]], [[3., 0.], [1., 1.]]], validate_args=True)', 'log_prob([1.,1.]) mean() covariance() entropy() sample'),
        ('MultivariateNormalFullCovariance([1., 2.], [[2., .5], [.5, 1.]])', 'log_prob([1.,1.]) covariance() entropy() sample'),
        ('MultivariateNormalDiag([1., 2.], [3., 4.])', 'log_prob([1.,1.]) mean() covariance() variance() stddev() entropy() sample'),
        ('MultivariateNormalDiag([[1., 2.]], scale_identity_multiplier=2.)', 'log_prob([1.,1.]) covariance() sample'),
        ('MultivariateNormalDiagWithSoftplusScale([1., 2.], [3., -1.])', 'log_prob([1.,1.]) stddev()'),
        ('MultivariateNormalDiagPlusLowRank([1., 2., 3.], [1., 2., 1.], scale_perturb_factor=[[1.], [0.], [2.]])', 'log_prob([1.,1.,1.]) covariance() variance() stddev() entropy() sample'),
        ('TransformedDistribution(tf.distributions.Normal(0., 1.), tf.contrib.distributions.bijectors.Exp())', 'log_prob(%s) prob(.5) cdf(.5) log_cdf(.5) survival_function(.5) quantile(.3) sample([2])' % numbers),
        ('TransformedDistribution(tf.distributions.Normal(0., 1.), tf.contrib.distributions.bijectors.AbsoluteValue())', 'log_prob(.5) prob(.5) sample'),
        ('TransformedDistribution(tf.distributions.Normal(0., 1.), tf.contrib.distributions.bijectors.Affine([1., 2.], scale_diag=[1., 3.]), event_shape=[2])', 'log_prob([1.,1.]) entropy() sample'),
        ('TransformedDistribution(tf.distributions.Normal([1., 2.], 1.), tf.contrib.distributions.bijectors.Affine(scale_tril=[[1., 0.], [1., 3.]]), event_shape=[2])', 'log_prob([1.,1.]) entropy() sample')):
    quietly('str(%s%s)' % (D, distribution))
    for method in methods.split():
        quietly('%s%s.%s' % (D, distribution, 'sample(seed=5)' if method == 'sample' else method if '(' in method else method + '(1.5)'))
for first, second in (('Independent(tf.distributions.Normal([[1., 2.], [3., 4.]], 1.))', 'Independent(tf.distributions.Normal([1., 2.], 2.))'),
                      ('MultivariateNormalTriL([1., 2.], [[1., 0.], [.5, 2.]])', 'MultivariateNormalDiag([1., 3.], [3., 4.])'),
                      ('MultivariateNormalDiag([1., 3.], [3., 4.])', 'MultivariateNormalDiag([2., 3.], [1., 4.])'), ('Cauchy(1., 2.)', 'Cauchy(1., 3.)')):
    quietly('tf.distributions.kl_divergence(%s%s, %s%s)' % (D, first, D, second))

for bijector, value, ndims in (
        ('Identity()', '[1., 2.]', 1), ('AbsoluteValue()', '[1., 2.]', 0), ('Exp()', '[1., 2.]', 1), ('PowerTransform(.5)', '[1., 2.]', 0), ('Gumbel(.5, 2.)', '[.3, .6]', 0),
        ('Kumaraswamy(2., 3.)', '[.3, .6]', 0), ('Sigmoid()', '[.3, .6]', 1), ('SinhArcsinh(.5, 2.)', '[1., 2.]', 0), ('Softplus()', '[1., 2.]', 0),
        ('Softplus(2.)', '[1., 2.]', 0), ('Softsign()', '[.3, -.6]', 0), ('Square()', '[1., 2.]', 0), ('AffineScalar(1., 2.)', '[1., 2.]', 1), ('AffineScalar(scale=2.)', '[1., 2.]', 0),
        ('Affine([1., 2.])', '[1., 2.]', 1), ('Affine(scale_identity_multiplier=3.)', '[1., 2.]', 1), ('Affine([1., 2.], scale_diag=[3., 4.])', '[[1., 2.]]', 1),
        ('Affine([1., 2.], scale_tril=[[1., 0.], [3., 4.]], scale_diag=[1., 1.])', '[[[1., 2.]], [[3., 4.]]]', 1), ('Affine(scale_identity_multiplier=2., scale_perturb_factor=[[1.], [2.]])', '[1., 2.]', 1),
        ('AffineLinearOperator([1., 2.], tf.linalg.LinearOperatorDiag([3., 4.]))', '[1., 2.]', 1), ('AffineLinearOperator(scale=tf.linalg.LinearOperatorDiag([[3., 4.], [1., 2.]]))', '[[1., 2.], [3., 5.]]', 1),
        ('Chain([tf.contrib.distributions.bijectors.Exp(), tf.contrib.distributions.bijectors.AffineScalar(1., 2.)])', '[1., 2.]', 1), ('Chain()', '[1., 2.]', 0),
        ('Chain([tf.contrib.distributions.bijectors.Softplus(), tf.contrib.distributions.bijectors.Affine(scale_diag=[3., 4.])])', '[[1., 2.]]', 1),
        ('Invert(tf.contrib.distributions.bijectors.Exp())', '[1., 2.]', 0), ('Permute([2, 0, 1])', '[1., 2., 3.]', 1), ('Ordered()', '[1., 2., 4.]', 1), ('SoftmaxCentered()', '[.2, .3]', 1),
        ('Reshape([2, 1], [2])', '[[1., 2.]]', 1), ('CholeskyOuterProduct()', '[[2., 0.], [1., 3.]]', 2), ('FillTriangular()', '[1., 2., 3.]', 1), ('MatrixInverseTriL()', '[[2., 0.], [1., 3.]]', 2),
        ('ScaleTriL()', '[1., 2., 3.]', 1), ('TransformDiagonal(tf.contrib.distributions.bijectors.Exp())', '[[2., 0.], [1., 3.]]', 2)):
    if ndims == 0:
        quietly('%s%s.name' % (B, bijector))
    quietly('%s%s.forward(%s)' % (B, bijector, value))
    for method in ('inverse(%s)' if bijector not in ('CholeskyOuterProduct()', 'FillTriangular()', 'ScaleTriL()', 'Reshape([2, 1], [2])') else 'inverse(it.forward(%s) + 0.)', 'forward_log_det_jacobian(%%s, event_ndims=%d)' % ndims):
        quietly('(lambda it: it.%s)(%s%s)' % (method % value, B, bijector))
    if bijector not in ('CholeskyOuterProduct()', 'FillTriangular()', 'ScaleTriL()', 'Reshape([2, 1], [2])'):
        quietly('%s%s.inverse_log_det_jacobian(%s, event_ndims=%d)' % (B, bijector, value, ndims))
quietly('(lambda it, x: it.inverse(it.forward(x)) is x and 1.)(%sExp(), tf.constant([1., 2.]))' % B)
quietly('str([%sFillTriangular().forward_event_shape(tf.TensorShape([3])), %sFillTriangular().inverse_event_shape(tf.TensorShape([2, 2])), %sSoftmaxCentered().forward_event_shape(tf.TensorShape([3])), %sReshape([2, 1]).forward_event_shape(tf.TensorShape([2]))])' % (B, B, B, B))
quietly('%sInline(tf.exp, tf.log, lambda y: -tf.log(y), forward_min_event_ndims=0).forward_log_det_jacobian([1., 2.], event_ndims=0)' % B)
for mistake in ('Exp().forward_log_det_jacobian(1., event_ndims=-1)', 'Affine(scale_perturb_diag=[1.])',
                'AffineLinearOperator(scale=3.)', 'PowerTransform(-1.)', 'Permute([0, 0])', 'Permute([1.])', 'Reshape([2], [3]).forward([1., 2.])', 'FillTriangular().forward_event_shape([4])',
                'Chain([tf.contrib.distributions.bijectors.AbsoluteValue()])', 'Invert(tf.contrib.distributions.bijectors.AbsoluteValue())', 'Inline(forward_min_event_ndims=0).forward(1.)', 'RealNVP(0, None)'):
    quietly(B + mistake)
for mistake in ('Mixture(3, [])', 'Mixture(tf.distributions.Categorical(probs=[.3, .7]), [])', 'Mixture(tf.distributions.Categorical(probs=[.3, .7]), [tf.distributions.Normal(1., 2.)])',
                'MixtureSameFamily(tf.distributions.Categorical(probs=[.3, .7]), tf.distributions.Normal([1., 2., 3.], 1.))', 'MixtureSameFamily(tf.distributions.Normal(1., 1.), tf.distributions.Normal([1., 2., 3.], 1.))',
                'Independent(tf.distributions.Normal([1., 2.], 1.), 2)', 'MultivariateNormalTriL()', 'MultivariateNormalDiag()', 'Cauchy(1., 1., allow_nan_stats=False).mean()',
                'TransformedDistribution(tf.distributions.Normal([0.], 1.), batch_shape=[2])', 'TransformedDistribution(tf.distributions.Normal(0., 1.), batch_shape=[-2])'):
    quietly(D + mistake)
for expression in ('percentile([1., 5., 2., 4.], 30.)', 'percentile([[1., 5., 2.], [4., 3., 9.]], 50., axis=0, interpolation="lower")', 'percentile([[1., 5., 2.], [4., 3., 9.]], 60., axis=[1], interpolation="higher", keep_dims=True)',
                   'percentile([[1., 5.], [4., 3.]], 60., keep_dims=True)', 'percentile(tf.ones([2, 3, 4]), 60., axis=[0, -1])', 'percentile([1.], [60.])', 'percentile([1.], 60., axis=3)',
                   'auto_correlation([1., 3., 2., 5., 4.])', 'auto_correlation([[1., 3., 2.], [5., 4., 9.]], axis=0, max_lags=1, center=False, normalize=False)', 'moving_mean_variance(tf.constant([1., 2.]), .9)',
                   'assign_log_moving_mean_exp(tf.Variable(1.), 2., .9)', 'tridiag([1., 2.], [3., 4., 5.], [6., 7.])', 'matrix_diag_transform([[1., 2.], [3., .5]], tf.exp)', 'reduce_weighted_logsumexp([1., 2.], [1., -3.], return_sign=True)',
                   'reduce_weighted_logsumexp([[1., 2.]], axis=1)'):
    show(D + expression)
stream = tf.contrib.distributions.SeedStream(3, salt='pepper')
print(stream() % 2**31, stream() % 2**31, stream.original_seed, stream.salt, tf.contrib.distributions.SeedStream(None, 'a')())

with tf.Graph().as_default():
    tf.set_random_seed(1)
    b = tf.contrib.distributions.bijectors
    for flow in (b.MaskedAutoregressiveFlow(b.masked_autoregressive_default_template([4], kernel_initializer=tf.ones_initializer())),
                 b.MaskedAutoregressiveFlow(b.masked_autoregressive_default_template([4], shift_only=True, name='shifts', kernel_initializer=tf.ones_initializer()), unroll_loop=True),
                 b.RealNVP(1, b.real_nvp_default_template([3], kernel_initializer=tf.ones_initializer())), b.BatchNormalization(training=False)):
        x = tf.placeholder_with_default([[.1, .2], [.3, -.5]], [2, 2])
        y = flow.forward(x)
        values = y, flow.inverse(tf.identity(y)), -flow.forward_log_det_jacobian(x, event_ndims=1) if flow.name != 'real_nvp' else y, flow.inverse_log_det_jacobian(tf.identity(y), event_ndims=1)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            print(flow.name, [np.round(each, 4).tolist() for each in sess.run(values)])
    print([(v.name, v.shape.as_list()) for v in tf.global_variables()])
for distribution in ('MultivariateNormalDiag([1., 2.], [1., 3.])', 'MultivariateNormalTriL([1., 2.], [[1., 0.], [2., 3.]])',
                     'MultivariateNormalFullCovariance([1., 2.], [[4., 1.], [1., 3.]])'):
    quietly(D + distribution + '.sample(3)')  # of the graph's seed alone
