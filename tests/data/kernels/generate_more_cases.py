"""Makes tf-1.15/kernels/FAMILY.json and .npz with TensorFlow 1.15: values and gradients of single ops.

usage: generate_more_cases.py OUT_DIR [FAMILY...]
The cases are those that networks.*, pictures.*, sequences.* and algebra.* hold; ../tf-1.15/README.md has the format.
"""
import base64, json, os, sys, warnings, zlib
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
warnings.simplefilter('ignore')
import numpy as np
import tensorflow as tf
from tensorflow.core.framework import op_def_pb2
from tensorflow.core.protobuf import rewriter_config_pb2
from tensorflow.python.framework import error_interpolation, op_def_library, op_def_registry
tf.logging.set_verbosity(tf.logging.FATAL)
error_interpolation.interpolate = lambda message, graph: message

OPS = op_def_registry.get_registered_ops()
LIB = op_def_library.OpDefLibrary()
LIB.add_op_list(op_def_pb2.OpList(op=list(OPS.values())))
RANDOM = np.random.RandomState(15)


def F(*shape, **k):
    return RANDOM.uniform(k.get('lo', -2), k.get('hi', 2), shape).astype(k.get('dtype', np.float32))


def C(*shape):
    return (F(*shape) + 1j * F(*shape)).astype(np.complex64)


def I(*values, **k):
    return np.array(values[0] if len(values) == 1 else values, k.get('dtype', np.int32))


def positive(n, dtype=np.float32, batch=()):
    m = RANDOM.uniform(-1, 1, tuple(batch) + (n, n))
    return (np.matmul(m, np.swapaxes(m, -1, -2)) + n * np.eye(n)).astype(dtype)


class Pool(object):
    def __init__(self):
        self.parts, self.size, self.known = {}, {}, {}

    def put(self, a):
        a = np.asarray(a)
        name = str(a.dtype)
        if a.dtype == tf.bfloat16.as_numpy_dtype:
            name, a = 'bfloat16', a.view(np.uint16)
        key = (name, a.tobytes())
        if key not in self.known:
            self.known[key] = self.size.get(name, 0)
            self.parts.setdefault(name, []).append(a.ravel())
            self.size[name] = self.known[key] + a.size
        return [name, list(a.shape), self.known[key]]


def error_of(e):
    r = {'class': type(e).__name__}
    if isinstance(e, tf.errors.OpError):
        r['code'] = e.error_code
        r['message'] = e.message.split('\n\t [[')[0]
    else:
        r['message'] = str(e)
    return r


def attr_json(op):
    def one(f, x):
        return tf.as_dtype(x).name if f == 'type' else x.decode('latin-1') if f == 's' else x
    out = {}
    for a in OPS[op.type].attr:
        v = op.node_def.attr[a.name]
        f = v.WhichOneof('value')
        if f == 'list':
            out[a.name] = []
            for g in ('s', 'i', 'f', 'b', 'type'):
                out[a.name] += [one(g, x) for x in getattr(v.list, g)]
        elif f:
            out[a.name] = one(f, getattr(v, f))
    return out


def defaults(od):
    inferred = {n for a in od.input_arg for n in (a.type_attr, a.number_attr, a.type_list_attr)}
    out = {}
    for a in od.attr:
        if not a.HasField('default_value') or a.name in inferred:
            continue
        v = a.default_value
        f = v.WhichOneof('value')
        out[a.name] = ([x for g in ('s', 'i', 'f', 'b', 'type') for x in getattr(v.list, g)] if f == 'list' else
                       tf.as_dtype(v.type) if f == 'type' else getattr(v, f))
    return out


