// Non-maximum suppression in its versions: chooses boxes by score, without those that overlap chosen ones.

#include "non_max_suppression.h"

#include <algorithm>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

std::vector<float> as_floats(const Tensor& t) {
  std::vector<float> values(t.num_elements());
  with_type(Types<Half, float>{}, t.dtype(), [&]<typename T>() {
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(t.data<T>()[i]);
  });
  return values;
}

StatusOr<float> scalar_input(KernelContext& c, int i, const char* name) {
  if (c.input(i).rank() != 0) return invalid_argument("{} must be 0-D, got shape {}", name, c.input(i).shape().str());
  return as_floats(c.input(i))[0];
}

// All versions with boxes: which inputs there are depends on the op.
class NonMaxSuppression : public Kernel {
 public:
  explicit NonMaxSuppression(KernelInit& c)
      : threshold_(c.attr_or<float>("iou_threshold", 0.5f)), pad_(c.attr_or<bool>("pad_to_max_output_size", false)) {}

  Status compute(KernelContext& c) override {
    const Tensor &boxes = c.input(0), &scores = c.input(1);
    Suppression s;
    if (c.input(2).rank() != 0) {
      return invalid_argument("max_output_size must be 0-D, got shape {}", c.input(2).shape().str());
    }
    s.max_size = c.input(2).item<int32_t>();
    s.overlap_threshold = threshold_;
    if (c.num_inputs() > 3) {
      ASSIGN_OR_RETURN(s.overlap_threshold, scalar_input(c, 3, "iou_threshold"));
    }
    if (c.num_inputs() > 4) {
      ASSIGN_OR_RETURN(s.score_threshold, scalar_input(c, 4, "score_threshold"));
    }
    if (c.num_inputs() > 5) {
      ASSIGN_OR_RETURN(s.soft_sigma, scalar_input(c, 5, "soft_nms_sigma"));
      if (!(s.soft_sigma >= 0)) return invalid_argument("soft_nms_sigma_val must be non-negative: {}", s.soft_sigma);
    }
    if (!(s.overlap_threshold >= 0 && s.overlap_threshold <= 1)) return invalid_argument("iou_threshold must be in [0, 1]");
    if (boxes.rank() != 2) return invalid_argument("boxes must be 2-D{}", boxes.shape().str());
    if (boxes.dim(1) != 4) return invalid_argument("boxes must have 4 columns{}", boxes.shape().str());
    if (scores.rank() != 1) return invalid_argument("scores must be 1-D{}", scores.shape().str());
    if (scores.dim(0) != boxes.dim(0)) return invalid_argument("scores has incompatible shape");
    const std::vector<float> corners = as_floats(boxes);
    const Selected chosen = suppress(as_floats(scores), s, [&](int32_t i, int32_t j) {
      return overlap_of_boxes(&corners[i * 4], &corners[j * 4]);
    });
    return put(c, chosen, s.max_size);
  }

 private:
  Status put(KernelContext& c, const Selected& chosen, int64_t max_size) const {
    const auto n = static_cast<int64_t>(chosen.indices.size()), size = pad_ ? std::max(n, max_size) : n;
    RETURN_IF_ERROR(c.allocate_output(0, Shape{size}));
    std::fill_n(c.output(0).data<int32_t>(), size, 0);
    std::copy(chosen.indices.begin(), chosen.indices.end(), c.output(0).data<int32_t>());
    if (c.num_outputs() == 3) {
      RETURN_IF_ERROR(c.allocate_output(1, Shape{size}));
      with_type(Types<Half, float>{}, c.output(1).dtype(), [&]<typename T>() {
        T* scores = c.output(1).data<T>();
        for (int64_t i = 0; i < size; ++i) scores[i] = static_cast<T>(i < n ? chosen.scores[i] : 0.0f);
      });
    }
    if (c.num_outputs() > 1) c.output(c.num_outputs() - 1).data<int32_t>()[0] = static_cast<int32_t>(n);
    return OkStatus();
  }

  const float threshold_;
  const bool pad_;
};

class NonMaxSuppressionWithOverlaps : public Kernel {
 public:
  explicit NonMaxSuppressionWithOverlaps(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &overlaps = c.input(0), &scores = c.input(1);
    Suppression s;
    if (overlaps.rank() != 2) return invalid_argument("overlaps must be 2-D{}", overlaps.shape().str());
    if (overlaps.dim(0) != overlaps.dim(1)) return invalid_argument("overlaps must be square{}", overlaps.shape().str());
    if (scores.rank() != 1) return invalid_argument("scores must be 1-D{}", scores.shape().str());
    if (scores.dim(0) != overlaps.dim(0)) return invalid_argument("scores has incompatible shape");
    if (c.input(2).rank() != 0) {
      return invalid_argument("max_output_size must be 0-D, got shape {}", c.input(2).shape().str());
    }
    s.max_size = c.input(2).item<int32_t>();
    ASSIGN_OR_RETURN(s.overlap_threshold, scalar_input(c, 3, "overlap_threshold"));
    ASSIGN_OR_RETURN(s.score_threshold, scalar_input(c, 4, "score_threshold"));
    const float* shared = overlaps.data<float>();
    const int64_t n = overlaps.dim(0);
    const Selected chosen = suppress(as_floats(scores), s, [&](int32_t i, int32_t j) { return shared[i * n + j]; });
    RETURN_IF_ERROR(c.allocate_output(0, Shape{static_cast<int64_t>(chosen.indices.size())}));
    std::copy(chosen.indices.begin(), chosen.indices.end(), c.output(0).data<int32_t>());
    return OkStatus();
  }
};

