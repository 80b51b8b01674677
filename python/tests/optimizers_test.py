"""Optimizers as programs use and derive from them."""
import gc
import weakref

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.training import optimizer as optimizer_lib


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run_steps(train_op, fetches, steps=1):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(steps):
            sess.run(train_op)
        return sess.run(fetches)


class Halving(tf.train.Optimizer):
    """Moves variables half of the way against the gradient, and counts the updates in slots."""

    def __init__(self, rate, use_locking=False, name='Halving'):
        super().__init__(use_locking, name)
        self._rate = rate
        self.calls = []

    def _create_slots(self, var_list):
        self.calls.append('_create_slots')
        for var in var_list:
            self._zeros_slot(var, 'updates', self._name)

    def _prepare(self):
        self.calls.append('_prepare')
        self._rate_t = tf.convert_to_tensor(self._call_if_callable(self._rate), name='rate')

    def _apply_dense(self, grad, var):
        self.calls.append('_apply_dense')
        count = self.get_slot(var, 'updates').assign_add(tf.ones_like(var), use_locking=self._use_locking)
        return tf.group(var.assign_sub(0.5 * self._rate_t * grad), count)

    def _apply_sparse(self, grad, var):
        self.calls.append('_apply_sparse')
        return var.scatter_sub(tf.IndexedSlices(grad.values * 0.5 * self._rate_t, grad.indices))

    def _finish(self, update_ops, name_scope):
        self.calls.append('_finish')
        return super()._finish(update_ops, name_scope)


def test_a_subclass_updates_by_its_own_methods():
    v = tf.Variable([4., 8.], name='v')
    opt = Halving(lambda: 1.)
    train = opt.minimize(tf.reduce_sum(v * v) / 2.)
    assert opt.calls == ['_create_slots', '_prepare', '_apply_dense', '_finish']
    assert train.name == 'Halving' and opt.get_slot_names() == ['updates']
    assert opt.get_slot(v, 'updates').name == 'v/Halving:0'
    value, count = run_steps(train, [v, opt.get_slot(v, 'updates')], steps=2)
    assert value.tolist() == [1., 2.] and count.tolist() == [2., 2.]


def test_sparse_gradients_come_with_each_index_once():
    v = tf.Variable(np.ones([4, 1], np.float32))
    opt = Halving(1.)
    train = opt.minimize(tf.reduce_sum(tf.gather(v, [1, 1, 3])))
    assert '_apply_sparse' in opt.calls
    assert run_steps(train, v).tolist() == [[1.], [0.], [1.], [0.5]]


class Named:
    """A second base class, as programs mix in."""

    def get_name(self):
        return 'mixed ' + super().get_name()