def run(op, inputs, attrs, grad, key):
    rec, arrays = {'op': op}, {'in': [np.asarray(a) for a in inputs]}
    for static in (True, False):
        with tf.Graph().as_default():
            kw, feed, flat = defaults(OPS[op]), {}, []
            for arg, x in zip(OPS[op].input_arg, arrays['in']):
                kw[arg.name] = tf.placeholder(x.dtype, x.shape if static else None)
                feed[kw[arg.name]] = np.array(x)  # a copy: InplaceUpdate and its kin write to what is fed
                flat.append(kw[arg.name])
            kw.update(attrs)
            try:
                LIB.apply_op(op, name='op', **kw)
            except (ValueError, TypeError) as e:
                if not static:
                    return rec, arrays
                rec['graph_error'] = error_of(e)
                rec['attrs'] = dict(attrs)
                continue
            node = tf.get_default_graph().get_operation_by_name('op')
            rec['attrs'] = attr_json(node)
            config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
            config.graph_options.rewrite_options.disable_meta_optimizer = True
            with tf.Session(config=config) as s:
                try:
                    outs = s.run(list(node.outputs), feed)
                except tf.errors.OpError as e:
                    rec['error'] = error_of(e)
                    return rec, arrays
                arrays['out'] = outs
                if not grad:
                    return rec, arrays
                r = np.random.RandomState(zlib.crc32(key.encode()) & 0x7fffffff)
                ws = [r.uniform(0.5, 1.5, v.shape).astype(v.dtype) if o.dtype.is_floating else None
                      for o, v in zip(node.outputs, outs)]
                xs = [p for p in flat if p.dtype.is_floating]
                ys = [o for o in node.outputs if o.dtype.is_floating]
                gs = tf.gradients(ys, xs, [tf.constant(w) for w in ws if w is not None])
                gs = [None if x is None else tf.convert_to_tensor(x) for x in gs]
                values = iter(s.run([x for x in gs if x is not None], feed))
                found = {p: None if x is None else next(values) for p, x in zip(xs, gs)}
                arrays['w'], arrays['grad'] = ws, [found.get(p) for p in flat]
                return rec, arrays


