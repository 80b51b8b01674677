"""A graph convolutional network: sparse products, dropout of sparse features, masked losses, flags."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(123)
flags = tf.app.flags
FLAGS = flags.FLAGS
flags.DEFINE_float('learning_rate', 0.05, 'Initial learning rate.')
flags.DEFINE_integer('hidden1', 6, 'Number of units in hidden layer 1.')
flags.DEFINE_float('dropout', 0.5, 'Dropout rate (1 - keep probability).')
flags.DEFINE_float('weight_decay', 5e-4, 'Weight for L2 loss on embedding matrix.')
_LAYER_UIDS = {}


def get_layer_uid(layer_name=''):
    _LAYER_UIDS[layer_name] = _LAYER_UIDS.get(layer_name, 0) + 1
    return _LAYER_UIDS[layer_name]


def glorot(shape, name=None):
    r = np.sqrt(6.0 / (shape[0] + shape[1]))
    return tf.Variable(tf.random_uniform(shape, minval=-r, maxval=r, dtype=tf.float32), name=name)


def sparse_dropout(x, keep_prob, noise_shape):
    random_tensor = keep_prob
    random_tensor += tf.random_uniform(noise_shape)
    dropout_mask = tf.cast(tf.floor(random_tensor), dtype=tf.bool)
    return tf.sparse_retain(x, dropout_mask) * (1. / keep_prob)


def dot(x, y, sparse=False):
    return tf.sparse_tensor_dense_matmul(x, y) if sparse else tf.matmul(x, y)


class GraphConvolution(object):
    def __init__(self, input_dim, output_dim, placeholders, act=tf.nn.relu, sparse_inputs=False):
        self.name = 'graphconvolution_' + str(get_layer_uid('graphconvolution'))
        self.vars, self.act, self.sparse_inputs = {}, act, sparse_inputs
        self.dropout, self.support = placeholders['dropout'], placeholders['support']
        self.nnz = placeholders['num_features_nonzero']
        with tf.variable_scope(self.name + '_vars'):
            for i in range(len(self.support)):
                self.vars['weights_' + str(i)] = glorot([input_dim, output_dim], name='weights_' + str(i))

    def __call__(self, inputs):
        with tf.name_scope(self.name):
            x = sparse_dropout(inputs, 1 - self.dropout, self.nnz) if self.sparse_inputs else tf.nn.dropout(inputs, 1 - self.dropout)
            supports = [dot(s, dot(x, self.vars['weights_' + str(i)], self.sparse_inputs), True) for i, s in enumerate(self.support)]
            outputs = self.act(tf.add_n(supports))
            tf.summary.histogram(self.name + '/outputs', outputs)
            return outputs


def sparse_to_tuple(mx):
    coords = np.argwhere(mx)
    return coords, mx[tuple(coords.T)], mx.shape


N, F, C = 10, 7, 3
rng = np.random.RandomState(0)
adj = (rng.rand(N, N) > .7).astype(float)
adj = np.maximum(adj, adj.T) + np.eye(N)
d = np.diag(np.power(adj.sum(1), -0.5))
support = [sparse_to_tuple(d.dot(adj).dot(d))]
features = sparse_to_tuple((rng.rand(N, F) > .5).astype(np.float32))
labels, labels_mask = np.eye(C)[rng.randint(0, C, N)], rng.rand(N) > .3
placeholders = {'support': [tf.sparse_placeholder(tf.float32)], 'features': tf.sparse_placeholder(tf.float32, shape=tf.constant(features[2], dtype=tf.int64)),
                'labels': tf.placeholder(tf.float32, shape=(None, C)), 'labels_mask': tf.placeholder(tf.int32),
                'dropout': tf.placeholder_with_default(0., shape=()), 'num_features_nonzero': tf.placeholder(tf.int32)}
layers = [GraphConvolution(F, FLAGS.hidden1, placeholders, sparse_inputs=True), GraphConvolution(FLAGS.hidden1, C, placeholders, act=lambda x: x)]
outputs = layers[1](layers[0](placeholders['features']))
loss = tf.constant(0.)
for var in layers[0].vars.values():
    loss += FLAGS.weight_decay * tf.nn.l2_loss(var)
mask = tf.cast(placeholders['labels_mask'], dtype=tf.float32)
mask /= tf.reduce_mean(mask)
loss += tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=outputs, labels=placeholders['labels']) * mask)
correct = tf.cast(tf.equal(tf.argmax(outputs, 1), tf.argmax(placeholders['labels'], 1)), tf.float32)
accuracy = tf.reduce_mean(correct * mask)
opt_op = tf.train.AdamOptimizer(learning_rate=FLAGS.learning_rate).minimize(loss)
feed = {placeholders['labels']: labels, placeholders['labels_mask']: labels_mask, placeholders['features']: features,
        placeholders['num_features_nonzero']: features[1].shape, placeholders['dropout']: FLAGS.dropout}
feed.update({placeholders['support'][i]: support[i] for i in range(len(support))})
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(5):
        outs = sess.run([opt_op, loss, accuracy], feed_dict=feed)
        print('Epoch:', '%04d' % (epoch + 1), 'train_loss=', '{:.5f}'.format(outs[1]), 'train_acc=', '{:.5f}'.format(outs[2]))
