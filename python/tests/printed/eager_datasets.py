"""Datasets with eager execution: passes, errors, functions, checkpoints."""
import re

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
tf.enable_eager_execution()
D, X = tf.data.Dataset, tf.data.experimental


def plain(value):
    if isinstance(value, dict):
        return {key: plain(value[key]) for key in sorted(value)}
    if isinstance(value, (tuple, list)):
        return type(value)(map(plain, value))
    if isinstance(value, tf.SparseTensor):
        return 'sparse', value.indices.numpy().tolist(), value.values.numpy().tolist()
    if isinstance(value, tf.RaggedTensor):
        return 'ragged', value.to_list()
    if isinstance(value, tf.data.Dataset):
        return 'dataset', [plain(each) for each in value]
    return value.numpy().tolist() if hasattr(value, 'numpy') and not isinstance(value.numpy(), bytes) else value.numpy()


def show(name, make, passes=1):
    try:
        dataset = make()
        print(name, *[[plain(element) for element in dataset] for _ in range(passes)])
    except Exception as error:
        print(name, type(error).__name__, re.sub(r'_\d+}}', '}}', str(error).split('\n')[0][:150]))


show('range', lambda: D.range(4), 2)
show('dict', lambda: D.from_tensor_slices({'b': [1, 2], 'a': ([1., 2.], ['x', 'y'])}))
show('map', lambda: D.range(4).map(lambda x: x * 2), 2)
show('shuffled', lambda: D.range(6).shuffle(4, seed=1), 3)
show('shuffled alike', lambda: D.range(6).shuffle(4, seed=1, reshuffle_each_iteration=False), 3)
show('shuffled and repeated', lambda: D.range(4).shuffle(4, seed=1).repeat(3), 2)
tf.set_random_seed(5)
show('graph seed', lambda: D.range(6).shuffle(6), 2)
show('random map', lambda: D.range(3).map(lambda x: tf.random.uniform([], maxval=99, dtype=tf.int32, seed=2)), 2)
show('batch', lambda: D.range(5).batch(2))
show('window', lambda: D.range(5).window(2))
show('sparse', lambda: D.range(3).map(lambda x: tf.SparseTensor([[x]], [x], [4])))
show('sparse batch', lambda: D.range(3).map(lambda x: tf.SparseTensor([[x]], [x], [4])).batch(2))
show('ragged', lambda: D.range(3).map(lambda x: tf.RaggedTensor.from_row_lengths(tf.range(x), [x])))
show('ragged slices', lambda: D.from_tensor_slices(tf.ragged.constant([[[1], [2, 3]], [[4]]])))
show('ragged batch', lambda: D.from_tensor_slices(tf.ragged.constant([[[1], [2, 3]], [[4]]])).batch(2))
show('generator', lambda: D.from_generator(lambda: iter([1, 2]), tf.int32), 2)
show('generator fails', lambda: D.from_generator(lambda: (1 // (1 - i) for i in range(3)), tf.int32))
show('py_function', lambda: D.range(3).map(lambda x: tf.py_function(lambda v: v.numpy() * 2, [x], tf.int64)))
show('numpy_function', lambda: D.range(3).map(lambda x: tf.numpy_function(lambda v: v * 2, [x], tf.int64)))
show('division', lambda: D.range(3).map(lambda x: 6 // (x - 1)))
show('interleave', lambda: D.range(3).interleave(lambda x: D.range(x), 2, num_parallel_calls=2))
show('cache', lambda: D.range(3).map(lambda x: tf.random.uniform([], maxval=99, dtype=tf.int32)).cache(), 1)
show('zip', lambda: D.zip((D.range(3), D.range(3, 9))))
show('padded', lambda: D.range(4).map(lambda x: tf.fill([x], x)).padded_batch(2, [None]))
show('if', lambda: D.range(4).map(lambda x: x * 2 if x > 1 else -x))
show('TensorArray', lambda: D.range(3).map(lambda x: tf.TensorArray(tf.int64, 2).write(0, x).write(1, x).stack()))
show('variable', lambda: D.range(3).map(lambda x, v=tf.Variable(5, dtype=tf.int64): x + v))
show('numbers from NumPy', lambda: D.from_tensor_slices((np.arange(3, dtype=np.float32), np.arange(3))))
show('sampled', lambda: X.sample_from_datasets([D.range(3), D.range(10, 13)], seed=3), 2)
show('unique', lambda: D.from_tensor_slices([1, 2, 1]).apply(X.unique()))
show('options', lambda: D.range(3).with_options(tf.data.Options()))
print(D.range(5).reduce(np.int64(0), lambda a, b: a + b).numpy(), X.cardinality(D.range(5)).numpy(), X.get_single_element(D.range(1)).numpy())
print(repr(D.range(3)), D.range(3).element_spec, D.range(3).output_types)
iterator = iter(D.range(3))
print(next(iterator).numpy(), iterator.get_next().numpy(), iterator.next().numpy())
for call in (lambda: next(iterator), iterator.get_next, lambda: len(D.range(3)), D.range(3).make_initializable_iterator,
             lambda: iterator.string_handle(), lambda: D.range(3)[0], lambda: bool(D.range(3))):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, str(error).split('\n')[0][:150])
iterator = D.range(3).make_one_shot_iterator()
print(type(iterator).__name__, [element.numpy() for element in iterator])
optional = X.get_next_as_optional(iter(D.range(1)))
print(optional.has_value().numpy(), optional.get_value().numpy(), optional.value_structure)


@tf.function
def total(dataset):
    result = tf.constant(0, tf.int64)
    for element in dataset:
        if element > 3:
            break
        result += element
    return result


print(total(D.range(10)).numpy(), total(D.range(3)).numpy())


@tf.function
def two(iterator):
    return next(iterator) * 10 + next(iterator)


iterator = iter(D.range(1, 9))
print(two(iterator).numpy(), two(iterator).numpy())

iterator = iter(D.range(9))
checkpoint = tf.train.Checkpoint(iterator=iterator)
print(next(iterator).numpy(), next(iterator).numpy())
path = checkpoint.save('./eager')
print(next(iterator).numpy(), next(iterator).numpy())
checkpoint.restore(path)
print([element.numpy() for element in iterator])
again = iter(D.range(9))
tf.train.Checkpoint(iterator=again).restore(path)
print([element.numpy() for element in again])

model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer='ones', input_shape=(2,))])
model.compile(tf.train.GradientDescentOptimizer(0.1), 'mse')
data = D.from_tensor_slices((np.ones([4, 2], np.float32), np.zeros([4, 1], np.float32))).batch(2)
history = model.fit(data, epochs=2, verbose=0)
print(['%.5f' % loss for loss in history.history['loss']], '%.5f' % model.evaluate(data, verbose=0), model.predict(data).shape)
