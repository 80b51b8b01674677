"""Reads what write_models.py has written and prints what it computes.

Is run by Reflow and by TensorFlow, behind the prelude of peer.py, with the folder as its argument.
"""
import os
import sys

import numpy as np

os.chdir(sys.argv[1])
VALUES = np.array([[1, 2, 3], [-1, 0.5, 0.25]], np.float32)


def show(name, values):
    print(name, np.round(np.asarray(values), 5).tolist())


for file in ('model.ckpt.meta', 'model.meta.txt'):
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        saver = tf.train.import_meta_graph(file)
        saver.restore(sess, os.path.join(os.getcwd(), 'model.ckpt'))
        y = tf.get_collection('tensors')[0]
        show(file, sess.run(y, {'x:0': VALUES}))
        show('gradient', sess.run(tf.gradients(y, graph.get_tensor_by_name('x:0'))[0], {'x:0': VALUES}))
        print([variable.name for variable in tf.trainable_variables()], len(tf.get_collection('texts')),
              len(tf.get_collection('cond_context')), len(tf.get_collection('while_context')))

for file in ('frozen.pb', 'frozen.pbtxt'):
    graph_def = tf.GraphDef()
    if file.endswith('.pb'):
        with open(file, 'rb') as content:
            graph_def.ParseFromString(content.read())
    else:
        from google.protobuf import text_format
        with open(file) as content:
            text_format.Merge(content.read(), graph_def)
    with tf.Graph().as_default(), tf.Session() as sess:
        y, = tf.import_graph_def(graph_def, return_elements=['y:0'])
        show(file, sess.run(y, {'import/x:0': VALUES}))

for folder in ('saved', 'saved_text'):
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        model = tf.saved_model.loader.load(sess, ['serve'], folder)
        signature = model.signature_def['serving_default']
        fetches = {key: graph.get_tensor_by_name(info.name) for key, info in signature.outputs.items()}
        results = sess.run(fetches, {signature.inputs['x'].name: VALUES})
        show(folder, results['y'])
        print('length', results['length'], len(os.path.join(folder, 'assets', 'words.txt')))
