"""MetaGraphDefs: what is exported of a graph, whole and by scope, and what comes back."""
import os
import tempfile

import tensorflow as tf
from tensorflow.python.framework import meta_graph


def attempt(name, function):
    try:
        print(name, function())
    except Exception as error:
        print(name, type(error).__name__, error.args if isinstance(error, TypeError) else error)


def brief(message):
    return ' '.join(str(message).split())


def show(meta_graph_def):
    for node in meta_graph_def.graph_def.node:
        print('  ', node.name, node.op, list(node.input), node.device, *[
            '%s: %s' % (key, brief(node.attr[key])) for key in ('_class', '_output_shapes', 'dtype') if key in node.attr])
    info = meta_graph_def.meta_info_def
    print('  ', [op.name for op in info.stripped_op_list.op], list(info.tags), info.tensorflow_version,
          info.stripped_default_attrs)
    for key in sorted(meta_graph_def.collection_def):
        collection = meta_graph_def.collection_def[key]
        print('  ', key, collection.WhichOneof('kind'), brief(collection))


def build():
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [None, 2], name='x')
        with tf.variable_scope('layer'):
            w = tf.get_variable('w', [2, 3], initializer=tf.ones_initializer())
            y = tf.matmul(x, w, name='y')
            with tf.device('/gpu:0'), tf.control_dependencies([x]):
                z = tf.identity(y, name='z')
        tf.get_variable('r', [2], trainable=False, initializer=tf.zeros_initializer())
        tf.get_variable('local', [1], initializer=tf.zeros_initializer(), collections=['local_variables'])
        for key, value in (('ints', 3), ('ints', 4), ('floats', 2.5), ('names', 'a'), ('tensors', z), ('tensors', y),
                           ('operations', y.op), ('objects', object()), (7, 1), ('mixed', 1), ('mixed', 'a')):
            tf.add_to_collection(key, value)
    return graph


graph = build()
for arguments in ({}, {'export_scope': 'layer'}, {'clear_devices': True}, {'strip_default_attrs': True},
                  {'collection_list': ['ints']}, {'export_scope': 'layer', 'graph_def': graph.as_graph_def()},
                  {'meta_info_def': tf.MetaGraphDef.MetaInfoDef(tags=['a'])}):
    print(sorted(arguments))
    exported, variables = meta_graph.export_scoped_meta_graph(graph=graph, **arguments)
    show(exported)
    print(sorted((name, variable.name) for name, variable in variables.items()))

graph = build()
whole, _ = meta_graph.export_scoped_meta_graph(graph=graph)
for arguments in ({}, {'import_scope': 'imported'}, {'clear_devices': True},
                  {'restore_collections_predicate': lambda key: key == 'ints'}):
    copy = tf.MetaGraphDef()
    copy.CopyFrom(whole)
    other = tf.Graph()
    variables = meta_graph.import_scoped_meta_graph(copy, graph=other, **arguments)
    print(sorted(arguments), sorted((name, variable.name, variable.trainable) for name, variable in variables.items()))
    print('  ', [(key, [getattr(item, 'name', item) for item in other.get_collection(key)])
                 for key in sorted(other.get_all_collection_keys())])
    print('  ', [(op.name, op.device) for op in other.get_operations()])

part, _ = meta_graph.export_scoped_meta_graph(graph=graph, export_scope='layer')
attempt('unbound', lambda: meta_graph.import_scoped_meta_graph(part, graph=tf.Graph()))
attempt('wrongly bound', lambda: meta_graph.import_scoped_meta_graph(part, graph=tf.Graph(), input_map={'a': 1}))

folder = tempfile.mkdtemp()
for as_text in (True, False):
    path = os.path.join(folder, 'graph_%s.meta' % as_text)
    meta_graph.export_scoped_meta_graph(path, graph=build(), as_text=as_text)
    read = meta_graph.read_meta_graph_file(path)
    print(len(read.graph_def.node), sorted(read.collection_def))
with open('bad.meta', 'w') as file:
    file.write('node { foo')
attempt('no file', lambda: meta_graph.read_meta_graph_file('none.meta'))
attempt('bad file', lambda: meta_graph.read_meta_graph_file('bad.meta'))


def copied():
    with tf.Graph().as_default() as graph:
        with tf.variable_scope('a'):
            tf.identity(tf.get_variable('w', [2], initializer=tf.zeros_initializer()), 'i')
        variables = meta_graph.copy_scoped_meta_graph('a', 'b')
        return sorted((name, variable.name) for name, variable in variables.items()), [
            op.name for op in graph.get_operations()]


attempt('copy', copied)
attempt('copy to itself', lambda: meta_graph.copy_scoped_meta_graph('a', 'a'))
for argument in ('graph', 'graph_def', 'saver_def', 'meta_info_def'):
    attempt(argument, lambda: meta_graph.create_meta_graph_def(**{argument: 3}))

old = tf.MetaGraphDef()
old.CopyFrom(whole)
old.meta_info_def.tensorflow_version = '1.8.0'
attempt('old', lambda: sorted((name, variable.trainable) for name, variable in meta_graph.import_scoped_meta_graph(
    old, graph=tf.Graph()).items()))