def networks(add):
    same, valid = dict(padding='SAME'), dict(padding='VALID')
    for pad in (same, valid):
        for s in (1, 2):
            x, w = F(2, 6, 5, 3), F(3, 2, 3, 4)
            y = (6, 5) if (pad is same and s == 1) else (3, 3) if pad is same else (4, 4) if s == 1 else (2, 2)
            k = dict(strides=[1, s, s, 1], **pad)
            add('Conv2D', x, w, **k)
            add('Conv2DBackpropInput', I(2, 6, 5, 3), w, F(2, y[0], y[1], 4), **k)
            add('Conv2DBackpropFilter', x, I(3, 2, 3, 4), F(2, y[0], y[1], 4), **k)
            dw = F(3, 2, 3, 2)
            add('DepthwiseConv2dNative', x, dw, **k)
            add('DepthwiseConv2dNativeBackpropInput', I(2, 6, 5, 3), dw, F(2, y[0], y[1], 6), **k)
            add('DepthwiseConv2dNativeBackpropFilter', x, I(3, 2, 3, 2), F(2, y[0], y[1], 6), **k)
    add('Conv2D', F(3, 8, 8, 16), F(3, 3, 16, 8), strides=[1, 1, 1, 1], padding='SAME')
    add('Conv2D', F(5, 9, 9, 1), F(5, 5, 1, 32), strides=[1, 1, 1, 1], padding='SAME')
    add('Conv2D', F(1, 5, 6, 2), F(3, 3, 2, 2), strides=[1, 2, 1, 1], padding='EXPLICIT', explicit_paddings=[0, 0, 2, 1, 0, 3, 0, 0])
    add('Conv2D', F(2, 4, 4, 3, dtype=np.float64), F(3, 3, 3, 2, dtype=np.float64), strides=[1, 1, 1, 1], padding='SAME')
    add('Conv2D', F(2, 4, 4, 3, dtype=np.float16), F(3, 3, 3, 2, dtype=np.float16), False, strides=[1, 1, 1, 1], padding='SAME')
    add('Conv2D', F(0, 4, 4, 3), F(3, 3, 3, 2), False, strides=[1, 1, 1, 1], padding='SAME')
    for pad, y in ((same, (2, 3, 2)), (valid, (1, 2, 1))):
        x, w, k = F(2, 3, 5, 4, 2), F(2, 3, 3, 2, 3), dict(strides=[1, 2, 2, 2, 1], **pad)
        add('Conv3D', x, w, **k)
        add('Conv3DBackpropInputV2', I(2, 3, 5, 4, 2), w, F(2, y[0], y[1], y[2], 3), **k)
        add('Conv3DBackpropFilterV2', x, I(2, 3, 3, 2, 3), F(2, y[0], y[1], y[2], 3), **k)
    for pad, y in ((same, (3, 3)), (valid, (2, 2))):
        x, k = F(2, 5, 6, 3), dict(ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], **pad)
        g = F(2, y[0], y[1], 3)
        top = tf.Session().run(tf.nn.max_pool2d(x, **k))
        add('MaxPool', x, **k)
        add('AvgPool', x, **k)
        add('MaxPoolGrad', x, top, g, **k)
        add('MaxPoolGradGrad', x, top, F(2, 5, 6, 3), **k)
        add('MaxPoolGradV2', x, top, g, I(k['ksize']), I(k['strides']), **pad)
        add('MaxPoolGradGradV2', x, top, F(2, 5, 6, 3), I(k['ksize']), I(k['strides']), False, **pad)
        add('AvgPoolGrad', I(2, 5, 6, 3), g, **k)
        arg = tf.Session().run(tf.raw_ops.MaxPoolWithArgmax(input=x, **k))[1]
        add('MaxPoolGradWithArgmax', x, g, arg, False, **k)
        x, k = F(2, 4, 5, 4, 2), dict(ksize=[1, 2, 3, 2, 1], strides=[1, 2, 2, 1, 1], **pad)
        y = tf.Session().run(tf.nn.max_pool3d(x, **k))
        add('MaxPool3D', x, **k)
        add('AvgPool3D', x, **k)
        add('MaxPool3DGrad', x, y, F(*y.shape), **k)
        add('MaxPool3DGradGrad', x, y, F(*x.shape), **k)
        add('AvgPool3DGrad', I(2, 4, 5, 4, 2), F(*y.shape), **k)
    add('MaxPool', I([[1, 5], [7, 2]]).reshape(1, 2, 2, 1), ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding='VALID')
    for op, U in (('FusedBatchNormGrad', {}), ('FusedBatchNormGradV2', {}), ('FusedBatchNormGradV3', {})):
        for training in (True, False):
            more = [F(1)] if op.endswith('V3') else []
            x = F(2, 3, 2, 3)
            mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
            add(op, F(2, 3, 2, 3), x, F(3), mean, var, *more, is_training=training)
    for k in (dict(), dict(depth_radius=2, bias=2., alpha=.1, beta=.75), dict(depth_radius=1, beta=1.), dict(beta=.3)):
        x = F(2, 2, 3, 7)
        y = tf.Session().run(tf.nn.lrn(x, **k))
        add('LRN', x, **k)
        add('LRNGrad', F(2, 2, 3, 7), x, y, False, **k)
    for pad, y in ((same, (3, 3)), (valid, (2, 2))):
        k = dict(strides=[1, 2, 2, 1], rates=[1, 1, 1, 1], **pad)
        x, w = F(2, 5, 6, 2), F(2, 3, 2)
        add('Dilation2D', x, w, **k)
        add('Dilation2DBackpropInput', x, w, F(2, y[0], y[1], 2), False, **k)
        add('Dilation2DBackpropFilter', x, w, F(2, y[0], y[1], 2), False, **k)
    add('Dilation2D', F(1, 7, 7, 1), F(3, 3, 1), strides=[1, 1, 1, 1], rates=[1, 2, 2, 1], padding='VALID')
    add('DepthToSpace', F(2, 2, 3, 8), block_size=2)
    add('SpaceToDepth', F(2, 4, 6, 2), block_size=2)
    add('BatchToSpace', F(8, 2, 3, 1), I([[0, 1], [1, 0]]), block_size=2)
    add('SpaceToBatch', F(2, 3, 5, 1), I([[0, 1], [1, 0]]), block_size=2)
    add('SpaceToBatchND', F(2, 3, 4, 2), I(3, 2), I([[1, 2], [0, 0]]))
    add('BatchToSpaceND', F(12, 2, 2, 2), I(3, 2), I([[1, 2], [0, 0]]))
    add('SpaceToBatchND', F(2, 3, 4, 2), I(2, 2), I([[0, 0], [0, 0]]), False)
    add('NthElement', F(3, 6), I(2), reverse=False)
    add('NthElement', F(3, 6), I(9), False, reverse=False)
    add('Cross', F(4, 3, dtype=np.float64), F(4, 3, dtype=np.float64))
    add('Cross', F(4, 2), F(4, 2), False)
    add('Bucketize', F(7), False, boundaries=[-1., 0., 1.])
    add('PopulationCount', I(0, 1, 7, -1, 255, 1024), False)
    add('CompareAndBitpack', F(2, 16), F(), False)
    add('UnravelIndex', I(0, 5, 11), I(3, 4), False)
    add('DataFormatVecPermute', I([[1, 2], [3, 4], [5, 6], [7, 8]]), False)
    add('ExtractVolumePatches', F(1, 4, 4, 3, 2), ksizes=[1, 2, 2, 2, 1], strides=[1, 2, 1, 1, 1], padding='SAME')
    add('ExtractImagePatches', F(2, 5, 6, 2), ksizes=[1, 2, 2, 1], strides=[1, 2, 1, 1], rates=[1, 2, 2, 1], padding='VALID')


