"""Image classifiers that are known by name: what they are made of, weights of files, pixels, mistakes."""
import hashlib

import numpy as np
import tensorflow as tf

applications = tf.keras.applications


def digest(lines):
    return hashlib.sha256('\n'.join(lines).encode()).hexdigest()[:16]


def show(name, **kwargs):
    """The model's name and size, and digests of its layers (with what they are connected to) and of its variables."""
    tf.keras.backend.clear_session()
    model = getattr(applications, name)(weights=None, **kwargs)
    layers = []
    for layer in model.layers:
        before = [each.inbound_layers for each in layer._inbound_nodes]
        names = sorted(each.name for layers_of_node in before for each in (
            layers_of_node if isinstance(layers_of_node, (list, tuple)) else [layers_of_node]))
        layers.append('%s %s %s %s' % (type(layer).__name__, layer.name, layer.output_shape, names))
    variables = ['%s %s' % (each.name, each.shape.as_list()) for each in model.weights]
    print(name, model.name, len(layers), model.count_params(), digest(layers), digest(variables))
    return model


for name in 'VGG16', 'ResNet50', 'ResNet50V2', 'DenseNet121':
    show(name, include_top=False, pooling='avg', input_shape=(64, 64, 3))
for name in 'InceptionV3', 'InceptionResNetV2', 'Xception':
    show(name, include_top=False, pooling='max', input_shape=(96, 96, 3))
show('MobileNet', input_shape=(128, 128, 3), classes=7, alpha=.5)
show('NASNetMobile', include_top=False)

model = show('MobileNetV2', input_shape=(96, 96, 3), classes=5, alpha=.35)
model.save_weights('weights.h5')
again = applications.MobileNetV2(weights='weights.h5', input_shape=(96, 96, 3), classes=5, alpha=.35)
pixels = np.random.RandomState(0).rand(1, 96, 96, 3) * 255
print(np.allclose(model.predict(pixels), again.predict(pixels)))

base = applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
base.trainable = False
outputs = tf.keras.layers.Dense(2)(tf.keras.layers.Flatten()(base.output))
fine_tuned = tf.keras.Model(base.input, outputs)
print(fine_tuned.output_shape, len(fine_tuned.trainable_weights), base.output.name)

for module in 'vgg16', 'inception_v3', 'densenet', 'resnet50', 'resnet_v2':
    values = getattr(applications, module).preprocess_input(np.full((1, 2, 2, 3), 100.))
    print(module, np.round(values[0, 0, 0], 4).tolist())
print(tf.keras.backend.eval(applications.vgg16.preprocess_input(tf.fill([1, 2, 2, 3], 100.)))[0, 0, 0].tolist())
print(applications.imagenet_utils.preprocess_input(np.full((3, 2, 2), 100, np.uint8), 'channels_first', 'torch')[:, 0, 0])


def mistake(function):
    try:
        function()
    except Exception as error:
        print(type(error).__name__, error)


for function in (
        lambda: applications.VGG16(weights='/nowhere'), lambda: applications.VGG16(weights='imagenet', classes=3),
        lambda: applications.VGG16(weights=None, input_shape=(10, 10, 3), include_top=False),
        lambda: applications.VGG16(weights=None, input_shape=(None, None, 3)),
        lambda: applications.ResNet50(weights=None, input_shape=(64, 64)),
        lambda: applications.MobileNet(weights=None, other=3),
        lambda: applications.MobileNet(weights='imagenet', depth_multiplier=2),
        lambda: applications.MobileNetV2(weights='imagenet', alpha=.9),
        lambda: applications.NASNetMobile(weights='imagenet', input_shape=(None, None, 3)),
        lambda: applications.vgg16.decode_predictions(np.ones((1, 10))),
        lambda: applications.imagenet_utils.preprocess_input(np.ones((1, 2, 2, 3)), 'other')):
    mistake(function)
