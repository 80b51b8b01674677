"""tf.disable_v2_behavior and tf.enable_v2_behavior. What is expected was recorded from TensorFlow 1.15.5."""
import subprocess
import sys
import textwrap

import reflow.tensorflow as tf


def _run(program):
    """What a program of its own prints: behaviour is switched for the whole process."""
    program = 'import reflow.tensorflow as tf\n' + textwrap.dedent(program)
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_version_1_is_what_there_is():
    tf.disable_v2_behavior()
    tf.compat.v1.disable_v2_behavior()
    assert isinstance(tf.TensorShape([2])[0], tf.Dimension)
    assert not tf.Variable(1.).dtype.name.endswith('resource')


def test_version_2_runs_at_once_with_resources_and_plain_shapes():
    assert _run('''
        tf.compat.v1.enable_v2_behavior()
        print(tf.executing_eagerly(), type(tf.Variable(1.)).__name__, tf.compat.v1.resource_variables_enabled())
        print(repr(tf.TensorShape([2, None])), tf.TensorShape([2, None])[0], type(tf.constant([[1.]]).shape[1]).__name__)
        print(bool(tf.constant(1) == tf.constant(1)))
        try:
            hash(tf.constant(1))
        except TypeError as error:
            print(error)
    ''') == ['True ResourceVariable True', 'TensorShape([2, None]) 2 int', 'True',
             'Tensor is unhashable if Tensor equality is enabled. Instead, use tensor.experimental_ref() as the key.']


def test_version_2_builds_control_flow_of_functions_and_resources_in_graphs():
    assert _run('''
        tf.compat.v1.enable_v2_behavior()
        with tf.Graph().as_default():
            print(type(tf.Variable(1.)).__name__, type(tf.compat.v1.get_variable('v', [])).__name__)
            print(tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0]).name)
            print(tf.cond(tf.constant(True), lambda: 1, lambda: 2).op.type)
    ''') == ['ResourceVariable ResourceVariable', 'while/Identity_2:0', 'Identity']


def test_version_2_is_for_the_start_of_a_program():
    assert _run('''
        tf.constant(1)
        try:
            tf.compat.v1.enable_v2_behavior()
        except ValueError as error:
            print(error)
    ''') == ['tf.enable_eager_execution must be called at program startup.']


def test_version_1_comes_back():
    assert _run('''
        tf.compat.v1.enable_v2_behavior()
        tf.compat.v1.disable_v2_behavior()
        print(tf.executing_eagerly(), tf.placeholder(tf.float32).name, tf.TensorShape([2])[0], tf.constant(1) == tf.constant(1))
    ''') == ['False Placeholder:0 2 False']


def test_keras_calls_metrics_as_the_program_does():
    assert _run('''
        tf.compat.v1.enable_v2_behavior()
        model = tf.keras.Sequential([tf.keras.layers.Dense(2, activation='softmax')])
        model.compile('sgd', 'sparse_categorical_crossentropy', metrics=['accuracy'])
        print(sorted(model.fit(tf.ones([4, 3]), tf.constant([0, 1, 0, 1]), verbose=0).history))
        print(tf.ragged.constant([[1], [2, 3]]))
        print(float(tf.keras.metrics.SparseCategoricalAccuracy()([1], [[.2, .8]])))
    ''') == ["['accuracy', 'loss']", '<tf.RaggedTensor [[1], [2, 3]]>', '1.0']
