"""Freezing: constants for variables, a .pb file that is read again, imported under a prefix with an input map, served."""
import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import graph_util
from tensorflow.python.platform import gfile
from tensorflow.python.tools import freeze_graph
from tensorflow.python.tools import optimize_for_inference_lib

tf.logging.set_verbosity(tf.logging.ERROR)
folder = tempfile.mkdtemp()
tf.set_random_seed(3)
x = tf.placeholder(tf.float32, [None, 4], name='input')
keep_prob = tf.placeholder_with_default(1.0, [], name='keep_prob')
with tf.variable_scope('fc1'):
    w = tf.get_variable('w', [4, 5], initializer=tf.random_normal_initializer(seed=1))
    b = tf.get_variable('b', [5], initializer=tf.constant_initializer(0.1))
    h = tf.nn.dropout(tf.nn.elu(tf.nn.xw_plus_b(x, w, b)), keep_prob=keep_prob)
w2 = tf.Variable(tf.truncated_normal([5, 3], seed=2), name='w2')
logits = tf.matmul(h, w2, name='logits')
prediction = tf.nn.softmax(logits, name='softmax')
label = tf.argmax(prediction, 1, name='output')
y = tf.placeholder(tf.int32, [None], name='y')
loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
train = tf.train.AdagradOptimizer(0.1).minimize(loss)
rng = np.random.RandomState(0)
data, labels = rng.randn(20, 4), rng.randint(0, 3, 20)
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(20):
        sess.run(train, {x: data, y: labels, keep_prob: 1.0})
    wanted = sess.run(prediction, {x: data[:2]})
    print(wanted)
    saver.save(sess, os.path.join(folder, 'model.ckpt'), global_step=20)
    tf.train.write_graph(sess.graph_def, folder, 'graph.pbtxt')
    tf.train.write_graph(sess.graph.as_graph_def(), folder, 'graph.pb', as_text=False)
    constant_graph = graph_util.convert_variables_to_constants(sess, sess.graph_def, ['softmax', 'output'])
    print([(n.name, n.op) for n in constant_graph.node])
    with gfile.FastGFile(os.path.join(folder, 'frozen.pb'), 'wb') as f:
        f.write(constant_graph.SerializeToString())
freeze_graph.freeze_graph(os.path.join(folder, 'graph.pbtxt'), '', False, os.path.join(folder, 'model.ckpt-20'), 'output',
                          'save/restore_all', 'save/Const:0', os.path.join(folder, 'frozen2.pb'), True, '')
for name in ('frozen.pb', 'frozen2.pb'):
    with tf.Graph().as_default() as graph:
        graph_def = tf.GraphDef()
        with tf.gfile.GFile(os.path.join(folder, name), 'rb') as f:
            graph_def.ParseFromString(f.read())
        out, probs_in = tf.import_graph_def(graph_def, name='prefix', return_elements=['output:0', 'input'])
        print(out, probs_in.type, len(graph.get_operations()))
        with tf.Session(graph=graph) as sess:
            print(sess.run(out, {'prefix/input:0': data[:5]}))
with tf.Graph().as_default() as graph:
    graph_def = tf.GraphDef()
    graph_def.ParseFromString(open(os.path.join(folder, 'frozen.pb'), 'rb').read())
    slim = optimize_for_inference_lib.optimize_for_inference(graph_def, ['input'], ['softmax'], tf.float32.as_datatype_enum)
    print(sorted(set(n.op for n in slim.node)))
    new_x = tf.constant(data[:2], tf.float32)
    softmax, = tf.import_graph_def(graph_def, {'input:0': new_x * 1.0}, ['softmax:0'], name='')
    print([op.name for op in graph.get_operations()][:6])
    with tf.Session() as sess:
        print(np.allclose(sess.run(softmax), wanted, atol=1e-6))
    try:
        tf.import_graph_def(graph_def, {'nothing:0': new_x}, name='again')
    except ValueError as error:
        print(error)
    try:
        tf.import_graph_def(graph_def, return_elements=['nothing:0'])
    except ValueError as error:
        print(error)
sub = graph_util.extract_sub_graph(constant_graph, ['fc1/xw_plus_b'])
print([n.name for n in sub.node])
print([n.name for n in graph_util.remove_training_nodes(constant_graph).node if 'read' in n.name])
shutil.rmtree(folder)
