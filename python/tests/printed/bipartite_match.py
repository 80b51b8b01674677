# Rows and columns paired by distance.
import numpy as np
import tensorflow as tf
from tensorflow.contrib.image.python.ops import image_ops


def show(*arguments):
    with tf.Graph().as_default(), tf.Session() as sess:
        try:
            rows, columns = image_ops.bipartite_match(*arguments)
            print(rows.name, columns.name, rows.shape, columns.shape, [each.tolist() for each in sess.run([rows, columns])])
        except Exception as error:
            print(type(error).__name__, getattr(error, 'message', str(error)).split('\n')[0])


for valid in (2., -1., 1., [2.], 5., [1., 2.]):
    show([[.5, .8], [.3, .7]], valid)
for top_k in (1, 0, -5):
    show([[.1, .2, .3], [.1, .2, .3]], 2., top_k)
show(np.zeros([0, 3], 'f'), -1.)
show(np.zeros([3, 0], 'f'), -1.)
show([1., 2.], 1.)
show([[np.nan, 1.], [2., np.nan]], -1.)
show(np.ones([4, 4], 'f'), 2.7)
for seed, shape in enumerate([(6, 5), (40, 30), (5, 8)]):
    show(np.round(np.random.RandomState(seed).rand(*shape), 1).astype('f'), -1.)
