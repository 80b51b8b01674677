"""Models of Keras and of Estimators as files, in both directions with a real TensorFlow 1."""
import shutil

import pytest
from peer import needs_build, needs_peer, run_peer, run_reflow

pytestmark = [needs_peer, needs_build]
DIRECTIONS = {'ours': (run_reflow, run_peer), 'theirs': (run_peer, run_reflow)}

MODELS = '''
tf.keras.backend.set_learning_phase(0)
L = tf.keras.layers
X = np.linspace(-1, 1, 100).reshape(4, 5, 5, 1).astype(np.float32)
Y = np.eye(2)[[0, 1, 1, 0]].astype(np.float32)

class Scaled(L.Layer):
    def __init__(self, factor=2., **kwargs):
        super(Scaled, self).__init__(**kwargs)
        self.factor = factor
    def build(self, shape):
        self.scale = self.add_weight('scale', shape=[int(shape[-1])], initializer='ones')
    def call(self, x):
        return x * self.scale * self.factor
    def get_config(self):
        return dict(super(Scaled, self).get_config(), factor=self.factor)
    def compute_output_shape(self, shape):
        return shape

def leaky(x):
    return tf.maximum(x, 0.2 * x)
def loss(y, p):
    return tf.reduce_mean(tf.square(y - p), axis=-1)
CUSTOM = {'Scaled': Scaled, 'leaky': leaky, 'loss': loss}

def sequential():
    model = tf.keras.Sequential([L.Conv2D(3, 3, input_shape=(5, 5, 1), activation='relu'), L.BatchNormalization(),
                                 L.Flatten(), L.Dense(2, activation='softmax', name='out')])
    model.compile(tf.keras.optimizers.Adam(0.01), 'categorical_crossentropy', metrics=['accuracy'])
    return model

def functional():
    a = L.Input((5, 5, 1), name='a')
    x = L.Flatten()(a)
    x = Scaled(0.5, name='scaled')(L.Dense(4, activation=leaky)(x))
    model = tf.keras.Model(a, [L.Dense(2, name='p')(x), L.Dense(1, activation='tanh', name='q')(L.concatenate([x, x]))])
    model.compile('rmsprop', {'p': loss, 'q': 'mse'}, loss_weights={'p': 1., 'q': .5}, metrics={'q': 'mae'})
    return model

def recurrent():
    model = tf.keras.Sequential([L.Reshape((5, 5), input_shape=(5, 5, 1)), L.LSTM(3, return_sequences=True),
                                 L.Bidirectional(L.GRU(2, reset_after=True)), L.Dense(2)])
    model.compile(tf.keras.optimizers.SGD(0.1, momentum=0.9), 'mse')
    return model

MAKERS = [sequential, functional, recurrent]
def target(maker):
    return [Y, Y[:, :1]] if maker is functional else Y
def show(name, values):
    values = values if isinstance(values, list) else [values]
    print(name, [np.round(np.asarray(value, np.float64), 4).ravel().tolist() for value in values])
'''
WRITE = MODELS + '''
folder = sys.argv[1] + '/'
for maker in MAKERS:
    name = maker.__name__
    tf.keras.backend.clear_session()
    tf.keras.backend.set_learning_phase(0)
    np.random.seed(3)
    model = maker()
    model.set_weights([np.random.uniform(0.1, 1, w.shape) for w in model.get_weights()])
    model.fit(X, target(maker), verbose=0, shuffle=False)
    model.save(folder + name + '.h5')
    model.save_weights(folder + name + '.weights.h5')
    model.save_weights(folder + name + '.weights')
    with open(folder + name + '.json', 'w') as file:
        file.write(model.to_json())
    show(name, model.predict(X))
    if maker is not recurrent:
        tf.keras.experimental.export_saved_model(model, folder + name + '.exported', custom_objects=CUSTOM)
'''
READ = MODELS + '''
folder = sys.argv[1] + '/'
for maker in MAKERS:
    name = maker.__name__
    tf.keras.backend.clear_session()
    tf.keras.backend.set_learning_phase(0)
    model = tf.keras.models.load_model(folder + name + '.h5', custom_objects=CUSTOM)
    show(name + ' model', model.predict(X))
    show('evaluated', model.evaluate(X, target(maker), verbose=0))
    model.fit(X, target(maker), verbose=0, shuffle=False)
    show('trained', model.predict(X))
    for weights in ('.weights.h5', '.weights'):
        with open(folder + name + '.json') as file:
            model = tf.keras.models.model_from_json(file.read(), custom_objects=CUSTOM)
        model.load_weights(folder + name + weights)
        show(weights, model.predict(X))
    if maker is recurrent:
        continue
    model = tf.keras.experimental.load_from_saved_model(folder + name + '.exported', custom_objects=CUSTOM)
    show('exported', model.predict(X))
    for tag in 'train', 'eval', 'serve':
        with tf.Graph().as_default() as graph, tf.Session() as sess:
            meta = tf.saved_model.loader.load(sess, [tag], folder + name + '.exported')
            for key, signature in sorted(meta.signature_def.items()):
                print(tag, key, signature.method_name, sorted(signature.inputs), sorted(signature.outputs))
                if key.startswith('__'):
                    continue
                feeds = {info.name: X if info.tensor_shape.dim[1:] and len(info.tensor_shape.dim) == 4 else
                         (Y[:, :1] if 'q_' in input else Y) for input, info in signature.inputs.items()}
                outputs = {k: info.name for k, info in signature.outputs.items() if not k.startswith('metrics/')}
                results = sess.run(outputs, feeds)
                for k in sorted(results):
                    show('  ' + k, results[k])
'''

