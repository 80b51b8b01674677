"""AutoGraph: Python's control flow over tensors in graphs. Values and texts are TensorFlow 1.15.5's."""
import functools
import subprocess
import sys

import numpy as np
import pytest
import reflow.tensorflow as tf

int64 = tf.int64


def run(function, *args, options=None, signature=None):
    """What a tf.function gives, run in a graph of its own."""
    with tf.Graph().as_default(), tf.Session() as session:
        traced = tf.function(function, input_signature=signature, experimental_autograph_options=options)
        result = traced(*[tf.constant(arg) if isinstance(arg, (float, int, list, str)) else arg for arg in args])
        session.run(tf.global_variables_initializer())
        return plain(session.run(result))


def plain(value):
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return np.asarray(value).tolist()


def elements(make_dataset):
    with tf.Graph().as_default(), tf.Session() as session:
        return plain(session.run(tf.data.make_one_shot_iterator(make_dataset().batch(100)).get_next()))


def early(x):
    if x > 10:
        return x - 10
    if x > 5:
        return x * 2
    return x


def nested(x, y):
    z = 0
    if x > 0:
        if y > 0:
            z = 1
        else:
            z = 2
    elif y > 0:
        z = 3
    return z


def collatz(n):
    steps = 0
    while n > 1:
        if n % 2 < 1:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


def odd_numbers(n):
    s = i = 0
    while i < n:
        i += 1
        if i > 7:
            break
        if i % 2 < 1:
            continue
        s += i
    return s, i


def with_else(x):
    i = 0
    while i < x:
        i += 1
        if i > 5:
            break
    else:
        i = -1
    return i


def python_loops(x):
    for k in range(10):
        if k == 3:
            break
        x = x * 2
    else:
        x = x + 1000
    for _ in range(2):
        x = x + 1
    else:
        x = x + 10
    return x, k


def returns_from_python_loops(x):
    for k in range(10):
        for j in range(10):
            if k * j == 6:
                return x + k * 10 + j


def sum_of_range(n):
    s = 0
    for i in tf.range(n):
        s += i
    return s


def sum_of_python_range(n):
    s = 0
    for i in range(n):
        s += i
    return s


def digits_of_range(a, b, d):
    s = 0
    for i in tf.range(a, b, d):
        s = s * 10 + i
    return s


def sum_of_some(xs):
    s = 0.
    for x in xs:
        if x < 0:
            continue
        if x > 5:
            break
        s += x
    return s


def sum_of_rows(xs):
    s = tf.zeros([2])
    for row in xs:
        s = s * 2 + row
    return s


def logic(x):
    return (x > 1 and x < 5) or not x > -3


def ternary(x):
    return x if x > 0 else -x


def builtins(x):
    return abs(x), float(x), int(x * 2), len(x) if x.shape.ndims else 0


def helper(x, scale=1, *args, **kwargs):
    if x > 2:
        return x * scale
    return x + sum(args) + kwargs.get('extra', 0)


def calls(x):
    args, kwargs = (10, 20), {'extra': 100}
    return helper(x), helper(x, scale=5), helper(x, 1, *args, **kwargs)


def closures(x):
    k = 2

    def inner(y):
        nonlocal k
        if y > 0:
            k = k + 1
            return y * k
        return y
    f = lambda z: z if z > 3 else inner(z)  # noqa: E731
    return f(x), inner(x), k


def array(n):
    a = tf.TensorArray(tf.int32, size=n)
    for i in tf.range(n):
        y = i * i
        if i < 2:
            y = -i
        a = a.write(i, y)
    return a.stack()


def fizzbuzz(n):
    text = tf.constant('')
    for i in tf.range(1, n + 1):
        if i % 15 < 1:
            text += 'FizzBuzz '
        elif i % 3 < 1:
            text += 'Fizz '
        elif i % 5 < 1:
            text += 'Buzz '
        else:
            text += tf.strings.as_string(i) + ' '
    return text


def loop_with_options(n):
    s = 0
    for i in tf.range(n):
        tf.autograph.experimental.set_loop_options(parallel_iterations=2, maximum_iterations=3)
        s += i
    return s


