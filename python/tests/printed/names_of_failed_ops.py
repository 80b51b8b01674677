"""A name is used up by an operation that can't be made: the next one of its kind is numbered."""
import tensorflow as tf

for expression in '''
tf.matmul(x, x)
tf.matmul(x, i)
tf.add(x, i)
tf.add(x, None)
x + tf.zeros([4])
x + i
x + 'a'
x - i
i / x
i // x
x ** i
x & i
x < i
-b
~x
x[0, 0, 0]
tf.reshape(x, [4])
tf.transpose(x, [0])
tf.where(x, x, x)
tf.nn.relu(b)
tf.nn.softmax(i)
tf.equal(x, i)
tf.logical_and(x, b)
tf.maximum(x, i)
tf.sqrt(i)
tf.nn.l2_loss(i)
tf.segment_sum(x, x)
tf.concat([x, x], 5)
tf.reduce_sum(b)
tf.square('a')
tf.cholesky(x)
'''.strip().splitlines():
    with tf.Graph().as_default() as graph:
        x, b = tf.placeholder(tf.float32, [2, 3], 'x'), tf.placeholder(tf.bool, [2], 'b')
        i = tf.placeholder(tf.int32, [2], 'i')
        try:
            print(expression, eval(expression))
        except (TypeError, ValueError) as error:
            print(expression, '!', type(error).__name__, error)
        names = ('MatMul', 'Add', 'add', 'sub', 'truediv', 'floordiv', 'pow', 'and', 'Less', 'Neg', 'LogicalNot', 'Relu',
                 'strided_slice', 'Reshape', 'transpose', 'Select', 'Softmax', 'Equal', 'LogicalAnd', 'Maximum', 'Sqrt',
                 'L2Loss', 'SegmentSum', 'concat', 'Sum', 'Square', 'Cholesky')
        taken = [name for name in names if graph.unique_name(name, mark_as_used=False) != name]
        print('   ', [op.name for op in graph.get_operations()[3:]], taken)
