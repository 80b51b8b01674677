"""Makes single_ops.jsonl with TensorFlow 1.15: the nodes that tf.gradients adds for single ops."""
import json, os, sys, warnings
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
warnings.simplefilter('ignore')
import tensorflow as tf
from tensorflow.python.framework import op_def_library, op_def_registry
tf.logging.set_verbosity(tf.logging.FATAL)

OPS = op_def_registry.get_registered_ops()
LIBRARY = op_def_library.OpDefLibrary()
for op_def in OPS.values():
    LIBRARY.add_op(op_def)
f32, c64, i32, i64 = tf.float32, tf.complex64, tf.int32, tf.int64


class Const(object):
    def __init__(self, value, dtype=i32):
        self.value, self.dtype = value, dtype


def attr_text(name, v):
    kind = v.WhichOneof('value')
    if kind == 'b' and v.b:
        return name
    if kind == 'i' and v.i:
        return '%s=%d' % (name, v.i)
    if kind == 'type':
        return '%s=%s' % (name, tf.as_dtype(v.type).name)
    if name == '_class':
        return ' '.join(s.decode() for s in sorted(v.list.s))
    return None


def node_text(n):
    parts = [n.name, n.type] + [i.name for i in n.inputs]
    parts += sorted('^' + c.name for c in n.control_inputs)
    for name in sorted(n.node_def.attr):
        text = attr_text(name, n.node_def.attr[name])
        if text:
            parts.append(text)
    if n.device:
        parts.append(n.device)
    if n.type == 'Const':
        a = tf.make_ndarray(n.get_attr('value'))
        parts.append('%s:%s' % (list(a.shape), ' '.join('%.9g' % x.real for x in a.ravel().tolist())))
    return ' '.join(parts)


def case(op, inputs, dtype=f32, known=True, output=None, **attrs):
    graph = tf.Graph()
    with graph.as_default():
        tensors, described = [], []
        for i, x in enumerate(inputs):
            dt = dtype[i] if isinstance(dtype, list) else dtype
            if isinstance(x, Const):
                t = tf.constant(x.value, x.dtype, name='in%d' % i)
                described.append({'dtype': x.dtype.name, 'shape': t.shape.as_list(), 'const': x.value})
            else:
                x = x if known else None
                t = tf.placeholder(dt, x, name='in%d' % i)
                described.append({'dtype': dt.name, 'shape': None if x is None else [-1 if d is None else d for d in x]})
            tensors.append(t)
        args = [a.name for a in OPS[op].input_arg]
        is_list = bool(OPS[op].input_arg[0].number_attr)
        values = {args[0]: tensors} if is_list else dict(zip(args, tensors))
        values.update(attrs)
        y = LIBRARY.apply_op(op, name='op', **values)
        y = y[output] if output is not None else y
        dy = tf.placeholder(y.dtype, y.shape if known else None, name='dy')
        before = len(graph.get_operations())
        gradients = tf.gradients(y, tensors, grad_ys=dy)
        nodes = [node_text(n) for n in graph.get_operations()[before:]]
    record = {'op': op, 'inputs': described, 'is_list': is_list,
              'attrs': {k: v.name if isinstance(v, tf.DType) else v for k, v in attrs.items()},
              'gradients': [g.name if g is not None else None for g in gradients], 'nodes': nodes}
    if output is not None:
        record['output'] = output
    print(json.dumps(record, sort_keys=True))


for op in ('Abs Neg Sign Exp Expm1 Log Log1p Sqrt Rsqrt Square Reciprocal Inv Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh '
           'Asinh Acosh Atanh Sigmoid Erf Erfc Lgamma Digamma Floor Ceil Round Rint BesselI0e BesselI1e').split():
    case(op, [[2, 3]])
for op in 'Exp Log Square Sin Tanh Sigmoid Sqrt Conj Reciprocal'.split():
    case(op, [[2, 3]], c64)
for op in 'Real Imag Angle ComplexAbs'.split():
    case(op, [[2, 3]], c64, Tout=f32)
case('Complex', [[2, 3], [2, 3]], Tout=c64)
for op in 'TanhGrad SigmoidGrad SqrtGrad RsqrtGrad ReciprocalGrad InvGrad'.split():
    case(op, [[2, 3], [2, 3]])
    case(op, [[2, 3], [2, 3]], c64)
for op in ('Add AddV2 Sub Mul Div RealDiv FloorDiv FloorMod DivNoNan MulNoNan Xdivy Xlogy Maximum Minimum Pow '
           'SquaredDifference Igamma Igammac Zeta Polygamma NextAfter').split():
    case(op, [[2, 3], [2, 3]])
    case(op, [[2, 3], [3]])
    case(op, [[2, 3], []])
    case(op, [[None, 3], [1, 3]])
    case(op, [[], []])
    case(op, [[2, 3], [2, 3]], known=False)
for op in 'Mul Div Pow SquaredDifference'.split():
    case(op, [[2, 3], [3]], c64)
