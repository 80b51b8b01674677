"""Images distorted, resized, cropped and compared."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
r = np.random.RandomState(5)
img = tf.constant((r.rand(24, 20, 3) * 255).astype(np.uint8))


def distort(image, seed):
    d = tf.random_crop(image, [16, 16, 3], seed=seed)
    d = tf.image.random_flip_left_right(d, seed=seed)
    d = tf.image.random_flip_up_down(d, seed=seed + 1)
    d = tf.image.convert_image_dtype(d, tf.float32)
    d = tf.image.random_brightness(d, 0.3, seed=seed)
    d = tf.image.random_contrast(d, 0.2, 1.8, seed=seed)
    d = tf.image.random_saturation(d, 0.5, 1.5, seed=seed)
    d = tf.image.random_hue(d, 0.2, seed=seed)
    return tf.clip_by_value(d, 0., 1.)


outs = {'distort': distort(img, 4), 'std': tf.image.per_image_standardization(tf.cast(img, tf.float32)), 'crop_pad': tf.image.resize_image_with_crop_or_pad(img, 30, 12), 'central': tf.image.central_crop(img, 0.5),
 'bil': tf.image.resize_images(img, [12, 12]), 'nn': tf.image.resize_images(img, [7, 9], method=tf.image.ResizeMethod.NEAREST_NEIGHBOR), 'bic': tf.image.resize_images(img, [9, 7], method=2, align_corners=True), 'area': tf.image.resize_images(img, [6, 5], method=3), 'pad': tf.image.resize_image_with_pad(img, 20, 30),
 'gray': tf.image.rgb_to_grayscale(img), 'hsv': tf.image.rgb_to_hsv(tf.image.convert_image_dtype(img, tf.float32)), 'rot': tf.image.rot90(img, 3), 'tr': tf.image.transpose_image(img), 'gamma': tf.image.adjust_gamma(img, 0.5), 'hue': tf.image.adjust_hue(img, 0.1), 'sat': tf.image.adjust_saturation(img, 2.), 'con': tf.image.adjust_contrast(tf.cast(img, tf.float32), 2.),
 'bb': tf.image.crop_to_bounding_box(img, 2, 3, 10, 10), 'padbb': tf.image.pad_to_bounding_box(img, 2, 3, 30, 30), 'car': tf.image.crop_and_resize(tf.cast(img[None], tf.float32), [[0., 0., 0.5, 0.5]], [0], [6, 6]), 'tv': tf.image.total_variation(tf.cast(img, tf.float32)), 'psnr': tf.image.psnr(img, tf.image.flip_left_right(img), 255), 'ssim': tf.image.ssim(img, tf.image.flip_up_down(img), 255), 'grad': tf.image.image_gradients(tf.cast(img[None], tf.float32))[0], 'sobel': tf.image.sobel_edges(tf.cast(img[None], tf.float32)),
 'yuv': tf.image.rgb_to_yuv(tf.cast(img, tf.float32) / 255), 'draw': tf.image.draw_bounding_boxes(tf.cast(img[None], tf.float32), [[[0.1, 0.1, 0.6, 0.6]]]), 'ep': tf.image.extract_image_patches(tf.cast(img[None], tf.float32), [1, 3, 3, 1], [1, 5, 5, 1], [1, 1, 1, 1], 'VALID'),
 'quality': tf.image.decode_png(tf.image.encode_png(img)), 'nms': tf.image.non_max_suppression([[0., 0, 1, 1], [0, 0, 1, 0.9], [2, 2, 3, 3]], [0.9, 0.8, 0.7], 3, 0.5)}
b, s, bbf = tf.image.sample_distorted_bounding_box(
    tf.shape(img), [[[0.1, 0.1, 0.9, 0.9]]], seed=9, min_object_covered=0.3)
with tf.Session() as sess:
    for k in sorted(outs):
        v = sess.run(outs[k])
        print(k, outs[k].dtype.name, v.shape, outs[k].shape, '%.4f %.4f' %
              (v.astype(np.float64).mean(), v.astype(np.float64).std()))
    print(sess.run([b, s, bbf]))
    try:
        tf.image.random_flip_left_right(tf.zeros([3]))
    except ValueError as e:
        print(e)
    try:
        tf.image.central_crop(img, 1.5)
    except ValueError as e:
        print(e)
    bat = tf.image.resize_bilinear(tf.cast(tf.stack([img, img]), tf.float32), (3, 3))
    print(sess.run(tf.reduce_sum(bat)))