def pictures(add):
    for op in ('ResizeNearestNeighborGrad',):
        for k in (dict(), dict(align_corners=True), dict(half_pixel_centers=True)):
            add(op, F(1, 5, 6, 2), I(3, 4), False, **k)
    for op in ('ResizeBilinearGrad', 'ResizeBicubicGrad'):
        for k in (dict(), dict(align_corners=True), dict(half_pixel_centers=True)):
            add(op, F(1, 5, 6, 2), F(1, 3, 4, 2), False, **k)
    boxes = I([[.1, .2, .9, .7], [0, 0, 1, 1], [.8, .9, .2, .1], [-.2, .3, .5, 1.3]], dtype=np.float32)
    for method in ('bilinear', 'nearest'):
        add('CropAndResize', F(2, 6, 5, 2), boxes, I(0, 1, 1, 0), I(3, 4), method == 'bilinear', method=method, extrapolation_value=.5)
        add('CropAndResizeGradImage', F(4, 3, 4, 2), boxes, I(0, 1, 1, 0), I(2, 6, 5, 2), False, T=tf.float32, method=method)
    add('CropAndResizeGradBoxes', F(4, 3, 4, 2), F(2, 6, 5, 2), boxes, I(0, 1, 1, 0), False)
    add('CropAndResize', F(1, 6, 5, 2), boxes[:1], I([0]), I(1, 1))
    image = F(3, 4, 3, lo=0, hi=1)
    add('AdjustHue', image, F(), False)
    add('AdjustHue', image, np.float32(-.7), False)
    add('AdjustSaturation', image, np.float32(1.7), False)
    add('RGBToHSV', image, False)
    add('HSVToRGB', F(3, 4, 3, lo=0, hi=1), False)
    add('DrawBoundingBoxes', F(2, 7, 8, 3), I([[[.1, .1, .6, .7], [0, 0, 1, 1], [-.5, .3, .4, 1.2]]] * 2, dtype=np.float32), False)
    add('DrawBoundingBoxesV2', F(1, 7, 8, 3), I([[[.1, .1, .6, .7], [0, 0, 1, 1]]], dtype=np.float32), F(1, 3), False)
    boxes = I([[0, 0, 1, 1], [0, .1, 1, 1.1], [0, -.1, 1, .9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]], dtype=np.float32)
    scores = I([.9, .75, .6, .95, .5, .3], dtype=np.float32)
    half, low = np.float32(.5), np.float32(.2)
    add('NonMaxSuppressionV5', boxes, scores, I(6), half, low, np.float32(.5), False)
    add('NonMaxSuppressionV5', boxes, scores, I(4), half, low, np.float32(0), False, pad_to_max_output_size=True)
    add('NonMaxSuppressionWithOverlaps', F(6, 6, lo=0, hi=1), scores, I(6), half, low, False)
    add('NonMaxSuppressionV3', boxes, scores, I(6), np.float32(1.5), low, False)
    for off in ([[.3, -.1]], [[-1., 1.]], [[.9, .2]]):
        add('ExtractGlimpse', F(1, 5, 6, 2), I(2, 3), I(off, dtype=np.float32), False, uniform_noise=False, noise='zero')
    add('ExtractGlimpse', F(1, 5, 6, 2), I(2, 3), I([[0, 3]], dtype=np.float32), False, uniform_noise=False, noise='zero', centered=False, normalized=False)


