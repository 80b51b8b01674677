"""Text classification with embeddings and filters of several widths, as in the well-known TextCNN; VocabularyProcessor."""
import re

import numpy as np
import tensorflow as tf
from tensorflow.contrib import learn

tf.logging.set_verbosity(tf.logging.ERROR)


def clean_str(string):
    string = re.sub(r"[^A-Za-z0-9(),!?\'\`]", " ", string)
    string = re.sub(r"\'s", " \'s", string)
    string = re.sub(r"!", " ! ", string)
    return re.sub(r"\s{2,}", " ", string).strip().lower()


class TextCNN(object):
    """A CNN for text classification: embedding, convolutions, max-pooling, softmax."""

    def __init__(self, sequence_length, num_classes, vocab_size, embedding_size, filter_sizes, num_filters,
                 l2_reg_lambda=0.0):
        self.input_x = tf.placeholder(tf.int32, [None, sequence_length], name="input_x")
        self.input_y = tf.placeholder(tf.float32, [None, num_classes], name="input_y")
        self.dropout_keep_prob = tf.placeholder(tf.float32, name="dropout_keep_prob")
        l2_loss = tf.constant(0.0)
        with tf.device('/cpu:0'), tf.name_scope("embedding"):
            self.W = tf.Variable(tf.random_uniform([vocab_size, embedding_size], -1.0, 1.0, seed=3), name="W")
            self.embedded_chars = tf.nn.embedding_lookup(self.W, self.input_x)
            self.embedded_chars_expanded = tf.expand_dims(self.embedded_chars, -1)
        pooled_outputs = []
        for i, filter_size in enumerate(filter_sizes):
            with tf.name_scope("conv-maxpool-%s" % filter_size):
                filter_shape = [filter_size, embedding_size, 1, num_filters]
                W = tf.Variable(tf.truncated_normal(filter_shape, stddev=0.1, seed=i), name="W")
                b = tf.Variable(tf.constant(0.1, shape=[num_filters]), name="b")
                conv = tf.nn.conv2d(self.embedded_chars_expanded, W, strides=[1, 1, 1, 1], padding="VALID", name="conv")
                h = tf.nn.relu(tf.nn.bias_add(conv, b), name="relu")
                pooled = tf.nn.max_pool(h, ksize=[1, sequence_length - filter_size + 1, 1, 1], strides=[1, 1, 1, 1],
                                        padding='VALID', name="pool")
                pooled_outputs.append(pooled)
        num_filters_total = num_filters * len(filter_sizes)
        self.h_pool = tf.concat(pooled_outputs, 3)
        self.h_pool_flat = tf.reshape(self.h_pool, [-1, num_filters_total])
        with tf.name_scope("dropout"):
            self.h_drop = tf.nn.dropout(self.h_pool_flat, self.dropout_keep_prob, seed=5)
        with tf.name_scope("output"):
            W = tf.get_variable("W", shape=[num_filters_total, num_classes],
                                initializer=tf.contrib.layers.xavier_initializer(seed=2))
            b = tf.Variable(tf.constant(0.1, shape=[num_classes]), name="b")
            l2_loss += tf.nn.l2_loss(W)
            l2_loss += tf.nn.l2_loss(b)
            self.scores = tf.nn.xw_plus_b(self.h_drop, W, b, name="scores")
            self.predictions = tf.argmax(self.scores, 1, name="predictions")
        with tf.name_scope("loss"):
            losses = tf.nn.softmax_cross_entropy_with_logits(logits=self.scores, labels=self.input_y)
            self.loss = tf.reduce_mean(losses) + l2_reg_lambda * l2_loss
        with tf.name_scope("accuracy"):
            correct_predictions = tf.equal(self.predictions, tf.argmax(self.input_y, 1))
            self.accuracy = tf.reduce_mean(tf.cast(correct_predictions, "float"), name="accuracy")


def batch_iter(data, batch_size, num_epochs, shuffle=True):
    data = np.array(data, dtype=object)
    data_size = len(data)
    num_batches_per_epoch = int((len(data) - 1) / batch_size) + 1
    for epoch in range(num_epochs):
        shuffled_data = data[np.random.permutation(np.arange(data_size))] if shuffle else data
        for batch_num in range(num_batches_per_epoch):
            yield shuffled_data[batch_num * batch_size:min((batch_num + 1) * batch_size, data_size)]


positive = ["a fine film!", "it's great , really great", "good story and good acting", "what a lovely film"]
negative = ["a dull film", "it's bad , really bad", "poor story and poor acting!", "what an awful waste"]
x_text = [clean_str(s) for s in positive + negative]
y = np.array([[0, 1]] * 4 + [[1, 0]] * 4)
max_document_length = max([len(x.split(" ")) for x in x_text])
vocab_processor = learn.preprocessing.VocabularyProcessor(max_document_length)
x = np.array(list(vocab_processor.fit_transform(x_text)))
print(x)
print(len(vocab_processor.vocabulary_), vocab_processor.vocabulary_.get('film'), vocab_processor.vocabulary_.reverse(1))
print(list(vocab_processor.reverse(x[:2])))
print(list(vocab_processor.transform(['unknown film words'])))
np.random.seed(10)
tf.set_random_seed(1)
with tf.Graph().as_default():
    session_conf = tf.ConfigProto(allow_soft_placement=True, log_device_placement=False)
    sess = tf.Session(config=session_conf)
    with sess.as_default():
        cnn = TextCNN(x.shape[1], y.shape[1], len(vocab_processor.vocabulary_), 8, list(map(int, "2,3".split(","))), 4, 0.1)
        global_step = tf.Variable(0, name="global_step", trainable=False)
        optimizer = tf.train.AdamOptimizer(1e-2)
        grads_and_vars = optimizer.compute_gradients(cnn.loss)
        train_op = optimizer.apply_gradients(grads_and_vars, global_step=global_step)
        grad_summaries = []
        for g, v in grads_and_vars:
            if g is not None:
                grad_summaries.append(tf.summary.histogram("{}/grad/hist".format(v.name), g))
                if isinstance(g, tf.Tensor):
                    grad_summaries.append(tf.summary.scalar("{}/grad/sparsity".format(v.name), tf.nn.zero_fraction(g)))
        print([s.op.name for s in grad_summaries if 'sparsity' in s.op.name])
        merged = tf.summary.merge(grad_summaries)
        sess.run(tf.global_variables_initializer())

        def train_step(x_batch, y_batch):
            feed_dict = {cnn.input_x: x_batch, cnn.input_y: y_batch, cnn.dropout_keep_prob: 0.5}
            return sess.run([train_op, global_step, cnn.loss, cnn.accuracy], feed_dict)[1:]

        for batch in batch_iter(list(zip(x, y)), 4, 15):
            x_batch, y_batch = zip(*batch)
            step, loss, accuracy = train_step(x_batch, y_batch)
            current_step = tf.train.global_step(sess, global_step)
            if current_step % 10 == 0:
                print("step {}, loss {:.4f}, acc {:g}".format(step, loss, accuracy))
        print(cnn.predictions.eval({cnn.input_x: x, cnn.dropout_keep_prob: 1.0}))
        summary = tf.Summary.FromString(sess.run(merged, {cnn.input_x: x, cnn.input_y: y, cnn.dropout_keep_prob: 1.0}))
        print(sorted(v.tag for v in summary.value)[:3], len(summary.value))
