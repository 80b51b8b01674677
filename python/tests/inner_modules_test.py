"""Modules below tensorflow.python and tensorflow.contrib that programs import. Numbers, names and texts are TensorFlow 1.15.5's."""
import subprocess
import sys

import pytest

import reflow.tensorflow as tf

L = tf.linalg


def evaluate(tensor):
    with tf.Session() as sess:
        return sess.run(tensor).tolist()


def operators(names):
    made = {'I': lambda: L.LinearOperatorIdentity(2, name='I'),
            'S': lambda: L.LinearOperatorScaledIdentity(2, 3., is_positive_definite=True, name='S'),
            'D': lambda: L.LinearOperatorDiag([1., 2.], is_positive_definite=True, is_self_adjoint=True, name='D'),
            'T': lambda: L.LinearOperatorLowerTriangular([[1., 0.], [2., 3.]], name='T'),
            'M': lambda: L.LinearOperatorFullMatrix([[1., 2.], [3., 4.]], name='M')}
    return [made[name]() for name in names]


@pytest.mark.parametrize('names, kind, name, positive, dense', [
    ('IS', L.LinearOperatorScaledIdentity, 'Add/I__S/', True, [[4, 0], [0, 4]]),
    ('ID', L.LinearOperatorDiag, 'Add/D__I/', True, [[2, 0], [0, 3]]),
    ('DSI', L.LinearOperatorDiag, 'Add/Add/S__I/__D/', True, [[5, 0], [0, 6]]),
    ('TD', L.LinearOperatorLowerTriangular, None, None, [[2, 0], [2, 5]]),
    ('MID', L.LinearOperatorFullMatrix, 'Add/Add/D__I/__M/', None, [[3, 2], [3, 7]]),
    ('DMTS', L.LinearOperatorFullMatrix, 'Add/Add/T__Add/S__D//__M/', None, [[6, 2], [5, 12]]),
    ('M', L.LinearOperatorFullMatrix, 'M', None, [[1, 2], [3, 4]])])
def test_sums_of_linear_operators_have_the_least_structure(names, kind, name, positive, dense):
    from reflow.ops.linalg import linear_operator_addition
    total, = linear_operator_addition.add_operators(operators(names))
    assert type(total) is kind and name in (None, total.name)
    assert total.is_positive_definite is positive and evaluate(total.to_dense()) == dense


def test_sums_of_operators_that_do_not_fit():
    from reflow.ops.linalg import linear_operator_addition
    with pytest.raises(ValueError, match="Argument 'operators' must contain at least one operator.  Found: "):
        linear_operator_addition.add_operators([])
    with pytest.raises(ValueError, match=r"must have the same domain dimension. Found: \[\('J', 3\), \('I', 2\)\]"):
        linear_operator_addition.add_operators([L.LinearOperatorIdentity(2, name='I'), L.LinearOperatorIdentity(3, name='J')])


def test_where_an_operation_stands():
    from reflow.ops import control_flow_util as util
    seen = {}

    def body(i):
        def inner():
            seen['inner'] = tf.add(i, 1)
            return seen['inner']

        seen['i'], seen['merge'] = i, tf.cond(i < 3, inner, lambda: i + 2)
        return seen['merge']

    with tf.Graph().as_default() as graph:
        seen['out'] = tf.while_loop(lambda i: i < 5, body, [tf.constant(0)])
        found = {name: [function(tensor.op) for function in (util.IsInWhileLoop, util.IsInCond, util.IsCondMerge, util.IsLoopExit)]
                 for name, tensor in seen.items()}
        assert found == {'out': [True, False, False, True], 'inner': [True, True, False, False],
                         'i': [True, False, False, False], 'merge': [True, False, True, False]}
        loop = {op.name: (util.IsCondSwitch(op), util.IsLoopSwitch(op)) for op in graph.get_operations() if op.type == 'Switch'}
        assert loop['while/Switch'] == (False, True) and loop['while/cond/Switch'] == (True, False)
        assert not util.GraphOrParentsInXlaContext(graph)