@pytest.mark.parametrize('function,args,wanted', [
    (early, [12], 2), (early, [7], 14), (early, [1], 1),
    (nested, [-1, -1], 0), (nested, [-1, 1], 3), (nested, [1, -1], 2), (nested, [1, 1], 1),
    (collatz, [27], 111), (collatz, [1], 0), (odd_numbers, [20], [16, 8]),
    (with_else, [3], -1), (with_else, [30], 6),
    (python_loops, [1], [20, 3]), (returns_from_python_loops, [0], 16),
    (sum_of_range, [5], 10), (sum_of_range, [0], 0),
    (sum_of_python_range, [5], 10), (sum_of_python_range, [-5], 0),
    (digits_of_range, [1, 9, 3], 147), (digits_of_range, [9, 1, -3], 963),
    (sum_of_some, [[1., -2., 3., 9., 4.]], 4.), (sum_of_rows, [[[1., 2.], [3., 4.]]], [5., 8.]),
    (logic, [3], True), (logic, [0], False), (logic, [-5], True), (ternary, [3], 3), (ternary, [-4], 4),
    (builtins, [-3], [3, -3., -6, 0]), (builtins, [[1., -2.]], [[1., 2.], [1., -2.], [2, -4], 2]),
    (calls, [3], [3, 15, 3]), (calls, [1], [1, 1, 131]), (closures, [2], [6, 8, 4]), (array, [5], [0, -1, 4, 9, 16]),
    (fizzbuzz, [15], b'1 2 Fizz 4 Buzz Fizz 7 8 Fizz Buzz 11 Fizz 13 14 FizzBuzz '), (loop_with_options, [6], 15),
    (lambda x: x * 2 if x > 0 else x, [3], 6),
], ids=lambda value: getattr(value, '__name__', None))
def test_control_flow(function, args, wanted):
    assert run(function, *args) == wanted


def test_counts_rows_of_unknown_number():
    def count(xs):
        n = 0
        for x in xs:
            n += len(xs) + x
        return n
    assert run(count, [5, 6], signature=[tf.TensorSpec([None], tf.int32)]) == 15


def test_python_values_stay_pythons():
    assert run(lambda: sum_of_python_range(4)) == 6
    assert run(lambda x: x * (lambda n: 120 if n == 5 else 0)(5), 1) == 120


class Counter:
    def __init__(self, k=3):
        self.n = tf.constant(0)
        self.__k = k

    def step(self, x):
        if x > 0:
            self.n = self.n + x
        return self.n

    def many(self, xs):
        for x in xs:
            self.step(x)
            self.n = self.n + self.__k
        return self.n

    def __call__(self, x):
        if x > 0:
            return x
        return -x


class Derived(Counter):
    def step(self, x):
        y = super().step(x)
        if y > 5:
            y = y * 10
        return y


def test_methods_attributes_and_callable_objects():
    def f(x):
        c = Counter()
        c.step(x)
        c.step(-x)
        return c.step(x), c(-x), Derived().step(x), Derived().step(x * 2)
    assert run(f, 4) == [8, 4, 4, 80]
    assert run(lambda xs: Counter().many(xs), [1, 2, 3]) == 6 + 9


def test_elements_of_dicts():
    def f(x):
        d = {'a': 1, 'b': 2}
        if x > 0:
            d['a'] = x
        return d['a']
    assert [run(f, 3), run(f, -3)] == [3, 1]


def test_partial_functions_and_decorators():
    def linear(a, b, c):
        if a > 0:
            return a + b * c
        return c
    assert run(lambda x: functools.partial(linear, c=7)(x, 2), 3) == 17

    def one_more(f):
        @functools.wraps(f)
        def wrapper(*args):
            return f(*args) + 1
        return wrapper

    @one_more
    def doubled(x):
        if x > 0:
            return x
        return x * 2
    assert run(doubled, -3) == -5


def test_variables_change_in_branches_and_loops():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable('v', [], initializer=tf.constant_initializer(1.), use_resource=True)

        @tf.function
        def grown(x):
            if x > 0:
                v.assign_add(x)
            return v.read_value()

        @tf.function
        def doubled(n):
            while v < n:
                v.assign(v * 2.)
            return v.read_value()
        x = tf.placeholder(tf.float32, [])
        grow, double = grown(x), doubled(x)
        session.run(tf.global_variables_initializer())
        assert [session.run(grow, {x: 2.}), session.run(grow, {x: -2.})] == [3., 3.]
        assert session.run(double, {x: 50.}) == 96.


