"""TFLearn's blocks of convolutions, generators of sequences, and summaries."""
import contextlib
import io

import numpy as np
import tensorflow as tf
import tflearn
from tflearn import data_utils, summaries


def fit(model, *args, **kwargs):
    """Trains without showing the progress, which has times in it."""
    with contextlib.redirect_stdout(io.StringIO()):
        model.fit(*args, shuffle=False, **kwargs)


def learned(net, inputs, classes):
    """What the network learns in one epoch, and its variables."""
    net = tflearn.fully_connected(net, 3, activation='softmax', weights_init='xavier')
    net = tflearn.regression(net, optimizer='sgd', learning_rate=.05, loss='categorical_crossentropy')
    print([(variable.name, variable.shape.as_list()) for variable in tf.trainable_variables()])
    model = tflearn.DNN(net)
    fit(model, inputs, classes, n_epoch=1, batch_size=10)
    print(np.round(model.predict(inputs[:3]), 3))


images = np.random.RandomState(0).rand(20, 8, 8, 4).astype(np.float32)
steps = np.random.RandomState(1).rand(20, 9, 5).astype(np.float32)
classes = np.eye(3)[np.arange(20) % 3]
blocks = {
    'densenet': lambda x: tflearn.densenet_block(x, 2, 4),
    'densenet without bottleneck': lambda x: tflearn.densenet_block(x, 1, 3, bottleneck=False, batch_norm=False,
                                                                    downsample=False),
    'resnext': lambda x: tflearn.resnext_block(x, 2, 8, 32, downsample=True),
    'atrous': lambda x: tflearn.layers.conv.atrous_conv_2d(x, 3, 3, rate=2, activation='relu'),
    'grouped': lambda x: tflearn.layers.conv.grouped_conv_2d(x, 2, 3, bias=True, activation='tanh'),
}
for name, block in blocks.items():
    print(name)
    with tf.Graph().as_default():
        tflearn.init_graph(seed=3)
        tf.set_random_seed(3)
        learned(tflearn.global_avg_pool(block(tflearn.input_data([None, 8, 8, 4]))), images, classes)

with tf.Graph().as_default():
    tf.set_random_seed(3)
    net = tflearn.layers.conv.highway_conv_1d(tflearn.input_data([None, 9, 5]), 4, 3, activation='elu')
    learned(net, steps, classes)

text = 'the quick brown fox jumps over the lazy dog. ' * 3
x, y, numbers = data_utils.string_to_semi_redundant_sequences(text, seq_maxlen=6, redun_step=4)
print(x.shape, y.shape, numbers)
with tf.Graph().as_default():
    tf.set_random_seed(3)
    np.random.seed(3)
    net = tflearn.lstm(tflearn.input_data([None, 6, len(numbers)]), 8)
    net = tflearn.fully_connected(net, len(numbers), activation='softmax')
    net = tflearn.regression(net, optimizer='sgd', loss='categorical_crossentropy', learning_rate=.1)
    model = tflearn.SequenceGenerator(net, dictionary=numbers, seq_maxlen=6, clip_gradients=5.)
    fit(model, x, y, n_epoch=1, batch_size=16)
    print(np.round(model._predict(x[:1])[0][:5], 3))
    print(repr(model.generate(10, temperature=1., seq_seed='the qu')), model.generate(3, seq_seed=list('the qu')))

with tf.Graph().as_default():
    w = tf.get_variable('w', [2], initializer=tf.constant_initializer([0., 2.]))
    tf.add_to_collection('regularization', tf.reduce_sum(w, name='penalty'))
    loss = tf.reduce_mean(w, name='loss')
    merged = tflearn.summarize_all([w], [(tf.gradients(loss, w)[0], w)], [tf.identity(w, name='activation')])
    print([item['tag'] for item in tf.get_collection('summary_tags')])
    update = summaries.add_loss_summaries(loss * 2., loss, 'regularization', summaries_collection_key='losses')
    print(update.name, [each.name for each in tf.get_collection('losses')])
    number = tflearn.summarize(loss, 'scalar', 'number')
    for wrong in (lambda: summaries.get_summary('scalar', 'new'), lambda: summaries.get_summary('text', 'new', loss),
                  lambda: summaries.get_summary('scalar', 'number', break_if_exists=True)):
        try:
            wrong()
        except Exception as error:
            print(type(error).__name__, error)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        print(summaries.get_value_from_summary_string('Sparsity/', session.run(merged)))

with tf.Graph().as_default(), tf.Session() as session:
    predicted, wanted = tf.constant([[.2, .9, -.3], [1.5, .1, .4]]), tf.constant([[0., 1., 0.], [1., 0., 0.]])
    metric = tflearn.metrics.Prediction_Counts(tflearn.metrics.Accuracy())
    metric.build(predicted, wanted)
    weighted = tflearn.metrics.WeightedR2()
    weighted.build(predicted, wanted, [predicted * .5, predicted * .2])
    print(metric.name, metric.get_tensor().name, weighted.name)
    print(session.run([
        metric.get_tensor(), weighted.get_tensor(), tflearn.objectives.contrastive_loss(predicted, wanted, .5),
        tflearn.objectives.weak_cross_entropy_2d(predicted, wanted),
        tflearn.objectives.weak_cross_entropy_2d(predicted, wanted, head=[1., 2., 3.])]))
    print(np.round(session.run(tflearn.activations.gelu(predicted)), 5))
