"""What makes variables: partitioners, initializers of parts, and creators; their values, nodes and errors."""
import tensorflow as tf
from show import rounded, show_nodes


def attempt(title, make):
    """Prints what `make` gives, or its error."""
    try:
        print(title, '=', make())
    except Exception as error:
        print(title, '!', type(error).__name__, str(error).split(' Originally defined at')[0])


def parts(variable):
    return [(part.name, part.shape.as_list(), part._get_save_slice_info().spec) for part in variable]


# Variables in parts.
with tf.Graph().as_default() as graph:
    v = tf.get_variable('v', [5, 2], initializer=tf.zeros_initializer(), partitioner=tf.fixed_size_partitioner(3))
    print(type(v).__name__, v.name, v.dtype, v.shape, len(v), parts(v))
    with tf.variable_scope('s', partitioner=tf.min_max_variable_partitioner(max_partitions=2, min_slice_size=8)) as scope:
        w = tf.get_variable('w', [4, 2], use_resource=True, initializer=tf.glorot_uniform_initializer(seed=1))
        print(parts(w), callable(scope.partitioner))
        small = tf.get_variable('small', [1])
        print(type(small).__name__, small.name)
        scope.set_partitioner(tf.variable_axis_size_partitioner(16, max_shards=4))
        sized = tf.get_variable('sized', [6, 2], initializer=tf.constant_initializer(2.))
        print(parts(sized))
    with tf.variable_scope('s', reuse=True):
        same = tf.get_variable('w', [4, 2], partitioner=tf.fixed_size_partitioner(2))
        print(same is w, [a is b for a, b in zip(same, w)])
        attempt('other count', lambda: tf.get_variable('w', [4, 2], partitioner=tf.fixed_size_partitioner(4)))
        attempt('other shape', lambda: tf.get_variable('w', [6, 2], partitioner=tf.fixed_size_partitioner(2)))

    seen = []

    def init(shape, dtype=None, partition_info=None):
        seen.append((shape, dtype, partition_info.full_shape, partition_info.var_offset,
                     partition_info.single_offset(shape), partition_info.single_slice_dim(shape)))
        return tf.ones(shape, dtype)
    tf.get_variable('told', [3, 4], initializer=init, partitioner=lambda shape, dtype: [1, 2])
    print(seen)
    looked = tf.nn.embedding_lookup(v, [0, 4, 2], partition_strategy='div')
    total = tf.convert_to_tensor(v) + 1.
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(v.assign(tf.reshape(tf.range(10.), [5, 2])))
        print(rounded(sess.run([looked, total])))
    for title, partitioner in (('no sequence', lambda shape, dtype: 3), ('rank', lambda shape, dtype: [1]),
                               ('zero', lambda shape, dtype: [0, 1]), ('two', lambda shape, dtype: [2, 2]),
                               ('no function', 3)):
        attempt(title, lambda: tf.get_variable('wrong', [4, 4], partitioner=partitioner))
    attempt('scalar', lambda: tf.get_variable('scalar', [], partitioner=tf.fixed_size_partitioner(2)))
    show_nodes(graph)

# Creators.
with tf.Graph().as_default() as graph:
    def tell(next_creator, **kwargs):
        initial = kwargs['initial_value']
        print(sorted(kwargs), kwargs['name'], kwargs['trainable'], kwargs['use_resource'], kwargs['dtype'],
              callable(initial) or initial, kwargs['collections'], kwargs['synchronization'], kwargs['aggregation'])
        return next_creator(**kwargs)

    def renamed(next_creator, **kwargs):
        kwargs.update(name='renamed_' + (kwargs['name'] or 'none'), use_resource=True, trainable=False)
        return next_creator(**kwargs)

    kept = []

    def keeper(next_creator, **kwargs):
        kept.append(next_creator(**kwargs))
        return kept[-1]

    with tf.variable_creator_scope(keeper), tf.variable_creator_scope(tell):
        a = tf.Variable([1., 2.], name='a')
        b = tf.get_variable('b', [2], initializer=tf.ones_initializer())
        with tf.variable_creator_scope(renamed):
            c = tf.Variable(lambda: tf.zeros([2]), name='c')
            d = tf.get_variable('d', [1], initializer=tf.zeros_initializer())
    e = tf.Variable(1., name='e')
    print([v.name for v in (a, b, c, d, e)], [type(v).__name__ for v in kept], tf.trainable_variables() == [a, b, e])
    print([x is y for x, y in zip(kept, (a, b, c, d))])

    def failing(next_creator, **kwargs):
        raise KeyError('no variables today')
    with tf.variable_creator_scope(failing):
        attempt('failing', lambda: tf.Variable(1.))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        print(rounded(sess.run([a, b, c, d, e])))
    show_nodes(graph)

# Variables that exist.
with tf.Graph().as_default():
    tf.get_variable('x', [1])
    tf.get_variable('y', [1], use_resource=True)
    attempt('exists', lambda: tf.get_variable('x', [1]))
    attempt('exists', lambda: tf.get_variable('y', [1]))
    try:
        tf.get_variable('x', [1])
    except ValueError as error:
        print(str(error).count('Originally defined at:\n\n  File "'))
    try:
        tf.get_variable('y', [1])
    except ValueError as error:
        print(str(error).count('Originally'))
