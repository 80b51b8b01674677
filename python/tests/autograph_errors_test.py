"""Mistakes in functions whose control flow becomes part of the graph: classes and texts are TensorFlow 1.15.5's."""
import pytest
import reflow.tensorflow as tf
from reflow.framework import errors


def error_of(function, *args):
    """What tracing raises for constants."""
    with tf.Graph().as_default(), pytest.raises(Exception) as raised:
        tf.function(function)(*[tf.constant(arg) for arg in args])
    return raised.value


def undefined(x):
    if x > 0:
        y = x
    return y


def undefined_in_first(x):
    if x > 0:
        pass
    else:
        y = x
    return y


def no_result(x):
    if x > 0:
        return x


def other_type(x):
    if x > 0:
        y = 1
    else:
        y = 2.
    return y


def undefined_before_loop(n):
    for i in tf.range(n):
        z = i * 2
    return z


def type_of_loop(n):
    x = tf.constant(0)
    for _ in tf.range(n):
        x = 1.5
    return x


def shape_of_loop(n):
    x = tf.zeros([1])
    while tf.size(x) < n:
        x = tf.concat([x, x], 0)
    return x


def structure_of_loop(n):
    x = 1
    while n > 0:
        x = (1, 2)
        n = n - 1
    return x


def return_in_loop(n):
    for i in tf.range(n):
        if i > 3:
            return i
    return n


def none_before_loop(n):
    x = None
    for i in tf.range(n):
        x = i
    return x


def chain(x):
    return 1 if 0 < x < 5 else 0


def rows(x):
    return [y for y in tf.expand_dims(x, 0)]


@pytest.mark.parametrize('function,kind,text', [
    (undefined, ValueError, "The following symbols must also be initialized in the else branch: ('y',). Alternatively, you may "
     'initialize them before the if statement.'),
    (undefined_in_first, ValueError, "The following symbols must also be initialized in the if branch: ('y',). Alternatively, "
     'you may initialize them before the if statement.'),
    (no_result, ValueError, 'A value must also be returned from the else branch. If a value is returned from one branch of a '
     'conditional a value must be returned from all branches.'),
    (other_type, TypeError, '"y" has dtype int32 in the TRUE branch, but dtype=float32 in the FALSE branch. TensorFlow control '
     'flow requires that they are the same.'),
    (undefined_before_loop, ValueError, "TensorFlow requires that the following symbols must be defined before the loop: "
     "('z',)"),
    (type_of_loop, TypeError, '"x" has dtype int32 before the loop, but dtype float32 after one iteration. TensorFlow control '
     'flow requires it stays the same.'),
    (shape_of_loop, ValueError, '"x" has shape (1,) before the loop, but shape (2,) after one iteration. TensorFlow control '
     'flow requires it stays the same or be more specific.'),
    (return_in_loop, ValueError, 'return statements are not supported within a TensorFlow loop.'),
    (none_before_loop, ValueError, 'None values not supported.'),
    (chain, errors.OperatorNotAllowedInGraphError, 'using a `tf.Tensor` as a Python `bool` is not allowed: AutoGraph did not '
     'convert this function. Try decorating it directly with @tf.function.'),
    (rows, errors.OperatorNotAllowedInGraphError, 'iterating over `tf.Tensor` is not allowed: AutoGraph did not convert this '
     'function. Try decorating it directly with @tf.function.'),
], ids=lambda value: getattr(value, '__name__', None))
def test_mistakes_name_the_line(function, kind, text):
    error = error_of(function, 3)
    assert type(error) is kind
    lines = str(error).split('\n')
    assert lines[0] == 'in converted code:' and lines[-2] == '    %s: %s' % (kind.__name__, text)
    assert any('%s  *' % function.__name__ in line and __file__.rpartition('/')[2] in line for line in lines)


