"""Distributions of tf.contrib.distributions: vectors, classes relaxed and one-hot, counts."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
ds = tf.contrib.distributions
n = ds.MultivariateNormalDiag([[0., 1., 2.], [1., 1., 1.]], [1., 2., 0.5])
m = ds.MultivariateNormalDiag(scale_diag=[[1., 1., 1.]], scale_identity_multiplier=[2.])
w = ds.MultivariateNormalDiagWithSoftplusScale([0., 1.], [0.3, -1.])
c = ds.OneHotCategorical(logits=[[0.1, 0.5, -1.], [1., 2., 3.]])
c2 = ds.OneHotCategorical(probs=[0.2, 0.3, 0.5])
r = ds.RelaxedOneHotCategorical(0.5, logits=[[0.1, 0.5, -1.], [1., 2., 3.]])
e = ds.ExpRelaxedOneHotCategorical(0.5, probs=[0.2, 0.3, 0.5])
p = ds.Poisson([1., 2.5])
q = ds.Poisson(log_rate=0.5)
with tf.Session() as s:
    show = lambda *a: print(*[np.round(v, 4) for v in s.run(a)])
    for d in (n, m, w, c, c2, r, e, p, q):
        print(type(d).__name__, d.batch_shape, d.event_shape, d.dtype.name, d.sample(2, seed=3).shape)
        for f in ('mean', 'stddev', 'variance', 'covariance', 'mode', 'entropy'):
            try:
                show(getattr(d, f)())
            except NotImplementedError as ex:
                print(f, 'not there')
        show(d.sample(2, seed=3))
    show(n.log_prob([[0., 0., 0.]]), n.prob([[1., 1., 1.], [0., 1., 2.]]),
         m.log_prob([[1., 2., 3.]]), w.log_prob([0.5, 0.5]))
    show(c.log_prob([0, 1, 0]), c2.prob([0, 0, 1]), r.log_prob([0.2, 0.3, 0.5]), e.log_prob(
        np.log([0.2, 0.3, 0.5]).astype(np.float32)), p.log_prob([0., 3.]), p.cdf([1., 2.]), q.prob(2.))
    show(ds.kl_divergence(n, m), ds.kl_divergence(c, c2), ds.softplus_inverse([0.5, 2., 100.]), ds.fill_triangular(
        [1., 2., 3., 4., 5., 6.]), ds.fill_triangular_inverse(ds.fill_triangular([1., 2., 3., 4., 5., 6.], upper=True), upper=True))
    show(tf.contrib.stateless.stateless_random_uniform([2], [1, 2]))