def test_contexts_are_compared_with_anything():
    with tf.Graph().as_default() as graph:
        contexts = []

        def body(i):
            contexts.extend(graph._get_control_flow_context() for _ in range(2))
            return i + 1

        tf.while_loop(lambda i: i < 5, body, [tf.constant(0)])
        first, second = contexts
        assert first == second and first != None and first != 'text'  # noqa: E711  pylint: disable=singleton-comparison


def test_contexts_have_their_methods_from_the_first():
    program = ('import reflow.tensorflow as tf\n'
               'def body(i):\n'
               '    print(tf.get_default_graph()._get_control_flow_context().IsWhileContext())\n'
               '    return i + 1\n'
               'tf.while_loop(lambda i: i < 5, body, [tf.constant(0)])')
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert done.stdout == 'True\n', done.stderr


@pytest.mark.parametrize('name, row, rows, whole', [
    ('inplace_update', [[1, 2], [7, 8], [5, 6]], [[7, 8], [3, 4], [9, 9]], [[2, 4], [6, 8], [10, 12]]),
    ('inplace_add', [[1, 2], [10, 12], [5, 6]], [[8, 10], [3, 4], [14, 15]], [[3, 6], [9, 12], [15, 18]]),
    ('alias_inplace_update', [[1, 2], [7, 8], [5, 6]], [[7, 8], [3, 4], [9, 9]], [[2, 4], [6, 8], [10, 12]])])
def test_rows_changed_in_place(name, row, rows, whole):
    from reflow.ops import inplace_ops
    function = getattr(inplace_ops, name)
    x = tf.constant([[1., 2.], [3., 4.], [5., 6.]])
    assert evaluate(function(x + 0., 1, [7., 8.])) == row
    assert evaluate(function(x + 0., [0, 2], [[7., 8.], [9., 9.]])) == rows
    assert evaluate(function(x + 0., None, x * 2)) == whole


def test_shapes_that_layers_are_given():
    from reflow.keras.utils import tf_utils
    assert tf_utils.convert_shapes([None, 2]) == (None, 2)
    assert tf_utils.convert_shapes({'a': [1, 2]}) == {'a': (1, 2)}
    assert tf_utils.convert_shapes([(1, 2), tf.TensorShape([3, 4])], False) == [tf.TensorShape([1, 2]), tf.TensorShape([3, 4])]
    assert tf_utils.is_symbolic_tensor(tf.constant(1)) and not tf_utils.is_symbolic_tensor(3)


def test_lazy_modules_are_imported_when_they_are_used():
    from reflow.util import lazy_loader
    names = {}
    names['j'] = lazy_loader.LazyLoader('j', names, 'json')
    assert names['j'].loads('[1]') == [1] and type(names['j']) is not lazy_loader.LazyLoader


def test_modules_that_are_not_there_say_so_on_use():
    import reflow.contrib.tpu.python.tpu.tpu_system_metadata as tpu_system_metadata
    from reflow.tensorflow.python.autograph.pyct import transformer
    from reflow.tensorflow.python.tpu import tpu_config

    class Own(transformer.Base):
        pass

    assert tpu_config.TPUConfig is tf.contrib.tpu.TPUConfig
    with pytest.raises(NotImplementedError, match='^tensorflow.python.autograph.pyct.transformer.Base is part of TensorFlow'):
        Own()
    with pytest.raises(NotImplementedError, match='tpu_system_metadata.master_job is part of TensorFlow'):
        tpu_system_metadata.master_job()
    assert not hasattr(tpu_system_metadata, '__path_of_nothing__')


@pytest.mark.parametrize('labels, predictions, weights, expected', [
    ([2, 1], [2], None, ([2], [2], None)), ([2], [2, 1], [2, 1], ([2], [2], [2])), ([2, 1], [2, 1], [2], ([2, 1], [2, 1], [2, 1])),
    ([2], [2], [], ([2], [2], [])), ([2, 3], [2, 3], [2, 3, 1], ([2, 3], [2, 3], [2, 3]))])
