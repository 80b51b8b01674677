"""Wishart distributions and conjugate priors of normal ones: values, samples, nodes, errors."""
from show import show

D = 'tf.contrib.distributions.'
factor, scale = '[[1., 0.], [.5, 2.]]', '[[2., .5], [.5, 3.]]'
batch = '[[[1., 0.], [.5, 2.]], [[3., 0.], [1., .5]]]'
for distribution, calls in (
        ('WishartCholesky(5., %s)' % factor,
         'log_prob(%s) prob(%s) entropy() mean() variance() stddev() mode() mean_log_det() log_normalization() scale() dimension '
         'df sample(2,seed=4) batch_shape_tensor() event_shape_tensor()' % (scale.replace(' ', ''), scale.replace(' ', ''))),
        ('WishartCholesky(5., %s, cholesky_input_output_matrices=True)' % factor,
         'log_prob(%s) mean() variance() stddev() mode() sample(2,seed=4) scale()' % factor.replace(' ', '')),
        ('WishartCholesky([5., 2.], %s)' % batch, 'log_prob(%s) mode() sample(3,seed=4) entropy()' % scale.replace(' ', '')),
        ('WishartFull(5., %s)' % scale, 'log_prob(%s) mean() scale() sample(1,seed=4)' % scale.replace(' ', '')),
        ('WishartFull(1., %s)' % scale, 'mean()'), ('WishartFull(5, [[1, 2], [2, 5]])', 'mean()')):
    for call in calls.split():
        show(D + distribution + '.' + call)
show(D + 'WishartFull(5., %s, validate_args=True).mean()' % scale)
show(D + 'WishartCholesky(5., %s, validate_args=True).mean()' % factor)
for function in ('posterior', 'predictive'):
    for arguments in ('tf.distributions.Normal(1., [2., 3.]), .5, tf.constant(4.), 3', '1., .5, tf.constant(4.), 3',
                      'tf.distributions.Normal(1., 2.), .5, tf.constant(4), 3'):
        for attribute in ('loc', 'scale'):
            show(D + 'normal_conjugates_known_scale_%s(%s).%s' % (function, arguments, attribute))
