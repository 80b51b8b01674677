"""tf.test. The texts are those of TensorFlow 1.15.5, of NumPy's own lines only what all its versions share."""
import os
import subprocess
import sys

import numpy as np
import pytest

import reflow.tensorflow as tf


class Case(tf.test.TestCase):

    def runTest(self):
        pass


case = Case()


@pytest.mark.parametrize('check', [
    lambda: case.assertAllClose([1., 2.], [1., 2.0000001]),
    lambda: case.assertAllClose([(1., 1.), {'d': (6., 7.)}], [(1., 1.), {'d': (6., 7.)}]),
    lambda: case.assertAllClose([np.nan], [np.nan]),
    lambda: case.assertAllCloseAccordingToType(np.ones(1, np.float16), np.float16([1.001])),
    lambda: case.assertAllEqual([np.nan, 1], [np.nan, 1]),
    lambda: case.assertAllEqual([b'a'], [b'a']),
    lambda: case.assertArrayNear([1.], [1.05], .1),
    lambda: case.assertAllInRange([1., 2.], 1, 2),
    lambda: case.assertAllInSet([1, 2], {1, 2}),
    lambda: case.assertDeviceEqual('/cpu:0', '/device:CPU:0'),
    lambda: case.assertProtoEquals('node { name: "a" }', tf.GraphDef(node=[tf.NodeDef(name='a')])),
])
def test_assertions_that_hold(check):
    check()


@pytest.mark.parametrize('check, lines', [
    (lambda: case.assertAllClose(np.array([1., 2.]), np.array([1., 2.5])),
     ['Not equal to tolerance rtol=1e-06, atol=1e-06', 'Mismatched value: a is different from b. ',
      'not close where = (array([1]),)', 'not close lhs = [2.]', 'not close rhs = [2.5]', 'not close dif = [0.5]',
      'not close tol = [3.5e-06]', 'dtype = float64, shape = (2,)']),
    (lambda: case.assertAllClose([(1., 1.), {'d': (6., 7.)}], [(1., 1.), {'d': (6., 8.)}]),
     ['Mismatched value: a[1][d] is different from b[1][d]. ']),
    (lambda: case.assertAllClose([1., 2.], [1.]), [' : Shape mismatch: expected (2,), got (1,) with contents [1.].']),
    (lambda: case.assertAllCloseAccordingToType(np.ones(1, np.float32), np.float32([1.001])), ['not close lhs = [1.]']),
    (lambda: case.assertAllEqual([1, 2], [1, 3], msg='why'),
     ['Arrays are not equal', 'why', 'not equal where = (array([1]),)', 'not equal lhs = [2]', 'not equal rhs = [3]']),
    (lambda: case.assertNotAllClose([1.], [1.]), ['The two values are close at all elements']),
    (lambda: case.assertNotAllEqual([1.], [1.]), ['The two values are equal at all elements']),
    (lambda: case.assertNear(1., 1.2, .1, 'why'), ['False is not true : 1.000000 != 1.200000 +/- 0.100000 (why)']),
    (lambda: case.assertAllInRange([1., 2.], 1, 2, open_upper_bound=True),
     ['1 of the 2 element(s) are outside the range [1, 2). Subscript(s) and value(s) of the offending elements:',
      '  [1] : 2.0']),
    (lambda: case.assertAllInRange(np.arange(20), 5, 6), ['  [11] : 11', '  ...']),
    (lambda: case.assertAllInRange([1., np.nan], 1, 2),
     ['1 of the 2 element(s) are NaN. Subscripts(s) and value(s) of the NaN element(s):', '  [1] : nan']),
    (lambda: case.assertAllInRange(['a'], 1, 2),
     ["The value of ['a'] does not have an ordered numeric type, instead it has type: <U1"]),
    (lambda: case.assertAllInSet([1, 3], [1, 2]), ['1 unique element(s) are not in the set [1, 2]: [3]']),
    (lambda: case.assertStartsWith('abc', 'b', 'why'), ["'abc' does not start with 'b' : 'why'"]),
    (lambda: case.assertProtoEquals('node { name: "b" }', tf.GraphDef(node=[tf.NodeDef(name='a')])), ['-   name: "b"']),
])
def test_assertions_that_do_not_hold(check, lines):
    with pytest.raises(AssertionError) as info:
        check()
    for line in lines:
        assert line in str(info.value).splitlines()


