"""What deprecated functions log, and that they log it once. The texts are TensorFlow 1.15.5's."""
import logging

import pytest

from reflow.framework import tensor_shape
from reflow.util import deprecation


@pytest.fixture
def logged(caplog):
    """The messages that were logged, with the location of the call, `From FILE:LINE: `, cut off and checked."""
    logger = logging.getLogger('tensorflow')
    propagates, logger.propagate = logger.propagate, True
    caplog.set_level(logging.WARNING, logger='tensorflow')

    def messages():
        result = []
        for record in caplog.records:
            location, _, text = record.getMessage().partition(': ')
            file, _, line = location.rpartition(':')
            assert file == 'From ' + __file__ and line.isdigit()
            result.append(text)
        caplog.clear()
        return result

    yield messages
    logger.propagate = propagates


def function(a, b=2, *args, **kwargs):
    return a, b


def method_like(self):
    return 3


SUFFIX = 'Instructions for updating:\nUse x.'
HERE = __name__


def test_function_warns_once(logged):
    old = deprecation.deprecated(None, 'Use x.')(function)
    assert old(1) == (1, 2)
    old(1)
    assert logged() == ['function (from %s) is deprecated and will be removed in a future version.\n%s' % (HERE, SUFFIX)]


def test_date(logged):
    def dated():
        pass
    deprecation.deprecated('2020-01-31', 'Use x.')(dated)()
    assert logged() == ['test_date.<locals>.dated (from %s) is deprecated and will be removed after 2020-01-31.\n%s'
                        % (HERE, SUFFIX)]


def test_warns_each_time(logged):
    def each():
        pass
    old = deprecation.deprecated(None, 'Use x.', warn_once=False)(each)
    old()
    old()
    assert len(logged()) == 2


def test_silence(logged):
    def quiet():
        pass
    old = deprecation.deprecated(None, 'Use x.')(quiet)
    with deprecation.silence():
        old()
    assert logged() == []
    old()
    assert len(logged()) == 1


def test_shapes(logged):
    assert (tensor_shape.scalar().as_list(), tensor_shape.vector(3).as_list()) == ([], [3])
    assert tensor_shape.matrix(2, None).as_list() == [2, None]
    assert [text.partition(' (from')[0] for text in logged()] == ['scalar', 'vector', 'matrix']


def arguments(a, b=2, c=None, *args, **kwargs):
    return a


def of_argument(name):
    return 'calling arguments (from %s) with %s is deprecated and will be removed in a future version.\n%s' % (
        HERE, name, SUFFIX)


def test_arguments_by_position_and_name(logged):
    deprecation._PRINTED_WARNING.clear()
    old = deprecation.deprecated_args(None, 'Use x.', 'b', 'c')(arguments)
    old(1)
    assert logged() == []
    old(1, 2)
    assert logged() == [of_argument('b')]
    old(1, 2, c=None)
    assert logged() == [of_argument('c')]
    old(1, 2, 3)
    assert logged() == []


def test_argument_with_value_that_is_right(logged):
    deprecation._PRINTED_WARNING.clear()
    old = deprecation.deprecated_args(None, 'Use x.', ('c', None))(arguments)
    old(1, c=None)
    old(1, 2, None)
    assert logged() == []
    old(1, c=3)
    assert logged() == [of_argument('c')]


def test_variable_arguments(logged):
    deprecation._PRINTED_WARNING.clear()
    old = deprecation.deprecated_args(None, 'Use x.', 'args', 'kwargs')(arguments)
    old(1, 2, 3)
    assert logged() == []
    old(1, 2, 3, 4, z=5)
    assert logged() == [of_argument('args'), of_argument('kwargs')]


def test_values_of_arguments(logged):
    deprecation._PRINTED_WARNING.clear()
    old = deprecation.deprecated_arg_values(None, 'Use x.', b=2)(arguments)
    old(1, 5)
    assert logged() == []
    old(1)
    assert logged() == [of_argument('b=2')]


def test_alias(logged):
    deprecation._PRINTED_WARNING.clear()
    old = deprecation.deprecated_alias('tf.old', 'tf.new', method_like)
    assert old(1) == 3
    old(1)
    assert logged() == ['The name tf.old is deprecated. Please use tf.new instead.\n']


def test_alias_of_class(logged):
    class Thing:
        def __init__(self, value):
            self.value = value

    old = deprecation.deprecated_alias('tf.Old', 'tf.New', Thing)
    assert isinstance(old(4), Thing) and old(4).value == 4
    assert logged() == ['The name tf.Old is deprecated. Please use tf.New instead.\n']
