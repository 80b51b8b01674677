"""Points that tf.contrib.learn.datasets makes, and articles that it reads."""
import os

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
datasets = tf.contrib.learn.datasets


def show(data):
    print(data.data.shape, data.data.dtype, data.target.dtype, np.array2string(data.data[:3], precision=5), data.target[:8])


for arguments in ({}, {'noise': 0.1, 'n_samples': 11}, {'n_samples': 10, 'n_classes': 3, 'factor': 0.5, 'seed': 3}):
    show(datasets.make_dataset('circles', **arguments))
for mode in 'archimedes', 'bernoulli', 'fermat':
    show(datasets.make_dataset('spirals', mode=mode))
    show(datasets.make_dataset('spirals', n_samples=10, mode=mode, noise=0.2, seed=1, n_loops=3))
show(datasets.make_dataset('spirals', mode='bernoulli', exp_scale=0.3))
show(datasets.synthetic.spirals(n_samples=6))

os.makedirs('dbpedia_data/dbpedia_csv')
for name, count in ('train', 2001), ('test', 1500):
    with open('dbpedia_data/dbpedia_csv/%s.csv' % name, 'w') as file:
        file.writelines('%d,"Title, %d","About ""%d"""\n' % (i % 14 + 1, i, i) for i in range(count))
for articles in datasets.load_dataset('dbpedia'), datasets.load_dataset('dbpedia', size='large'):
    print(articles.train.data[:3].tolist(), articles.train.target[:3], articles.test.data.shape, articles.validation)
fake = datasets.load_dataset('dbpedia', test_with_fake_data=True)
print(fake.train.data.shape, fake.train.target, fake.test.data.shape, fake.test.target, fake.train.target.dtype)
for make in (lambda: datasets.make_dataset('moons'), lambda: datasets.make_dataset('spirals', mode='square'),
             lambda: datasets.load_dataset('cars')):
    try:
        make()
    except ValueError as error:
        print(error)
