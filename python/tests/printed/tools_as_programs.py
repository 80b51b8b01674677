"""The tools of tensorflow.python.tools as programs: saved_model_cli, freeze_graph, inspect_checkpoint and their sisters."""
import os
import re
import runpy
import shutil
import sys

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
PACKAGE = 'reflow.tools.' if 'reflow' in tf.__file__ else 'tensorflow.python.tools.'


def in_child(function):
    """Calls the function in another process, which has TensorFlow already; gives the exit status."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] >> 8
    status = 0
    try:
        function()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException as error:
        print(type(error).__name__, error, file=sys.stderr)
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def tool(name, *args):
    def run():
        os.dup2(os.open('stderr', os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        sys.argv = [name] + list(args)
        runpy.run_module(PACKAGE + name, run_name='__main__')

    print('$', name, *args)
    status = in_child(run)
    with open('stderr') as file:
        errors = [line for line in file.read().strip().splitlines() if re.match(r'\w+Error ', line)]
    print(status, *errors)


def show(path):
    graph_def = tf.GraphDef()
    with open(path, 'rb') as file:
        graph_def.ParseFromString(file.read())
    for node in graph_def.node:
        print('  ', node.name, node.op, list(node.input), sorted(node.attr))


def write_model():
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None, 2], name='x')
        words = tf.placeholder(tf.string, [None], name='words')
        w = tf.get_variable('w', initializer=[[1., 2., 3.], [4., 5., 6.]])
        b = tf.get_variable('b', initializer=[.5, -.5, 0.])
        step = tf.train.get_or_create_global_step()
        y = tf.nn.relu(tf.nn.dropout(tf.identity(tf.matmul(x, w) + b), rate=0.) - 1., name='y')
        parsed = tf.parse_example(words, {
            'age': tf.FixedLenFeature([2], tf.int64), 'name': tf.FixedLenFeature([], tf.string, ''),
            'weight': tf.FixedLenFeature([1], tf.float32, [0.])})
        length = tf.strings.length(words, name='length')
        contents = tf.read_file('nothing', name='contents')
        sess.run(tf.global_variables_initializer())
        tf.train.write_graph(graph, '.', 'graph.pbtxt')
        tf.train.write_graph(graph, '.', 'graph.pb', as_text=False)
        saver = tf.train.Saver()
        saver.save(sess, 'model/m.ckpt', global_step=3)
        tf.train.write_graph(graph, '.', 'graph_with_saver.pbtxt')
        tf.train.Saver(write_version=tf.train.SaverDef.V1).save(sess, 'model/old', write_meta_graph=False)
        with open('saver.pbtxt', 'w') as file:
            file.write(str(saver.as_saver_def()))
        predict = tf.saved_model.predict_signature_def
        builder = tf.saved_model.Builder('saved')
        builder.add_meta_graph_and_variables(sess, ['serve'], {
            'serving_default': predict({'x': x}, {'y': y, 'shifted': y - 1.}),
            'ages': predict({'examples': words}, parsed)})
        builder.add_meta_graph(['serve', 'gpu'], {'length': predict({'words': words}, {'length': length})})
        builder.save()


assert in_child(write_model) == 0
np.save('x.npy', np.ones([2, 2], np.float32))
np.savez('xs.npz', one=np.ones([1, 2], np.float32), two=np.zeros([1, 2], np.float32))

cli = 'saved_model_cli'
tool(cli, 'show', '--dir', 'saved')
tool(cli, 'show', '--dir', 'saved', '--tag_set', 'serve')
tool(cli, 'show', '--dir', 'saved', '--tag_set', 'gpu,serve')
tool(cli, 'show', '--dir', 'saved', '--tag_set', 'serve', '--signature_def', 'ages')
tool(cli, 'show', '--dir', 'saved', '--tag_set', 'serve', '--signature_def', 'none')
tool(cli, 'show', '--dir', 'saved', '--all')
tool(cli, 'show', '--dir', 'saved', '--tag_set', 'none')
tool(cli, 'show', '--dir', 'none')
tool(cli, '--version')
tool(cli)
run = cli, 'run', '--dir', 'saved', '--tag_set', 'serve', '--signature_def', 'serving_default'
tool(*run, '--inputs', 'x=x.npy')
tool(*run, '--inputs', 'x=xs.npz[two]')
tool(*run, '--inputs', 'x=xs.npz[three]')
tool(*run, '--inputs', 'x=xs.npz')
tool(*run, '--inputs', 'x')
tool(*run, '--input_exprs', 'x=np.ones([3, 2]) * 2', '--outdir', 'out')
tool(*run, '--input_exprs', 'x=[[1., -1.]]', '--inputs', 'x=x.npy', '--outdir', 'out')
tool(*run, '--input_exprs', 'x=[[1., -1.]]', '--outdir', 'out', '--overwrite')
print(np.load('out/y.npy').tolist())
tool(*run, '--input_exprs', 'z=[[1., -1.]]')
tool(*run, '--input_exprs', 'x')
tool(*run)
ages = cli, 'run', '--dir', 'saved', '--tag_set', 'serve', '--signature_def', 'ages'
tool(*ages, '--input_examples', 'examples=[{"age": [22, 24], "weight": [0.5]}, {"age": [3, 4]}]')
tool(*ages, '--input_examples', 'examples={"age": [22, 24]}')
tool(*ages, '--input_examples', 'examples=[{"age": 22}]')
tool(*ages, '--input_examples', 'examples=[{"age": [[22]]}]')
tool(cli, 'scan', '--dir', 'saved')
tool(cli, 'scan', '--dir', 'saved', '--tag_set', 'serve')

data = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../tests/data/saved_models')
for name in 'predictor', 'tf_1_15', 'vars_and_arithmetic':
    shutil.copytree(os.path.join(data, name), name)
    tool(cli, 'show', '--dir', name, '--all')

freeze = 'freeze_graph', '--input_graph=graph.pbtxt', '--output_graph=frozen.pb', '--output_node_names=y'
tool(*freeze, '--input_checkpoint=model/m.ckpt-3')
show('frozen.pb')
tool('freeze_graph', '--input_graph=graph_with_saver.pbtxt', '--output_graph=frozen5.pb', '--output_node_names=y',
     '--input_checkpoint=model/m.ckpt-3', '--input_saver=saver.pbtxt', '--variable_names_blacklist=b')
show('frozen5.pb')
tool('freeze_graph', '--input_graph=graph.pb', '--input_binary=true', '--input_checkpoint', 'model/old',
     '--output_node_names', 'y,length', '--output_graph=frozen2.pb', '--checkpoint_version=1')
show('frozen2.pb')
tool('freeze_graph', '--input_meta_graph=model/m.ckpt-3.meta', '--input_binary', '--input_checkpoint=model/m.ckpt-3',
     '--output_node_names=y', '--output_graph=frozen3.pb')
tool('freeze_graph', '--input_saved_model_dir=saved', '--output_node_names=y', '--output_graph=frozen4.pb')
show('frozen3.pb')
show('frozen4.pb')
tool(*freeze, '--input_checkpoint=none')
tool('freeze_graph', '--input_graph=none', '--input_checkpoint=model/m.ckpt-3', '--output_node_names=y')
tool('freeze_graph', '--input_graph=graph.pbtxt', '--input_checkpoint=model/m.ckpt-3')
tool('freeze_graph', '--input_graph=frozen3.pb', '--input_binary', '--input_checkpoint=model/m.ckpt-3',
     '--output_node_names=y')
tool(*freeze, '--input_checkpoint=model/m.ckpt-3', '--checkpoint_version=3')

inspect = 'inspect_checkpoint'
tool(inspect)
tool(inspect, '--file_name=model/m.ckpt-3')
tool(inspect, '--file_name=model/m.ckpt-3', '--all_tensors')
tool(inspect, '--file_name=model/old', '--all_tensors', '--printoptions', 'precision=1', 'threshold=3')
tool(inspect, '--file_name=model/m.ckpt-3', '--all_tensor_names', '--count_exclude_pattern=^b|step')
tool(inspect, '--file_name=model/m.ckpt-3', '--tensor_name=w')
tool(inspect, '--file_name=model/m.ckpt-3', '--tensor_name=v')
tool(inspect, '--file_name=none')
tool(inspect, '--file_name=model/m.ckpt-3.index')

tool('freeze_graph', '--input_graph=graph.pbtxt', '--output_graph=frozen.pb', '--output_node_names=y',
     '--input_checkpoint=model/m.ckpt-3')
tool('optimize_for_inference', '--input=frozen.pb', '--output=small.pb', '--input_names=x', '--output_names=y')
show('small.pb')
tool('optimize_for_inference', '--input=frozen.pb', '--output=small2.pb', '--input_names=x', '--output_names=none')
tool('optimize_for_inference', '--input=graph.pbtxt', '--output=small.pbtxt', '--frozen_graph=False', '--input_names=x',
     '--output_names=y', '--placeholder_type_enum=1', '--toco_compatible=True')
print(os.path.exists('small.pbtxt'))
tool('strip_unused', '--input_graph=frozen.pb', '--input_binary=true', '--output_graph=stripped.pbtxt',
     '--output_binary=false', '--input_node_names=x', '--output_node_names=add')
print(open('stripped.pbtxt').read())
tool('strip_unused', '--input_graph=none')
tool('import_pb_to_tensorboard', '--model_dir=frozen.pb', '--log_dir=logs')
for name in os.listdir('logs'):
    print(re.sub(r'\d+\..*', '', name), [len(tf.GraphDef.FromString(event.graph_def).node) for event in
                                         tf.train.summary_iterator('logs/' + name) if event.graph_def])
tool('import_pb_to_tensorboard', '--log_dir=logs')