def algebra(add):
    for dtype in (np.float32, np.float64):
        m = F(2, 3, 3, dtype=dtype) + 3 * np.eye(3, dtype=dtype)
        add('MatrixInverse', m, adjoint=False)
        add('MatrixDeterminant', m)
        add('LogMatrixDeterminant', m)
        add('MatrixSolve', m, F(2, 3, 2, dtype=dtype), adjoint=False)
        add('MatrixTriangularSolve', m, F(2, 3, 2, dtype=dtype), lower=True, adjoint=True)
        add('MatrixTriangularSolve', m, F(2, 3, 2, dtype=dtype), lower=False, adjoint=False)
        add('Cholesky', positive(4, dtype, (2,)))
        add('CholeskyGrad', np.linalg.cholesky(positive(3, dtype)), F(3, 3, dtype=dtype), False)
        add('SelfAdjointEigV2', positive(4, dtype), compute_v=False)
        add('Svd', F(4, 3, dtype=dtype), compute_uv=False)
        add('MatrixSquareRoot', positive(3, dtype))
        add('MatrixSolveLs', F(5, 3, dtype=dtype), F(5, 2, dtype=dtype), np.float64(.1))
        add('MatrixSolveLs', F(3, 5, dtype=dtype), F(3, 2, dtype=dtype), np.float64(.1))
        add('MatrixSolveLs', F(5, 3, dtype=dtype), F(5, 2, dtype=dtype), np.float64(0), False, fast=False)
        add('TridiagonalSolve', F(2, 3, 4, dtype=dtype) + I([[0], [5], [0]], dtype=dtype), F(2, 4, 2, dtype=dtype))
        add('TridiagonalSolve', F(3, 4, dtype=dtype) + I([[0], [5], [0]], dtype=dtype), F(4, 2, dtype=dtype), partial_pivoting=False)
        add('TridiagonalMatMul', F(1, 4, dtype=dtype), F(1, 4, dtype=dtype), F(1, 4, dtype=dtype), F(4, 2, dtype=dtype))
    add('MatrixInverse', C(3, 3), False)
    add('MatrixDeterminant', C(2, 3, 3), False)
    add('MatrixSolve', C(3, 3), C(3, 2), False, adjoint=True)
    add('MatrixLogarithm', (positive(3) + 0j).astype(np.complex64), False)
    add('MatrixInverse', np.zeros((2, 2), np.float32), False)
    add('Cholesky', -np.eye(2, dtype=np.float32), False)
    add('Lu', F(2, 4, 4), False)
    add('Lu', F(4, 4, dtype=np.float64), False)
    for n in (1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 17, 30):
        add('FFT', C(2, n), False)
        add('IFFT', C(2, n), False)
        add('RFFT', F(2, n), I([n]), False)
        add('IRFFT', C(2, n // 2 + 1), I([n]), False)
    add('FFT2D', C(2, 3, 4), False)
    add('IFFT2D', C(2, 3, 4), False)
    add('FFT3D', C(2, 3, 4), False)
    add('IFFT3D', C(2, 3, 4), False)
    add('FFT', C(5).astype(np.complex128), False)
    add('RFFT2D', F(2, 4, 5), I(4, 5), False)
    add('RFFT2D', F(2, 4, 5), I(3, 6), False)
    add('IRFFT2D', C(2, 4, 3), I(4, 5), False)
    add('RFFT3D', F(2, 4, 5), I(2, 4, 5), False)
    add('IRFFT3D', C(2, 4, 3), I(2, 4, 5), False)
    add('RFFT', F(2, 6), I([8]), False)
    add('RFFT', F(2, 6), I(8, 8), False)


def sequences(add):
    x, labels = F(6, 2, 5), (I([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]], dtype=np.int64), I(1, 1, 2, 0, 3))
    for k in (dict(), dict(ctc_merge_repeated=False), dict(preprocess_collapse_repeated=True)):
        add('CTCLoss', x, labels[0], labels[1], I(6, 5), True, **k)
    add('CTCLoss', F(2, 2, 5), labels[0], labels[1], I(2, 2), False)
    add('CTCLoss', F(2, 2, 5), labels[0], labels[1], I(2, 2), False, ignore_longer_outputs_than_inputs=True)
    add('CTCGreedyDecoder', x, I(6, 5), False, merge_repeated=True)
    add('CTCGreedyDecoder', x.astype(np.float64), I(6, 5), False)
    for k in (dict(beam_width=4, top_paths=2), dict(beam_width=10, top_paths=3, merge_repeated=False), dict(beam_width=1, top_paths=1)):
        add('CTCBeamSearchDecoder', F(6, 2, 5), I(6, 4), False, **k)


def arrays(add):
    a = F(3, 4)
    for shift, axis in ((np.int32(1), np.int32(0)), (np.int32(-2), np.int32(1)), (I(1, -1), I(0, 1)), (I(5, 2), I(1, 1)), (np.int32(7), np.int32(-1))):
        add('Roll', a, shift, axis)
    add('Roll', F(2, 3, 4, dtype=np.float64), I(1, 1), I(1, 0, dtype=np.int64))
    add('Roll', a, I(1, 2), np.int32(0), False)
    add('Roll', a, np.int32(1), np.int32(9), False)
    zero, one = np.float32(0), np.float32(-1)
    for k in (np.int32(0), np.int32(1), np.int32(-2), I(-1, 1), I(0, 2), I(-2, -1)):
        add('MatrixDiagPartV2', F(2, 3, 4), k, one, False)
        n = 1 if k.ndim == 0 else k[1] - k[0] + 1
        length = min(3 + min(k.flat[-1], 0), 4 - max(k.flat[0], 0))
        shape = (2, n, length) if n > 1 else (2, length)
        add('MatrixSetDiagV2', F(2, 3, 4), F(*shape), k, False)
        add('MatrixDiagV2', F(*shape), k, np.int32(-1), np.int32(-1), one, False)
    add('MatrixDiagV2', F(3), np.int32(1), np.int32(3), np.int32(6), one, False)
    add('MatrixDiagV2', F(2, 3), I(0, 1), np.int32(9), np.int32(-1), zero, False)
    add('MatrixDiagV2', F(3), np.int32(0), np.int32(2), np.int32(-1), zero, False)
    add('MatrixDiagV2', F(3), np.int32(0), np.int32(5), np.int32(5), zero, False)
    add('MatrixDiagV2', F(3), I(1, 0), np.int32(-1), np.int32(-1), zero, False)
    add('MatrixDiagV2', F(3), I(0, 1), np.int32(-1), np.int32(-1), zero, False)
    add('MatrixDiagPartV2', F(3, 4), np.int32(4), zero, False)
    add('MatrixDiagPartV2', F(3, 4), I(0, 1, 2), zero, False)
    add('MatrixDiagPartV2', F(3, 4), I(1, 0), zero, False)
    add('MatrixDiagPartV2', F(0, 0), np.int32(0), zero, False)
    add('MatrixSetDiagV2', F(3, 4), F(4), np.int32(0), False)
    add('MatrixSetDiagV2', F(3, 4), F(2, 4), I(0, 1), False)
    add('MatrixSetDiagV2', I(3, 4).reshape(1, 2), I([9]), np.int32(1), False)
    for op in ('InplaceUpdate', 'InplaceAdd', 'InplaceSub'):
        add(op, F(4, 2), I(1, 3), F(2, 2), False)
        add(op, I([[1, 2], [3, 4]]), I(-1, 1), I([[5, 6], [7, 8]]), False)
        add(op, F(4, 2), I(1, 3), F(2, 3), False)
        add(op, F(4, 2), I(1, 3), F(3, 2), False)
        add(op, F(4, 2), np.int32(1), F(1, 2), False)
    x = I([[1, 0, 0], [1, 0, 0], [2, 0, 0]])
    for axis in ([0], [1], [-1], [2], [0, 1], []):
        add('UniqueV2', x, I(axis, dtype=np.int64), False)
        add('UniqueWithCountsV2', x, I(axis, dtype=np.int64), False)
    add('UniqueV2', F(3)[[0, 1, 0, 2, 1]], I([], dtype=np.int64), False)
    add('UniqueV2', F(0, 3), I([0], dtype=np.int64), False)
    for dtype in (np.float16, np.float32, np.float64):
        for exclusive in (False, True):
            for reverse in (False, True):
                add('CumulativeLogsumexp', F(3, 4, dtype=dtype), np.int32(1), dtype != np.float16, exclusive=exclusive, reverse=reverse)
    add('CumulativeLogsumexp', I([-np.inf, 1, np.inf, np.nan], dtype=np.float32), np.int32(0), False)
    add('CumulativeLogsumexp', F(3), np.int32(3), False)
    add('RandomGammaGrad', I([[.5], [1], [2.5], [30]], dtype=np.float64), I([.2, 1.5, 2, 28], dtype=np.float64), False)
    add('RandomGammaGrad', F(5, lo=.1, hi=4), F(5, lo=.1, hi=4), False)
    for dims in ([True, False], [False, True], [True, True]):
        add('Reverse', F(2, 3), I(dims, dtype=np.bool))
    add('Reverse', F(2, 3), I([True], dtype=np.bool), False)
    for sparse in (False, True):
        for ta in (False, True):
            for tb in (False, True):
                add('SparseMatMul', F(3, 2) if ta else F(2, 3), F(4, 3) if tb else F(3, 4), transpose_a=ta, transpose_b=tb, a_is_sparse=sparse)
    add('SparseMatMul', F(2, 3), F(4, 3), False)


def quantization(add):
    x = I([-7, -1, -.04, 0, .1, .52, 3, 5.99, 8], dtype=np.float32)
    dy = F(9)
    for k in (dict(), dict(min=-.1, max=5.), dict(min=1., max=5.), dict(min=-5., max=-1.), dict(num_bits=4), dict(narrow_range=True, num_bits=3)):
        add('FakeQuantWithMinMaxArgs', x, **k)
        add('FakeQuantWithMinMaxArgsGradient', dy, x, False, **k)
    add('FakeQuantWithMinMaxArgs', x, False, min=1., max=0.)
    add('FakeQuantWithMinMaxArgs', x, False, num_bits=17)
    for low, high in ((-.1, 5), (0, 0), (1, 3), (-3, -1), (-6, 6)):
        for k in (dict(), dict(num_bits=5, narrow_range=True)):
            add('FakeQuantWithMinMaxVars', x, np.float32(low), np.float32(high), **k)
            add('FakeQuantWithMinMaxVarsGradient', dy, x, np.float32(low), np.float32(high), False, **k)
    add('FakeQuantWithMinMaxVars', x, np.float32(0), np.float32(1), False, num_bits=1)
    low, high = I([-1, 0, -.3], dtype=np.float32), I([1.5, 0, .2], dtype=np.float32)
    for shape in ((3,), (4, 3), (2, 2, 3), (1, 2, 2, 3)):
        add('FakeQuantWithMinMaxVarsPerChannel', F(*shape), low, high)
        add('FakeQuantWithMinMaxVarsPerChannelGradient', F(*shape), F(*shape), low, high, False)
    add('FakeQuantWithMinMaxVarsPerChannel', F(2, 3), low[:2], high, False)
    add('FakeQuantWithMinMaxVarsPerChannel', F(2, 3), low, high[:2], False)
    add('FakeQuantWithMinMaxVarsPerChannelGradient', F(2, 3), F(2, 3), low[:2], high, False)
    for dtype in (np.float32, np.float64):
        low, high = dtype(-1), dtype(4)
        for k in (dict(), dict(range_given=True), dict(signed_input=False), dict(signed_input=False, range_given=True), dict(num_bits=4),
                  dict(round_mode='HALF_UP', num_bits=3), dict(narrow_range=True, num_bits=4)):
            add('QuantizeAndDequantizeV2', x.astype(dtype), low, high, **k)
        for bits in (8, 3, 0, 100):
            add('QuantizeAndDequantizeV3', x.astype(dtype), low, high, np.int32(bits), bits < 9)
    add('QuantizeAndDequantizeV2', x, np.float32(2), np.float32(1), False, range_given=True)
    add('QuantizeAndDequantizeV2', F(3) * 0, np.float32(2), np.float32(1), False)
    add('QuantizeAndDequantizeV2', F(0), np.float32(2), np.float32(1), False)
    add('QuantizeAndDequantizeV2', x, np.float32(0), np.float32(1), False, num_bits=63)


def sampling(add):
    boxes = I([[0, 0, 1, 1], [0, .1, 1, 1.1], [0, -.1, 1, .9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]], dtype=np.float32) / np.float32(101)
    scores = I([.9, .75, .6, .95, .5, .3], dtype=np.float32)
    both = np.stack([boxes, boxes[::-1]])[:, :, None]
    classes = np.stack([np.stack([scores, scores[::-1] - np.float32(.01)], 1)] * 2)

    def nms(b, s, per_class, total, iou=.5, least=.4, **k):
        add('CombinedNonMaxSuppression', b, s, np.int32(per_class), np.int32(total), np.float32(iou), np.float32(least), False, **k)
    nms(both, classes, 3, 4)
    nms(both, classes, 2, 9, pad_per_class=True)
    nms(both, classes, 3, 4, clip_boxes=False)
    nms(np.concatenate([both, both * np.float32(.5)], 2), classes, 3, 9, least=0)
    nms(both, classes, 3, 0)
    nms(both, classes, 3, 4, iou=2)
    nms(both[:, :, 0], classes, 3, 4)
    nms(np.concatenate([both] * 3, 2), classes, 3, 4)
    nms(both[:, :3], classes, 3, 4)
    image = F(2, 4, 6, 2)
    scale, move = I([.75, .66], dtype=np.float32), I([.3, -.2], dtype=np.float32)
    for kernel in ('lanczos1', 'lanczos3', 'lanczos5', 'gaussian', 'box', 'triangle', 'keyscubic', 'mitchellcubic'):
        for antialias in (True, False):
            add('ScaleAndTranslate', image, I(3, 4), scale, move, kernel_type=kernel, antialias=antialias)
    add('ScaleAndTranslate', image, I(9, 7), I([2, 1.2], dtype=np.float32), move)
    add('ScaleAndTranslate', image.astype(np.float16), I(3, 4), scale, move, False)
    add('ScaleAndTranslate', np.arange(24, dtype=np.int32).reshape(1, 4, 6, 1), I(3, 4), scale, move, False)
    add('ScaleAndTranslateGrad', F(2, 3, 4, 2), image, scale, move, False)
    add('ScaleAndTranslate', image, I(3, 4), I([1, -1], dtype=np.float32), move, False)
    add('ScaleAndTranslate', image, I(3, 0), scale, move, False)
    add('ScaleAndTranslate', image, I(3, 4), scale[:1], move, False)
    add('ScaleAndTranslate', image, I(3, 4), scale, move, False, kernel_type='none')


def main():
    out = sys.argv[1]
    for family in (networks, pictures, sequences, algebra, arrays, quantization, sampling):
        if sys.argv[2:] and family.__name__ not in sys.argv[2:]:
            continue
        RANDOM.seed(15)
        pool, lines, count = Pool(), [], {}

        def add(op, *inputs, **attrs):
            grad = True
            if isinstance(inputs[-1], bool):
                grad, inputs = inputs[-1], inputs[:-1]
            count[op] = count.get(op, -1) + 1
            key = '%s/%s%d' % (op, family.__name__, count[op])
            try:
                rec, arrays = run(op, inputs, attrs, grad, key)
            except Exception as e:
                print('skipped', key, type(e).__name__, str(e)[:200])
                return
            full = dict(id=key, **rec)
            for k in ('in', 'out', 'w', 'grad'):
                if k in arrays:
                    full[k] = [None if a is None else pool.put(a) for a in arrays[k]]
            lines.append(json.dumps(full, separators=(',', ':'), sort_keys=True))
        family(add)
        with open(os.path.join(out, family.__name__ + '.json'), 'w') as f:
            f.write('[\n' + ',\n'.join(lines) + '\n]\n')
        np.savez_compressed(os.path.join(out, family.__name__ + '.npz'), **{k: np.concatenate(v) for k, v in pool.parts.items()})
        print(family.__name__, len(lines), 'cases of', len(count), 'ops')


main()
