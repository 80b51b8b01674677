"""Boxes in images: drawn, chosen, cut out."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import random_seed
from reflow.ops import gen_image_ops
from reflow.util import deprecation


@deprecation.deprecated(date=None, instructions='`seed2` arg is deprecated.Use sample_distorted_bounding_box_v2 instead.')
def sample_distorted_bounding_box(image_size, bounding_boxes, seed=None, seed2=None, min_object_covered=0.1,
                                  aspect_ratio_range=None, area_range=None, max_attempts=None,
                                  use_image_if_no_bounding_boxes=None, name=None):
    """A box at random that covers enough of one of the given boxes: begin and size for tf.slice, and the box."""
    with ops.name_scope(name, 'sample_distorted_bounding_box'):
        return gen_image_ops.sample_distorted_bounding_box_v2(
            image_size, bounding_boxes, seed=seed, seed2=seed2, min_object_covered=min_object_covered,
            aspect_ratio_range=aspect_ratio_range, area_range=area_range, max_attempts=max_attempts,
            use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes, name=name)


def sample_distorted_bounding_box_v2(image_size, bounding_boxes, seed=0, min_object_covered=0.1, aspect_ratio_range=None,
                                     area_range=None, max_attempts=None, use_image_if_no_bounding_boxes=None,
                                     name=None):
    """A box at random that covers enough of one of the given boxes: begin and size for tf.slice, and the box."""
    seed1, seed2 = random_seed.get_seed(seed) if seed else (0, 0)
    return sample_distorted_bounding_box(image_size, bounding_boxes, seed1, seed2, min_object_covered,
                                         aspect_ratio_range, area_range, max_attempts, use_image_if_no_bounding_boxes,
                                         name)


def draw_bounding_boxes(images, boxes, name=None, colors=None):
    """Images with boxes drawn into them."""
    return draw_bounding_boxes_v2(images, boxes, colors, name)


def draw_bounding_boxes_v2(images, boxes, colors, name=None):
    """Images with boxes drawn into them."""
    if colors is None:
        return gen_image_ops.draw_bounding_boxes(images, boxes, name)
    return gen_image_ops.draw_bounding_boxes_v2(images, boxes, colors, name)


def _thresholds(iou_threshold, score_threshold):
    return (ops.convert_to_tensor(iou_threshold, name='iou_threshold'),
            ops.convert_to_tensor(score_threshold, name='score_threshold'))


def non_max_suppression(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float('-inf'), name=None):
    """The indices of the best boxes, of which none overlaps a better one too much."""
    with ops.name_scope(name, 'non_max_suppression'):
        return gen_image_ops.non_max_suppression_v3(boxes, scores, max_output_size,
                                                    *_thresholds(iou_threshold, score_threshold))


def non_max_suppression_padded(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float('-inf'),
                               pad_to_max_output_size=False, name=None):
    """The same, padded to max_output_size where asked for, and the number of valid ones."""
    with ops.name_scope(name, 'non_max_suppression_padded'):
        return gen_image_ops.non_max_suppression_v4(
            boxes, scores, max_output_size, *_thresholds(iou_threshold, score_threshold), pad_to_max_output_size)


def non_max_suppression_with_scores(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float('-inf'),
                                    soft_nms_sigma=0.0, name=None):
    """The same, and the scores, which overlaps lower where soft_nms_sigma isn't 0."""
    with ops.name_scope(name, 'non_max_suppression_with_scores'):
        thresholds = _thresholds(iou_threshold, score_threshold)
        soft_nms_sigma = ops.convert_to_tensor(soft_nms_sigma, name='soft_nms_sigma')
        selected_indices, selected_scores, _ = gen_image_ops.non_max_suppression_v5(
            boxes, scores, max_output_size, *thresholds, soft_nms_sigma, pad_to_max_output_size=False)
        return selected_indices, selected_scores


def non_max_suppression_with_overlaps(overlaps, scores, max_output_size, overlap_threshold=0.5,
                                      score_threshold=float('-inf'), name=None):
    """The same of boxes whose overlaps are given."""
    with ops.name_scope(name, 'non_max_suppression_overlaps'):
        overlap_threshold = ops.convert_to_tensor(overlap_threshold, name='overlap_threshold')
        return gen_image_ops.non_max_suppression_with_overlaps(overlaps, scores, max_output_size, overlap_threshold,
                                                               score_threshold)


def combined_non_max_suppression(boxes, scores, max_output_size_per_class, max_total_size, iou_threshold=0.5,
                                 score_threshold=float('-inf'), pad_per_class=False, clip_boxes=True, name=None):
    """The same for each class of each image of a batch."""
    with ops.name_scope(name, 'combined_non_max_suppression'):
        iou_threshold = ops.convert_to_tensor(iou_threshold, dtype=dtypes.float32, name='iou_threshold')
        score_threshold = ops.convert_to_tensor(score_threshold, dtype=dtypes.float32, name='score_threshold')
        return gen_image_ops.combined_non_max_suppression(boxes, scores, max_output_size_per_class, max_total_size,
                                                          iou_threshold, score_threshold, pad_per_class, clip_boxes)


def crop_and_resize_v1(image, boxes, box_ind=None, crop_size=None, method='bilinear', extrapolation_value=0, name=None,
                       box_indices=None):
    """Parts of images, each in the size given."""
    box_ind = deprecation.deprecated_argument_lookup('box_indices', box_indices, 'box_ind', box_ind)
    return gen_image_ops.crop_and_resize(image, boxes, box_ind, crop_size, method, extrapolation_value, name)


def crop_and_resize_v2(image, boxes, box_indices, crop_size, method='bilinear', extrapolation_value=0, name=None):
    """Parts of images, each in the size given."""
    return gen_image_ops.crop_and_resize(image, boxes, box_indices, crop_size, method, extrapolation_value, name)


def extract_glimpse_v2(input, size, offsets, centered=True, normalized=True, noise='uniform', name=None):
    """Glimpses of images, with the named noise where they go beyond."""
    return gen_image_ops.extract_glimpse(input=input, size=size, offsets=offsets, centered=centered, normalized=normalized,
                                         noise=noise, uniform_noise=False, name=name)


def extract_glimpse(input, size, offsets, centered=True, normalized=True, uniform_noise=True, name=None):
    """Parts of images around the offsets; what lies outside is noise."""
    return gen_image_ops.extract_glimpse(input=input, size=size, offsets=offsets, centered=centered,
                                         normalized=normalized, uniform_noise=uniform_noise, name=name)
