"""Writes what other TensorFlows should read: a checkpoint with its MetaGraph, a frozen graph, SavedModels.

Is run by Reflow and by TensorFlow, behind the prelude of peer.py, with the folder as its argument.
"""
import os
import sys

os.chdir(sys.argv[1])


def build():
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    w = tf.get_variable('w', initializer=[[0.5, -1.], [0.25, 2.], [1.5, 0.]], use_resource=False)
    b = tf.get_variable('b', initializer=[0.125, -0.25], use_resource=True)
    y = tf.matmul(x, w) + b
    y = tf.cond(tf.reduce_sum(y) > 0, lambda: y * 2., lambda: -y)
    _, y = tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * 0.5 + b), [tf.constant(0), y])
    y = tf.identity(y, name='y')
    tf.add_to_collection('tensors', y)
    tf.add_to_collection('texts', 'text')
    return x, y


with open('words.txt', 'w') as file:
    file.write('one\ntwo\n')

with tf.Graph().as_default() as graph, tf.Session() as sess:
    x, y = build()
    saver = tf.train.Saver()
    sess.run(tf.global_variables_initializer())
    saver.save(sess, os.path.join(os.getcwd(), 'model.ckpt'))
    saver.export_meta_graph('model.meta.txt', as_text=True)
    frozen = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ['y'])
    tf.train.write_graph(frozen, '.', 'frozen.pb', as_text=False)
    tf.train.write_graph(frozen, '.', 'frozen.pbtxt')

for folder, as_text in (('saved', False), ('saved_text', True)):
    with tf.Graph().as_default(), tf.Session() as sess:
        x, y = build()
        path = tf.constant('words.txt', name='path')
        length = tf.get_variable('length', [], tf.int32, tf.zeros_initializer(), trainable=False, use_resource=False)
        main_op = tf.group(tf.assign(length, tf.strings.length(path)))
        sess.run(tf.global_variables_initializer())
        builder = tf.saved_model.builder.SavedModelBuilder(folder)
        builder.add_meta_graph_and_variables(
            sess, [tf.saved_model.tag_constants.SERVING], assets_collection=[path], main_op=main_op,
            signature_def_map={'serving_default': tf.saved_model.predict_signature_def({'x': x}, {'y': y, 'length': length})})
        builder.save(as_text)
