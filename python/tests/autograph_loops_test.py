"""AutoGraph: loops with branches, breaks, effects and loops in them, and loops over datasets."""
import autograph_test
import pytest
import reflow.tensorflow as tf

run = autograph_test.run
int64 = tf.int64


@pytest.mark.parametrize('breaks,changes,wanted', [
    (False, False, [1., 2., 3., 4., 5.]), (True, False, [1., 2., 3., 4., 0.]), (False, True, [1., 2., 3., 5., 7.]),
    (True, True, [1., 2., 3., 5., 0.])])
def test_breaks_that_python_may_leave_out(breaks, changes, wanted):
    def f(xs):
        h = tf.constant(0.)
        sums = tf.TensorArray(tf.float32, size=5)
        for t in tf.range(tf.shape(xs)[0]):
            h = h + xs[t]
            sums = sums.write(t, h)
            if breaks:
                if h > 3.:
                    break
            if changes:
                if h > 2.:
                    h = h + 1.
        return sums.stack()
    assert run(f, [1.] * 5) == wanted


def test_loops_within_loops_and_branches():
    @tf.function
    def total(x):
        s = 0
        for i in tf.range(x):
            s += i
        return s

    def f(x):
        s = 0
        for i in tf.range(x):
            if i > 1:
                for j in tf.range(i):
                    s += j
            else:
                s += 10 + total(i)
            t = tf.constant(0)
            while t < i:
                t += 1
            s += t
        if s > 25:
            s = s * 10 + total(5)
        return s

    def wanted(x):
        s = sum((i * (i - 1) // 2 if i > 1 else 10) + i for i in range(x))
        return s * 10 + 10 if s > 25 else s
    assert [run(f, x) for x in (0, 1, 3, 5)] == [wanted(x) for x in (0, 1, 3, 5)]


def test_effects_of_branches_in_loops():
    def squares(n):
        a = tf.TensorArray(tf.int32, size=n)
        for i in tf.range(n):
            if i > 1:
                a = a.write(i, i * i)
            else:
                a = a.write(i, -i)
        return a.stack()
    assert run(squares, 5) == [0, -1, 4, 9, 16]
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable('v', [], initializer=tf.zeros_initializer(), use_resource=True)

        @tf.function
        def add(xs):
            for x in xs:
                if x > 2.:
                    v.assign_add(x)
                else:
                    v.assign(v * 10.)
            if v > 100.:
                v.assign(0.5)
            return v.read_value()
        xs = tf.placeholder(tf.float32, [None])
        added = add(xs)
        session.run(v.initializer)
        assert [session.run(added, {xs: x}) for x in ([3., 1., 5.], [1.], [7.])] == [35., 0.5, 7.5]


def test_loops_over_datasets():
    def total(n, last=None):
        s = tf.constant(0, int64)
        for x in tf.data.Dataset.range(n):
            if last is not None:
                if x > last:
                    break
            s += x
        return s
    assert run(lambda: total(10)) == 45
    assert run(lambda: total(10, 5)) == 15

    def pairs(n):
        s = tf.constant(0, int64)
        for i, (x, y) in enumerate(tf.data.Dataset.range(n).map(lambda x: (x, x * x))):
            s += i * x * y
        for x, y in zip(tf.data.Dataset.range(n), tf.data.Dataset.range(5, 5 + n)):
            s += x * y
        return s
    assert run(lambda: pairs(4)) == 98 + 44
