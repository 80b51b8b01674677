"""What programs do with models of Keras in files: frozen graphs, SavedModels, savers, checkpoints of callbacks."""
import os

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import graph_io, graph_util

tf.logging.set_verbosity(tf.logging.ERROR)
K, L = tf.keras.backend, tf.keras.layers
X, Y = np.linspace(-1, 1, 40).reshape(8, 5).astype(np.float32), np.eye(3)[[0, 1, 2, 0, 1, 2, 0, 1]]


def build():
    model = tf.keras.Sequential([L.Dense(6, activation='relu', input_shape=(5,), name='a'), L.BatchNormalization(name='n'),
                                 L.Dropout(0.5), L.Dense(3, activation='softmax', name='b')])
    model.compile(tf.train.AdamOptimizer(0.01), 'categorical_crossentropy', metrics=['accuracy'])
    generator = np.random.RandomState(1)
    model.set_weights([generator.uniform(0.1, 1, weight.shape) for weight in model.get_weights()])
    return model


def show(name, values):
    print(name, np.round(np.asarray(values, np.float64), 4).ravel()[:9].tolist())


K.set_learning_phase(0)
model = build()
model.fit(X, Y, epochs=2, batch_size=4, verbose=0, shuffle=False)
show('model', model.predict(X))
session = K.get_session()
print([op.name for op in model.outputs], [x.name for x in model.inputs], [w.name for w in model.weights])

frozen = graph_util.convert_variables_to_constants(session, session.graph.as_graph_def(), [x.op.name for x in model.outputs])
graph_io.write_graph(frozen, '.', 'frozen.pb', as_text=False)
print([(node.name, node.op) for node in frozen.node])
with tf.Graph().as_default() as graph, tf.Session() as other:
    graph_def = tf.GraphDef()
    with tf.gfile.GFile('frozen.pb', 'rb') as file:
        graph_def.ParseFromString(file.read())
    tf.import_graph_def(graph_def, name='')
    show('frozen', other.run('b/Softmax:0', {'a_input:0': X}))

tf.saved_model.simple_save(session, 'simple', inputs={'x': model.input}, outputs={x.name: x for x in model.outputs})
with tf.Graph().as_default(), tf.Session() as other:
    meta_graph = tf.saved_model.loader.load(other, ['serve'], 'simple')
    signature = meta_graph.signature_def['serving_default']
    print(sorted(signature.inputs), sorted(signature.outputs))
    show('simple', other.run(signature.outputs['b/Softmax:0'].name, {signature.inputs['x'].name: X}))
predict = tf.contrib.predictor.from_saved_model('simple')
show('predictor', predict({'x': X})['b/Softmax:0'])

saver = tf.train.Saver()
path = saver.save(session, './ckpt/keras', global_step=7)
print(path, [(name, shape) for name, shape in tf.train.list_variables(path) if 'metrics' not in name])
with tf.Graph().as_default() as graph, tf.Session() as other:
    tf.train.import_meta_graph(path + '.meta').restore(other, path)
    show('restored', other.run('b/Softmax:0', {'a_input:0': X}))
    train = [op.name for op in graph.get_operations() if op.type == 'ResourceApplyAdam']
    print(train)

K.clear_session()
K.set_learning_phase(0)
model = build()
checkpoint = tf.keras.callbacks.ModelCheckpoint('w.{epoch:02d}.hdf5', save_weights_only=True)
best = tf.keras.callbacks.ModelCheckpoint('best.h5', monitor='loss', save_best_only=True, save_weights_only=True)
history = model.fit(X, Y, epochs=3, verbose=0, shuffle=False, callbacks=[checkpoint, best])
show('losses', history.history['loss'])
print(sorted(name for name in os.listdir('.') if name.startswith(('w.', 'best'))))
for name in 'w.01.hdf5', 'w.03.hdf5', 'best.h5':
    model.load_weights(name)
    show(name, model.predict(X))
part = tf.keras.Sequential([L.Dense(6, input_shape=(5,), name='a'), L.Dense(4, name='c')])
part.load_weights('w.03.hdf5', by_name=True)
show('part', part.layers[0].get_weights()[0])

K.clear_session()
with K.get_session().graph.as_default():
    model = build()
    path_of_objects = tf.train.Checkpoint(model=model).save('./objects/c', session=K.get_session())
    other = build()
    tf.train.Checkpoint(model=other).restore(path_of_objects).run_restore_ops(K.get_session())
    print(all(np.array_equal(a, b) for a, b in zip(model.get_weights(), other.get_weights())))
    print([name for name, _ in tf.train.list_variables(path_of_objects)])
