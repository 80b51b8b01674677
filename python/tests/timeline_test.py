"""timeline.Timeline, and the command that does the same."""
import gzip
import json
import pathlib

from reflow.client import timeline
import reflow.tensorflow as tf

DATA = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/run_metadata'


def test_the_trace_is_tensorflows():
    metadata = tf.RunMetadata.FromString((DATA / 'mlp_step.pb').read_bytes())
    trace = timeline.Timeline(metadata.step_stats).generate_chrome_trace_format(show_memory=True)
    assert trace == gzip.decompress((DATA / 'mlp_step.trace.json.gz').read_bytes()).decode()


def test_a_run_has_a_trace():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [2, 2], name='x')
        product = tf.matmul(x, x, name='product')
        metadata = tf.RunMetadata()
        sess.run(product, {x: [[1, 2], [3, 4]]}, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE),
                 run_metadata=metadata)
    events = json.loads(timeline.Timeline(metadata.step_stats).generate_chrome_trace_format())['traceEvents']
    assert ('product', 'MatMul') in [(event['args']['name'], event['args'].get('op')) for event in events if event['ph'] == 'X']
