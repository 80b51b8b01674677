"""Distributions, their samples and divergences."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
tfd = tf.distributions
tf.set_random_seed(1)
n = tfd.Normal(loc=[0., 1.], scale=[1., 2.])
n2 = tfd.Normal(loc=1., scale=1.)
print(n)
c = tfd.Categorical(logits=[[0.1, 0.5, -1.], [1., 2., 3.]])
c2 = tfd.Categorical(probs=[[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]])
b = tfd.Bernoulli(logits=[0.3, -1.])
b2 = tfd.Bernoulli(probs=[0.3, 0.6])
u = tfd.Uniform(0., [2., 3.])
g = tfd.Gamma([2., 3.], [1., 2.])
be = tfd.Beta([1., 2.], [3., 4.])
d = tfd.Dirichlet([1., 2., 3.])
e = tfd.Exponential([1., 2.])
la = tfd.Laplace(0., 2.)
st = tfd.StudentT(3., 0., 1.)
m = tfd.Multinomial(4., probs=[0.2, 0.3, 0.5])
dm = tfd.DirichletMultinomial(4., [1., 2., 3.])
with tf.Session() as s:
    p = lambda *a: print(*[np.round(v, 4) for v in s.run(a)])
    for dist in (n, c, b, u, g, be, d, e, la, st, m, dm):
        print(dist.name, dist.dtype, dist.batch_shape, dist.event_shape,
              dist.reparameterization_type, dist.sample(3, seed=1).shape)
        for f in ('mean', 'variance', 'stddev', 'mode', 'entropy'):
            try:
                p(getattr(dist, f)())
            except NotImplementedError as ex:
                print(f, 'NotImplemented', ex)
    p(n.prob(0.5), n.log_prob([0., 1.]), n.cdf(0.3), n.log_cdf(0.3),
      n.survival_function(0.3), n.quantile(0.3), n.sample(2, seed=4))
    p(c.prob([0, 1]), c.log_prob([2, 1]), c.entropy(), c.sample(2, seed=3), c.sample([2, 2], seed=3))
    p(b.prob([1, 0]), b.log_prob(1), b.sample(3, seed=2), b2.logits, b2.probs)
    p(u.prob(1.), u.sample(2, seed=1))
    p(g.log_prob([1., 2.]), g.sample(2, seed=1))
    p(be.prob([0.3, 0.4]), be.sample(seed=2), be.cdf([.2, .3]))
    p(d.prob([0.2, 0.3, 0.5]), d.sample(2, seed=1))
    p(e.prob(1.), e.sample(2, seed=5))
    p(la.prob(1.), la.sample(2, seed=5))
    p(st.prob(1.), st.sample(2, seed=5), st.cdf(0.4))
    p(m.prob([1., 1., 2.]), m.sample(2, seed=1))
    p(dm.prob([1., 1., 2.]))
    p(tfd.kl_divergence(n, n2), tfd.kl_divergence(c, c2), tfd.kl_divergence(b, b2), tfd.kl_divergence(g, tfd.Gamma(1., 1.)),
      tfd.kl_divergence(be, tfd.Beta(1., 1.)), tfd.kl_divergence(d, tfd.Dirichlet([1., 1., 1.])), n.kl_divergence(n2), n.cross_entropy(n2))
    mu = tf.Variable(0.5)
    q = tfd.Normal(mu, 1.)
    s.run(mu.initializer)
    x = q.sample(100, seed=3)
    p(tf.gradients(tf.reduce_mean(x ** 2), mu)[0])
    p(tf.gradients(q.log_prob(2.), mu)[0])
    try:
        tfd.kl_divergence(n, b)
    except NotImplementedError as ex:
        print(ex)
    try:
        tfd.Normal(0, 1)
    except ValueError as ex:
        print('ValueError', ex)
    try:
        tfd.Categorical()
    except ValueError as ex:
        print(ex)
    try:
        s.run(tfd.Normal(0., -1., validate_args=True).sample())
    except tf.errors.InvalidArgumentError as ex:
        print(ex.message.split('\n')[0])
    print(n.parameters.keys(), n.copy(loc=2.).loc, n.is_scalar_event(), n.is_scalar_batch(), n.allow_nan_stats)
