"""Datasets with the behaviour of TensorFlow 2: orders and caches go on from iterator to iterator."""
import tensorflow as tf

tf.enable_v2_behavior()
D = tf.compat.v2.data.Dataset


def show(name, dataset, passes=3):
    print(name, *[[element.numpy().tolist() for element in dataset] for _ in range(passes)])


calls = []


def counted(x):
    calls.append(x)
    return x


show('shuffled', D.range(6).shuffle(4, seed=1))
show('alike', D.range(6).shuffle(4, seed=1, reshuffle_each_iteration=False))
show('repeated', D.range(4).shuffle(4, seed=1).repeat(3), 2)
show('batches', D.range(6).shuffle(6, seed=2).batch(4))
tf.compat.v1.set_random_seed(5)
show('seed of all', D.range(6).shuffle(6))
show('twice', D.range(5).shuffle(5, seed=1).shuffle(5, seed=2))
show('in functions', D.range(2).flat_map(lambda x: D.range(4).shuffle(4, seed=1)))
show('cached', D.range(3).map(lambda x: tf.py_function(counted, [x], tf.int64)).cache())
print(len(calls))
show('cached and repeated', D.range(3).map(lambda x: tf.py_function(counted, [x], tf.int64)).cache().repeat(2), 2)
print(len(calls))
show('cached in order', D.range(5).shuffle(5, seed=1).cache())
show('shuffled caches', D.range(5).cache().shuffle(5, seed=1))
print(sorted(set(len(set(element.numpy() for element in dataset)) for dataset in [D.range(9).shuffle(9)] for _ in range(3))))


@tf.function
def total():
    result = tf.constant(0, tf.int64)
    for element in D.range(4).shuffle(4).cache():
        result += element
    return result


print(total().numpy(), total().numpy())


def saved(name, dataset):
    iterator = iter(dataset)
    next(iterator)
    try:
        path = tf.train.Checkpoint(iterator=iterator).save('./' + name)
        again = iter(dataset)
        tf.train.Checkpoint(iterator=again).restore(path)
        print(name, [element.numpy() for element in again])
    except tf.errors.OpError as error:
        print(name, type(error).__name__, error.message)


saved('range', D.range(5))
saved('shuffle', D.range(9).shuffle(5, seed=1))
saved('cache', D.range(9).cache())
