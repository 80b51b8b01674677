"""tf.summary.trace_on, trace_export and trace_off, as TensorFlow 1.15.5 has them in tf.compat.v2."""
import subprocess
import sys
import textwrap


def _run(program, tmp_path):
    """What a program with eager execution prints, and its warnings."""
    start = '''
        import reflow.tensorflow as tf
        tf.compat.v1.enable_eager_execution()
        summary, folder = tf.compat.v2.summary, %r
        @tf.function
        def f(x): return x * 2 + 1
    ''' % str(tmp_path)
    program = textwrap.dedent(start) + textwrap.dedent(program)
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), [line for line in done.stderr.splitlines() if 'race ' in line]


def test_a_trace_has_the_graphs_of_called_functions(tmp_path):
    lines, _ = _run('''
        import glob
        with summary.create_file_writer(folder).as_default():
            for step, options in enumerate([{}, {'graph': False}, {'profiler': True}]):
                summary.trace_on(**options)
                f(tf.constant(1.)), f(tf.constant(2.))
                summary.trace_export('calls', step, profiler_outdir=folder)
            summary.trace_on()
            summary.trace_export('nothing', 3)
        for event in tf.compat.v1.train.summary_iterator(glob.glob(folder + '/*')[0]):
            for value in event.summary.value:
                metadata = tf.compat.v1.RunMetadata.FromString(value.tensor.string_val[0])
                print(event.step, value.tag, value.metadata.plugin_data.plugin_name, value.metadata.plugin_data.content,
                      [[node.op for node in graph.node] for graph in metadata.partition_graphs], len(metadata.function_graphs))
    ''', tmp_path)
    graph = "['Placeholder', 'Const', 'Mul', 'Const', 'AddV2', 'Identity']"
    assert lines == ["0 calls graph_run_metadata_graph b'1' [%s] 0" % graph, "1 calls graph_run_metadata b'1' [%s] 0" % graph,
                     "2 calls graph_run_metadata b'1' [%s] 1" % graph, "3 nothing graph_run_metadata_graph b'1' [] 0"]


def test_errors_are_those_of_tensorflow(tmp_path):
    lines, _ = _run('''
        def attempt(*args, **kwargs):
            try:
                summary.trace_export(*args, **kwargs)
            except ValueError as error:
                print(error)
        summary.trace_off()
        attempt('x', 0)
        summary.trace_on()
        with summary.create_file_writer(folder).as_default():
            attempt('x')
            attempt('x', 1)
            attempt('x', 1)
        summary.trace_on(profiler=True)
        attempt('x', 0)
    ''', tmp_path)
    assert lines == ['Must enable trace before export.', "No step set via 'step' argument or tf.summary.experimental.set_step()",
                     'Must enable trace before export.', 'Required profiler_outdir is not specified']


def test_functions_and_graphs_can_not_be_traced_from_within(tmp_path):
    _, warnings = _run('''
        @tf.function
        def within():
            summary.trace_on()
            summary.trace_export('x', 0)
            return 1
        within()
        with tf.Graph().as_default():
            summary.trace_on()
            summary.trace_export('x', 0)
        summary.trace_on()
        summary.trace_on()
    ''', tmp_path)
    assert [line.partition('tensorflow:')[2] for line in warnings] == [
        'Cannot enable trace inside a tf.function.', 'Cannot export trace inside a tf.function.',
        'Must enable trace in eager mode.', 'Can only export trace while executing eagerly.', 'Trace already enabled']