ESTIMATOR = '''
def model_fn(features, labels, mode, params):
    x = tf.layers.dense(features['x'], 3, tf.nn.tanh, name='hidden')
    logits = tf.layers.dense(x, 2, name='logits')
    probabilities = tf.nn.softmax(logits)
    if mode == 'infer':
        outputs = {'serving_default': tf.estimator.export.PredictOutput({'p': probabilities}),
                   'classes': tf.estimator.export.ClassificationOutput(scores=probabilities)}
        return tf.estimator.EstimatorSpec(mode, {'p': probabilities}, export_outputs=outputs)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    train = tf.train.AdamOptimizer(params['rate']).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train,
                                      eval_metric_ops={'accuracy': tf.metrics.accuracy(labels, tf.argmax(logits, 1))})
X, Y = np.linspace(-1, 1, 40).reshape(10, 4).astype(np.float32), np.arange(10) % 2
def input_fn():
    return tf.data.Dataset.from_tensor_slices(({'x': X}, Y)).repeat(2).batch(5)
folder = sys.argv[1] + '/'
columns = [tf.feature_column.numeric_column('x', [4])]
estimators = [tf.estimator.Estimator(model_fn, folder + 'own', params={'rate': 0.1}),
              tf.estimator.DNNClassifier([3], columns, folder + 'canned', activation_fn=tf.nn.tanh)]
'''
WRITE_ESTIMATORS = ESTIMATOR + '''
spec = {'x': tf.FixedLenFeature([4], tf.float32)}
for estimator in estimators:
    estimator.train(input_fn)
    estimator.export_saved_model(estimator.model_dir + '.raw', tf.estimator.export.build_raw_serving_input_receiver_fn(
        {'x': tf.placeholder(tf.float32, [None, 4], name='x')}))
    estimator.export_saved_model(estimator.model_dir + '.parsing',
                                 tf.estimator.export.build_parsing_serving_input_receiver_fn(spec))
'''
READ_ESTIMATORS = ESTIMATOR + '''
def example(x):
    return tf.train.Example(features=tf.train.Features(feature={
        'x': tf.train.Feature(float_list=tf.train.FloatList(value=x))})).SerializeToString()
for estimator in estimators:
    evaluated = estimator.evaluate(input_fn)
    print({key: round(float(evaluated[key]), 4) for key in sorted(evaluated)})
    for prediction in list(estimator.predict(input_fn))[:3]:
        print({key: np.round(np.asarray(prediction[key], np.float64), 4).tolist() for key in sorted(prediction)
               if prediction[key].dtype != object})
    for kind, feed in (('.raw', X), ('.parsing', [example(x) for x in X])):
        exported, = os.listdir(estimator.model_dir + kind)
        with tf.Graph().as_default(), tf.Session() as sess:
            meta = tf.saved_model.loader.load(sess, ['serve'], os.path.join(estimator.model_dir + kind, exported))
            for key, signature in sorted(meta.signature_def.items()):
                print(kind, key, signature.method_name, sorted(signature.inputs), sorted(signature.outputs))
                results = sess.run({k: info.name for k, info in signature.outputs.items()},
                                   {info.name: feed for info in signature.inputs.values()})
                for k in sorted(results):
                    numbers = results[k].dtype.kind == 'f'
                    first = results[k].ravel()[:4]
                    print('  ', k, results[k].shape, (np.round(first.astype(np.float64), 4) if numbers else first).tolist())
    steps = estimator.get_variable_value('global_step')
    estimator.train(input_fn)
    print(steps, estimator.get_variable_value('global_step'))
'''

