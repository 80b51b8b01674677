// CombinedNonMaxSuppression: of batches of boxes with scores for several classes, the best of all classes.

#include <algorithm>
#include <vector>

#include "non_max_suppression.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

Status check_combined(const ShapeContext& c) {
  const Shape &boxes = c.input(0), &scores = c.input(1);
  static constexpr const char* kScalars[] = {"max_size_per_class", "max_total_size", "iou_threshold", "score_threshold"};
  for (int i = 2; i < 6; ++i) {
    if (c.input(i).rank() != 0) return invalid_argument("{} must be 0-D, got shape {}", kScalars[i - 2], c.input(i).str());
  }
  if (boxes.rank() != 4) return invalid_argument("boxes must be 4-D{}", boxes.str());
  if (scores.rank() != 3) return invalid_argument("scores must be 3-D{}", scores.str());
  if (boxes.dim(2) != 1 && boxes.dim(2) != scores.dim(2)) {
    return invalid_argument("third dimension of boxes must be either 1 or num classes");
  }
  if (boxes.dim(0) != scores.dim(0)) return invalid_argument("boxes and scores must have same batch size");
  if (boxes.dim(1) != scores.dim(1)) return invalid_argument("scores has incompatible shape");
  if (boxes.dim(3) != 4) return invalid_argument("boxes must have 4 columns");
  return OkStatus();
}

Status combined_shape(ShapeContext& c) {
  Shape boxes, scores;
  if (c.concrete()) RETURN_IF_ERROR(check_combined(c));
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &boxes));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 3, &scores));
  Shape scalar;
  for (int i = 2; i < 6; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  int64_t checked;
  RETURN_IF_ERROR(c.with_value(boxes.dim(3), 4, &checked));
  RETURN_IF_ERROR(c.merge_dim(boxes.dim(0), scores.dim(0), &checked));
  RETURN_IF_ERROR(c.merge_dim(boxes.dim(1), scores.dim(1), &checked));
  if (boxes.dim(2) >= 0 && scores.dim(2) >= 0 && boxes.dim(2) != 1 && boxes.dim(2) != scores.dim(2)) {
    return invalid_argument("third dimension of boxes must be either 1 or equal to the third dimension of scores");
  }
  int64_t size = Shape::kUnknown, per_class = Shape::kUnknown;
  const Tensor* total = c.value(3);
  if (total != nullptr) {
    size = total->data<int32_t>()[0];
    if (size <= 0) {
      return c.concrete() ? invalid_argument("max_total_size must be > 0") : invalid_argument("max_total_size should be > 0 ");
    }
  }
  RETURN_IF_ERROR(c.dim_from_scalar(2, &per_class));
  if (size >= 0 && c.attr_or("pad_per_class", false)) {
    size = per_class >= 0 && scores.dim(2) >= 0 ? std::min(size, per_class * scores.dim(2)) : Shape::kUnknown;
  }
  const int64_t batch = boxes.dim(0) >= 0 ? boxes.dim(0) : scores.dim(0);
  c.set_output(0, Shape{batch, size, 4});
  c.set_output(1, Shape{batch, size});
  c.set_output(2, Shape{batch, size});
  c.set_output(3, Shape{batch});
  return OkStatus();
}

struct Found {
  float score;
  const float* box;
  int64_t of_class;
};

class CombinedNonMaxSuppression : public Kernel {
 public:
  explicit CombinedNonMaxSuppression(KernelInit& c) : clip_(c.attr<bool>("clip_boxes")) {}

  Status compute(KernelContext& c) override {
    const Tensor &boxes = c.input(0), &scores = c.input(1);
    Suppression s;
    s.max_size = c.input(2).item<int32_t>();
    s.overlap_threshold = c.input(4).item<float>();
    s.score_threshold = c.input(5).item<float>();
    if (!(s.overlap_threshold >= 0 && s.overlap_threshold <= 1)) return invalid_argument("iou_threshold must be in [0, 1]");
    const int64_t size = c.output(0).dim(1);
    c.pool().parallel_for(boxes.dim(0), 100.0 * scores.dim(1) * scores.dim(2), [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) put(c, b, size, best_of(boxes, scores, b, s));
    });
    return OkStatus();
  }

 private:
  // What is chosen for each class of image b, the best first.
  static std::vector<Found> best_of(const Tensor& boxes, const Tensor& scores, int64_t b, const Suppression& s) {
    const int64_t n = boxes.dim(1), box_classes = boxes.dim(2), classes = scores.dim(2);
    const float* image_boxes = boxes.data<float>() + b * n * box_classes * 4;
    const float* image_scores = scores.data<float>() + b * n * classes;
    std::vector<Found> found;
    std::vector<float> of_class(n);
    for (int64_t k = 0; k < classes; ++k) {
      for (int64_t i = 0; i < n; ++i) of_class[i] = image_scores[i * classes + k];
      const auto box = [&](int64_t i) { return image_boxes + (i * box_classes + (box_classes > 1 ? k : 0)) * 4; };
      const Selected chosen = suppress(of_class, s, [&](int32_t i, int32_t j) { return overlap_of_boxes(box(i), box(j)); });
      for (size_t i = 0; i < chosen.indices.size(); ++i) found.push_back({chosen.scores[i], box(chosen.indices[i]), k});
    }
    // The order of equal scores is that of TensorFlow, whose sort isn't stable either.
    std::sort(found.begin(), found.end(), [](const Found& x, const Found& y) { return x.score > y.score; });
    return found;
  }

  void put(KernelContext& c, int64_t b, int64_t size, const std::vector<Found>& found) const {
    float* boxes = c.output(0).data<float>() + b * size * 4;
    float *scores = c.output(1).data<float>() + b * size, *classes = c.output(2).data<float>() + b * size;
    const int64_t n = std::min<int64_t>(size, static_cast<int64_t>(found.size()));
    std::fill_n(boxes, size * 4, 0.0f);
    std::fill_n(scores, size, 0.0f);
    std::fill_n(classes, size, 0.0f);
    for (int64_t i = 0; i < n; ++i) {
      for (int k = 0; k < 4; ++k) boxes[i * 4 + k] = clip_ ? std::clamp(found[i].box[k], 0.0f, 1.0f) : found[i].box[k];
      scores[i] = found[i].score;
      classes[i] = static_cast<float>(found[i].of_class);
    }
    c.output(3).data<int32_t>()[b] = static_cast<int32_t>(n);
  }

  bool clip_;
};

REFLOW_OP("CombinedNonMaxSuppression")
    .input("boxes: float")
    .input("scores: float")
    .input("max_output_size_per_class: int32")
    .input("max_total_size: int32")
    .input("iou_threshold: float")
    .input("score_threshold: float")
    .output("nmsed_boxes: float")
    .output("nmsed_scores: float")
    .output("nmsed_classes: float")
    .output("valid_detections: int32")
    .attr("pad_per_class: bool = false")
    .attr("clip_boxes: bool = true")
    .doc("NonMaxSuppression of boxes [batch, n, 1 or classes, 4] for each class of scores [batch, n, classes]; of what is "
         "chosen the `max_total_size` with the highest scores, filled up with zeros, and how many there are.")
    .shape(combined_shape)
    .kernel<CombinedNonMaxSuppression>(kCpu);

}  // namespace
}  // namespace reflow::ops
