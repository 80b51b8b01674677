"""Networks of TFLearn: what they learn, and what their variables are called."""
import contextlib
import io

import numpy as np
import tensorflow as tf
import tflearn
from tflearn.data_augmentation import ImageAugmentation
from tflearn.data_preprocessing import ImagePreprocessing
from tflearn.data_utils import pad_sequences, to_categorical
from tflearn.layers.conv import conv_2d, global_avg_pool, max_pool_2d, residual_block
from tflearn.layers.core import dropout, fully_connected, input_data
from tflearn.layers.estimator import regression
from tflearn.layers.normalization import batch_normalization, local_response_normalization


def fit(model, *args, **kwargs):
    """Trains without showing the progress, which has times in it."""
    with contextlib.redirect_stdout(io.StringIO()):
        model.fit(*args, shuffle=False, **kwargs)


def variables():
    return [variable.name for variable in tf.trainable_variables()]


images = np.random.RandomState(0).rand(40, 8, 8, 1).astype(np.float32)
classes = np.eye(3)[np.arange(40) % 3]

with tf.Graph().as_default():
    tflearn.init_graph(seed=8)
    net = input_data(shape=[None, 8, 8, 1], name='input')
    net = conv_2d(net, 4, 3, activation='relu', regularizer='L2', weights_init='xavier')
    net = max_pool_2d(net, 2)
    net = local_response_normalization(net)
    net = batch_normalization(net)
    net = fully_connected(net, 8, activation='tanh')
    net = dropout(net, .8)
    net = fully_connected(net, 3, activation='softmax')
    net = regression(net, optimizer='adam', learning_rate=.01, loss='categorical_crossentropy', name='target')
    model = tflearn.DNN(net, tensorboard_verbose=0, tensorboard_dir='logs')
    fit(model, {'input': images}, {'target': classes}, n_epoch=2, batch_size=10,
        validation_set=({'input': images[:6]}, {'target': classes[:6]}), run_id='run')
    before = np.array(model.predict(images[:2]))
    print(before.shape, model.predict_label(images[:2]).shape, len(model.evaluate(images, classes)))
    print(variables())
    print([variable.name for variable in tflearn.get_layer_variables_by_name('FullyConnected')])
    beside = 'restore_variables', 'summary_tags', 'Adam_training_summaries', 'Adam_testing_summaries', 'summaries'
    print([key for key in sorted(tf.get_default_graph().get_all_collection_keys()) if key not in beside])
    model.save('network')
    kernel = tflearn.variables.get_layer_variables_by_name('Conv2D')[0]
    model.set_weights(kernel, np.zeros((3, 3, 1, 4)))
    print(model.get_weights(kernel).sum())
    model.load('network')
    print(np.allclose(model.predict(images[:2]), before))

with tf.Graph().as_default():
    tflearn.init_graph(seed=2)
    inputs = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    net = tflearn.input_data(shape=[None, 2])
    net = tflearn.fully_connected(net, 4, activation='tanh', weights_init='uniform')
    net = tflearn.fully_connected(net, 1, activation='sigmoid', weights_init='uniform')
    net = tflearn.regression(net, optimizer=tflearn.SGD(learning_rate=2.), loss='mean_square', metric='R2')
    model = tflearn.DNN(net, tensorboard_dir='logs')
    fit(model, inputs, [[0.], [1.], [1.], [1.]], n_epoch=300, batch_size=4)
    print(np.round(model.predict(inputs)).ravel().tolist())

with tf.Graph().as_default():
    net = tflearn.input_data([None, 6])
    net = tflearn.embedding(net, 20, 4)
    branches = [tflearn.lstm(net, 5, dropout=.8), tflearn.gru(net, 3), tflearn.simple_rnn(net, 2),
                tflearn.bidirectional_rnn(net, tflearn.BasicLSTMCell(4), tflearn.BasicLSTMCell(4))]
    net = tflearn.merge(branches, 'concat')
    print(net.get_shape().as_list(), variables())
    print(tflearn.lstm(tf.ones([2, 6, 3]), 3, return_seq=True, dynamic=True, scope='kept').shape,
          [variable.name for variable in tflearn.get_layer_variables_by_name('kept')])
    net = tflearn.fully_connected(net, 2, activation='softmax')
    model = tflearn.DNN(tflearn.regression(net), tensorboard_dir='logs')
    fit(model, np.random.RandomState(0).randint(0, 20, (20, 6)), np.eye(2)[np.arange(20) % 2], n_epoch=1, batch_size=5)
    print(np.array(model.predict(np.zeros((1, 6)))).sum().round(3))

with tf.Graph().as_default():
    preprocessing = ImagePreprocessing()
    preprocessing.add_featurewise_zero_center()
    preprocessing.add_featurewise_stdnorm()
    augmentation = ImageAugmentation()
    augmentation.add_random_flip_leftright()
    augmentation.add_random_crop([8, 8], padding=2)
    net = tflearn.input_data([None, 8, 8, 1], data_preprocessing=preprocessing, data_augmentation=augmentation)
    net = residual_block(conv_2d(net, 2, 3), 1, 4)
    net = tflearn.fully_connected(global_avg_pool(net), 3, activation='softmax')
    net = tflearn.regression(net, optimizer=tflearn.Momentum(.1, lr_decay=.1, decay_step=10), metric=tflearn.metrics.Top_k(2))
    print(variables())
    model = tflearn.DNN(net, tensorboard_dir='logs')
    fit(model, images, classes, n_epoch=1, batch_size=20)
    print(np.array(model.predict(images[:1])).shape, '%.4f' % preprocessing.global_mean.value, '%.4f' % preprocessing.global_std.value)

print(to_categorical([0, 2], 3).tolist(), pad_sequences([[1], [2, 3]], maxlen=3).tolist())
for name in 'SGD', 'RMSProp', 'Adam', 'Momentum', 'AdaGrad', 'Ftrl', 'AdaDelta':
    print(name, getattr(tflearn.optimizers, name)(.1).name)