class MixedAdam(Named, tf.train.AdamOptimizer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = []

    def _resource_apply_dense(self, grad, handle):
        self.seen.append(handle)
        return super()._resource_apply_dense(tf.clip_by_value(grad, -1., 1.), handle)

    def compute_gradients(self, loss, var_list=None, **kwargs):
        return [(g * 2., v) for g, v in super().compute_gradients(loss, var_list, **kwargs) if g is not None]

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        self.applied = list(grads_and_vars)
        return super().apply_gradients(self.applied, global_step, name)


def test_a_subclass_of_adam_overrides_and_calls_super():
    v = tf.get_variable('v', initializer=[1., 2.], use_resource=True)
    opt = MixedAdam(0.5)
    opt.minimize(tf.reduce_sum(v))
    assert opt.get_name() == 'mixed Adam' and opt.seen == [v]
    assert opt.applied[0][0].op.type == 'Mul' and opt.applied[0][1] is v


class ByRows(tf.train.AdamOptimizer):
    def _apply_sparse_shared(self, grad, var, indices, scatter_add):
        self.seen = (grad, var, indices)
        with tf.control_dependencies([scatter_add(self.get_slot(var, 'm'), indices, grad)]):
            return super()._apply_sparse_shared(grad, var, indices, scatter_add)


@pytest.mark.parametrize('use_resource', [False, True])
def test_a_subclass_of_adam_has_its_own_rule_of_rows(use_resource):
    values = []
    for cls in ByRows, tf.train.AdamOptimizer:
        var = tf.get_variable(cls.__name__, initializer=[1., 2., 3.], use_resource=use_resource)
        adam = cls(.1, beta1=.5)
        loss = tf.reduce_sum(tf.gather(var, [0, 2]) * [1., 4.])
        values.append(run_steps(adam.minimize(loss), [var, adam.get_slot(var, 'm')]))
        if cls is ByRows:
            assert adam.seen[1] is var and adam.seen[0].shape.as_list() in ([2], [None])
    # Rule of ByRows: m has the gradient in it already when Adam's own is applied.
    np.testing.assert_allclose(values[0][1], 2 * values[1][1])
    np.testing.assert_allclose(values[0][0], [1., 2., 3.] + 2 * (values[1][0] - [1., 2., 3.]), rtol=1e-6)


def test_the_tensors_of_hyperparameters_are_attributes():
    v = tf.Variable(1.)
    opt = tf.train.AdamOptimizer(learning_rate=lambda: 0.25)
    opt._beta1 = 0.5  # read when gradients are applied
    opt.minimize(v * v)
    assert opt._lr_t.name == 'Adam/learning_rate:0'
    with tf.Session() as sess:
        assert sess.run([opt._lr_t, opt._beta1_t]) == [0.25, 0.5]
    assert [power.op.name for power in opt._get_beta_accumulators()] == ['beta1_power', 'beta2_power']
    assert [var.op.name for var in opt.variables()] == ['Variable/Adam', 'Variable/Adam_1', 'beta1_power', 'beta2_power']


@pytest.mark.parametrize('rate', [0.5, np.float32(0.5), lambda: 0.5, lambda: tf.constant(0.5)])
def test_rates_are_numbers_arrays_and_functions(rate):
    v = tf.Variable(4.)
    assert run_steps(tf.train.GradientDescentOptimizer(rate).minimize(v), v) == 3.5


def test_a_rate_may_be_a_variable():
    v, rate = tf.Variable(4.), tf.Variable(0.25, trainable=False)
    assert run_steps(tf.train.GradientDescentOptimizer(rate).minimize(v), v) == 3.75


def test_gradients_of_tensors_are_computed_but_not_applied():
    x = tf.constant([1., 2.])
    opt = tf.train.GradientDescentOptimizer(1.)
    pairs = opt.compute_gradients(tf.reduce_sum(x * x), [x])
    assert pairs[0][1] is x
    with tf.Session() as sess:
        assert sess.run(pairs[0][0]).tolist() == [2., 4.]
    with pytest.raises(NotImplementedError, match='Trying to update a Tensor'):
        opt.apply_gradients(pairs)


def test_the_step_may_be_a_reference_tensor():
    v, step = tf.Variable(1.), tf.train.create_global_step()
    opt = tf.train.GradientDescentOptimizer(1.)
    train = opt.minimize(v * 2., global_step=tf.get_default_graph().get_tensor_by_name('global_step:0'))
    assert train.name == 'GradientDescent' and run_steps(train, step) == 1
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'assign_add'"):
        opt.minimize(v * 2., global_step=tf.constant(0))


def test_arrays_stand_for_gradients():
    v = tf.Variable([1., 2.])
    train = tf.train.GradientDescentOptimizer(1.).apply_gradients([(np.array([1., 1.], np.float32), v)])
    assert run_steps(train, v).tolist() == [0., 1.]


def test_mistakes_have_the_texts_of_tensorflow():
    v, i = tf.Variable(1., name='v'), tf.Variable(1, name='i')
    opt = tf.train.GradientDescentOptimizer(0.1)
    with pytest.raises(ValueError, match=r"No gradients provided for any variable: \[\"<tf.Variable 'v:0'"):
        opt.apply_gradients([(None, v)])
    with pytest.raises(ValueError, match='No variables provided.'):
        opt.apply_gradients([])
    with pytest.raises(ValueError, match='No gradients provided for any variable, check your graph for ops'):
        opt.minimize(tf.constant(1.), var_list=[v])
    with pytest.raises(ValueError, match='Invalid type tf.int32 for '):
        opt.minimize(i + 1)
    with pytest.raises(ValueError, match='gate_gradients must be one of'):
        opt.compute_gradients(v * v, gate_gradients=7)
    with pytest.raises(ValueError, match='Must specify the optimizer name'):
        tf.train.Optimizer(False, '')
    with pytest.raises(TypeError, match='Gradient must be convertible to a Tensor or IndexedSlices, or None'):
        opt.apply_gradients([(object(), v)])


def test_an_error_in_a_method_of_a_subclass_comes_through():
    class Failing(tf.train.GradientDescentOptimizer):
        def _apply_dense(self, grad, var):
            raise KeyError('mine')

    with pytest.raises(KeyError, match='mine'):
        Failing(0.1).minimize(tf.Variable(1.) * 2.)


def test_optimizers_are_freed():
    opt = Halving(1.)
    opt.minimize(tf.Variable(1.) * 2.)
    reference = weakref.ref(opt)
    del opt
    gc.collect()
    assert reference() is None


def test_slots_and_variables_of_ones_own():
    class Powers(tf.train.Optimizer):
        def _create_slots(self, var_list):
            first = min(var_list, key=lambda var: var.name)
            self._create_non_slot_variable(initial_value=2., name='power', colocate_with=first)
            for var in var_list:
                self._get_or_make_slot(var, tf.fill([2], 7.), 'seven', 'Seven')
                self._get_or_make_slot_with_initializer(var, tf.ones_initializer(), tf.TensorShape([3]), tf.float32,
                                                        'ones', 'Ones')

        def _apply_dense(self, grad, var):
            return var.assign(self._get_non_slot_variable('power', graph=tf.get_default_graph()) * grad)

    v = tf.Variable([1., 1.], name='v')
    opt = Powers(False, 'Powers')
    train = opt.minimize(tf.reduce_sum(v))
    value, seven, ones = run_steps(train, [v, opt.get_slot(v, 'seven'), opt.get_slot(v, 'ones')])
    assert value.tolist() == [2., 2.] and seven.tolist() == [7., 7.] and ones.tolist() == [1., 1., 1.]
    assert opt.get_slot(v, 'other') is None and opt._get_non_slot_variable('other') is None


def test_repeated_indices_are_summed():
    values, indices = optimizer_lib._deduplicate_indexed_slices(tf.constant([[1.], [2.], [4.]]), tf.constant([3, 1, 3]))
    with tf.Session() as sess:
        summed, unique = sess.run([values, indices])
    assert summed.tolist() == [[5.], [2.]] and unique.tolist() == [3, 1]


def test_the_collection_of_train_ops_may_hold_anything():
    v = tf.Variable(1.)
    tf.add_to_collection(tf.GraphKeys.TRAIN_OP, tf.constant(1., name='tensor'))
    tf.add_to_collection(tf.GraphKeys.TRAIN_OP, 'text')
    train = tf.train.GradientDescentOptimizer(0.5).minimize(v * v)
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP)[1:] == ['text', train]


def test_two_train_ops_of_slim_in_one_graph():
    tf.train.create_global_step()
    x, y = tf.Variable(1.), tf.Variable(2.)
    trains = [tf.contrib.slim.learning.create_train_op(var * var, tf.train.GradientDescentOptimizer(0.25),
                                                       variables_to_train=[var]) for var in (x, y)]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(trains) == [1., 4.] and sess.run([x, y]) == [0.5, 1.]
