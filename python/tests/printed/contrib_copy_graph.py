"""Operations and variables that tf.contrib.copy_graph copies to other graphs."""
import tensorflow as tf

copies = tf.contrib.copy_graph
first, second = tf.Graph(), tf.Graph()
with first.as_default():
    x = tf.placeholder(tf.float32, [2, 2], 'x')
    with tf.variable_scope('layer'):
        w = tf.get_variable('w', [2, 2], initializer=tf.constant_initializer([[1., 2.], [3., 4.]]))
        b = tf.Variable([1., -1.], trainable=False, collections=[tf.GraphKeys.GLOBAL_VARIABLES, 'mine'], name='b')
    with tf.control_dependencies([tf.no_op('before')]):
        y = tf.nn.relu(tf.matmul(x, w, transpose_b=True) + b, name='y')
    parts = tf.split(y, 2, axis=1, name='parts')
    tf.add_to_collection('results', parts[1])
for scope in '', 'copy':
    with second.as_default(), tf.device('/cpu:0'):
        variables = [copies.copy_variable_to_graph(each, second, scope) for each in (w, b)]
        copied = copies.copy_op_to_graph(parts[1], second, variables, scope)
        print(copied, [each.name for each in variables], copies.copy_op_to_graph(y.op, second, variables, scope).name)
        print(copies.get_copied_op(y, second, scope), copies.get_copied_op(x.op, second, scope).type)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            print(session.run(copied, {copies.get_copied_op(x, second, scope): [[1., 2.], [-3., 4.]]}))
for name in sorted(each for each in second.get_all_collection_keys() if each[0] != '_'):
    print(name, [each.name for each in second.get_collection(name)])
for operation in second.get_operations():
    print(operation.name, operation.type, *[each.name for each in (*operation.inputs, *operation.control_inputs)])
for wrong in (lambda: copies.copy_variable_to_graph(y, second), lambda: copies.get_copied_op(y, tf.Graph())):
    try:
        wrong()
    except (TypeError, KeyError) as error:
        print(type(error).__name__, error)
