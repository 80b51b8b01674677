"""Sentences classified by convolutions over embeddings, as in Kim's network."""
import re
import itertools
from collections import Counter
import numpy as np
import tensorflow as tf
from tensorflow.contrib import learn
tf.logging.set_verbosity(tf.logging.ERROR)
texts = ['good movie really good', 'bad movie', 'not good at all bad',
    'great film loved it', 'awful film hated it', 'really great', 'really awful']
labels = np.array([[0, 1], [1, 0], [1, 0], [0, 1], [1, 0], [0, 1], [1, 0]])
vocab_processor = learn.preprocessing.VocabularyProcessor(6, min_frequency=0)
x = np.array(list(vocab_processor.fit_transform(texts)))
print(x)
print(len(vocab_processor.vocabulary_), vocab_processor.vocabulary_._mapping['movie'] if hasattr(
    vocab_processor.vocabulary_, '_mapping') else '')
print(list(vocab_processor.reverse(x[:2])), list(vocab_processor.transform(['unknown good'])))


class TextCNN(object):
    def __init__(self, sequence_length, num_classes, vocab_size, embedding_size, filter_sizes, num_filters, l2_reg_lambda=0.0):
        self.input_x = tf.placeholder(tf.int32, [None, sequence_length], name='input_x')
        self.input_y = tf.placeholder(tf.float32, [None, num_classes], name='input_y')
        self.dropout_keep_prob = tf.placeholder(tf.float32, name='dropout_keep_prob')
        l2_loss = tf.constant(0.0)
        with tf.device('/cpu:0'), tf.name_scope('embedding'):
            self.W = tf.Variable(tf.random_uniform([vocab_size, embedding_size], -1.0, 1.0, seed=1), name='W')
            self.embedded = tf.expand_dims(tf.nn.embedding_lookup(self.W, self.input_x), -1)
        pooled = []
        for i, fs in enumerate(filter_sizes):
            with tf.name_scope('conv-maxpool-%s' % fs):
                W = tf.Variable(tf.truncated_normal([fs, embedding_size, 1, num_filters], stddev=0.1, seed=i), name='W')
                b = tf.Variable(tf.constant(0.1, shape=[num_filters]), name='b')
                conv = tf.nn.conv2d(self.embedded, W, strides=[1, 1, 1, 1], padding='VALID', name='conv')
                h = tf.nn.relu(tf.nn.bias_add(conv, b), name='relu')
                pooled.append(tf.nn.max_pool(h, ksize=[1, sequence_length - fs + 1,
                              1, 1], strides=[1, 1, 1, 1], padding='VALID', name='pool'))
        total = num_filters * len(filter_sizes)
        self.h_pool_flat = tf.reshape(tf.concat(pooled, 3), [-1, total])
        with tf.name_scope('dropout'):
            self.h_drop = tf.nn.dropout(self.h_pool_flat, self.dropout_keep_prob, seed=3)
        with tf.name_scope('output'):
            W = tf.get_variable('W', shape=[total, num_classes],
                                initializer=tf.contrib.layers.xavier_initializer(seed=2))
            b = tf.Variable(tf.constant(0.1, shape=[num_classes]), name='b')
            l2_loss += tf.nn.l2_loss(W)
            l2_loss += tf.nn.l2_loss(b)
            self.scores = tf.nn.xw_plus_b(self.h_drop, W, b, name='scores')
            self.predictions = tf.argmax(self.scores, 1, name='predictions')
        with tf.name_scope('loss'):
            self.loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(
                logits=self.scores, labels=self.input_y)) + l2_reg_lambda * l2_loss
        with tf.name_scope('accuracy'):
            self.accuracy = tf.reduce_mean(
                tf.cast(tf.equal(self.predictions, tf.argmax(self.input_y, 1)), 'float'), name='accuracy')


with tf.Graph().as_default():
    session_conf = tf.ConfigProto(allow_soft_placement=True, log_device_placement=False)
    sess = tf.Session(config=session_conf)
    with sess.as_default():
        tf.set_random_seed(2)
        cnn = TextCNN(x.shape[1], 2, len(vocab_processor.vocabulary_), 6, [2, 3], 4, 0.01)
        global_step = tf.Variable(0, name='global_step', trainable=False)
        optimizer = tf.train.AdamOptimizer(1e-2)
        gvs = optimizer.compute_gradients(cnn.loss)
        train_op = optimizer.apply_gradients(gvs, global_step=global_step)
        grad_summaries = []
        for g, v in gvs:
            if g is not None:
                grad_summaries += [tf.summary.histogram('{}/grad/hist'.format(v.name), g),
                                                        tf.summary.scalar('{}/grad/sparsity'.format(v.name), tf.nn.zero_fraction(g))]
        merged = tf.summary.merge(grad_summaries + [tf.summary.scalar('loss',
                                  cnn.loss), tf.summary.scalar('accuracy', cnn.accuracy)])
        print(gvs[0][0])
        print([s.name for s in grad_summaries[:4]])
        sess.run(tf.global_variables_initializer())
        for i in range(6):
            _, step, m, loss, acc = sess.run([train_op, global_step, merged, cnn.loss, cnn.accuracy], {
                                             cnn.input_x: x, cnn.input_y: labels, cnn.dropout_keep_prob: 0.5})
            print('step {}, loss {:g}, acc {:g}'.format(step, loss, acc))
        print(sess.run([cnn.predictions, cnn.scores], {cnn.input_x: x, cnn.dropout_keep_prob: 1.0}))
        s = tf.Summary.FromString(m)
        print(len(s.value), [round(v.simple_value, 4) for v in s.value if v.HasField('simple_value')])
