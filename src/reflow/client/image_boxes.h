#pragma once

// Boxes in images, [y_min, x_min, y_max, x_max], as fractions of height and width: drawn, chosen, cut out.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::image {

inline constexpr float kNoScoreThreshold = -std::numeric_limits<float>::infinity();

struct NonMaxSuppressionOptions {
  TensorLike iou_threshold = 0.5;  // boxes that share more than this with a better one are left out
  TensorLike score_threshold = kNoScoreThreshold;
  std::string name;
};
// The indices of the best boxes, the best first, of which none overlaps a better one too much; at most max_output_size,
// a scalar. boxes: [boxes, 4], here any two opposite corners in any unit; scores: [boxes]; gives int32, [selected].
// InvalidArgumentError in the run: "iou_threshold must be in [0, 1]".
Output non_max_suppression(const TensorLike& boxes, const TensorLike& scores, const TensorLike& max_output_size,
                           const NonMaxSuppressionOptions& options = {});
struct PaddedSuppressionOptions {
  TensorLike iou_threshold = 0.5;
  TensorLike score_threshold = kNoScoreThreshold;
  bool pad_to_max_output_size = false;
  std::string name;
};
struct PaddedSelection {
  Output selected_indices, valid_outputs;
};
// The same, filled up with zeros to [max_output_size] where asked for, and the number of valid ones, an int32 scalar.
PaddedSelection non_max_suppression_padded(const TensorLike& boxes, const TensorLike& scores,
                                           const TensorLike& max_output_size,
                                           const PaddedSuppressionOptions& options = {});
struct SoftSuppressionOptions {
  TensorLike iou_threshold = 0.5;
  TensorLike score_threshold = kNoScoreThreshold;
  TensorLike soft_nms_sigma = 0.0;  // not 0: overlaps lower scores. Bodla and others, arXiv 1704.04503
  std::string name;
};
struct ScoredSelection {
  Output selected_indices, selected_scores;
};
// The same, and the scores, [selected], that the boxes have in the end.
ScoredSelection non_max_suppression_with_scores(const TensorLike& boxes, const TensorLike& scores,
                                                const TensorLike& max_output_size,
                                                const SoftSuppressionOptions& options = {});
struct OverlapSuppressionOptions {
  TensorLike overlap_threshold = 0.5;
  TensorLike score_threshold = kNoScoreThreshold;
  std::string name;
};
// The same of boxes whose overlaps, [boxes, boxes], are given: those with more than overlap_threshold are left out.
Output non_max_suppression_overlaps(const TensorLike& overlaps, const TensorLike& scores,
                                    const TensorLike& max_output_size, const OverlapSuppressionOptions& options = {});
struct CombinedSuppressionOptions {
  TensorLike iou_threshold = 0.5;
  TensorLike score_threshold = kNoScoreThreshold;
  bool pad_per_class = false;  // no more than max_output_size_per_class * classes detections
  bool clip_boxes = true;      // to [0, 1]
  std::string name;
};
// [batch, detections, 4], twice [batch, detections], and how many of these are valid, [batch]; the others are 0.
struct CombinedSelection {
  Output nmsed_boxes, nmsed_scores, nmsed_classes, valid_detections;
};
// The same for each class of each image of a batch; of all classes together the best max_total_size detections.
// boxes: [batch, boxes, classes, 4], or [batch, boxes, 1, 4] for all classes; scores: [batch, boxes, classes].
CombinedSelection combined_non_max_suppression(const TensorLike& boxes, const TensorLike& scores,
                                               const TensorLike& max_output_size_per_class,
                                               const TensorLike& max_total_size,
                                               const CombinedSuppressionOptions& options = {});

struct DrawBoxesOptions {
  std::string name;
  TensorLike colors;  // [count, depth]; default: TensorFlow's ten
};
// Boxes, [batch, boxes, 4], drawn into a batch of images, [batch, height, width, depth], of depth 1, 3 or 4.
Output draw_bounding_boxes(const TensorLike& images, const TensorLike& boxes, const DrawBoxesOptions& options = {});

struct CropAndResizeOptions {
  std::string method = "bilinear";  // or "nearest"
  double extrapolation_value = 0;
  std::string name;
};
// For each of `boxes`, [boxes, 4], that part of image box_ind[i], [boxes], in the size crop_size, [height, width]:
// float32, [boxes, height, width, channels]. Boxes may lie partly outside, and one whose y_min is above its y_max is
// turned upside down. OutOfRangeError in the run: "box_index has values outside [0, batch_size)".
Output crop_and_resize(const TensorLike& image, const TensorLike& boxes, const TensorLike& box_ind,
                       const TensorLike& crop_size, const CropAndResizeOptions& options = {});

struct GlimpseOptions {
  bool centered = true;       // offsets are from the middle
  bool normalized = true;     // and in [-1, 1]
  bool uniform_noise = true;  // outside of the image; else of a normal distribution
  std::string name;
};
// Parts of images, [batch, height, width, channels], of `size`, [height, width], around the offsets (y, x), [batch, 2].
Output extract_glimpse(const TensorLike& input, const TensorLike& size, const TensorLike& offsets,
                       const GlimpseOptions& options = {});

struct DistortedBoxOptions {
  std::optional<int64_t> seed, seed2;
  TensorLike min_object_covered = 0.1;                    // of a box, in [0, 1]
  std::vector<double> aspect_ratio_range = {0.75, 1.33};  // width / height
  std::vector<double> area_range = {0.05, 1};             // as a part of the image's
  int64_t max_attempts = 100;                             // then it is the whole image
  bool use_image_if_no_bounding_boxes = false;            // instead of an error in the run
  std::string name;
};
struct DistortedBox {
  Output begin, size, bboxes;  // [3] and [3], for tf::slice, and [1, 1, 4], for draw_bounding_boxes
};
// A box at random that covers enough of one of the given ones, [batch, boxes, 4]. image_size: [height, width,
// channels].
DistortedBox sample_distorted_bounding_box(const TensorLike& image_size, const TensorLike& bounding_boxes,
                                           const DistortedBoxOptions& options = {});

}  // namespace reflow::image
