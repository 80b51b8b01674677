"""Records, Examples and event files in both directions between Reflow and a real TensorFlow."""
import os
import subprocess

import pytest
from peer import PEER, needs_build, needs_peer, run_peer, run_reflow

pytestmark = [needs_peer, needs_build]

WRITE_RECORDS = '''
def example(i):
    features = {
        'i': tf.train.Feature(int64_list=tf.train.Int64List(value=[i, -i, 2 ** 62])),
        'f': tf.train.Feature(float_list=tf.train.FloatList(value=[i / 3.0] * (i % 4))),
        's': tf.train.Feature(bytes_list=tf.train.BytesList(value=[b'x' * i, b'', bytes(range(200))]))}
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()

for kind in ('NONE', 'ZLIB', 'GZIP'):
    options = tf.python_io.TFRecordOptions(getattr(tf.python_io.TFRecordCompressionType, kind))
    with tf.python_io.TFRecordWriter(sys.argv[1] + '/' + kind, options) as writer:
        for i in range(300):
            writer.write(example(i))
        writer.write(b'')
        writer.write(b'big' * 200000)
'''
READ_RECORDS = '''
import hashlib
for kind in ('NONE', 'ZLIB', 'GZIP'):
    options = tf.python_io.TFRecordOptions(getattr(tf.python_io.TFRecordCompressionType, kind))
    records = list(tf.python_io.tf_record_iterator(sys.argv[1] + '/' + kind, options))
    print(kind, len(records), len(records[-1]), hashlib.md5(b''.join(records[300:])).hexdigest())
    parsed = tf.parse_example(records[:300], {
        'i': tf.FixedLenFeature([3], tf.int64), 's': tf.VarLenFeature(tf.string),
        'f': tf.FixedLenSequenceFeature([], tf.float32, allow_missing=True, default_value=-1.0)})
    with tf.Session() as session:
        values = session.run(parsed)
    print(values['i'].sum(), values['f'].shape, repr(float(values['f'].astype(np.float64).sum())))
    print(values['s'].indices.sum(), values['s'].dense_shape.tolist(), hashlib.md5(b''.join(values['s'].values)).hexdigest())
'''
WRITE_EVENTS = '''
x = tf.placeholder(tf.float32, [None, 4], 'x')
with tf.name_scope('layer'):
    tf.summary.scalar('loss', tf.reduce_mean(x))
    tf.summary.histogram('weights', x)
tf.summary.image('im', tf.reshape(x, [-1, 2, 2, 1]))
tf.summary.audio('au', tf.reshape(x, [1, -1, 1]) / 10, 8000.)
tf.summary.text('note', tf.constant('text'))
tf.summary.tensor_summary('tensor', x)
merged = tf.summary.merge_all()
with tf.Session() as session:
    writer = tf.summary.FileWriter(sys.argv[1], session.graph)
    for step in range(5):
        writer.add_summary(session.run(merged, {x: np.arange(8).reshape(2, 4) - step}), step)
    metadata = tf.RunMetadata()
    session.run(merged, {x: np.ones((1, 4))}, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE),
                run_metadata=metadata)
    writer.add_run_metadata(metadata, 'trace', 5)
    writer.add_session_log(tf.SessionLog(status=tf.SessionLog.STOP), 5)
    writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag='by hand', simple_value=0.25)]), 6)
    writer.close()
'''
READ_EVENTS = '''
for name in sorted(os.listdir(sys.argv[1])):
    for event in tf.train.summary_iterator(os.path.join(sys.argv[1], name)):
        what = event.WhichOneof('what')
        print(what, event.step, event.file_version)
        if what == 'graph_def':
            print([node.name + node.op for node in tf.GraphDef.FromString(event.graph_def).node])
        elif what == 'summary':
            for value in event.summary.value:
                print(value.tag, value.WhichOneof('value'), value.SerializeToString().hex())
        elif what == 'session_log':
            print(event.session_log.status)
'''
READ_BY_TENSORBOARD = '''
import sys
from tensorboard.backend.event_processing import event_accumulator as reader
log = reader.EventAccumulator(sys.argv[1], size_guidance=dict.fromkeys(reader.DEFAULT_SIZE_GUIDANCE, 0)).Reload()
tags = log.Tags()
print(sorted(tags.items()))
for tag in tags['scalars']:
    print(tag, [(e.step, round(e.value, 4)) for e in log.Scalars(tag)])
for tag in tags['histograms']:
    print(tag, [(e.step, e.histogram_value) for e in log.Histograms(tag)])
for tag in tags['images']:
    print(tag, [(e.step, e.width, e.height, e.encoded_image_string[:4]) for e in log.Images(tag)])
for tag in tags['audio']:
    print(tag, [(e.step, e.sample_rate, e.length_frames, e.content_type, e.encoded_audio_string) for e in log.Audio(tag)])
for tag in tags['tensors']:
    print(tag, [(e.step, e.tensor_proto) for e in log.Tensors(tag)])
print(len(log.MetaGraph().graph_def.node), len(log.RunMetadata('trace').partition_graphs))
'''
TENSORBOARD_PYTHON = os.environ.get('REFLOW_TENSORBOARD_PYTHON', PEER)


def written(program, tmp_path_factory):
    """The folders that hold what Reflow and TensorFlow have written."""
    folders = []
    for run in (run_reflow, run_peer):
        folders.append(tmp_path_factory.mktemp(run.__name__))
        run(tmp_path_factory.mktemp('program'), program, folders[-1])
    return folders


@pytest.fixture(scope='module')
def events(tmp_path_factory):
    return written(WRITE_EVENTS, tmp_path_factory)


def test_records_are_equal_and_read_alike(tmp_path, tmp_path_factory):
    ours, theirs = written(WRITE_RECORDS, tmp_path_factory)
    assert run_reflow(tmp_path, READ_RECORDS, theirs) == run_peer(tmp_path, READ_RECORDS, ours)


def test_our_events_read_alike(tmp_path, events):
    ours, _ = events
    by_peer = run_peer(tmp_path, READ_EVENTS, ours)
    assert by_peer == run_reflow(tmp_path, READ_EVENTS, ours)
    assert 'layer/loss' in by_peer and 'by hand' in by_peer


def test_summaries_are_those_of_tensorflow(tmp_path, events):
    ours, theirs = events
    theirs_by_reflow = run_reflow(tmp_path, READ_EVENTS, theirs)
    assert theirs_by_reflow == run_peer(tmp_path, READ_EVENTS, theirs)
    assert theirs_by_reflow == run_reflow(tmp_path, READ_EVENTS, ours)


def test_tensorboard_reads_the_same(events):
    """By TensorBoard's own reader, of REFLOW_TENSORBOARD_PYTHON where the peer has none."""
    read = [subprocess.run([TENSORBOARD_PYTHON, '-c', READ_BY_TENSORBOARD, folder], capture_output=True, text=True,
                           env={**os.environ, 'PYTHONPATH': ''}) for folder in events]
    if "No module named 'tensorboard'" in read[0].stderr:
        pytest.skip(TENSORBOARD_PYTHON + ' has no TensorBoard')
    assert read[0].returncode == 0, read[0].stderr[-3000:]
    assert read[0].stdout == read[1].stdout
    assert 'layer/loss [(0, 3.5), (1, 2.5), (2, 1.5), (3, 0.5), (4, -0.5)]' in read[0].stdout
