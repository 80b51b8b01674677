"""tf.contrib.model_pruning: a net that loses most of its weights, and its graph without masks; mistakes."""
import logging

import numpy as np
import tensorflow as tf

logging.getLogger('tensorflow').setLevel(logging.ERROR)
pruning = tf.contrib.model_pruning
random = np.random.RandomState(0)


def weights(*shape):
    return tf.constant_initializer(random.randn(*shape))


inputs = tf.constant(random.randn(20, 4).astype(np.float32))
x = pruning.masked_fully_connected(inputs, 6, scope='first', weights_initializer=weights(4, 6))
y = pruning.masked_fully_connected(x, 2, activation_fn=None, scope='last', weights_initializer=weights(6, 2))
tf.identity(y, 'result')
tf.losses.sparse_softmax_cross_entropy(random.randint(0, 2, 20), y)
step = tf.train.get_or_create_global_step()
train = tf.contrib.slim.learning.create_train_op(tf.losses.get_total_loss(), tf.train.GradientDescentOptimizer(.1))
hparams = pruning.get_pruning_hparams().parse(
    'pruning_frequency=2,sparsity_function_end_step=8,target_sparsity=0.75,block_dims_map=[last:2x1]')
pruner = pruning.Pruning(hparams)
update = pruner.conditional_mask_update_op()
sparsity = pruning.get_weight_sparsity()
saver = tf.train.Saver()
try:
    pruning.train(train, './pruned', update, number_of_steps=12, save_summaries_secs=600)
except TypeError:  # TensorFlow 1.15, when all is done
    pass
with tf.Session() as session:
    saver.restore(session, tf.train.latest_checkpoint('./pruned'))
    print(session.run(sparsity), np.round(np.array(session.run(pruning.get_thresholds())), 3))
    print(session.run(pruning.get_masks()[1]).tolist())
    result = session.run(y)
print([w.op.name for w in pruning.get_masked_weights()])

with tf.Graph().as_default():
    graph_def = pruning.strip_pruning_vars_fn(pruning.graph_def_from_checkpoint('./pruned', ['result']), ['result'])
    print([(node.name, node.op) for node in graph_def.node])
    with tf.Graph().as_default(), tf.Session() as session:
        again, = tf.import_graph_def(graph_def, return_elements=['result:0'])
        print(np.allclose(session.run(again), result))

tf.reset_default_graph()
tf.train.get_or_create_global_step()
for text in ('begin_pruning_step=-1', 'begin_pruning_step=5,end_pruning_step=3', 'sparsity_function_begin_step=100',
             'threshold_decay=1.0', 'target_sparsity=1.0', 'weight_sparsity_map=[a:1.5]', 'block_dims_map=[a:2]'):
    try:
        pruning.Pruning(pruning.get_pruning_hparams().parse(text))
    except ValueError as error:
        print(error)
try:
    pruning.graph_def_from_checkpoint('./none', ['result'])
except ValueError as error:
    print(error)
