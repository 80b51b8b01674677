"""Makes FAMILY.json and .npz with TensorFlow 1.15: single ops, run once.

usage: generate_kernels.py FAMILY, of which there is FAMILY_cases.py

The format is that of tf-1.15/kernels (tf-1.15/README.md). Each case runs in a process of its own, because some inputs
bring TensorFlow down; such cases are left out.
"""
import json
import os
import pickle
import sys
import warnings
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
warnings.simplefilter('ignore')
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import op_def_registry
tf.logging.set_verbosity(tf.logging.FATAL)

OPS = op_def_registry.get_registered_ops()


def strings(x):
    return np.array(x, object)


def i32(x):
    return np.array(x, np.int32)


def i64(x):
    return np.array(x, np.int64)


def f32(x):
    return np.array(x, np.float32)


def dtype_of(x):
    return tf.string if x.dtype.kind in 'SUO' else tf.as_dtype(x.dtype)


def build(op, inputs, attrs, known):
    """The op on placeholders, and what to feed."""
    feeds, args = {}, dict(attrs)
    def placeholder(x):
        p = tf.placeholder(dtype_of(x), x.shape if known else None)
        feeds[p] = x
        return p
    for arg, x in zip(OPS[op].input_arg, inputs):
        args[arg.name] = [placeholder(e) for e in x] if isinstance(x, list) else placeholder(x)
    for attr in OPS[op].attr:
        if attr.type == 'tensor' and attr.name in args:
            args[attr.name] = tf.make_tensor_proto(args[attr.name])
    result = getattr(tf.raw_ops, op)(name='op', **args)
    return result, feeds


def flat_outputs(op, result):
    if not isinstance(result, (list, tuple)):
        return [result]
    flat = []
    for r in result:
        flat.extend(r) if isinstance(r, list) else flat.append(r)
    return flat


def record_of(op, inputs, attrs):
    record = {'op': op, 'inputs': inputs}
    record['list_inputs'] = {a.name: len(x) for a, x in zip(OPS[op].input_arg, inputs) if isinstance(x, list)}
    known = True
    with tf.Graph().as_default() as graph:
        try:
            build(op, inputs, attrs, True)
        except ValueError as e:
            record['graph_error'] = {'class': 'ValueError', 'message': str(e)}
            known = False
    with tf.Graph().as_default() as graph:
        try:
            result, feeds = build(op, inputs, attrs, known)
        except ValueError as e:
            return None
        node = graph.get_operation_by_name('op')
        record['attrs'] = {a.name: attr_of(node, a.name, a.type) for a in OPS[op].attr}
        with tf.Session() as session:
            try:
                # np.asarray would take the last zero bytes of a string away.
                outputs = session.run(flat_outputs(op, result), feeds)
                record['out'] = [np.array(o, object) if isinstance(o, bytes) else np.asarray(o) for o in outputs]
            except tf.errors.OpError as e:
                message = e.message.split('\n\t [[')[0]
                record['error'] = {'class': type(e).__name__, 'code': e.error_code, 'message': message}
    return record


def attr_of(node, name, kind):
    value = node.get_attr(name)
    if kind == 'type':
        return tf.as_dtype(value).name
    if kind == 'list(type)':
        return [tf.as_dtype(t).name for t in value]
    if kind == 'string':
        return value.decode()
    if kind == 'tensor':
        array = tf.make_ndarray(value)
        return {'dtype': tf.as_dtype(array.dtype).name, 'shape': list(array.shape), 'values': array.ravel().tolist()}
    if kind == 'list(string)':
        return [v.decode() for v in value]
    if kind == 'list(shape)':
        return [[-1 if n is None else n for n in tf.TensorShape(v).as_list()] if not v.unknown_rank else None for v in value]
    return value


ARRAYS, CASES, COUNTS = {}, [], {}


def reference(x):
    x = np.asarray(x)
    if dtype_of(x) == tf.string:
        values = [v if isinstance(v, bytes) else v.encode() for v in x.ravel().tolist()]
        try:
            return ['string', list(x.shape), [v.decode('ascii') for v in values]]
        except UnicodeDecodeError:
            import base64
            return ['string_base64', list(x.shape), [base64.b64encode(v).decode() for v in values]]
    name = dtype_of(x).name
    data = ARRAYS.setdefault(name, [])
    data.extend(x.ravel().tolist())
    return [name, list(x.shape), len(data) - x.size]


def case(op, *inputs, **attrs):
    inputs = [[np.asarray(e) for e in x] if isinstance(x, list) else np.asarray(x) for x in inputs]
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, 'wb') as out:
            pickle.dump(record_of(op, inputs, attrs), out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, 'rb') as result:
        data = result.read()
    os.waitpid(child, 0)
    number = COUNTS[op] = COUNTS.get(op, -1) + 1
    record = pickle.loads(data) if data else None
    if record is None:
        sys.stderr.write('left out: %s/%d\n' % (op, number))
        return
    flat = []
    for x in record.pop('inputs'):
        flat.extend(x) if isinstance(x, list) else flat.append(x)
    record['in'] = [reference(x) for x in flat]
    if not record['list_inputs']:
        del record['list_inputs']
    if 'out' in record:
        record['out'] = [reference(x) for x in record['out']]
    record['id'] = '%s/%s%d' % (op, FAMILY[0], number)
    CASES.append(record)


FAMILY = sys.argv[1]
exec(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), FAMILY + '_cases.py')).read())
kept = [c for c in CASES if c['id'] not in LEFT_OUT]
with open(FAMILY + '.json', 'w') as out:
    out.write('[\n' + ',\n'.join(json.dumps(c, sort_keys=True) for c in kept) + '\n]\n')
np.savez_compressed(FAMILY + '.npz', **{k: np.array(v, tf.as_dtype(k).as_numpy_dtype) for k, v in ARRAYS.items()})