case('Atan2', [[2, 3], [2, 3]])
case('Mul', [[2], Const(2.0, f32)])
case('Pow', [[2], Const(2.0, f32)])
case('Betainc', [[2, 3], [2, 3], [2, 3]])
case('TruncateDiv', [[2, 3], [3]], i32)
case('AddN', [[2], [2], [2]])
case('AccumulateNV2', [[2], [2]], shape=[2])
case('Select', [[2, 3], [2, 3], [2, 3]], [tf.bool, f32, f32])
case('SelectV2', [[2, 3], [2, 3], [3]], [tf.bool, f32, f32])
case('SelectV2', [[2, 3], [2, 3], [3]], [tf.bool, f32, f32], known=False)
case('Cast', [[2]], DstT=tf.float64, Truncate=False)
case('Cast', [[2]], i32, DstT=tf.float64, Truncate=False)
for op in 'Sum Mean Prod Max Min'.split():
    for keep_dims in (False, True):
        for axes in ([0], [0, 1], 1, []):
            case(op, [[2, 3], Const(axes)], keep_dims=keep_dims)
    case(op, [[2, 3], [1]], [f32, i32], keep_dims=False)
    case(op, [[2, 3], [1]], [f32, i32], known=False, keep_dims=False)
    case(op, [[2, None], Const([0, 1])], keep_dims=False)
    case(op, [[2, None], Const([0])], keep_dims=False)
    case(op, [[None, None], Const([0, 1])], keep_dims=False)
    case(op, [[], Const([])], keep_dims=False)
for op in 'Cumsum Cumprod'.split():
    for exclusive in (False, True):
        for reverse in (False, True):
            case(op, [[2, 3], Const(1)], exclusive=exclusive, reverse=reverse)
for a in (False, True):
    for b in (False, True):
        case('MatMul', [[2, 2], [2, 2]], transpose_a=a, transpose_b=b)
        for op in 'BatchMatMul BatchMatMulV2'.split():
            case(op, [[1, 2, 2], [1, 2, 2]], adj_x=a, adj_y=b)
            case(op, [[2, 2], [2, 2]], adj_x=a, adj_y=b)
case('MatMul', [[2, 2], [2, 2]], c64, transpose_a=False, transpose_b=True)
case('BatchMatMul', [[2, 2], [2, 2]], c64, adj_x=False, adj_y=True)
case('MatMul', [[2, 2], [2, 2]], known=False, transpose_a=False, transpose_b=False)
for shapes in ([[5, 2, 2], [2, 2]], [[None, 2, 2], [None, 2, 2]], [[3, None, 2], [3, 2, 2]]):
    case('BatchMatMulV2', shapes, adj_x=False, adj_y=False)
case('BatchMatMulV2', [[5, 2, 2], [2, 2]], known=False, adj_x=False, adj_y=False)


# Sparse tensors: indices, values, shape.
SPARSE = [i64, f32, i64]
DENSE_SHAPE = Const([3, 4], i64)
for known in (True, False):
    for shape in (DENSE_SHAPE, [2]):
        if not known and shape is DENSE_SHAPE:
            continue
        x = [[3, 2], [3], shape]
        case('SparseToDense', [[3, 2], shape, [3], []], [i64, i64, f32, f32], known, validate_indices=True)
        for op in 'SparseDenseCwiseMul SparseDenseCwiseDiv'.split():
            case(op, x + [[3, 4]], SPARSE + [f32], known)
            if known:
                case(op, x + [[4]], SPARSE + [f32])
        case('SparseTensorDenseAdd', x + [[3, 4]], SPARSE + [f32], known)
        case('SparseReduceSum', x + [Const([1])], SPARSE + [i32], known, keep_dims=False)
        case('SparseReduceSum', x + [[1]], SPARSE + [i32], known, keep_dims=True)
        case('SparseReorder', x, SPARSE, known, output=1)
        case('SparseSoftmax', x, SPARSE, known)
        case('SparseSlice', x + [[2], [2]], SPARSE + [i64, i64], known, output=1)
        case('SparseFillEmptyRows', x + [[]], SPARSE + [f32], known, output=1)
        case('SparseAdd', x + x + [[]], SPARSE + SPARSE + [f32], known, output=1)
for a in (False, True):
    for b in (False, True):
        case('SparseTensorDenseMatMul', [[3, 2], [3], [2], [3, 3]], SPARSE + [f32], adjoint_a=a, adjoint_b=b)
case('SparseTensorDenseMatMul', [[3, 2], [3], [2], [3, 3]], SPARSE + [f32], known=False, adjoint_a=False, adjoint_b=False)
for known in (True, False):
    for op in 'SparseSegmentSum SparseSegmentMean SparseSegmentSqrtN'.split():
        case(op, [[5, 2], [4], [4]], [f32, i32, i32], known)
        case(op + 'WithNumSegments', [[5, 2], [4], [4], []], [f32, i32, i32, i32], known)