MANAGER = '''
class Net(tf.keras.Model):
    def __init__(self):
        super(Net, self).__init__()
        self.hidden = tf.keras.layers.Dense(3, activation='tanh', name='hidden')
        self.out = tf.keras.layers.Dense(1, name='out')
    def call(self, x):
        return self.out(self.hidden(x))
net = Net()
x = tf.constant(np.linspace(-1, 1, 8).reshape(4, 2).astype(np.float32))
optimizer = tf.train.AdamOptimizer(0.05)
step = tf.train.get_or_create_global_step()
loss = tf.reduce_mean(tf.square(net(x) - 1.))
train = optimizer.minimize(loss, global_step=step)
extra = tf.train.Checkpoint(offset=tf.get_variable('offset', initializer=[1., 2.], use_resource=True))
checkpoint = tf.train.Checkpoint(net=net, optimizer=optimizer, step=step, extra=extra)
manager = tf.train.CheckpointManager(checkpoint, sys.argv[1], max_to_keep=2, checkpoint_name='model')
'''
WRITE_MANAGED = MANAGER + '''
with tf.Session() as sess:
    checkpoint.restore(manager.latest_checkpoint).initialize_or_restore(sess)
    for i in range(3):
        sess.run(train)
        print(os.path.basename(manager.save(checkpoint_number=step)))
    net.save_weights(os.path.join(sys.argv[1], 'weights', 'net'))
'''
READ_MANAGED = MANAGER + '''
print(sorted(map(os.path.basename, manager.checkpoints)), os.path.basename(manager.latest_checkpoint))
with tf.Session() as sess:
    status = checkpoint.restore(manager.latest_checkpoint)
    status.assert_consumed()
    status.assert_existing_objects_matched()
    status.initialize_or_restore(sess)
    for i in range(2):
        print(sess.run(step), round(float(sess.run([loss, train])[0]), 5), sess.run(extra.offset).tolist())
    print(np.round(sess.run(optimizer.get_slot(net.out.kernel, 'v')), 6).tolist())
    weights = tf.train.Checkpoint(hidden=net.hidden, out=net.out)
    weights.restore(os.path.join(sys.argv[1], 'weights', 'net')).assert_nontrivial_match().run_restore_ops(sess)
    print(round(float(sess.run(loss)), 5))
    only = tf.train.Checkpoint(extra=extra)
    try:
        only.restore(manager.latest_checkpoint).assert_consumed()
    except AssertionError as error:
        print(type(error).__name__)
print(sorted(tf.train.list_variables(manager.latest_checkpoint)))
reader = tf.train.load_checkpoint(sys.argv[1])
print(reader.get_tensor('extra/offset/.ATTRIBUTES/VARIABLE_VALUE').tolist())
'''


@pytest.fixture(scope='module', autouse=True)
def peer_of_version_1(tmp_path_factory):
    if run_peer(tmp_path_factory.mktemp('version'), 'import tensorflow; print(tensorflow.__version__)').startswith('2.'):
        pytest.skip('the peer is not TensorFlow 1, whose Keras and Estimators these files are of')


def both_read_the_same(tmp_path, direction, write, read):
    """Gives what they print."""
    writes, reads = DIRECTIONS[direction]
    (tmp_path / 'files').mkdir()
    writes(tmp_path, write, tmp_path / 'files')
    printed = [run(tmp_path, read, tmp_path / 'files') for run in (reads, writes)]
    assert printed[0] == printed[1]
    return printed[0]


@pytest.mark.parametrize('direction', DIRECTIONS)
def test_models_of_keras(tmp_path, direction):
    assert 'tensorflow/supervised/train' in both_read_the_same(tmp_path, direction, WRITE, READ)


@pytest.mark.parametrize('direction', DIRECTIONS)
def test_estimators(tmp_path, direction):
    writes, reads = DIRECTIONS[direction]
    writes(tmp_path, WRITE_ESTIMATORS, tmp_path / 'files')
    printed = []
    for run in (reads, writes):
        copy = shutil.copytree(tmp_path / 'files', tmp_path / run.__name__)  # reading trains on
        printed.append(run(tmp_path, READ_ESTIMATORS, copy))
    assert printed[0] == printed[1]
    assert 'tensorflow/serving/classify' in printed[0]


@pytest.mark.parametrize('direction', DIRECTIONS)
def test_managed_checkpoints_of_objects(tmp_path, direction):
    printed = both_read_the_same(tmp_path, direction, WRITE_MANAGED, READ_MANAGED)
    assert "['model-2', 'model-3'] model-3" in printed
