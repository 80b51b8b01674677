"""Residual networks (https://arxiv.org/abs/1512.03385), and the frame that those with pre-activation share."""

from reflow.keras.applications import architecture
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_in_mode  # noqa: F401

EPSILON = 1.001e-5
preprocess_input = preprocess_in_mode('caffe')


def residual_network(name, stacks, preactivated, digests):
    """The architecture whose body is `stacks(kit, x)`."""
    def features(kit, x):
        x = kit.conv(kit.pad(x, ((3, 3), (3, 3)), 'conv1_pad'), 64, 7, strides=2, use_bias=True, name='conv1_conv')
        if not preactivated:
            x = kit.relu(kit.norm(x, 'conv1_bn', epsilon=EPSILON), 'conv1_relu')
        x = kit.max_pool(kit.pad(x, ((1, 1), (1, 1)), 'pool1_pad'), 3, name='pool1_pool')
        x = stacks(kit, x)
        return kit.relu(kit.norm(x, 'post_bn', epsilon=EPSILON), 'post_relu') if preactivated else x

    file = name + '_weights_tf_dim_ordering_tf_kernels'
    published = architecture.Published('https://github.com/keras-team/keras-applications/releases/download/resnet/',
                                       (file + '.h5', digests[0]), (file + '_notop.h5', digests[1]))
    return architecture.Architecture(name, features, published, pool_names=('avg_pool', 'max_pool'),
                                     top=lambda kit, x, classes: kit.averaged_classes(x, classes, 'probs'))


def _block(kit, x, filters, stride, widens, name):
    """A bottleneck beside a shortcut; where the block widens, the shortcut is a convolution."""
    def normal(tensor, part):
        return kit.norm(tensor, name + part, epsilon=EPSILON)

    shortcut = x
    if widens:
        shortcut = normal(kit.conv(x, 4 * filters, 1, strides=stride, name=name + '_0_conv'), '_0_bn')
    x = normal(kit.conv(x, filters, 1, strides=stride, name=name + '_1_conv'), '_1_bn')
    x = kit.relu(x, name + '_1_relu')
    x = normal(kit.conv(x, filters, 3, padding='SAME', name=name + '_2_conv'), '_2_bn')
    x = kit.relu(x, name + '_2_relu')
    x = normal(kit.conv(x, 4 * filters, 1, name=name + '_3_conv'), '_3_bn')
    return kit.relu(kit.add([shortcut, x], name + '_add'), name + '_out')


def _stacks(blocks):
    def stacks(kit, x):
        for stage, (count, filters) in enumerate(zip(blocks, (64, 128, 256, 512)), 2):
            for i in range(1, count + 1):
                stride = 2 if i == 1 and stage > 2 else 1
                x = _block(kit, x, filters, stride, i == 1, 'conv%d_block%d' % (stage, i))
        return x
    return stacks


_RESNET50 = residual_network('resnet50', _stacks((3, 4, 6, 3)), False,
                             ('2cb95161c43110f7111970584f804107', '4d473c1dd8becc155b73f8504c6f6626'))
_RESNET101 = residual_network('resnet101', _stacks((3, 4, 23, 3)), False,
                              ('f1aeb4b969a6efcfb50fad2f0c20cfc5', '88cf7a10940856eca736dc7b7e228a21'))
_RESNET152 = residual_network('resnet152', _stacks((3, 8, 36, 3)), False,
                              ('100835be76be38e30d865e96f2aaae62', 'ee4c566cf9a93f14d82f913c2dc6dd0c'))


def ResNet50(*args, **kwargs):
    """The model with 50 layers of weights."""
    return _RESNET50(*args, **kwargs)


def ResNet101(*args, **kwargs):
    """The model with 101 layers of weights."""
    return _RESNET101(*args, **kwargs)


def ResNet152(*args, **kwargs):
    """The model with 152 layers of weights."""
    return _RESNET152(*args, **kwargs)
