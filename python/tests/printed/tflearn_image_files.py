"""TFLearn with images of files: preloaders, what they give, and training with them."""
import contextlib
import io
import os

import numpy as np
import tensorflow as tf
import tflearn
from PIL import Image
from tflearn import data_utils

random = np.random.RandomState(0)
for name in ('blue', 'red'):
    os.makedirs(os.path.join('images', name))
    for i in range(6):
        pixels = random.randint(0, 100, [8, 6, 3]).astype(np.uint8)
        pixels[..., 2 if name == 'blue' else 0] += 150
        Image.fromarray(pixels).save(os.path.join('images', name, '%d.png' % i))
Image.fromarray(pixels[..., 0]).save(os.path.join('images', 'red', 'grey.bmp'))
with open('list.txt', 'w') as file:
    for i in range(3):
        file.write('images/red/%d.png 1\nimages/blue/%d.png 0\n' % (i, i))

print([[len(each) for each in data_utils.image_preloader('images', (6, 8), mode='folder', **options)] for options in (
    {}, {'files_extension': ['.png']}, {'filter_channel': True}, {'files_extension': ['2.p', '.bmp']})])
x, y = data_utils.image_preloader('list.txt', image_shape=(6, 8))
print(len(x), np.array(x[0]).shape, np.array(x[0])[0, 0].round(4), y[0], [np.array(each).shape for each in x[1:3]], y[[0, 3]])
x, y = data_utils.image_preloader('list.txt', (3, 4), grayscale=True, normalize=False, categorical_labels=False)
print(np.array(x[1]).shape, np.array(x[1])[0, 0], y[0:3])
x, y = data_utils.image_preloader('list.txt', (6, 8), float_labels=True, categorical_labels=False, files_extension=['red'])
print(len(x), y[0], data_utils.get_img_channel('images/red/grey.bmp'))
with contextlib.redirect_stdout(io.StringIO()):
    x, y = data_utils.build_image_dataset_from_dir('images', resize=(6, 8), filetypes=['.png'], categorical_Y=True)
    again = data_utils.build_image_dataset_from_dir('images')[1]
print(len(x), x[0].shape, sorted(y.argmax(1).tolist()), (again == y).all())

with tf.Graph().as_default():
    tf.set_random_seed(3)
    x, y = data_utils.image_preloader('list.txt', (6, 8))
    net = tflearn.fully_connected(tflearn.input_data([None, 8, 6, 3]), 2, activation='softmax')
    model = tflearn.DNN(tflearn.regression(net, optimizer='sgd', loss='categorical_crossentropy', learning_rate=.05))
    with contextlib.redirect_stdout(io.StringIO()):
        model.fit(x, y, n_epoch=3, batch_size=4, shuffle=False)
    print(np.round(model.predict(x[0:2]), 3))

processor = data_utils.VocabularyProcessor(4)
print(list(processor.fit_transform(['the red fox', 'the blue sky above us'])), list(processor.reverse([[1, 3, 0, 0]])))
