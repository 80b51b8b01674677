"""`from module import *` gives what it gives in TensorFlow 1.15.5, and inner packages have the names of what they make up."""
import subprocess
import sys

import pytest

# A few of the names of each; TensorFlow has more of most.
STARS = {
    'python.keras.layers': 'Input InputLayer Dense LSTM CuDNNGRU Layer Lambda concatenate add LeakyReLU Attention Bidirectional',
    'python.keras.callbacks': 'Callback CallbackList TensorBoard ModelCheckpoint CSVLogger LambdaCallback',
    'python.keras.utils': 'to_categorical Sequence plot_model multi_gpu_model get_file',
    'python.keras.optimizers': 'Adam RMSprop SGD Optimizer',
    'python.keras.applications': 'VGG16 ResNet50 MobileNetV2 preprocess_input decode_predictions',
    'python.keras': 'Model Sequential Input',
    'keras.layers': 'Input Dense LSTM',
    'python.ops.nn': 'relu softmax conv2d depth_to_space dynamic_rnn',
    'contrib.layers.python.layers': 'batch_norm conv2d fully_connected xavier_initializer l2_regularizer optimize_loss',
    'contrib.learn.python.learn': 'DNNClassifier Estimator RunConfig SKCompat Experiment make_export_strategy',
    'contrib.framework.python.ops': 'arg_scope add_arg_scope get_variables model_variable sort',
    'contrib.timeseries.python': 'ARModel NumpyReader FlatPredictionModel',
}


@pytest.mark.parametrize('module', STARS)
def test_star_imports_give(module):
    pytest.importorskip('reflow._core', reason='only a build has the engine')
    assert_star_gives('tensorflow.' + module, STARS[module])


# The package keras.
STARS_OF_KERAS = {
    'keras': 'Input Model Sequential layers backend',
    'keras.utils': 'to_categorical plot_model multi_gpu_model get_file',
    'keras.applications': 'VGG16 ResNet50',
    'keras.applications.vgg16': 'VGG16 preprocess_input decode_predictions',
    'keras.backend.tensorflow_backend': 'set_session get_session clear_session',
    'keras.callbacks.callbacks': 'ModelCheckpoint EarlyStopping',
    'keras.objectives': 'mean_squared_error binary_crossentropy',
    'keras.layers': 'Dense Convolution2D AtrousConvolution2D Input',
    'keras_preprocessing.image': 'ImageDataGenerator',
}


@pytest.mark.parametrize('module', STARS_OF_KERAS)
def test_star_imports_of_keras_give(module):
    pytest.importorskip('reflow._core', reason='only a build has the engine')
    assert_star_gives(module, STARS_OF_KERAS[module])


def assert_star_gives(module, names):
    code = 'from %s import *\nprint([n for n in %r.split() if n not in globals()])' % (module, names)
    done = subprocess.run([sys.executable, '-m', 'reflow', '-c', code], capture_output=True, text=True)
    assert done.stdout == '[]\n', done.stderr


def test_modules_come_before_names():
    pytest.importorskip('reflow._core', reason='only a build has the engine')
    done = subprocess.run([sys.executable, '-m', 'reflow', '-c', '''
from tensorflow.contrib.layers.python.layers import batch_norm, initializers, layers, utils
from tensorflow.contrib.learn.python import SKCompat
from tensorflow.contrib.learn.python.learn import estimators, learn_runner, Experiment
import tensorflow as tf
print(layers.batch_norm is batch_norm is tf.contrib.layers.batch_norm, initializers.__name__, utils.__name__)
print(SKCompat is tf.contrib.learn.SKCompat, estimators.ProblemType is tf.contrib.learn.ProblemType)
try:
    from tensorflow.contrib.layers.python.layers import nothing_of_this_name
except ImportError as error:
    print(type(error).__name__)
'''], capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        'True reflow.contrib.layers.python.layers.initializers reflow.contrib.layers.python.layers.utils', 'True True',
        'ImportError'], done.stderr
