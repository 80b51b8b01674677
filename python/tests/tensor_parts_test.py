"""Graphs of parts of tensors (unstack, split, slices, arrays), made at random: their values are NumPy's, in every regime."""
import random

import numpy as np
import pytest

import reflow.tensorflow as tf

ROWS = 6


def _mod(x):
    return np.mod(x, 97).astype(np.float32)


class _Parts:
    """Pairs of a tensor and its value, of small integers, so that sums are exact in any order."""

    def __init__(self, seed):
        self.choice = random.Random(seed)
        width = self.choice.choice([2048, 2048, 512, 16, 2049])
        self.fed = np.random.RandomState(seed).randint(-3, 4, (ROWS, width)).astype(np.float32)
        self.feed = tf.placeholder(tf.float32, [self.choice.choice([None, ROWS]), width])
        self.variable = tf.Variable(self.fed[::-1].copy(), use_resource=self.choice.random() < 0.5)
        self.pairs = [(self.feed, self.fed), (self.variable.read_value(), self.fed[::-1])]
        if self.choice.random() < 0.4:  # then the graph isn't planned
            negative = tf.cond(tf.placeholder_with_default(True, []), lambda: -self.feed, lambda: 2 * self.feed)
            self.pairs.append((negative, -self.fed))
        if self.choice.random() < 0.3:
            self.add_loop()
        for _ in range(self.choice.randrange(5, 30)):
            tensor, value = self.choice.choice(self.pairs)
            self.compute(tensor, value)
            if value.ndim == 2 and len(value) > 1:
                self.take_apart(tensor, value)

    def add_loop(self):
        def body(i, x):
            return i + 1, tf.concat(tf.split(1 - x, 3)[::-1], 0)
        value = self.fed
        for _ in range(3):
            value = np.concatenate(np.split(1 - value, 3)[::-1])
        self.pairs.append((tf.while_loop(lambda i, x: i < 3, body, [0, self.feed])[1], value))

    def of_shape(self, shape):
        return self.choice.choice([pair for pair in self.pairs if pair[1].shape == shape])

    def compute(self, x, value):
        kind = self.choice.randrange(5)
        y, other = self.of_shape(value.shape)
        if kind == 0:
            self.pairs.append((-x, -value))
        elif kind == 1:
            self.pairs.append((tf.nn.relu(x), np.maximum(value, 0)))
        elif kind == 2:
            self.pairs.append((tf.floormod(x * x + 1, 97.0), _mod(value * value + 1)))
        elif kind == 3:
            self.pairs.append((tf.floormod(x + y, 97.0), _mod(value + other)))
        elif value.ndim == 1:
            self.pairs.append((tf.stack([x, y]), np.stack([value, other])))

    def take_apart(self, x, value):
        n, kind = len(value), self.choice.randrange(5)
        begin = self.choice.randrange(n)
        end = self.choice.randrange(begin + 1, n + 1)
        if kind == 0:
            self.pairs += zip(tf.unstack(x, num=n), value)
        elif kind == 1:
            self.pairs += zip(tf.split(x, [begin, n - begin]), np.split(value, [begin]))
        elif kind == 2:
            self.pairs.append((x[begin:end], value[begin:end]))
        elif kind == 3:
            self.pairs.append((tf.slice(x, [begin, 0], [end - begin, -1]), value[begin:end]))
        else:
            array = tf.TensorArray(tf.float32, n, clear_after_read=False).unstack(x)
            self.pairs += [(array.read(begin), value[begin]), (array.stack(), value)]


@pytest.mark.parametrize('threads', [1, 2])
@pytest.mark.parametrize('level', [tf.OptimizerOptions.L1, tf.OptimizerOptions.L0])
@pytest.mark.parametrize('seed', range(20))
def test_values_are_those_of_copies(seed, level, threads):
    with tf.Graph().as_default():
        parts = _Parts(seed)
        fetched = [parts.choice.choice(parts.pairs) for _ in range(4)]
        options = tf.GraphOptions(optimizer_options=tf.OptimizerOptions(opt_level=level))
        with tf.Session(config=tf.ConfigProto(graph_options=options, intra_op_parallelism_threads=threads)) as session:
            session.run(tf.global_variables_initializer())
            fetches, feed = [tensor for tensor, _ in fetched], {parts.feed: parts.fed}
            results = [session.run(fetches, feed)]
            trace = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
            results.append(session.run(fetches, feed, trace, tf.RunMetadata()))
            results.append(session.run(fetches, feed))
            # What was fetched stays as it is when feeds and variables change.
            session.run(tf.assign(parts.variable, 2 * parts.fed))
            session.run(fetches, {parts.feed: 0 * parts.fed})
            for result in results:
                for got, (tensor, wanted) in zip(result, fetched):
                    np.testing.assert_array_equal(got, wanted, err_msg=tensor.name)
