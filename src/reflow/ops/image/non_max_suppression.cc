// Non-maximum suppression in its versions: chooses boxes by score, without those that overlap chosen ones.

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

// The area that two boxes (any two opposite corners) share, in parts of what they cover together.
float overlap_of_boxes(const float* a, const float* b) {
  const float a_y0 = std::min(a[0], a[2]), a_x0 = std::min(a[1], a[3]), a_y1 = std::max(a[0], a[2]), a_x1 = std::max(a[1], a[3]);
  const float b_y0 = std::min(b[0], b[2]), b_x0 = std::min(b[1], b[3]), b_y1 = std::max(b[0], b[2]), b_x1 = std::max(b[1], b[3]);
  const float a_area = (a_y1 - a_y0) * (a_x1 - a_x0), b_area = (b_y1 - b_y0) * (b_x1 - b_x0);
  if (a_area <= 0 || b_area <= 0) return 0;
  const float height = std::max(std::min(a_y1, b_y1) - std::max(a_y0, b_y0), 0.0f),
              width = std::max(std::min(a_x1, b_x1) - std::max(a_x0, b_x0), 0.0f);
  return height * width / (a_area + b_area - height * width);
}

struct Selected {
  std::vector<int32_t> indices;
  std::vector<float> scores;
};

struct Suppression {
  int64_t max_size = 0;
  float overlap_threshold = 0.5f;
  float score_threshold = std::numeric_limits<float>::lowest();
  float soft_sigma = 0;  // above 0: overlapping boxes lose score instead of being left out
};

// Of `scores`, where overlap(i, j) tells how much two boxes overlap. Of equal scores the first comes first.
template <typename Overlap>
Selected suppress(const std::vector<float>& scores, const Suppression& s, Overlap&& overlap) {
  struct Candidate {
    int32_t index;
    float score;
    size_t met;  // so many of the chosen boxes have had their effect
    bool operator<(const Candidate& other) const {
      return score == other.score ? index > other.index : score < other.score;
    }
  };
  std::priority_queue<Candidate> candidates;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > s.score_threshold) candidates.push({static_cast<int32_t>(i), scores[i], 0});
  }
  const bool soft = s.soft_sigma > 0;
  Selected chosen;
  while (static_cast<int64_t>(chosen.indices.size()) < s.max_size && !candidates.empty()) {
    Candidate next = candidates.top();
    candidates.pop();
    const float score = next.score;
    bool left_out = false;
    for (size_t j = chosen.indices.size(); j > next.met; --j) {
      const float shared = overlap(next.index, chosen.indices[j - 1]);
      if (soft) {
        next.score *= shared <= s.overlap_threshold ? std::exp(-0.5f / s.soft_sigma * shared * shared) : 0.0f;
        if (next.score <= s.score_threshold) break;
      } else if (shared > s.overlap_threshold) {
        left_out = true;
        break;
      }
    }
    if (left_out) continue;
    next.met = chosen.indices.size();
    if (next.score == score) {
      chosen.indices.push_back(next.index);
      chosen.scores.push_back(score);
    } else if (next.score > s.score_threshold) {
      candidates.push(next);
    }
  }
  return chosen;
}

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
    if (!c.output(0).valid()) RETURN_IF_ERROR(c.allocate_output(0, Shape{size}));
    std::fill_n(c.output(0).data<int32_t>(), size, 0);
    std::copy(chosen.indices.begin(), chosen.indices.end(), c.output(0).data<int32_t>());
    if (c.num_outputs() == 3) {
      if (!c.output(1).valid()) RETURN_IF_ERROR(c.allocate_output(1, Shape{size}));
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
