"""tf.contrib.session_bundle.exporter: exports with signatures, files and an initial operation; old ones are removed."""
import logging
import os

import tensorflow as tf
from tensorflow.contrib.session_bundle import constants, exporter, gc, manifest_pb2

logging.getLogger('tensorflow').setLevel(logging.ERROR)
x = tf.placeholder(tf.float32, [None, 2], 'x')
with tf.device('/cpu:0'):
    y = tf.layers.dense(x, 1, name='y')
step = tf.train.get_or_create_global_step()
with open('words.txt', 'w') as file:
    file.write('one\ntwo\n')
words = tf.constant('words.txt', name='words')
start = tf.group(step.initializer, name='start')
export = exporter.Exporter(tf.train.Saver())
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    try:
        export.export('bundle', step, session)
    except RuntimeError as error:
        print(error)
    export.init(
        tf.get_default_graph().as_graph_def(), init_op=start, clear_devices=True,
        default_graph_signature=exporter.classification_signature(x, classes_tensor=y, scores_tensor=y),
        named_graph_signatures={'numbers': exporter.regression_signature(x, y),
                                'all': exporter.generic_signature({'in': x, 'out': y})}, assets_collection=[words])
    for i in range(4):
        print(export.export('bundle/', step, session, exports_to_keep=gc.largest_export_versions(2)))
        session.run(step.assign_add(1))
    for mistake in (lambda: export.init(), lambda: export.export('bundle', tf.constant(3), session),
                    lambda: exporter.Exporter(tf.train.Saver()).init(init_op=y),
                    lambda: exporter.Exporter(tf.train.Saver()).init(assets_collection=[x])):
        try:
            mistake()
        except (RuntimeError, TypeError) as error:
            print(type(error).__name__, error)
for folder, _, files in sorted(os.walk('bundle')):
    print(folder, sorted(files))
meta_graph = tf.MetaGraphDef.FromString(open('bundle/00000003/export.meta', 'rb').read())
for key, kind in ((constants.SIGNATURES_KEY, manifest_pb2.Signatures), (constants.ASSETS_KEY, manifest_pb2.AssetFile),
                  (constants.GRAPH_KEY, tf.GraphDef)):
    message = kind()
    packed = meta_graph.collection_def[key].any_list.value[0]
    print(packed.type_url, packed.Unpack(message))
    if kind is tf.GraphDef:
        print({node.device for node in message.node})
    elif kind is manifest_pb2.AssetFile:
        print(message)
    else:
        print(message.default_signature, sorted(message.named_signatures), message.named_signatures['numbers'])
print(meta_graph.collection_def[constants.INIT_OP_KEY].node_list.value)
