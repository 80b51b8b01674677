#!/usr/bin/env python3
"""Times single ops, in any package that is TensorFlow 1 to its users, and compares two such runs.

    PYTHON bench/op_sweep.py run [OP...] > FILE          with TensorFlow 1.15's interpreter; with `python -m reflow`
    python3 bench/op_sweep.py compare TF_FILE REFLOW_FILE

Each case is the raw op in a graph of its own, its inputs variables, run as a target on one thread. The time is the least
CPU time of a call in a quarter of a second, which other processes disturb little.
"""
import json
import sys
import time

SECONDS = 0.25
LARGE = (1000, 1000)


def floats(*shape):
    return ('float', shape)


def positive(*shape):
    return ('positive', shape)


def ints(limit, *shape):
    return ('int', shape, limit)


def longs(limit, *shape):
    return ('long', shape, limit)


def bools(*shape):
    return ('bool', shape)


def given(value, dtype='int32'):
    return ('given', value, dtype)


def cases():
    """(op, inputs, attributes) of each case."""
    made = []

    def add(op, attrs=None, **inputs):
        made.append((op, inputs, attrs or {}))
    for op in ('Abs', 'Neg', 'Square', 'Exp', 'Expm1', 'Tanh', 'Sigmoid', 'Sin', 'Cos', 'Atan', 'Floor', 'Ceil', 'Round',
               'Rint', 'Sign', 'Erf', 'Reciprocal', 'Sinh', 'IsNan', 'IsFinite', 'Asinh', 'ZerosLike', 'OnesLike'):
        add(op, x=floats(*LARGE))
    for op in ('Sqrt', 'Rsqrt', 'Log', 'Log1p', 'Lgamma', 'Digamma'):
        add(op, x=positive(*LARGE))
    for op in ('Relu', 'Relu6', 'Elu', 'Selu', 'Softplus', 'Softsign'):
        add(op, features=floats(*LARGE))
    for op in ('Add', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'Less', 'Equal', 'GreaterEqual',
               'FloorDiv', 'FloorMod'):
        add(op, x=floats(*LARGE), y=positive(*LARGE))
    add('Add', x=floats(*LARGE), y=floats(1000))
    add('Add', x=floats(1000, 1), y=floats(1000))
    add('Mul', x=floats(*LARGE), y=floats(1000, 1))
    add('Mul', x=floats(100, 1, 100), y=floats(100, 100, 1))
    add('Add', x=ints(100, *LARGE), y=ints(100, *LARGE))
    add('FloorDiv', x=ints(100, *LARGE), y=given([[7]]))
    add('Pow', x=positive(*LARGE), y=floats(*LARGE))
    add('Pow', x=positive(*LARGE), y=given(2.0, 'float32'))
    add('LogicalAnd', x=bools(*LARGE), y=bools(*LARGE))
    add('LogicalNot', x=bools(*LARGE))
    add('Select', condition=bools(*LARGE), x=floats(*LARGE), y=floats(*LARGE))
    add('Select', condition=bools(1000), x=floats(*LARGE), y=floats(*LARGE))
    add('AddN', inputs=[floats(*LARGE)] * 5)
    add('Cast', {'DstT': 'int32'}, x=floats(*LARGE))
    add('Cast', {'DstT': 'float32'}, x=ints(100, *LARGE))
    add('Cast', {'DstT': 'float32'}, x=bools(*LARGE))
    add('Cast', {'DstT': 'float64'}, x=floats(*LARGE))
    add('ClipByValue', t=floats(*LARGE), clip_value_min=given(-0.5, 'float32'), clip_value_max=given(0.5, 'float32'))
    for op in ('Sum', 'Mean', 'Max', 'Min', 'Prod'):
        for axis in ([0], [1], [0, 1]):
            add(op, input=floats(*LARGE), axis=given(axis))
    add('Sum', input=floats(100, 100, 100), axis=given([1]))
    add('Sum', input=floats(100, 100, 100), axis=given([0, 2]))
    add('Sum', input=ints(100, *LARGE), axis=given([0, 1]))
    add('Any', input=bools(*LARGE), axis=given([1]))
    add('All', input=bools(*LARGE), axis=given([0]))
    add('ArgMax', input=floats(*LARGE), dimension=given(1))
    add('ArgMax', input=floats(*LARGE), dimension=given(0))
    add('Cumsum', x=floats(*LARGE), axis=given(0))
    add('Cumsum', x=floats(*LARGE), axis=given(1))
    add('L2Loss', t=floats(*LARGE))
    add('MatMul', a=floats(512, 512), b=floats(512, 512))
    add('MatMul', {'transpose_b': True}, a=floats(100, 784), b=floats(500, 784))
    add('MatMul', {'transpose_a': True}, a=floats(100, 784), b=floats(100, 500))
    add('MatMul', a=floats(1, 1000), b=floats(*LARGE))
    add('MatMul', a=floats(1000, 1000), b=floats(1000, 1))
    add('BatchMatMul', x=floats(64, 64, 64), y=floats(64, 64, 64))
    add('BiasAdd', value=floats(*LARGE), bias=floats(1000))
    add('BiasAdd', value=floats(32, 28, 28, 32), bias=floats(32))
    add('BiasAddGrad', out_backprop=floats(*LARGE))
    add('BiasAddGrad', out_backprop=floats(32, 28, 28, 32))
    add('Softmax', logits=floats(*LARGE))
    add('LogSoftmax', logits=floats(*LARGE))
    add('SoftmaxCrossEntropyWithLogits', features=floats(*LARGE), labels=positive(*LARGE))
    add('SparseSoftmaxCrossEntropyWithLogits', features=floats(*LARGE), labels=ints(1000, 1000))
    add('InTopK', {'k': 5}, predictions=floats(*LARGE), targets=ints(1000, 1000))
    add('TopKV2', input=floats(*LARGE), k=given(10))
    add('Transpose', x=floats(*LARGE), perm=given([1, 0]))
    add('Transpose', x=floats(32, 28, 28, 32), perm=given([0, 3, 1, 2]))
    add('Transpose', x=floats(32, 32, 28, 28), perm=given([0, 2, 3, 1]))
    add('Transpose', x=floats(20, 35, 1000), perm=given([1, 0, 2]))
    add('ConcatV2', values=[floats(*LARGE)] * 3, axis=given(1))
    add('ConcatV2', values=[floats(*LARGE)] * 3, axis=given(0))
    add('Split', {'num_split': 4}, axis=given(1), value=floats(*LARGE))
    add('Pack', {'axis': 0}, values=[floats(*LARGE)] * 3)
    add('Pack', {'axis': 1}, values=[floats(*LARGE)] * 3)
    add('Unpack', {'num': 10, 'axis': 0}, value=floats(10, 100000))
    add('Slice', input=floats(*LARGE), begin=given([10, 10]), size=given([900, 900]))
    add('StridedSlice', input=floats(*LARGE), begin=given([0, 0]), end=given([1000, 1000]), strides=given([2, 2]))
    add('Pad', input=floats(*LARGE), paddings=given([[2, 2], [2, 2]]))
    add('MirrorPad', {'mode': 'REFLECT'}, input=floats(*LARGE), paddings=given([[2, 2], [2, 2]]))
    add('Tile', input=floats(100, 100), multiples=given([10, 10]))
    add('Fill', dims=given([1000, 1000]), value=given(1.5, 'float32'))
    add('Range', start=given(0), limit=given(1000000), delta=given(1))
    add('OneHot', indices=ints(1000, 1000), depth=given(1000), on_value=given(1.0, 'float32'), off_value=given(0.0, 'float32'))
    add('GatherV2', params=floats(10000, 100), indices=ints(10000, 10000), axis=given(0))
    add('GatherV2', params=floats(1000, 1000), indices=ints(1000, 1000), axis=given(1))
    add('GatherNd', params=floats(*LARGE), indices=ints(1000, 100000, 2))
    add('ScatterNd', indices=ints(10000, 10000, 1), updates=floats(10000, 100), shape=given([10000, 100]))
    add('UnsortedSegmentSum', data=floats(10000, 100), segment_ids=ints(1000, 10000), num_segments=given(1000))
    add('ReverseV2', tensor=floats(*LARGE), axis=given([1]))
    add('ReverseV2', tensor=floats(*LARGE), axis=given([0]))
    add('Where', condition=bools(*LARGE))
    add('Unique', x=ints(1000, 1000000))
    add('Bincount', arr=ints(1000, 1000000), size=given(1000), weights=given([], 'float32'))
    add('DynamicPartition', {'num_partitions': 4}, data=floats(100000, 10), partitions=ints(4, 100000))
    add('MatrixDiag', diagonal=floats(1000))
    add('MatrixBandPart', input=floats(*LARGE), num_lower=given(10, 'int64'), num_upper=given(10, 'int64'))
    for op in ('RandomUniform', 'RandomStandardNormal', 'TruncatedNormal'):
        add(op, {'dtype': 'float32', 'seed': 1}, shape=given([1000, 1000]))
    add('RandomShuffle', value=floats(10000, 100))
    add('Multinomial', {'num_samples': 100}, logits=floats(100, 1000))
    window = {'strides': [1, 1, 1, 1], 'padding': 'SAME'}
    add('Conv2D', window, input=floats(32, 28, 28, 1), filter=floats(5, 5, 1, 32))
    add('Conv2D', window, input=floats(8, 14, 14, 32), filter=floats(5, 5, 32, 64))
    add('Conv2D', window, input=floats(4, 28, 28, 64), filter=floats(3, 3, 64, 64))
    add('Conv2D', window, input=floats(4, 28, 28, 64), filter=floats(1, 1, 64, 128))
    add('Conv2D', {'strides': [1, 2, 2, 1], 'padding': 'SAME'}, input=floats(2, 112, 112, 3), filter=floats(7, 7, 3, 64))
    add('Conv2DBackpropInput', window, input_sizes=given([8, 14, 14, 32]), filter=floats(5, 5, 32, 64),
        out_backprop=floats(8, 14, 14, 64))
    add('Conv2DBackpropFilter', window, input=floats(8, 14, 14, 32), filter_sizes=given([5, 5, 32, 64]),
        out_backprop=floats(8, 14, 14, 64))
    add('DepthwiseConv2dNative', window, input=floats(4, 28, 28, 64), filter=floats(3, 3, 64, 1))
    add('DepthwiseConv2dNativeBackpropInput', window, input_sizes=given([4, 28, 28, 64]), filter=floats(3, 3, 64, 1),
        out_backprop=floats(4, 28, 28, 64))
    add('DepthwiseConv2dNativeBackpropFilter', window, input=floats(4, 28, 28, 64), filter_sizes=given([3, 3, 64, 1]),
        out_backprop=floats(4, 28, 28, 64))
    add('Conv3D', {'strides': [1, 1, 1, 1, 1], 'padding': 'SAME'}, input=floats(1, 16, 16, 16, 16), filter=floats(3, 3, 3, 16, 16))
    pool = {'ksize': [1, 2, 2, 1], 'strides': [1, 2, 2, 1], 'padding': 'SAME'}
    wide = {'ksize': [1, 3, 3, 1], 'strides': [1, 2, 2, 1], 'padding': 'SAME'}
    for attrs in (pool, wide):
        add('MaxPool', attrs, input=floats(32, 28, 28, 32))
        add('AvgPool', attrs, value=floats(32, 28, 28, 32))
        add('MaxPoolGrad', attrs, orig_input=floats(32, 28, 28, 32), orig_output=floats(32, 14, 14, 32), grad=floats(32, 14, 14, 32))
        add('AvgPoolGrad', attrs, orig_input_shape=given([32, 28, 28, 32]), grad=floats(32, 14, 14, 32))
    add('LRN', input=floats(8, 28, 28, 64))
    add('FusedBatchNorm', x=floats(32, 28, 28, 32), scale=floats(32), offset=floats(32), mean=given([], 'float32'),
        variance=given([], 'float32'))
    add('FusedBatchNorm', {'is_training': False}, x=floats(32, 28, 28, 32), scale=floats(32), offset=floats(32), mean=floats(32),
        variance=positive(32))
    add('FusedBatchNormGrad', y_backprop=floats(32, 28, 28, 32), x=floats(32, 28, 28, 32), scale=floats(32),
        reserve_space_1=floats(32), reserve_space_2=positive(32))
    add('ReluGrad', gradients=floats(*LARGE), features=floats(*LARGE))
    add('TanhGrad', y=floats(*LARGE), dy=floats(*LARGE))
    add('SigmoidGrad', y=floats(*LARGE), dy=floats(*LARGE))
    add('ResizeBilinear', images=floats(4, 100, 100, 3), size=given([224, 224]))
    add('ResizeNearestNeighbor', images=floats(4, 100, 100, 3), size=given([224, 224]))
    add('ExtractImagePatches', {'ksizes': [1, 3, 3, 1], 'strides': [1, 1, 1, 1], 'rates': [1, 1, 1, 1], 'padding': 'SAME'},
        images=floats(4, 28, 28, 16))
    add('SpaceToDepth', {'block_size': 2}, input=floats(8, 56, 56, 16))
    add('DepthToSpace', {'block_size': 2}, input=floats(8, 28, 28, 64))
    add('SpaceToBatchND', input=floats(8, 28, 28, 16), block_shape=given([2, 2]), paddings=given([[0, 0], [0, 0]]))
    add('Cholesky', input=given('spd', 'float32'))
    add('MatrixInverse', input=given('spd', 'float32'))
    add('MatrixDeterminant', input=given('spd', 'float32'))
    add('MatrixSolve', matrix=given('spd', 'float32'), rhs=floats(200, 10))
    add('Qr', input=floats(200, 100))
    add('Svd', input=floats(100, 60))
    add('SelfAdjointEigV2', input=given('spd', 'float32'))
    add('FFT', input=given('signal', 'complex64'))
    add('SparseTensorDenseMatMul', a_indices=given('diagonal', 'int64'), a_values=floats(1000), a_shape=given([1000, 1000], 'int64'),
        b=floats(1000, 100))
    add('StringToHashBucketFast', {'num_buckets': 1000}, input=given('words', 'string'))
    add('AsString', input=ints(1000, 100000))
    add('StringToNumber', string_tensor=given('numbers', 'string'))
    return made


