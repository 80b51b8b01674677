"""strip_unused and optimize_for_inference: what they make of graphs, and what they refuse."""
import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.python.framework import graph_util
from tensorflow.python.tools import optimize_for_inference_lib as optimize
from tensorflow.python.tools import saved_model_utils, strip_unused_lib

tf.logging.set_verbosity(tf.logging.ERROR)


def attempt(name, function):
    try:
        print(name, function())
    except Exception as error:
        print(name, type(error).__name__, error.args)


def show(graph_def):
    for node in graph_def.node:
        print('  ', node.name, node.op, list(node.input), sorted(node.attr))


def constant(values, name):
    return tf.constant(np.array(values, np.float32), name=name)


with tf.Graph().as_default() as graph:
    x = tf.placeholder(tf.float32, [None, 4, 4, 2], name='x')
    y = tf.identity(tf.multiply(x, 2.0, name='double'), name='y')
    z = tf.add(y, tf.placeholder(tf.float32, [], name='p'), name='z')
    tf.negative(z, name='unused')
    print('strip')
    graph_def = graph.as_graph_def(add_shapes=True)
show(strip_unused_lib.strip_unused(graph_def, ['double', 'p'], ['z'], 1))
show(strip_unused_lib.strip_unused(graph_def, ['y', 'p'], ['z'], [2, 3]))
print(text_format.MessageToString(strip_unused_lib.strip_unused(graph_def, ['x', 'p'], ['z'], 1).node[0]))
attempt('tensor', lambda: strip_unused_lib.strip_unused(graph_def, ['y:0'], ['z'], 1))
attempt('no node', lambda: strip_unused_lib.strip_unused(graph_def, ['nothing'], ['z'], 1))
tf.train.write_graph(graph_def, '.', 'graph.pbtxt')
print(strip_unused_lib.strip_unused_from_files('none', True, 'out', True, 'x', 'z', 1))
print(strip_unused_lib.strip_unused_from_files('graph.pbtxt', False, 'out.pbtxt', False, 'x', '', 1))
print(strip_unused_lib.strip_unused_from_files('graph.pbtxt', False, 'out.pbtxt', False, 'x,p', 'z', 1))
print(open('out.pbtxt').read())
print(strip_unused_lib.strip_unused_from_files('graph.pbtxt', False, 'out.pb', True, 'x,p', 'z', 1))
with open('out.pb', 'rb') as file:
    print(tf.GraphDef.FromString(file.read()) == strip_unused_lib.strip_unused(graph_def, ['x', 'p'], ['z'], 1))

generator = np.random.RandomState(3)


def parameters(channels):
    return [constant(generator.uniform(0.5, 2, channels), name) for name in ('mean', 'var', 'beta', 'gamma')]


def normalized(kind):
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [1, 4, 4, 2], name='x')
        if kind == 'depthwise':
            w = constant(generator.uniform(-1, 1, [2, 2, 2, 2]), 'w')
            conv = tf.raw_ops.DepthwiseConv2dNative(input=x, filter=w, strides=[1, 1, 1, 1], padding='SAME', name='conv')
            mean, var, beta, gamma = parameters(4)
        else:
            w = constant(generator.uniform(-1, 1, [2, 2, 2, 3]), 'w')
            conv = tf.nn.conv2d(x, w, strides=[1, 1, 1, 1], padding='SAME', name='conv')
            mean, var, beta, gamma = parameters(3)
        out = tf.raw_ops.FusedBatchNorm(x=conv, scale=gamma, offset=beta, mean=mean, variance=var, epsilon=0.01,
                                        is_training=False, name='out')[0]
        tf.nn.relu(out, name='relu')
    return graph


def values(graph_def, output):
    with tf.Graph().as_default():
        tf.import_graph_def(graph_def, name='')
        with tf.Session() as sess:
            x = np.arange(32, dtype=np.float32).reshape(1, 4, 4, 2) / 32
            return sess.run(output, {'x:0': x})