def test_structure_of_a_loop_variable():
    text = str(error_of(structure_of_loop, 3))
    assert 'TypeError: "x" does not have the same nested structure after one iteration.' in text


class Plain(Exception):
    pass


class Demanding(Exception):
    def __init__(self, text, number):
        super().__init__(text)


def test_errors_of_the_program_keep_their_class():
    def key(x):
        if x > 0:
            raise KeyError('oops')
        return x

    def plain(x): raise Plain('oops')
    def demanding(x): raise Demanding('oops', 1)
    def index(x): return [1][5]

    error = error_of(key, 3)
    first = key.__code__.co_firstlineno
    assert isinstance(error, KeyError)
    assert str(error) == "in converted code:\n\n    %s:%d key  *\n        raise KeyError('oops')\n\n    KeyError: 'oops'\n" % (
        __file__, first + 2)
    error = error_of(plain, 3)
    assert type(error) is Plain and str(error).endswith('\n\n    Plain: oops\n')
    for function, cause in ((demanding, 'Demanding: oops'), (index, 'IndexError: list index out of range')):
        error = error_of(function, 3)
        assert type(error).__name__ == 'StagingError' and str(error).endswith('\n\n    %s\n' % cause)


def test_errors_name_all_functions_of_the_program():
    def inner(x):
        return tf.matmul(x, x)

    def outer(x):
        if tf.reduce_sum(x) > 0:
            x = inner(x)
        return x
    error = error_of(outer, [[1., 2., 3.]])
    assert type(error) is ValueError
    lines = [line.strip() for line in str(error).split('\n')]
    first, second = lines.index('x = inner(x)'), lines.index('return tf.matmul(x, x)')
    assert first < second and lines[first - 1].endswith('outer  *') and lines[second - 1].endswith('inner  *')
    assert "ValueError: Dimensions must be equal, but are 3 and 1 for 'MatMul'" in str(error) or 'are 3 and 1 for' in str(error)


def square(x):
    if x > 0:
        return x
    return x


DISABLED = ('using a `tf.Tensor` as a Python `bool` is not allowed: AutoGraph is disabled in this function. Try decorating it '
            'directly with @tf.function.')


def test_functions_that_are_not_converted():
    raw = tf.autograph.experimental.do_not_convert(square)
    with tf.Graph().as_default():
        with pytest.raises(errors.OperatorNotAllowedInGraphError) as raised:
            tf.function(square, autograph=False)(tf.constant(3))
        assert str(raised.value) == DISABLED
        with pytest.raises(errors.OperatorNotAllowedInGraphError) as raised:
            tf.data.Dataset.range(3).map(raw)
        assert str(raised.value) == DISABLED
        with pytest.raises(errors.OperatorNotAllowedInGraphError) as raised:
            square(tf.constant(3))
        assert str(raised.value) == ('using a `tf.Tensor` as a Python `bool` is not allowed in Graph execution. Use Eager '
                                     'execution or decorate this function with @tf.function.')
    assert DISABLED in str(error_of(lambda x: raw(x), 3))
    assert DISABLED in str(error_of(lambda x: tf.function(square, autograph=False)(x), 3))


def test_functions_of_datasets_name_the_line():
    with tf.Graph().as_default(), pytest.raises(ValueError) as raised:
        tf.data.Dataset.range(3).map(undefined)
    assert str(raised.value).startswith('in converted code:') and 'undefined  *' in str(raised.value)


def test_layers_that_iterate_over_tensors():
    class Rows(tf.keras.layers.Layer):
        def call(self, x):
            return [row for row in x]
    with tf.Graph().as_default(), pytest.raises(TypeError) as raised:
        Rows()(tf.constant([1., 2.]))
    assert str(raised.value).startswith('You are attempting to use Python control flow in a layer that was not declared to be '
                                        'dynamic. Pass `dynamic=True` to the class constructor.\nEncountered error:\n"""\n')
    assert str(raised.value).endswith('\n"""')
