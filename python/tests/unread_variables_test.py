"""What changes of resource variables give in graphs: the variable after the change. Recorded from TensorFlow 1.15.5."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    tf.reset_default_graph()


def variable():
    return tf.get_variable('v', [3], initializer=tf.zeros_initializer(), use_resource=True)


def new_nodes(make):
    """What `make` gives, and the nodes that it adds: 'name type(inputs) control inputs'."""
    graph = tf.get_default_graph()
    count = len(graph.get_operations())
    made = make()
    return made, ['%s %s(%s)%s' % (op.name, op.type, ' '.join(each.name for each in op.inputs),
                                   ''.join(' ^' + name for name in sorted(each.name for each in op.control_inputs)))
                  for op in graph.get_operations()[count:]]


ROWS = tf.IndexedSlices([1.], [0])
CHANGES = {
    'AssignVariableOp': [lambda v: v.assign([1., 2, 3]), lambda v: tf.assign(v, [1., 2, 3])],
    'AssignAddVariableOp': [lambda v: v.assign_add([1., 2, 3]), lambda v: tf.assign_add(v, [1., 2, 3])],
    'AssignSubVariableOp': [lambda v: v.assign_sub([1., 2, 3]), lambda v: tf.assign_sub(v, [1., 2, 3])],
}
ROW_CHANGES = {
    'ResourceScatter' + kind: [lambda v, kind=kind: getattr(v, 'scatter_' + kind.lower())(ROWS),
                               lambda v, kind=kind: getattr(tf, 'scatter_' + kind.lower())(v, [0], [1.])]
    for kind in ('Update', 'Add', 'Sub', 'Mul', 'Div', 'Min', 'Max')
}


@pytest.mark.parametrize('op', CHANGES)
@pytest.mark.parametrize('form', range(2))
def test_a_change_is_one_node_and_a_read(op, form):
    v = variable()
    changed, nodes = new_nodes(lambda: CHANGES[op][form](v))
    assert nodes == ['Const Const()', '%s %s(v:0 Const:0)' % (op, op), 'ReadVariableOp ReadVariableOp(v:0) ^' + op]
    assert type(changed).__name__ == '_UnreadVariable' and changed.name == changed.op.name == op


@pytest.mark.parametrize('op', ROW_CHANGES)
@pytest.mark.parametrize('form', range(2))
def test_a_change_of_rows_converts_them_in_its_scope(op, form):
    v = variable()
    changed, nodes = new_nodes(lambda: ROW_CHANGES[op][form](v))
    assert nodes == ['Const Const()', op + '/indices Const()', '%s %s(v:0 %s/indices:0 Const:0)' % (op, op, op),
                     'ReadVariableOp ReadVariableOp(v:0) ^' + op]
    assert type(changed).__name__ == '_UnreadVariable' and changed.name == op


def test_it_is_a_variable_without_initializer():
    v = tf.Variable([1.], use_resource=True, trainable=False, constraint=lambda x: x, name='v',
                    aggregation=tf.VariableAggregation.SUM)
    changed = v.assign([2.], name='hello')
    assert repr(changed) == "<tf.Variable 'hello' shape=(1,) dtype=float32>"
    assert isinstance(changed, tf.Variable) and changed not in tf.global_variables() and changed is not v
    assert (changed.initializer, changed.initial_value, changed.constraint) == (None, None, None)
    assert changed.trainable and changed.aggregation == tf.VariableAggregation.NONE
    assert changed.handle is v.handle and changed._unique_id == 'v' and changed._handle_name == 'v:0:0'
    assert v.assign([2.], read_value=False).name == 'AssignVariableOp'


def test_it_is_read_after_the_change_where_it_is_used():
    v = variable()
    changed = v.assign([1., 2, 3])
    assert new_nodes(lambda: 1 + changed)[1] == [
        'ReadVariableOp_1 ReadVariableOp(v:0) ^AssignVariableOp', 'add/x Const()', 'add AddV2(add/x:0 ReadVariableOp_1:0)']
    assert new_nodes(lambda: tf.identity(changed))[1] == [
        'Identity/ReadVariableOp ReadVariableOp(v:0) ^AssignVariableOp', 'Identity Identity(Identity/ReadVariableOp:0)']
    assert new_nodes(lambda: changed.assign_add([1., 1, 1]))[1] == [
        'Const_1 Const()', 'AssignAddVariableOp AssignAddVariableOp(v:0 Const_1:0)',
        'ReadVariableOp_2 ReadVariableOp(v:0) ^AssignAddVariableOp']


def test_waiting_for_it_is_waiting_for_the_change():
    v = variable()
    changed = v.assign([1., 2, 3])
    with tf.control_dependencies([changed]):
        assert new_nodes(tf.no_op)[1] == ['NoOp NoOp() ^AssignVariableOp']
    assert new_nodes(lambda: tf.group(changed, v))[1] == ['group_deps NoOp() ^AssignVariableOp ^v']
    with tf.colocate_with(changed):
        assert tf.no_op().get_attr('_class') == [b'loc:@v']


def test_slices_batches_and_averages_give_it_too():
    v = variable()
    assert v[0].assign(3.).name == 'strided_slice/_assign'
    changed, nodes = new_nodes(lambda: v.batch_scatter_update(ROWS))
    assert changed.name == 'ResourceScatterNdUpdate'
    assert nodes[-2:] == ['ReadVariableOp_%d ReadVariableOp(v:0) ^ResourceScatterNdUpdate' % i for i in (2, 3)]
    from reflow.training import moving_averages
    changed, nodes = new_nodes(lambda: moving_averages.assign_moving_average(v, tf.ones([3]), .9))
    assert changed.name == 'AssignMovingAvg' and nodes[-1] == 'AssignMovingAvg/ReadVariableOp ReadVariableOp(v:0) ^AssignMovingAvg'


def test_a_session_runs_the_change_and_fetches_the_value():
    v = variable()
    first, second = v.assign([1., 2, 3]), v.assign_add([1., 1, 1])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(first).tolist() == [1, 2, 3]
        assert session.run({'x': second})['x'].tolist() == [2, 3, 4]
        assert session.run(first.op) is None and session.run(v).tolist() == [1, 2, 3]
        assert session.run(tf.gradients(first * 2., v)[0]).tolist() == [2, 2, 2]


def test_in_functions_nothing_is_read_that_is_not_used():
    v = variable()

    @tf.contrib.eager.defun
    def function():
        changed, nodes = new_nodes(lambda: v.assign([1., 2, 3]))
        assert [node.split()[1].split('(')[0] for node in nodes if 'Placeholder' not in node] == ['Const', 'AssignVariableOp']
        return changed

    result = function()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(result).tolist() == [1, 2, 3]


def test_conds_give_values():
    v = variable()
    chosen = tf.cond(tf.constant(False), lambda: v.assign_add([1., 1, 1]), lambda: v.assign([5., 6, 7]))
    assert chosen.name == 'cond/Merge:0' and isinstance(chosen, tf.Tensor)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(chosen).tolist() == [5, 6, 7]