for kind in ('fused', 'depthwise'):
    graph_def = normalized(kind).as_graph_def()
    folded = optimize.fold_batch_norms(graph_def)
    print(kind)
    show(folded)
    print('  ', np.abs(values(folded, 'relu:0') - values(graph_def, 'relu:0')).max() < 1e-5)
    for node in folded.node:
        if node.op == 'Const':
            print('  ', node.name, optimize.values_from_const(node).ravel().tolist())

text = '''node { name: "x" op: "Placeholder" } node { name: "out" op: "BatchNormWithGlobalNormalization" input: "conv"
input: "mean" input: "var" input: "beta" input: "gamma" attr { key: "variance_epsilon" value { f: 0.5 } } attr {
key: "scale_after_normalization" value { b: %s } } } node { name: "conv" op: "Conv2D" input: "x" input: "w:0"
attr { key: "T" value { type: DT_FLOAT } } attr { key: "data_format" value { s: "NHWC" } } }'''


def by_text(scale, *constants):
    graph_def = text_format.Parse(text % scale, tf.GraphDef())
    with tf.Graph().as_default() as graph:
        for name, value in constants:
            constant(value, name)
        graph_def.node.extend(graph.as_graph_def().node)
    return graph_def


ones = ('mean', [1, 2]), ('var', [0.5, 1.5]), ('beta', [1, -1]), ('gamma', [3, 4])
for scale in ('true', 'false'):
    folded = optimize.fold_batch_norms(by_text(scale, ('w', np.ones([1, 1, 1, 2])), *ones))
    show(folded)
    print([optimize.values_from_const(node).tolist() for node in folded.node if node.op == 'Const'])
show(optimize.fold_batch_norms(by_text('true', ('w', np.ones([1, 1, 1, 3])), *ones)))
attempt('no mean', lambda: optimize.fold_batch_norms(by_text('true', ('w', np.ones([1, 1, 1, 2])), *ones[1:])))

print('resize')
for padded in (False, True):
    for resized in (False, True):
        with tf.Graph().as_default() as graph:
            x = tf.placeholder(tf.float32, [1, 4, 4, 2], name='x')
            if resized:
                x = tf.raw_ops.ResizeBilinear(images=x, size=[8, 8], name='resize', align_corners=True)
            if padded:
                x = tf.raw_ops.MirrorPad(input=x, paddings=[[0, 0], [1, 1], [1, 1], [0, 0]], mode='SYMMETRIC', name='pad')
            tf.nn.conv2d(x, constant(np.ones([2, 2, 2, 3]), 'w'), strides=[1, 1, 1, 1], padding='VALID', name='conv')
        fused = optimize.fuse_resize_and_conv(graph.as_graph_def(), ['conv'])
        show(fused)
        print(text_format.MessageToString(fused.node[-1], as_one_line=True))

print('optimize')
graph_def = normalized('fused').as_graph_def()
show(optimize.optimize_for_inference(graph_def, ['x'], ['relu'], 1))
show(optimize.optimize_for_inference(graph_def, ['conv'], ['relu'], 1, toco_compatible=True))
twice = tf.GraphDef()
twice.CopyFrom(graph_def)
twice.node.extend(twice.node[:1])
attempt('twice', lambda: optimize.ensure_graph_is_valid(twice))
attempt('twice', lambda: optimize.fold_batch_norms(twice))
del twice.node[-1]
twice.node[-1].input[0] = 'nothing'
attempt('no input', lambda: optimize.ensure_graph_is_valid(twice))
attempt('no constant', lambda: optimize.values_from_const(twice.node[0]))
attempt('names', lambda: [optimize.node_name_from_input(name) for name in ('a', 'a:0', '^a', 'a/b:12', 'a:b')])
attempt('no model', lambda: saved_model_utils.read_saved_model('nothing'))
attempt('no model', lambda: saved_model_utils.get_saved_model_tag_sets('nothing'))