def test_metrics_of_ones_own_give_all_one_rank(labels, predictions, weights, expected):
    from reflow.ops import metrics_impl
    shapes = (predictions, labels, weights)
    given = [None if shape is None else tf.placeholder(tf.float32, shape) for shape in shapes]
    found = metrics_impl._remove_squeezable_dimensions(*given)
    assert tuple(None if each is None else each.shape.as_list() for each in found) == expected


def test_metrics_of_ones_own_count_at_thresholds():
    from reflow.ops import metrics_impl
    with tf.Graph().as_default(), tf.Session() as sess:
        values, updates = metrics_impl._confusion_matrix_at_thresholds(
            tf.constant([0., 1., 1.]), tf.constant([.2, .6, .4]), [.1, .5], tf.constant([1., 2., 3.]), ('tp', 'fn', 'fp'))
        sess.run(tf.local_variables_initializer())
        expected = {'tp': [5, 2], 'fn': [0, 3], 'fp': [1, 0]}
        assert {key: value.tolist() for key, value in sess.run(updates).items()} == expected
        assert {key: value.tolist() for key, value in sess.run(values).items()} == expected
        assert sess.run(metrics_impl._safe_scalar_div(tf.constant(3.), tf.constant(0.), 'quotient')) == 0


def test_the_module_of_metrics_has_all_of_them():
    from reflow.tensorflow.python.ops import metrics
    assert all(hasattr(metrics, name) for name in dir(tf.metrics) if not name.startswith('_'))


def test_the_module_of_images_has_what_is_an_op_and_nothing_more():
    from reflow.tensorflow.python.ops import image_ops
    for name in ('decode_jpeg', 'encode_jpeg', 'decode_png', 'decode_gif', 'draw_bounding_boxes', 'random_flip_up_down'):
        assert callable(getattr(image_ops, name)), name


def test_classes_that_pass_for_tensors():
    from reflow.framework import ops, tensor_util

    class Plain:
        name = 'x'

    class Replicated:
        name = property(lambda self: 'x')
        dtype = property(lambda self: tf.float32)

    with pytest.raises(TypeError, match='^Type Plain does not define a `name` property$'):
        ops.register_dense_tensor_like_type(Plain)
    assert not tf.is_tensor(Replicated())
    ops.register_dense_tensor_like_type(Replicated)
    assert ops.is_dense_tensor_like(Replicated()) and tf.is_tensor(Replicated()) and tensor_util.is_tensor(Replicated())


def test_what_programs_reach_of_graphs_scopes_and_variables():
    with tf.Graph().as_default() as graph, tf.variable_scope('outer', reuse=tf.AUTO_REUSE) as scope:
        x = tf.constant(1., name='x')
        variable = tf.get_variable('v', initializer=x)
        assert graph._nodes_by_name['outer/x'] is x.op and graph._nodes_by_id[x.op._id] is x.op
        assert scope._reuse is tf.AUTO_REUSE and not tf.VariableScope(False)._reuse
        assert variable._initial_value is variable.initial_value


def test_checkpoints_in_folders_that_are_not_there(tmp_path):
    folder = str(tmp_path / 'none')
    with pytest.raises(tf.errors.NotFoundError, match='^%s; No such file or directory' % folder):
        tf.train.checkpoint_exists(folder + '/model')
    assert not tf.train.checkpoint_exists(str(tmp_path / 'model')) and not tf.train.checkpoint_exists('no_such_model')
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.Saver([tf.Variable(1)])
        with pytest.raises(tf.errors.NotFoundError, match='No such file or directory'):
            saver.restore(session, folder + '/model')
        with pytest.raises(ValueError, match='The passed save_path is not a valid checkpoint: '):
            saver.restore(session, str(tmp_path / 'model'))


def test_a_session_of_a_config_alone():
    with pytest.raises(TypeError, match=r'Did you do "Session\(config\)" instead of "Session\(config=config\)"\?$'):
        tf.Session(tf.ConfigProto())