def describe(inputs, attrs):
    def one(spec):
        if isinstance(spec, list):
            return '%dx%s' % (len(spec), one(spec[0]))
        if spec[0] == 'given':
            return str(spec[1]).replace(' ', '')
        kind = {'float': '', 'positive': '', 'int': 'int32', 'long': 'int64', 'bool': 'bool'}[spec[0]]
        return kind + '[%s]' % ','.join(map(str, spec[1]))
    parts = [one(spec) for spec in inputs.values()]
    parts += ['%s=%s' % (name, str(value).replace(' ', '')) for name, value in attrs.items() if name not in ('padding', 'seed')]
    return ' '.join(parts)


def run(wanted):
    import numpy as np
    import tensorflow as package
    tf = package.compat.v1
    tf.logging.set_verbosity(tf.logging.ERROR)
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)

    def array(spec, random):
        kind = spec[0]
        if kind == 'float':
            return random.uniform(-1, 1, spec[1]).astype(np.float32)
        if kind == 'positive':
            return random.uniform(0.1, 1, spec[1]).astype(np.float32)
        if kind in ('int', 'long'):
            return random.randint(0, spec[2], spec[1]).astype(np.int32 if kind == 'int' else np.int64)
        if kind == 'bool':
            return random.uniform(size=spec[1]) < 0.5
        value = spec[1]
        if isinstance(value, str):
            if value == 'spd':
                m = random.uniform(-1, 1, (200, 200))
                return (m @ m.T + 200 * np.eye(200)).astype(spec[2])
            if value == 'signal':
                return random.uniform(-1, 1, (16, 4096)).astype(spec[2])
            if value == 'diagonal':
                return np.stack([np.arange(1000)] * 2, 1).astype(spec[2])
            return np.array([b'%d' % i for i in range(100000)], object)
        return np.array(value, object if spec[2] == 'string' else spec[2])

    def tensor(spec, random):
        if isinstance(spec, list):
            return [tensor(part, random) for part in spec]
        value = array(spec, random)
        if value.size <= 16:
            return tf.constant(value)
        return tf.Variable(value, trainable=False)

    for op, inputs, attrs in cases():
        if wanted and op not in wanted:
            continue
        line = {'op': op, 'case': describe(inputs, attrs)}
        try:
            with tf.Graph().as_default():
                random = np.random.RandomState(1)
                arguments = {name: tensor(spec, random) for name, spec in inputs.items()}
                made = getattr(tf.raw_ops, op)(**dict(attrs, **arguments))
                while isinstance(made, (tuple, list)):
                    made = made[0]
                with tf.Session(config=config) as session:
                    session.run(tf.global_variables_initializer())
                    call = session.make_callable(made.op)
                    call()
                    call()
                    best, end = float('inf'), time.perf_counter() + SECONDS
                    rounds = 0
                    while rounds < 3 or time.perf_counter() < end:
                        start = time.process_time()
                        call()
                        best = min(best, time.process_time() - start)
                        rounds += 1
                    line['us'] = round(1e6 * best, 1)
        except Exception as error:  # an op that one of the two lacks is a line of the table too
            line['error'] = str(error).split('\n')[0][:200]
        print(json.dumps(line), flush=True)


def compare(theirs_file, ours_file):
    def read(path):
        with open(path) as lines:
            return [json.loads(line) for line in lines if line.startswith('{')]
    ours = {(line['op'], line['case']): line for line in read(ours_file)}
    rows = []
    for theirs in read(theirs_file):
        line = ours.get((theirs['op'], theirs['case']), {})
        if 'us' in theirs and 'us' in line:
            rows.append((theirs['us'] / max(line['us'], 0.1), theirs['op'], theirs['case'], theirs['us'], line['us']))
        else:
            print('no time: %s %s: %s | %s' % (theirs['op'], theirs['case'], theirs.get('error', ''), line.get('error', '')),
                  file=sys.stderr)
    print('| op | inputs | TensorFlow 1.15.5, us | Reflow, us | times as fast |')
    print('|---|---|--:|--:|--:|')
    for ratio, op, case, theirs, mine in sorted(rows):
        print('| %s | `%s` | %g | %g | %.2f |' % (op, case, theirs, mine, ratio))


def main(arguments):
    if arguments[:1] == ['run']:
        run(set(arguments[1:]))
    elif arguments[:1] == ['compare'] and len(arguments) == 3:
        compare(*arguments[1:])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