def test_gradients():
    with tf.Graph().as_default(), tf.Session() as session:
        @tf.function
        def power(x):
            y = x
            for _ in tf.range(3):
                if y < 100.:
                    y = y * x
            return y
        x = tf.constant(3.)
        assert session.run([power(x), tf.gradients(power(x), x)[0]]) == [81., 108.]


def test_functions_of_datasets():
    numbers = tf.data.Dataset.range
    assert elements(lambda: numbers(10).filter(lambda x: x > 2 and x < 7)) == [3, 4, 5, 6]

    def outer(x):
        if x < 3:
            return True
        return x > 7
    assert elements(lambda: numbers(10).filter(outer)) == [0, 1, 2, 8, 9]

    def scaled(x):
        if x > 4:
            y = x * 10
        else:
            y = -x
        return {'x': x, 'y': y}
    assert elements(lambda: numbers(7).map(scaled)) == {'x': [0, 1, 2, 3, 4, 5, 6], 'y': [0, -1, -2, -3, -4, 50, 60]}

    def grown(x):
        while x < 50:
            x = x * 2 + 1
        return x
    assert elements(lambda: numbers(5).map(grown, num_parallel_calls=2)) == [63, 63, 95, 63, 79]

    def of_one(x):
        if x > 1:
            return tf.data.Dataset.from_tensors(x)
        return tf.data.Dataset.from_tensors(-x)
    assert elements(lambda: numbers(4).flat_map(of_one)) == [0, -1, 2, 3]
    interleaved = lambda x: numbers(2).map(lambda y: y if x > 1 else -y)  # noqa: E731
    assert elements(lambda: numbers(3).interleave(interleaved, cycle_length=2)) == [0, 0, -1, -1, 0, 1]

    def jumping(s, x):
        if x > 2:
            s = s + 10
        return s, s + x
    assert elements(lambda: numbers(5).apply(tf.data.experimental.scan(tf.constant(0, int64), jumping))) == [0, 1, 2, 13, 24]

    def large(s, x):
        if x > 2:
            s = s + x
        return s
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(numbers(6).reduce(tf.constant(0, int64), large)) == 12


def test_graph_has_conds_and_loops_only_where_tensors_decide():
    def f(x, flag):
        if flag:
            x = x + 1
        for _ in range(2):
            x = x * 2
        return x
    with tf.Graph().as_default():
        types = [each.type for each in tf.function(f).get_concrete_function(tf.constant(1), True).graph.get_operations()]
        assert types.count('Mul') == 2 and not {'Switch', 'If', 'While', 'Enter', 'StatelessIf'} & set(types)


def test_source_that_is_not_there_is_called_as_it_is():
    names = {'tf': tf}
    exec(compile('def doubled(x):\n  if x is None: return 0\n  return x * 2', '<string>', 'exec'), names)
    assert run(lambda x: names['doubled'](x), 4) == 8


def test_generators_are_called_as_they_are():
    def numbers():
        for i in range(5):
            if i == 2:
                continue
            yield i
    assert run(lambda x: x + sum(numbers()), 1) == 9


def test_eagerly(tmp_path):
    program = tmp_path / 'program.py'
    program.write_text('''
import reflow.tensorflow as tf
tf.enable_eager_execution()

@tf.function
def total(n):
    s = tf.constant(0)
    for i in range(n):
        s += i
    return s if s > 3 else -s

assert [int(total(tf.constant(n))) for n in (4, 2)] == [6, -1]
x = tf.Variable(3.)

@tf.function
def power(n):
    y = tf.constant(1.)
    for _ in tf.range(n):
        y = y * x
    return y

with tf.GradientTape() as tape:
    y = power(tf.constant(3))
assert float(y) == 27. and float(tape.gradient(y, x)) == 27.
assert [int(x) for x in tf.data.Dataset.range(6).filter(lambda x: x > 1 and x < 4)] == [2, 3]
assert int(tf.autograph.to_graph(lambda x: x if x > 0 else -x)(tf.constant(-3))) == 3
''')
    subprocess.run([sys.executable, str(program)], check=True, timeout=120)
