"""The networks of tf.contrib.slim.nets, some made narrower."""
from importlib import import_module

slim = tf.contrib.slim
nets = import_module(slim.__name__ + '.nets')
alexnet, inception, overfeat = nets.alexnet, nets.inception, nets.overfeat
resnet_v1, resnet_v2, vgg = nets.resnet_v1, nets.resnet_v2, nets.vgg


def pictures(size):
    return tf.placeholder(tf.float32, [2, size, size, 3], name='x')


with slim.arg_scope(alexnet.alexnet_v2_arg_scope()):
    alexnet.alexnet_v2(pictures(224), 10)
overfeat.overfeat(pictures(231), 10, is_training=False)
with slim.arg_scope(vgg.vgg_arg_scope()):
    vgg.vgg_a(pictures(224), 10, spatial_squeeze=False)
with slim.arg_scope(resnet_v1.resnet_arg_scope()):
    resnet_v1.resnet_v1(pictures(33), [resnet_v1.resnet_v1_block('a', 4, 2, 2), resnet_v1.resnet_v1_block('b', 8, 1, 2)], 5,
                        output_stride=2, include_root_block=False)
with slim.arg_scope(resnet_v2.resnet_arg_scope(batch_norm_scale=False)):
    resnet_v2.resnet_v2(pictures(32), [resnet_v2.resnet_v2_block('a', 4, 2, 2)], is_training=False, global_pool=False)
inception.inception_v1_base(pictures(64), 'Mixed_3c')
inception.inception_v2_base(pictures(64), 'Mixed_4a', depth_multiplier=0.25)
inception.inception_v3(pictures(150), 10, is_training=False, depth_multiplier=0.1)
