"""Sessions with as many threads as the protocol asks for."""
import harness
import reflow.tensorflow as tf


def config():
    return tf.ConfigProto(intra_op_parallelism_threads=harness.THREADS, inter_op_parallelism_threads=harness.THREADS)


def session():
    return tf.Session(config=config())


def started():
    """A session with all variables initialized."""
    sess = session()
    sess.run(tf.global_variables_initializer())
    return sess


def target(sess, *tensors):
    """A call that runs the operations of the tensors without fetching them."""
    return sess.make_callable([tensor.op for tensor in tensors])
