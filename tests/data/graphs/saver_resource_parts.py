# Parts of a resource variable are read on a CPU for saving, under the device of the variable.
def put(op):
    return '/job:ps/task:1' if op.type == 'VarHandleOp' else '/job:worker'


with tf.device(put), tf.variable_scope('v', partitioner=tf.fixed_size_partitioner(2), use_resource=True):
    tf.get_variable('parts', [4, 2])
with tf.device('/job:ps/task:0'):
    tf.get_variable('whole', [3], use_resource=True)
    tf.get_variable('reference', [2, 2], partitioner=tf.fixed_size_partitioner(2))
saver = tf.train.Saver(sharded=True)
read = tf.global_variables()[0].read_value()
