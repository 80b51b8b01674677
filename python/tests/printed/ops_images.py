"""Images without codecs: values and nodes."""
from show import show

image = 'tf.constant(np.arange(60, dtype=np.float32).reshape(4, 5, 3) / 60., name="i")'
images = 'tf.constant(np.arange(120, dtype=np.float32).reshape(2, 4, 5, 3) / 120., name="i")'
bytes_ = 'tf.constant((np.arange(60) * 4).reshape(4, 5, 3).astype(np.uint8), name="i")'
unknown = 'tf.placeholder_with_default(np.arange(60, dtype=np.float32).reshape(4, 5, 3), [None, None, 3], name="i")'
some = '[..., 0]'
for call in ('flip_left_right(%s)', 'flip_up_down(%s)', 'transpose_image(%s)', 'rot90(%s)', 'rot90(%s, k=3)',
             'central_crop(%s, 0.5)', 'random_flip_left_right(%s, seed=1)', 'random_flip_up_down(%s, seed=5)',
             'pad_to_bounding_box(%s, 1, 2, 6, 8)', 'crop_to_bounding_box(%s, 1, 2, 2, 3)',
             'resize_image_with_crop_or_pad(%s, 6, 3)', 'resize_image_with_pad(%s, 6, 6)', 'resize_images(%s, [2, 3])',
             'resize_images(%s, [4, 5])', 'resize_images(%s, [8, 7], method=tf.image.ResizeMethod.NEAREST_NEIGHBOR)',
             'resize_images(%s, [3, 3], tf.image.ResizeMethod.BICUBIC, align_corners=True)',
             'resize_images(%s, [2, 2], tf.image.ResizeMethod.AREA)',
             'resize_images(%s, [2, 9], preserve_aspect_ratio=True)', 'per_image_standardization(%s)',
             'rgb_to_grayscale(%s)', 'adjust_brightness(%s, 0.2)', 'adjust_contrast(%s, 1.5)', 'adjust_gamma(%s, 2.0, 0.5)',
             'adjust_hue(%s, 0.1)', 'adjust_saturation(%s, 0.5)', 'random_brightness(%s, 0.2, seed=1)',
             'random_contrast(%s, 0.5, 1.5, seed=1)', 'random_hue(%s, 0.2, seed=1)', 'random_saturation(%s, 0.5, 1.5, seed=1)'):
    for argument in (image, images, bytes_, unknown):
        if argument is unknown and call.startswith(('resize_images', 'random_flip', 'rot90', 'random')):
            continue
        show(('tf.image.' + call) % argument + some)
for call in ('rgb_to_yiq', 'yiq_to_rgb', 'rgb_to_yuv', 'yuv_to_rgb', 'rgb_to_hsv', 'hsv_to_rgb'):
    show('tf.image.%s(%s)[0]' % (call, image))
for dtype in ('uint8', 'int16', 'float64', 'float32', 'int32'):
    show('tf.image.convert_image_dtype(%s, tf.%s)[0, 0]' % (image, dtype))
    show('tf.image.convert_image_dtype(%s, tf.%s, saturate=True)[0, 0]' % (bytes_, dtype))
show('tf.image.grayscale_to_rgb(%s[:, :, :1])[0]' % image)
show('tf.image.psnr(%s, %s * 0.9, 1.0)' % (image, image))
show('tf.image.total_variation(%s)' % images)
show('tf.image.total_variation(%s)' % image)
show('[each[..., 0] for each in tf.image.image_gradients(%s)]' % images)
show('tf.image.draw_bounding_boxes(%s, [[[0.1, 0.1, 0.9, 0.7]]] * 2)[..., 0]' % images, False)
show('tf.image.crop_and_resize(%s, [[0., 0., .5, .5], [.2, .2, 1., 1.]], [0, 1], [2, 2])[..., 1]' % images)
show('tf.image.non_max_suppression([[0., 0., 1., 1.], [0., 0., 1., .9], [.5, .5, 2., 2.]], [.9, .8, .7], 2)')
show('tf.image.non_max_suppression_padded([[0., 0., 1., 1.], [0., 0., 1., .9]], [.9, .8], 2, '
     'pad_to_max_output_size=True)')
show('tf.image.extract_glimpse(%s, [2, 2], [[0., 0.], [.5, .5]])[..., 0]' % images, False)
show('tf.image.extract_image_patches(%s, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID")[0, 0]' % images, False)
show('tf.image.sample_distorted_bounding_box([40, 50, 3], [[[.1, .2, .8, .9]]], seed=3, min_object_covered=0.5)')
show('tf.image.random_crop(%s, [2, 2, 3], seed=2)[..., 0]' % image, False)
for wrong in ('flip_left_right(tf.zeros([3]))', 'central_crop(tf.zeros([2, 2, 1]), 1.5)',
              'pad_to_bounding_box(tf.zeros([4, 4, 1]), -1, 0, 5, 5)', 'crop_to_bounding_box(tf.zeros([4, 4, 1]), 2, 0, 5, 4)',
              'resize_images(tf.zeros([4, 4, 1]), [1, 2, 3])', 'resize_images(tf.zeros([4, 4]), [1, 2])',
              'resize_image_with_crop_or_pad(tf.zeros([4, 4, 1]), 0, 1)', 'random_brightness(tf.zeros([2, 2, 1]), -1)',
              'random_contrast(tf.zeros([2, 2, 1]), 2, 1)', 'adjust_gamma(tf.zeros([2, 2, 1]), -1)',
              'grayscale_to_rgb(tf.zeros([2, 2, 2]))', 'convert_image_dtype(tf.zeros([1]), tf.string)'):
    show('tf.image.' + wrong, False)