def test_structures_that_cannot_be_compared():
    with pytest.raises(ValueError, match="^Can't compare dict to non-dict, a vs b. $"):
        case.assertAllClose({'a': [1.]}, [1.])


def test_errors_of_ops():
    with case.assertRaisesOpError('gone'):
        raise tf.errors.NotFoundError(None, None, 'it is gone')
    with pytest.raises(AssertionError, match="^Exception of type <class '.*NotFoundError'>: here$"):
        with case.assertRaisesOpError('gone'):
            raise tf.errors.NotFoundError(None, None, 'here')
    with pytest.raises(AssertionError, match='OpError not raised'):
        with case.assertRaisesOpError('gone'):
            pass


NODES = '''node { name: "a" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } }
           node { name: "b" op: "Neg" input: "a" input: "^c" input: "^d" } node { name: "c" op: "NoOp" }
           node { name: "d" op: "NoOp" }'''


@pytest.mark.parametrize('old, new, difference', [
    ('', '', None),
    ('input: "^c" input: "^d"', 'input: "^d" input: "^c"', None),
    ('node { name: "d" op: "NoOp" }', 'node { name: "d" op: "NoOp" } versions { producer: 3 }', None),
    ('"b" op: "Neg"', '"b" op: "Abs"', "Node named 'b' has op 'Abs' that is not expected 'Neg'"),
    ('node { name: "d" op: "NoOp" }', '', "Did not find expected node '{{node d}} = NoOp[]()'"),
    ('node { name: "d" op: "NoOp" }', 'node { name: "d" op: "NoOp" } node { name: "e" op: "NoOp" }',
     "Found unexpected node '{{node e}} = NoOp[]()'"),
    ('input: "a"', 'input: "a:1"', "Node named 'b' has input 0 'a:1' that doesn't match expected 'a'"),
    ('input: "^d"', '', "Node named 'b' has inputs 'a, ^c' that don't match expected 'a, ^c, ^d'"),
    ('input: "^d"', 'input: "^e"', "Node named 'b' missing expected control input '^d'"),
    ('op: "Neg"', 'op: "Neg" device: "/cpu:0"', "Node named 'b' has device '/cpu:0' that is not expected ''"),
    ('DT_INT32', 'DT_FLOAT', "Node named 'a' has attr 'dtype' with value: DT_FLOAT that does not match expected: DT_INT32"),
    ('attr { key: "dtype" value { type: DT_INT32 } }', '',
     "Node named 'a' missing expected attr 'dtype' with value: DT_INT32"),
    ('op: "Neg"', 'op: "Neg" attr { key: "y" value { i: 1 } } attr { key: "_x" value { i: 1 } }',
     "Node named 'b' has unexpected attr 'y' with value: 1"),
])
def test_graphs_that_differ(old, new, difference):
    from google.protobuf import text_format
    expected, actual = (text_format.Parse(text, tf.GraphDef()) for text in (NODES, NODES.replace(old, new) if old else NODES))
    if difference is None:
        tf.test.assert_equal_graph_def(actual, expected)
        return
    with pytest.raises(AssertionError) as info:
        tf.test.assert_equal_graph_def(actual, expected)
    assert str(info.value) == difference


def test_stubs():
    stubs = tf.test.StubOutForTesting()
    for replace in (stubs.Set, stubs.SmartSet):
        replace(os.path, 'exists', lambda path: 'stub')
        assert os.path.exists('/') == 'stub'
        stubs.CleanUp()
        assert os.path.exists('/') is True
    with pytest.raises(AttributeError, match="module 'os' has no attribute 'no_such_name'"):
        stubs.Set(os, 'no_such_name', 1)