// Boxes (or overlaps), scores, and scalars; the first outputs have as many elements as boxes are chosen.
Status suppression_shape(ShapeContext& c) {
  Shape shape;
  if (!c.concrete()) {
    Shape boxes, scores;
    RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &boxes));
    RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &scores));
    for (int i = 2; i < c.num_inputs(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &shape));
    int64_t n;
    RETURN_IF_ERROR(c.merge_dim(boxes.dim(0), scores.dim(0), &n));
    const bool overlaps = c.node().type() == "NonMaxSuppressionWithOverlaps";
    RETURN_IF_ERROR(overlaps ? c.merge_dim(boxes.dim(0), boxes.dim(1), &n) : c.with_value(boxes.dim(1), 4, &n));
  }
  int64_t size = Shape::kUnknown;
  if (c.attr_or<bool>("pad_to_max_output_size", false)) {
    if (const Tensor* value = c.value(2); value != nullptr && value->rank() == 0) size = value->item<int32_t>();
    if (size < -1 || (c.concrete() && size < 0)) {
      return invalid_argument("Dimension size, given by scalar input 2, must be non-negative but is {}", size);
    }
  }
  c.set_output(0, {size});
  if (c.num_outputs() == 3) c.set_output(1, {size});
  if (c.num_outputs() > 1) c.set_output(c.num_outputs() - 1, {});
  return OkStatus();
}

REFLOW_OP("NonMaxSuppression")
    .input("boxes: float")
    .input("scores: float")
    .input("max_output_size: int32")
    .output("selected_indices: int32")
    .attr("iou_threshold: float = 0.5")
    .doc("Chooses at most max_output_size of boxes [n, 4], by falling scores [n], leaving out what overlaps a chosen box by more "
         "than iou_threshold of what both cover.")
    .shape(suppression_shape)
    .kernel<NonMaxSuppression>(kCpu)
    .not_differentiable();

REFLOW_OP("NonMaxSuppressionV2")
    .input("boxes: T")
    .input("scores: T")
    .input("max_output_size: int32")
    .input("iou_threshold: T_threshold")
    .output("selected_indices: int32")
    .attr("T: {half, float} = DT_FLOAT")
    .attr("T_threshold: {half, float} = DT_FLOAT")
    .doc("As NonMaxSuppression, with the threshold as an input.")
    .shape(suppression_shape)
    .kernel<NonMaxSuppression>(kCpu)
    .not_differentiable();

REFLOW_OP("NonMaxSuppressionV3")
    .input("boxes: T")
    .input("scores: T")
    .input("max_output_size: int32")
    .input("iou_threshold: T_threshold")
    .input("score_threshold: T_threshold")
    .output("selected_indices: int32")
    .attr("T: {half, float} = DT_FLOAT")
    .attr("T_threshold: {half, float} = DT_FLOAT")
    .doc("As NonMaxSuppressionV2; only boxes with a score above score_threshold are chosen.")
    .shape(suppression_shape)
    .kernel<NonMaxSuppression>(kCpu);

REFLOW_OP("NonMaxSuppressionV4")
    .input("boxes: T")
    .input("scores: T")
    .input("max_output_size: int32")
    .input("iou_threshold: T_threshold")
    .input("score_threshold: T_threshold")
    .output("selected_indices: int32")
    .output("valid_outputs: int32")
    .attr("T: {half, float} = DT_FLOAT")
    .attr("T_threshold: {half, float} = DT_FLOAT")
    .attr("pad_to_max_output_size: bool = false")
    .doc("As NonMaxSuppressionV3; gives how many boxes are chosen, and can fill up selected_indices with zeros.")
    .shape(suppression_shape)
    .kernel<NonMaxSuppression>(kCpu);

REFLOW_OP("NonMaxSuppressionV5")
    .input("boxes: T")
    .input("scores: T")
    .input("max_output_size: int32")
    .input("iou_threshold: T")
    .input("score_threshold: T")
    .input("soft_nms_sigma: T")
    .output("selected_indices: int32")
    .output("selected_scores: T")
    .output("valid_outputs: int32")
    .attr("T: {half, float} = DT_FLOAT")
    .attr("pad_to_max_output_size: bool = false")
    .doc("As NonMaxSuppressionV4, with the scores; with soft_nms_sigma above 0, boxes that overlap chosen ones lose score "
         "(Bodla et al., \"Soft-NMS\", 2017).")
    .shape(suppression_shape)
    .kernel<NonMaxSuppression>(kCpu);

REFLOW_OP("NonMaxSuppressionWithOverlaps")
    .input("overlaps: float")
    .input("scores: float")
    .input("max_output_size: int32")
    .input("overlap_threshold: float")
    .input("score_threshold: float")
    .output("selected_indices: int32")
    .doc("As NonMaxSuppressionV3, with the overlap of each pair of boxes given in overlaps [n, n].")
    .shape(suppression_shape)
    .kernel<NonMaxSuppressionWithOverlaps>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
