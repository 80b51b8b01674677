"""The functions of ops: what they take, give and refuse is what TensorFlow 1.15.5's do."""
import inspect

import pytest

import reflow.tensorflow as tf
from reflow.tensorflow.python.ops import gen_array_ops, gen_control_flow_ops, gen_math_ops, gen_nn_ops


@pytest.fixture
def x():
    tf.reset_default_graph()
    return tf.constant([1., 2.])


def test_one_output_is_a_tensor(x):
    assert repr(gen_math_ops.add(x, 1)) == "<tf.Tensor 'Add:0' shape=(2,) dtype=float32>"
    assert gen_math_ops.add(x, x, 'named').name == 'named:0'


def test_no_output_is_the_operation(x):
    assert gen_control_flow_ops.no_op().name == 'NoOp'


def test_several_outputs_are_a_namedtuple(x):
    result = gen_array_ops.unique(x)
    assert (type(result).__name__, result._fields, result.idx.name) == ('Unique', ('y', 'idx'), 'Unique:1')
    assert gen_nn_ops.top_kv2(x, 1)._fields == ('values', 'indices')


def test_a_list_of_outputs_is_a_list(x):
    assert [type(each) for each in gen_array_ops.unpack(x, 2)] == [tf.Tensor, tf.Tensor]
    assert len(gen_array_ops.split(0, x, 2)) == 2


def test_none_is_the_default(x):
    assert gen_math_ops._sum(x, axis=0, keep_dims=None).op.get_attr('keep_dims') is False


def test_functions_know_their_signature_and_documentation():
    assert str(inspect.signature(gen_math_ops._sum)) == '(input, axis, keep_dims=False, name=None)'
    assert gen_math_ops.add.__module__ == 'tensorflow.python.ops.gen_math_ops'
    assert 'Args:\n  x\n  y\n  name' in gen_math_ops.add.__doc__
    assert inspect.signature(tf.raw_ops.Add) == inspect.signature(gen_math_ops.add)


def test_raw_ops_take_names_only(x):
    assert tf.raw_ops.Add(x=x, y=x).op.type == 'Add'
    with pytest.raises(TypeError) as info:
        tf.raw_ops.Add(x, x)
    assert str(info.value) == ("Add only takes keyword args (possible keys: ['x', 'y', 'name']). Please pass these args as "
                               "kwargs instead.")


def test_an_op_that_reflow_does_not_have():
    assert not hasattr(tf.raw_ops, 'TPUReplicate')
    assert not hasattr(gen_math_ops, 'no_such_op')


@pytest.mark.parametrize('call, error, text', [
    (lambda x: gen_array_ops.pack(x), TypeError,
     "Expected list for 'values' argument to 'pack' Op, not <tf.Tensor 'Const:0' shape=(2,) dtype=float32>."),
    (lambda x: gen_math_ops.add_n(3), TypeError, "Expected list for 'inputs' argument to 'add_n' Op, not 3."),
    (lambda x: gen_math_ops._sum(x, axis=0, keep_dims=3), TypeError, "Expected bool for argument 'keep_dims' not 3."),
    (lambda x: gen_array_ops.strided_slice(x, [0], [1], [1], begin_mask='a'), TypeError,
     "Expected int for argument 'begin_mask' not 'a'."),
    (lambda x: gen_math_ops.cast(x, 'nope'), TypeError, "Expected DataType for argument 'DstT' not 'nope'."),
    (lambda x: gen_math_ops.add(x, 'a'), TypeError,
     "Expected float32 passed to parameter 'y' of op 'Add', got 'a' of type 'str' instead. Error: Expected float32, got "
     "'a' of type 'str' instead."),
    (lambda x: gen_array_ops.placeholder(tf.float32, 'a'), TypeError,
     'Error converting shape to a TensorShape: A string has ambiguous TensorShape, please wrap in a list or convert to an '
     'int: a.'),
    (lambda x: gen_math_ops.mat_mul(x, x), ValueError,
     "Shape must be rank 2 but is rank 1 for 'MatMul' (op: 'MatMul') with input shapes: [2], [2]."),
])
def test_mistakes(x, call, error, text):
    with pytest.raises(error) as info:
        call(x)
    assert str(info.value) == text
