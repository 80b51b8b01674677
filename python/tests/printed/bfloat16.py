"""NumPy's type for bfloat16: scalars, arrays, casts, and tensors of it."""
import numpy as np
import tensorflow as tf

bfloat16 = tf.bfloat16.as_numpy_dtype


def attempt(name, function):
    """Prints what a function gives, in a form that does not depend on NumPy's version, or raises."""
    try:
        value = function()
    except (TypeError, ValueError, AttributeError) as error:
        print(name, type(error).__name__, error)
        return
    if isinstance(value, np.ndarray):
        print(name, value.dtype, value.shape, [str(element) for element in value.ravel()])
    else:
        print(name, type(value).__name__, value)


print(bfloat16, bfloat16.__bases__, bfloat16.__name__)
described = np.dtype(bfloat16)
print(described, described.name, described.kind, described.itemsize, described.type is bfloat16, described.alignment)
for value in (1, 1.5, np.float32(2), True, float('nan'), float('inf'), 1e40, 3.14159, bfloat16(2), -0.0, 1.00390625,
              1.01171875, 1e-40, -7, '1.5', None, [1], 1j, np.int64(3), 2**70):
    attempt('bfloat16(%s)' % (value,), lambda: bfloat16(value))
attempt('no argument', lambda: bfloat16())
attempt('two arguments', lambda: bfloat16(1, 2))

a, b = bfloat16(1.5), bfloat16(2)
for name, function in (
        ('a + b', lambda: a + b), ('a - b', lambda: a - b), ('a * b', lambda: a * b), ('a / b', lambda: a / b),
        ('-a', lambda: -a), ('a + 1.5', lambda: a + 1.5), ('1.5 - a', lambda: 1.5 - a), ('a * 2', lambda: a * 2),
        ('a / 0', lambda: a / bfloat16(0)), ('a + float32', lambda: a + np.float32(2)), ('a // b', lambda: a // b),
        ('abs(a)', lambda: abs(a)), ('a < b', lambda: a < b), ('a == 1.5', lambda: a == 1.5), ('a != b', lambda: a != b),
        ('a >= b', lambda: a >= b), ('nan == nan', lambda: bfloat16('nan' and float('nan')) == bfloat16(float('nan'))),
        ('int', lambda: int(a)), ('float', lambda: float(a)), ('bool', lambda: (bool(a), bool(bfloat16(0)))),
        ('hash', lambda: hash(a) == hash(bfloat16(1.5))), ('repr', lambda: repr(a)), ('format', lambda: '%.2f %s' % (a, a))):
    attempt(name, function)

x = np.array([1.5, 2, -3], bfloat16)
y = np.array([1, 2, 3.25], np.float32)
for name in ('float16', 'float32', 'float64', 'int32', 'int64', 'complex64', 'complex128'):
    attempt('to ' + name, lambda: np.array([1.5, 2, 100], bfloat16).astype(name))
    attempt('from ' + name, lambda: np.array([1, 2, 100.7]).astype(name).astype(bfloat16))
for name, function in (
        ('array', lambda: x), ('x + y', lambda: x + y), ('x == x', lambda: x == x), ('x < reversed', lambda: x < x[::-1]),
        ('x[0]', lambda: x[0]), ('zeros', lambda: np.zeros([2], bfloat16)), ('ones', lambda: np.ones([2], bfloat16)),
        ('full', lambda: np.full([2, 1], 3, bfloat16)), ('reversed', lambda: x[::-1]),
        ('concatenated', lambda: np.concatenate([x, x])), ('where', lambda: np.where([True, False, True], x, x[::-1])),
        ('bits', lambda: x.view(np.uint16)), ('of bits', lambda: np.array([0x3fc0], np.uint16).view(bfloat16)),
        ('arange', lambda: np.arange(0, 3, dtype=bfloat16)), ('copy', lambda: x.copy()), ('nonzero', lambda: np.nonzero(x)[0]),
        ('0-d', lambda: np.array(2.5, bfloat16)), ('can cast', lambda: (np.can_cast(bfloat16, np.float32),
                                                                         np.can_cast(np.float32, bfloat16)))):
    attempt(name, function)

print(tf.as_dtype(bfloat16), tf.as_dtype(described), tf.bfloat16 == bfloat16, tf.bfloat16.min, tf.bfloat16.max)
print(tf.bfloat16.size, tf.bfloat16.is_unsigned, tf.bfloat16.is_floating)
for proto in (tf.make_tensor_proto(x), tf.make_tensor_proto([1.5, 2], tf.bfloat16), tf.make_tensor_proto(x, shape=[5])):
    print(list(proto.half_val))
    attempt('of proto', lambda: tf.make_ndarray(proto))
with tf.Session() as session:
    fed = tf.placeholder(tf.bfloat16, [None])
    attempt('fed', lambda: session.run(fed, {fed: x}))
    attempt('fed a list', lambda: session.run(fed, {fed: [1.5, 2]}))
    attempt('cast', lambda: session.run(tf.cast(fed, tf.float32), {fed: x}))
    attempt('cast to', lambda: session.run(tf.cast(tf.constant([1.0, 1.00390625]), tf.bfloat16)))
    attempt('constant', lambda: session.run(tf.constant(x)))
    attempt('scalar', lambda: session.run(tf.constant(1.5, tf.bfloat16)))
