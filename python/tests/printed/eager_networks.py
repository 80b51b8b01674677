"""tfe.Network: names of networks and their variables, checkpoints, mistakes; layers of tf.layers; iterators."""
import os

import tensorflow as tf

tf.enable_eager_execution()
tfe = tf.contrib.eager
ones = tf.ones_initializer()


class Pair(tfe.Network):
    def __init__(self, name=None):
        super(Pair, self).__init__(name=name)
        self.first = self.track_layer(tf.layers.Dense(3, kernel_initializer=ones))
        self.second = self.track_layer(tf.layers.Dense(1, kernel_initializer=ones, name='last'))

    def call(self, inputs):
        return self.second(self.first(inputs))


class Pairs(tfe.Network):
    def __init__(self):
        super(Pairs, self).__init__()
        self.pairs = [self.track_layer(Pair()), self.track_layer(Pair())]
        self.dropout = self.track_layer(tf.layers.Dropout(0.5))

    def call(self, inputs, training=False):
        return self.dropout(self.pairs[0](inputs) + self.pairs[1](inputs), training=training)


def names(variables):
    return [each.name for each in variables]


def mistake(function):
    try:
        print(function())
    except Exception as error:  # pylint: disable=broad-except
        print(type(error).__name__, str(error)[:45])


pair = Pair()
mistake(lambda: pair.name)
mistake(lambda: tfe.save_network_checkpoint(pair, '.'))
print(pair(tf.ones([2, 4])).numpy(), pair.name, pair.scope_name, names(pair.variables))
print([each.name for each in pair.layers], pair.get_layer('last') is pair.second, pair.get_layer(index=0) is pair.first)
another = Pair()
another(tf.ones([1, 4]))
print(another.name, names(another.trainable_variables), another.non_trainable_weights, another.losses)
pairs = Pairs()
print(pairs(tf.ones([1, 2])).numpy(), pairs.name, names(pairs.trainable_weights))
named = Pair('mine')
named(tf.ones([1, 2]))
print(names(named.variables))
for wrong in (lambda: Pair('mine')(tf.ones([1, 2])), lambda: Pair('a/b'), lambda: pairs.add_variable('v', []),
              lambda: pairs.add_loss(1.), lambda: pairs.track_layer(3), lambda: pairs.get_layer('x'),
              lambda: pair.get_layer(), lambda: pair.get_layer(index=2), lambda: setattr(pair, 'trainable', False)):
    mistake(wrong)
chain = tfe.Sequential([tf.layers.Dense(2, kernel_initializer=ones), tf.nn.relu, tf.layers.Dropout(0.)])
print(chain(tf.ones([1, 2]), training=True).numpy(), names(chain.variables), [each.name for each in chain.layers])
mistake(lambda: chain.add(1))
with tf.variable_scope('around'):
    inner = Pair()
    inner(tf.ones([1, 2]))
    print(inner.name, inner.scope_name, names(inner.variables))

prefix = tfe.save_network_checkpoint(pair, os.getcwd())
print(os.path.basename(prefix), tf.train.list_variables(prefix))
pair.variables[0].assign(tf.fill([4, 3], 5.))
later = tfe.save_network_checkpoint(pair, os.path.join(os.getcwd(), 'later'), global_step=7)
print(os.path.basename(later))
fresh = Pair('fresh')
tfe.restore_network_checkpoint(fresh, later)
fresh(tf.ones([1, 4]))
print(fresh.variables[0].numpy()[0])
tfe.restore_network_checkpoint(fresh, prefix)
print(fresh.variables[0].numpy()[0])
nested = tfe.save_network_checkpoint(pairs, os.getcwd(), map_func=lambda name: name.upper())
print(os.path.basename(nested), tf.train.list_variables(nested)[:2])
pairs.variables[0].assign_add(tf.ones([2, 3]))
tfe.restore_network_checkpoint(pairs, nested, map_func=lambda name: name.upper())
print(pairs.variables[0].numpy()[0])

dense = tf.layers.Dense(2, kernel_initializer=ones)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(dense(tf.ones([1, 2])) ** 2)
print(names(dense.trainable_variables), [each.numpy() for each in tape.gradient(loss, dense.trainable_variables)])

iterator = tfe.Iterator(tf.data.Dataset.range(3))
print(iterator.next().numpy(), [int(each) for each in iterator], iterator.output_types, iterator.output_shapes)
mistake(iterator.next)

mean = tfe.metrics.Mean()
mean([1., 3.])
print(mean.result().numpy(), mean.name)
