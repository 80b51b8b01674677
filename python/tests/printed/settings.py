"""tf.config: the settings, and sessions that go by them."""
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
c, e = tf.config, tf.config.experimental


def attempt(text):
    try:
        print(text, '=', eval(text))
    except Exception as error:
        print(text, '!', type(error).__name__, str(error).split('\n')[0])


for text in '''\
c.get_soft_device_placement()
c.set_soft_device_placement(False)
c.get_soft_device_placement()
e.list_physical_devices('CPU')
e.list_physical_devices('GPU')
e.get_visible_devices()
e.get_visible_devices('GPU')
e.set_visible_devices([], 'GPU')
e.set_visible_devices(e.list_physical_devices('CPU'), 'CPU')
e.get_virtual_device_configuration(e.list_physical_devices('CPU')[0])
e.VirtualDeviceConfiguration()
e.VirtualDeviceConfiguration(memory_limit=3)
e.set_virtual_device_configuration(e.list_physical_devices('CPU')[0], [e.VirtualDeviceConfiguration(), e.VirtualDeviceConfiguration()])
e.set_virtual_device_configuration(e.list_physical_devices('CPU')[0], [e.VirtualDeviceConfiguration(3)])
e.get_virtual_device_configuration(e.list_physical_devices('CPU')[0])
e.set_virtual_device_configuration(3, [e.VirtualDeviceConfiguration()])
e.get_memory_growth(e.list_physical_devices('CPU')[0])
e.set_memory_growth(e.list_physical_devices('CPU')[0], True)
e.get_synchronous_execution()
e.get_device_policy()
c.optimizer.get_jit()
c.optimizer.set_jit(True)
c.optimizer.get_jit()
c.optimizer.get_experimental_options()
c.optimizer.set_experimental_options({'layout_optimizer': True, 'disable_meta_optimizer': True})
c.optimizer.get_experimental_options()
c.threading.get_inter_op_parallelism_threads()
c.threading.set_inter_op_parallelism_threads(3)
c.threading.get_inter_op_parallelism_threads()
c.threading.get_intra_op_parallelism_threads()
c.threading.set_intra_op_parallelism_threads(3)
c.threading.get_intra_op_parallelism_threads()
e.list_logical_devices('CPU')
e.list_logical_devices('GPU')
e.set_visible_devices([], 'GPU')
e.get_device_policy()
e.set_device_policy('warn')
e.set_device_policy('explicit')
e.get_device_policy()
e.set_device_policy('silent')
e.set_device_policy('x')
e.set_synchronous_execution(False)
e.get_synchronous_execution()
c.threading.set_intra_op_parallelism_threads(2)
e.set_virtual_device_configuration(e.list_physical_devices('CPU')[0], [e.VirtualDeviceConfiguration()])'''.split('\n'):
    attempt(text)
p = e.list_physical_devices('CPU')[0]
print(type(p), p.name, p.device_type, p == e.list_physical_devices('CPU')[0])
with tf.Session() as sess:
    print(len([device for device in sess.list_devices() if device.device_type == 'CPU']))
