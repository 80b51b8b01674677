#include "reflow/client/image_boxes.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/scopes.h"

namespace reflow::image {

using client::apply_op;
using client::convert;
using client::make_op;

Output non_max_suppression(const TensorLike& boxes, const TensorLike& scores, const TensorLike& max_output_size,
                           const NonMaxSuppressionOptions& options) {
  const name_scope scope(options.name, "non_max_suppression");
  const Output overlap = convert(options.iou_threshold, DType::kInvalid, "iou_threshold");
  const Output score = convert(options.score_threshold, DType::kInvalid, "score_threshold");
  return apply_op("NonMaxSuppressionV3", "", {boxes, scores, max_output_size, overlap, score});
}

PaddedSelection non_max_suppression_padded(const TensorLike& boxes, const TensorLike& scores,
                                           const TensorLike& max_output_size, const PaddedSuppressionOptions& options) {
  const name_scope scope(options.name, "non_max_suppression_padded");
  const Output overlap = convert(options.iou_threshold, DType::kInvalid, "iou_threshold");
  const Output score = convert(options.score_threshold, DType::kInvalid, "score_threshold");
  graph::Node* node = make_op("NonMaxSuppressionV4", "", {boxes, scores, max_output_size, overlap, score},
                              {{"pad_to_max_output_size", options.pad_to_max_output_size}});
  return {Output(node, 0), Output(node, 1)};
}

ScoredSelection non_max_suppression_with_scores(const TensorLike& boxes, const TensorLike& scores,
                                                const TensorLike& max_output_size,
                                                const SoftSuppressionOptions& options) {
  const name_scope scope(options.name, "non_max_suppression_with_scores");
  const Output overlap = convert(options.iou_threshold, DType::kInvalid, "iou_threshold");
  const Output score = convert(options.score_threshold, DType::kInvalid, "score_threshold");
  const Output sigma = convert(options.soft_nms_sigma, DType::kInvalid, "soft_nms_sigma");
  graph::Node* node = make_op("NonMaxSuppressionV5", "", {boxes, scores, max_output_size, overlap, score, sigma},
                              {{"pad_to_max_output_size", false}});
  return {Output(node, 0), Output(node, 1)};
}

Output non_max_suppression_overlaps(const TensorLike& overlaps, const TensorLike& scores,
                                    const TensorLike& max_output_size, const OverlapSuppressionOptions& options) {
  const name_scope scope(options.name, "non_max_suppression_overlaps");
  const Output overlap = convert(options.overlap_threshold, DType::kInvalid, "overlap_threshold");
  return apply_op("NonMaxSuppressionWithOverlaps", "",
                  {overlaps, scores, max_output_size, overlap, options.score_threshold});
}

CombinedSelection combined_non_max_suppression(const TensorLike& boxes, const TensorLike& scores,
                                               const TensorLike& max_output_size_per_class,
                                               const TensorLike& max_total_size,
                                               const CombinedSuppressionOptions& options) {
  const name_scope scope(options.name, "combined_non_max_suppression");
  const Output overlap = convert(options.iou_threshold, float32, "iou_threshold");
  const Output score = convert(options.score_threshold, float32, "score_threshold");
  graph::Node* node = make_op("CombinedNonMaxSuppression", "",
                              {boxes, scores, max_output_size_per_class, max_total_size, overlap, score},
                              {{"pad_per_class", options.pad_per_class}, {"clip_boxes", options.clip_boxes}});
  return {Output(node, 0), Output(node, 1), Output(node, 2), Output(node, 3)};
}

Output draw_bounding_boxes(const TensorLike& images, const TensorLike& boxes, const DrawBoxesOptions& options) {
  if (options.colors.is_none()) return apply_op("DrawBoundingBoxes", options.name, {images, boxes});
  return apply_op("DrawBoundingBoxesV2", options.name, {images, boxes, options.colors});
}

Output crop_and_resize(const TensorLike& image, const TensorLike& boxes, const TensorLike& box_ind,
                       const TensorLike& crop_size, const CropAndResizeOptions& options) {
  return apply_op("CropAndResize", options.name, {image, boxes, box_ind, crop_size},
                  {{"method", options.method}, {"extrapolation_value", options.extrapolation_value}});
}

Output extract_glimpse(const TensorLike& input, const TensorLike& size, const TensorLike& offsets,
                       const GlimpseOptions& options) {
  return apply_op(
      "ExtractGlimpse", options.name, {input, size, offsets},
      {{"centered", options.centered}, {"normalized", options.normalized}, {"uniform_noise", options.uniform_noise}});
}

DistortedBox sample_distorted_bounding_box(const TensorLike& image_size, const TensorLike& bounding_boxes,
                                           const DistortedBoxOptions& options) {
  const name_scope scope(options.name, "sample_distorted_bounding_box");
  const auto floats = [](const std::vector<double>& values) {
    return std::vector<float>(values.begin(), values.end());
  };
  graph::Node* node =
      make_op("SampleDistortedBoundingBoxV2", options.name, {image_size, bounding_boxes, options.min_object_covered},
              {{"seed", options.seed.value_or(0)},
               {"seed2", options.seed2.value_or(0)},
               {"aspect_ratio_range", floats(options.aspect_ratio_range)},
               {"area_range", floats(options.area_range)},
               {"max_attempts", options.max_attempts},
               {"use_image_if_no_bounding_boxes", options.use_image_if_no_bounding_boxes}});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

}  // namespace reflow::image
