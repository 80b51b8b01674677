"""Variable scopes that a program makes itself, and enters as others."""
import tensorflow as tf

with tf.variable_scope('tower'):
    root = tf.VariableScope(reuse=False, name='')
    with tf.variable_scope(root):
        step = tf.train.get_or_create_global_step()
        print(step.name, tf.get_variable('at_root', [2]).name, tf.get_variable_scope().name == '')
    print(tf.get_variable('inside', [2]).name)
scope = tf.VariableScope(tf.AUTO_REUSE, 'a/b', tf.constant_initializer(3.), tf.contrib.layers.l2_regularizer(0.1), dtype=tf.float64,
                         use_resource=True, constraint=tf.abs, custom_getter=None)
print(scope.name, scope.reuse, scope.dtype, scope.use_resource, repr(scope.original_name_scope), scope.constraint is tf.abs,
      scope.partitioner, scope.caching_device)
with tf.variable_scope('outer'), tf.variable_scope(scope):
    v = tf.get_variable('v', [2])
    print(v.name, v.dtype, v.op.type, tf.get_variable('v', [2]) is v, tf.add(v, v, name='sum').name)
print([loss.name for loss in tf.losses.get_regularization_losses()])
reused = tf.VariableScope(True, 'a/b', dtype=tf.float64, name_scope='c/')
print(reused.original_name_scope)
with tf.variable_scope(reused):
    print(tf.get_variable('v', [2]) is v)
    try:
        tf.get_variable('w', [2])
    except ValueError as error:
        print(str(error)[:50])
print(tf.get_variable_scope().reuse, repr(tf.get_variable_scope().name), [v.name for v in scope.trainable_variables()])
