"""SyncReplicasOptimizer and replica_device_setter: errors of wrong use, and where variables go."""
import tensorflow as tf
tf.logging.set_verbosity('ERROR')
gs=tf.train.create_global_step(); v=tf.Variable([1.,2.],name='v')
opt=tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.1),1)
train=opt.minimize(tf.reduce_sum(v*v),global_step=gs)
for f in (lambda: tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.1),1).apply_gradients([]), lambda: tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.1),1).get_chief_queue_runner(), lambda: opt.get_slot_names(), lambda: tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.1),1).apply_gradients([(None,v)])):
    try: print(f())
    except Exception as e: print(type(e).__name__,e)
for a in (dict(), dict(ps_tasks=2),dict(cluster={'worker':['h:1']}),dict(ps_tasks=1,ps_strategy=3)):
    try: print(tf.train.replica_device_setter(**a) is not None)
    except Exception as e: print(type(e).__name__,e)
with tf.Graph().as_default(), tf.device(tf.train.replica_device_setter(ps_tasks=2,ps_device='/job:ps/cpu:0',worker_device='/job:worker/task:3/gpu:0')):
    a=tf.Variable(1.); b=tf.Variable(1.); c=tf.Variable(1.); d=a+b
    with tf.device('/cpu:1'): e=a+1.; f=tf.Variable(2.)
    with tf.device('/job:ps/task:1'): h=tf.Variable(2.)
    print([x.device for x in (a,b,c,d,e,f,h)])
