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
from tensorflow.core.framework import graph_pb2, op_def_pb2
from tensorflow.python import pywrap_tensorflow as c_api
tf.logging.set_verbosity(tf.logging.FATAL)

# All ops there are, those too that Python has no function for.
OPS = {op.name: op for op in op_def_pb2.OpList.FromString(c_api.TF_GetBuffer(c_api.TF_GetAllOpList())).op}


def strings(x):
    return np.array(x, object)


def i32(x):
    return np.array(x, np.int32)


def i64(x):
    return np.array(x, np.int64)


def f32(x):
    return np.array(x, np.float32)


def quantized(x, t):
    base = {tf.quint8: np.uint8, tf.qint8: np.int8, tf.qint32: np.int32}[t]
    return np.array(x, base).astype(base).view(t.as_numpy_dtype)


def dtype_of(x):
    return tf.string if x.dtype.kind in 'SUO' else tf.as_dtype(x.dtype)


def build_new(op, inputs, attrs, known):
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


def build_old(op, inputs, attrs, known, producer):
    """The same in a graph of an old version, or of an op that Python has no function for."""
    graph, feeds, names, node_attrs = graph_pb2.GraphDef(), {}, [], {}
    graph.versions.producer = producer

    def placeholder(x):
        node = graph.node.add(name='p%d' % len(names), op='Placeholder')
        node.attr['dtype'].type = dtype_of(x).as_datatype_enum
        node.attr['shape'].shape.CopyFrom(tf.TensorShape(x.shape if known else None).as_proto())
        names.append(node.name)
        feeds[node.name + ':0'] = x
    for arg, x in zip(OPS[op].input_arg, inputs):
        for e in x if isinstance(x, list) else [x]:
            placeholder(e)
        if arg.type_attr:
            node_attrs[arg.type_attr] = dtype_of(x[0] if isinstance(x, list) else x)
        if arg.number_attr:
            node_attrs[arg.number_attr] = len(x)
    node_attrs.update(attrs)
    node = graph.node.add(name='op', op=op, input=names)
    for attr in OPS[op].attr:
        if attr.name not in node_attrs:
            continue
        value = node_attrs[attr.name]
        if attr.type == 'type':
            node.attr[attr.name].type = tf.as_dtype(value).as_datatype_enum
        else:
            field = {'int': 'i', 'float': 'f', 'bool': 'b', 'string': 's'}[attr.type]
            setattr(node.attr[attr.name], field, value.encode() if field == 's' else value)
    tf.import_graph_def(graph, name='')
    return list(tf.get_default_graph().get_operation_by_name('op').outputs), feeds


def flat_outputs(op, result):
    if not isinstance(result, (list, tuple)):
        return [result]
    flat = []
    for r in result:
        flat.extend(r) if isinstance(r, list) else flat.append(r)
    return flat


def record_of(op, inputs, attrs):
    producer = attrs.pop('producer', None)
    record = {'op': op, 'inputs': inputs}
    if producer:
        record['producer'] = producer
    old = producer or not hasattr(tf.raw_ops, op)

    def build(*args):
        return build_old(*args, producer=producer or 134) if old else build_new(*args)
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
                # What is fetched of quantized numbers is plain integers.
                types = [t.dtype for t in node.outputs]
                record['out'] = [quantized(o, t) if t.is_quantized else o for o, t in zip(record['out'], types)]
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
    if x.dtype.names:
        x = x[x.dtype.names[0]]
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
np.savez_compressed(FAMILY + '.npz', **{k: np.array(v, k[1:] if k.startswith('q') else k) for k, v in ARRAYS.items()})
