"""Warped and turned images of tf.contrib.image: values, and gradients."""
import numpy as np
import tensorflow as tf
from show import show


def quietly(expression):
    show(expression, with_nodes=False)


I = 'tf.contrib.image.'
image = 'tf.constant(np.arange(24.).reshape(4, 6) %% 7, tf.%s)'
batch = 'tf.constant(np.arange(48.).reshape(2, 4, 3, 2) % 7, tf.float32)'
for dtype in ('float32', 'uint8', 'int32', 'float64'):
    for interpolation in ('NEAREST', 'bilinear'):
        quietly('%srotate(%s, .7, "%s")' % (I, image % dtype, interpolation))
        quietly('%stranslate(%s, [1.4, -.6], "%s")' % (I, image % dtype, interpolation))
quietly('%srotate(%s, [.3, -1.])' % (I, batch))
quietly('%srotate(%s, np.pi / 2, "BILINEAR")' % (I, batch))
quietly('%stransform(%s, [[1., .2, -1., .1, .9, .5, .05, .02], [1., 0., 0., 0., 1., 0., -.5, 0.]], "BILINEAR")' % (I, batch))
quietly('%stransform(%s, [.5, 0., 0., 0., .5, 0., 0., 0.], output_shape=[3, 5])' % (I, image % 'float32'))
quietly('%stransform(tf.placeholder_with_default(np.ones([2, 2, 1], np.float32), [None, None, 1]), [1., 0., .5, 0., 1., .5, 0., 0.], "BILINEAR")' % I)
quietly('(lambda x: tf.gradients(%srotate(x, .7, "BILINEAR") * x, x)[0])(%s)' % (I, image % 'float32'))
quietly('(lambda x: tf.gradients(tf.square(%stransform(x, [.5, 0., 0., 0., .5, 0., 0., 0.], output_shape=[3, 5])), x)[0])(%s)' % (I, image % 'float32'))
show('%sangles_to_projective_transforms([.3, .5], 3., 4.)' % I)
show('%stranslations_to_projective_transforms([.3, .5])' % I)
show('%scompose_transforms([1., 0., .5, 0., 1., .5, 0., 0.], [1., .2, -1., .1, .9, .5, .05, .02])' % I)
show('%sflat_transforms_to_matrices([1., 0., .5, 0., 1., .5, 0., 0.])' % I)
show('%smatrices_to_flat_transforms([[1., 0., .5], [0., 1., .5], [0., 0., 2.]])' % I)
for mistake in ('rotate(tf.ones([2]), 1.)', 'rotate(tf.constant([["a"]]), 1.)', 'rotate(tf.ones([2, 2]), [[1.]])', 'translate(tf.ones([2, 2]), [[[1.]]])', 'transform(tf.ones([2, 2]), 1.)',
                'transform(tf.ones([2, 2]), [1.] * 8, output_shape=[2])', 'transform(tf.placeholder(tf.float32), [1.] * 8)', 'flat_transforms_to_matrices(1.)', 'matrices_to_flat_transforms([1.])', 'connected_components([1])'):
    quietly(I + mistake)
quietly('%sdense_image_warp(%s, tf.constant(np.linspace(-2, 2, 48).reshape(2, 4, 3, 2), tf.float32))' % (I, batch))
quietly('%sinterpolate_spline([[[0., 0.], [1., 0.], [0., 1.], [2., 2.]]], [[[1.], [2.], [3.], [5.]]], [[[.5, .5], [1., 1.], [2., 2.]]], 1)' % I)
for order in (2, 3, 4, 6):
    quietly('%sinterpolate_spline([[[0., 0.], [1., 0.], [0., 1.], [2., 2.]]], [[[1.], [2.], [3.], [5.]]], [[[.5, .5], [1., 1.], [2., 2.]]], %d, .1)' % (I, order))
quietly('%ssparse_image_warp(%s, [[[1., 1.], [2., 2.], [0., 2.]]] * 2, [[[1., 1.5], [2., 1.], [.5, 2.]]] * 2)' % (I, batch))
quietly('%ssparse_image_warp(%s, [[[1., 1.]]] * 2, [[[1., 1.5]]] * 2, num_boundary_points=2, regularization_weight=.1)' % (I, batch))
quietly('%sconnected_components([[1, 1, 0, 2], [0, 1, 0, 2], [3, 0, 2, 2], [3, 1, 1, 0]])' % I)
quietly('%sconnected_components([[[1., 0., 1.], [1., 1., 1.]], [[0., 2., 0.], [2., 0., 2.]]])' % I)
quietly('%sconnected_components([[True, False], [True, True]])' % I)
