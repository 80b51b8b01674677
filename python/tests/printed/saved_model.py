"""SavedModels from end to end: built, written, loaded, run, frozen."""
import os

import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.contrib import predictor
from tensorflow.python.saved_model import loader_impl
from tensorflow.python.tools import freeze_graph, saved_model_utils

tf.logging.set_verbosity(tf.logging.ERROR)


def attempt(name, function):
    try:
        print(name, function())
    except Exception as error:
        print(name, type(error).__name__, str(error).split('\n')[0])


def tree(folder):
    return sorted(os.path.relpath(os.path.join(root, name), folder) for root, _, names in os.walk(folder) for name in names)


with open('words.txt', 'w') as file:
    file.write('zero\none\ntwo\n')


def model(training, use_resource=True):
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    w = tf.get_variable('w', initializer=[[0.5, -1.], [0.25, 2.], [1.5, 0.]])
    b = tf.get_variable('b', initializer=[0.125, -0.25], use_resource=use_resource)
    y = tf.identity(tf.nn.softmax(tf.matmul(x, w) + b), name='y')
    if training:
        tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y), name='step')
    return x, y


builder = tf.saved_model.builder.SavedModelBuilder('model')
with tf.Graph().as_default(), tf.Session() as sess:
    x, y = model(False)
    path = tf.constant('words.txt', name='path')
    length = tf.cast(tf.raw_ops.StringLength(input=path), tf.float32, name='length')
    done = tf.get_variable('done', [], initializer=tf.zeros_initializer(), trainable=False)
    sess.run(tf.global_variables_initializer())
    main_op = tf.group(tf.assign(done, length), name='main')
    signature = tf.saved_model.predict_signature_def({'in': x}, {'out': y})
    builder.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.SERVING], {'serving_default': signature},
                                         assets_collection=[path], main_op=main_op)
    attempt('again', lambda: builder.add_meta_graph_and_variables(sess, ['a']))
with tf.Graph().as_default():
    model(True)
    tf.get_variable('done', [], initializer=tf.zeros_initializer(), trainable=False)
    builder.add_meta_graph([tf.saved_model.tag_constants.TRAINING, 'gpu'], clear_devices=True, strip_default_attrs=True)
print(builder.save())
print(tree('model'))

parsed = loader_impl.parse_saved_model('model')
for meta_graph in parsed.meta_graphs:
    print(list(meta_graph.meta_info_def.tags), len(meta_graph.graph_def.node), sorted(meta_graph.collection_def),
          text_format.MessageToString(meta_graph.saver_def, as_one_line=True), meta_graph.meta_info_def.stripped_default_attrs)
    print('  ', [node.name for node in meta_graph.graph_def.node][-12:])
    print('  ', text_format.MessageToString(meta_graph.signature_def['serving_default'], as_one_line=True)
          if 'serving_default' in meta_graph.signature_def else None)
print(saved_model_utils.get_saved_model_tag_sets('model'))
os.rename('model', 'moved')

values = np.array([[1, 2, 3], [-1, 0.5, 0.25]], np.float32)
for scope in (None, 'scope'):
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        loaded = tf.saved_model.loader.load(sess, ['serve'], 'moved', import_scope=scope)
        signature = loaded.signature_def['serving_default']
        x = tf.saved_model.utils.get_tensor_from_tensor_info(signature.inputs['in'], import_scope=scope)
        y = tf.saved_model.utils.get_tensor_from_tensor_info(signature.outputs['out'], import_scope=scope)
        print(x, y, np.round(sess.run(y, {x: values}), 5).tolist())
        print([variable.name for variable in tf.global_variables()], sess.run([v for v in tf.global_variables() if 'done' in v.name]))
with tf.Graph().as_default(), tf.Session() as sess:
    tf.saved_model.load(sess, {'train', 'gpu'}, 'moved')
    print([variable.name for variable in tf.trainable_variables()], sess.run(tf.trainable_variables()[1]).tolist())
    sess.run('step', {'x:0': values})
attempt('no tags', lambda: tf.saved_model.load(tf.Session(graph=tf.Graph()), ['gpu'], 'moved'))

predict = predictor.from_saved_model('moved')
print(sorted(predict.feed_tensors), sorted(predict({'in': values})), np.round(predict({'in': values})['out'], 5).tolist())
attempt('unexpected', lambda: predict({'other': values}))

with tf.Graph().as_default(), tf.Session() as sess:
    x = tf.placeholder(tf.string, [None], name='x')
    y = tf.string_to_number(x, name='y')
    tf.saved_model.simple_save(sess, 'simple', {'x': x}, {'y': y})
print(tree('simple'))
with tf.Graph().as_default(), tf.Session() as sess:
    tf.saved_model.load(sess, ['serve'], 'simple')
    print(sess.run('y:0', {'x:0': ['1.5', '2']}))

with tf.Graph().as_default():
    frozen = freeze_graph.freeze_graph('', '', False, '', 'y', '', '', 'frozen.pb', True, '', input_saved_model_dir='moved')
print([(node.name, node.op) for node in frozen.node])
with tf.Graph().as_default(), tf.Session() as sess:
    y, = tf.import_graph_def(frozen, return_elements=['y:0'], name='')
    print(np.round(sess.run(y, {'x:0': values}), 5).tolist())

with tf.Graph().as_default() as graph, tf.Session() as sess:
    x, y = model(False, use_resource=False)
    sess.run(tf.global_variables_initializer())
    saver = tf.train.Saver()
    saver.save(sess, './model.ckpt')
    tf.train.write_graph(graph, '.', 'graph.pbtxt')
    tf.train.write_graph(saver.as_saver_def(), '.', 'saver.pbtxt')
for arguments in (('graph.pbtxt', '', False), ('graph.pbtxt', 'saver.pbtxt', False)):
    with tf.Graph().as_default():
        frozen = freeze_graph.freeze_graph(*arguments, './model.ckpt', 'y', '', '', '', True, '')
    print([(node.name, node.op) for node in frozen.node])
with tf.Graph().as_default():
    frozen = freeze_graph.freeze_graph('', '', True, './model.ckpt', 'y', '', '', '', True, '', input_meta_graph='model.ckpt.meta',
                                       variable_names_blacklist='w')
print([(node.name, node.op) for node in frozen.node])
attempt('no checkpoint', lambda: freeze_graph.freeze_graph('graph.pbtxt', '', False, './none', 'y', '', '', '', True, ''))
attempt('no outputs', lambda: freeze_graph.freeze_graph('graph.pbtxt', '', False, './model.ckpt', '', '', '', '', True, ''))
attempt('no graph', lambda: freeze_graph.freeze_graph('none', '', False, './model.ckpt', 'y', '', '', '', True, ''))
