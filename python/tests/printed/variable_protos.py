"""VariableDefs of variables, and variables of VariableDefs: their nodes, and that they can be read and assigned."""
import tensorflow as tf
from tensorflow.core.framework import variable_pb2
from tensorflow.python.framework import ops


def brief(message):
    return ' '.join(str(message).split())


def attempt(name, function):
    try:
        print(name, function())
    except Exception as error:
        print(name, type(error).__name__, error)


from_proto = ops.get_from_proto_function(tf.GraphKeys.GLOBAL_VARIABLES)
with tf.variable_scope('scope'):
    ref = tf.get_variable('ref', initializer=[1., 2.])
    resource = tf.get_variable('resource', initializer=[3., 4.], use_resource=True, trainable=False)
with tf.variable_scope('cached', caching_device='/cpu:0'):
    cached = tf.get_variable('v', initializer=[5., 6.], use_resource=True)
part = tf.get_variable('part', initializer=[7.])
part._set_save_slice_info(tf.Variable.SaveSliceInfo('whole', [4, 2], [1, 0], [1, 2]))

for variable in (ref, resource, cached, part):
    print(brief(variable.to_proto()))
    print(brief(variable.to_proto(export_scope='scope')))

info = part._get_save_slice_info()
print(info.spec, brief(info.to_proto()), info.to_proto(export_scope='scope'))
again = tf.Variable.SaveSliceInfo(save_slice_info_def=info.to_proto(), import_scope='above')
print(again.full_name, again.full_shape, again.var_offset, again.var_shape)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for variable in (ref, resource, cached, part):
        twin = from_proto(variable.to_proto())
        print(twin, type(twin) is type(variable), twin.trainable, twin.shape, twin.initializer.name, twin.initial_value.name)
        print(session.run([twin, twin.read_value(), twin.value()]), twin.graph is tf.get_default_graph())
        session.run(twin.assign_add([1.] * twin.shape[0].value))
        print(session.run(variable), session.run(tf.is_variable_initialized(twin)))
        print(brief(twin.to_proto()) == brief(variable.to_proto()))
    twin = tf.Variable(variable_def=ref.to_proto())
    print(twin, tf.gradients(twin * 2., [twin])[0])

bare = variable_pb2.VariableDef(variable_name='scope/ref:0', initializer_name='scope/ref/Assign',
                                snapshot_name='scope/ref/read:0')
print(from_proto(bare).initial_value, from_proto(bare).trainable)
old = resource.to_proto()
old.snapshot_name = ''
print(from_proto(old).to_proto().snapshot_name)
attempt('missing', lambda: from_proto(ref.to_proto(), import_scope='none'))