PROGRAM = '''
import numpy as np
import tensorflow as tf

class AddTest(tf.test.TestCase):
    def test_sessions(self):
        with self.test_session() as first, self.cached_session() as second:
            self.assertIs(first, second)
            self.assertAllClose(tf.constant([1.0, 2.0]) + 1.0, [2.0, 3.0])
            self.assertEqual(tf.constant(1).op.device, '/device:CPU:0')
        with self.session(graph=tf.Graph()) as other:
            self.assertIsNot(other, first)
            self.assertEqual(self.evaluate(tf.constant(3)), 3)

    def test_seeds_are_the_same_in_each_test(self):
        self.assertEqual(np.random.randint(1000), np.random.RandomState(87654321).randint(1000))
        self.assertEqual(tf.get_default_graph().seed, 87654321)

    def test_that_fails(self):
        with self.cached_session():
            self.assertAllEqual(tf.constant([1]), [2])

    def test_thread_that_fails(self):
        thread = self.checkedThread(target=lambda: 1 / 0)
        thread.start()
        with self.assertRaisesRegex(AssertionError, 'Error in checkedThread: division by zero'):
            thread.join()

class AddBenchmark(tf.test.Benchmark):
    def benchmark_add(self):
        with tf.Session() as sess:
            values = self.run_op_benchmark(sess, tf.constant(1) + 1, min_iters=3, extras={'kind': 'small'})
        assert values['iters'] == 3

if __name__ == '__main__':
    tf.test.main()
'''


def run(*args):
    return subprocess.run([sys.executable, '-m', 'reflow', '-c', PROGRAM, *args], capture_output=True, text=True)


def test_a_program_of_tests():
    done = run()
    assert done.returncode == 1
    assert 'FAIL: test_that_fails' in done.stderr and 'FAILED (failures=1, skipped=1)' in done.stderr
    assert 'not equal lhs = [1]' in done.stderr


def test_a_program_of_benchmarks():
    done = run('--benchmarks=AddBenchmark')
    assert (done.returncode, done.stderr) == (0, '')
    for line in ('name: "AddBenchmark.benchmark_add"', 'iters: 3', 'string_value: "small"'):
        assert line in done.stdout
    assert run('--benchmarks=None').stdout == ''


def test_there_is_no_gpu():
    assert not tf.test.is_gpu_available()
    assert (tf.test.gpu_device_name(), tf.test.is_built_with_cuda()) == ('', False)


def test_set_up_within_a_graph_gives_an_empty_one():
    outer, before = tf.Graph(), tf.get_default_graph()
    own = Case()
    for _ in range(2):
        with outer.as_default():
            tf.constant(1)
            own.setUp()
            assert tf.get_default_graph() is not outer and not tf.get_default_graph().get_operations()
            assert tf.get_default_graph().seed is not None
            own.tearDown()
            assert tf.get_default_graph() is outer
    assert tf.get_default_graph() is before


def test_modes_in_which_tests_run():
    from reflow.framework import test_util
    seen = []

    class Modes(tf.test.TestCase):

        def setUp(self):
            super().setUp()
            seen.append('setUp ' + mode())

        def inherited(self):
            seen.append('inherited ' + mode())

        test_inherited = inherited

    @test_util.run_all_in_graph_and_eager_modes
    class Both(Modes):

        def test_sum(self):
            seen.append('sum %s %s' % (mode(), self.evaluate(tf.constant(1) + 2)))

        def test_only_eager(self):
            if not tf.executing_eagerly():
                self.skipTest('nothing to see')
            seen.append('only ' + mode())

        def testSkipEagerThis(self):
            seen.append('this ' + mode())

        @test_util.run_v1_only('is old')
        @test_util.run_deprecated_v1
        def test_v1(self):
            seen.append('v1 ' + mode())

        @test_util.run_v2_only
        def test_v2(self):
            seen.append('v2')

    def mode():
        return 'eager' if tf.executing_eagerly() else 'graph'

    def run(name):
        seen.clear()
        return len(Both(name)().skipped), list(seen)

    assert run('test_sum') == (0, ['setUp graph', 'sum graph 3', 'setUp eager', 'sum eager 3'])
    assert run('test_inherited') == (0, ['setUp graph', 'inherited graph', 'setUp eager', 'inherited eager'])
    assert run('test_only_eager') == (0, ['setUp graph', 'setUp eager', 'only eager'])
    assert run('testSkipEagerThis') == (0, ['setUp graph', 'this graph'])
    assert run('test_v1') == (0, ['setUp graph', 'v1 graph', 'setUp eager', 'v1 eager'])
    assert run('test_v2') == (1, ['setUp graph', 'setUp eager'])
    with pytest.raises(ValueError, match="'reason' should be string, got <class 'int'>"):
        test_util.run_v1_only(1)
    with pytest.raises(ValueError, match='`run_v2_only` only supports test methods.'):
        test_util.run_v2_only(Both)
