"""Control flow, queues and savers through MetaGraphDefs, and what users register themselves."""
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.python.framework import meta_graph, ops

tf.logging.set_verbosity(tf.logging.ERROR)


def described(proto, value):
    # TensorFlow leaves the scope in the names of nested contexts, so that it can't import them below another.
    return text_format.MessageToString(proto.FromString(value), as_one_line=True).replace('scope/', '')


def show(meta_graph_def, keys):
    for key in keys:
        if key not in meta_graph_def.collection_def:
            print(key, None)
            continue
        collection = meta_graph_def.collection_def[key]
        kind = collection.WhichOneof('kind')
        print(key, kind)
        proto = ops.get_collection_proto_type(key)
        for value in getattr(collection, kind).value:
            print('  ', described(proto, value) if proto else value)


KEYS = ['cond_context', 'while_context', 'variables', 'queue_runners', 'savers', 'own', 'plain']


class Own(object):
    def __init__(self, name):
        self.name = name


def to_proto(own, export_scope=None):
    return tf.train.SaverDef(filename_tensor_name=own.name)


def from_proto(proto, import_scope=None):
    return Own(ops.prepend_name_scope(proto.filename_tensor_name, import_scope))


ops.register_proto_function('own', proto_type=tf.train.SaverDef, to_proto=to_proto, from_proto=from_proto)
print(ops.get_to_proto_function('own') is to_proto, ops.get_from_proto_function('none'))


def build():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [], name='x')
        v = tf.get_variable('v', [], initializer=tf.ones_initializer())
        y = tf.cond(x > 0, lambda: x * v, lambda: tf.cond(x > -1, lambda: x, lambda: -v), name='y')
        i, z = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * v + x), [tf.constant(0), y], name='z')
        tf.identity(z, name='out')
        tf.add_to_collection('own', Own('a'))
        tf.add_to_collection('plain', 'text')
        tf.add_to_collection('savers', tf.train.Saver())
    return graph


graph = build()
exported, _ = meta_graph.export_scoped_meta_graph(graph=graph)
show(exported, KEYS)

for scope in (None, 'scope'):
    with tf.Graph().as_default() as imported:
        saver = tf.train.import_meta_graph(exported, import_scope=scope)
        print(type(saver).__name__, [(key, [type(item).__name__ for item in tf.get_collection(key)]) for key in KEYS])
        print([own.name for own in tf.get_collection('own')], [s.saver_def.restore_op_name for s in tf.get_collection('savers')])
        prefix = scope + '/' if scope else ''
        out = imported.get_tensor_by_name(prefix + 'out:0')
        x = imported.get_tensor_by_name(prefix + 'x:0')
        v = tf.global_variables()[0]
        gradients = tf.gradients(out, [x, v])
        print([each.name for each in gradients])
        again, _ = meta_graph.export_scoped_meta_graph(graph=imported, export_scope=scope)
        show(again, KEYS)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for value in (2., -0.5, -3.):
                print(sess.run([out] + gradients, {x: value}))
