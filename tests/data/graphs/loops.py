# Makes NAME.pbtxt.gz, NAME.contexts.json.gz and NAME.values.json of the programs below: python loops.py FOLDER
import gzip, json, sys
import numpy as np
import tensorflow as tf
from google.protobuf import text_format

FEEDS = {
    'loop_gradients': {'x:0': ('float32', [0.5, -2.]), 'n:0': ('int32', 4), 'p:0': ('bool', True)},
    'array_gradients': {'x:0': ('float32', [[1., 2.], [3., 0.5], [-1., 4.]])},
    'cases': {'p:0': ('bool', False), 'q:0': ('bool', True), 'x:0': ('float32', [1., 2.])},
}

def flat(x):
    if isinstance(x, (list, tuple)):
        return [z for y in x for z in flat(y)]
    return [] if x is None else [x.values, x.indices, x.dense_shape] if isinstance(x, tf.IndexedSlices) else [x]

for name, feeds in FEEDS.items():
    fetched = []
    def fetch(x):
        fetched.extend(y for y in flat(x) if y is not None)
    with tf.Graph().as_default() as g:
        exec(open('%s/%s.py' % (sys.argv[1], name)).read(), {'tf': tf, 'fetch': fetch})
        text = text_format.MessageToString(g.as_graph_def())
        gzip.GzipFile('%s/%s.pbtxt.gz' % (sys.argv[1], name), 'wb', 9, mtime=0).write(text.encode())
        contexts = {kind: [text_format.MessageToString(c.to_proto()) for c in tf.get_collection(kind)]
                    for kind in ('cond_context', 'while_context')}
        gzip.GzipFile('%s/%s.contexts.json.gz' % (sys.argv[1], name), 'wb', 9, mtime=0).write(
            json.dumps(contexts, indent=0).encode())
        with tf.Session() as s:
            s.run(tf.global_variables_initializer())
            values = s.run(fetched, {k: np.array(v, t) for k, (t, v) in feeds.items()})
    out = {'feeds': {k: {'dtype': t, 'value': v} for k, (t, v) in feeds.items()},
           'values': {t.name: {'dtype': str(v.dtype), 'shape': list(v.shape), 'value': v.ravel().tolist()}
                      for t, v in zip(fetched, values)}}
    json.dump(out, open('%s/%s.values.json' % (sys.argv[1], name), 'w'), indent=1, sort_keys=True)
