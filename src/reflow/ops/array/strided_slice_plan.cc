#include <algorithm>
#include <array>
#include <string>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/ops/array/strided_slice.h"

namespace reflow::ops {

using namespace ::reflow::op;

namespace {

// One dimension of x, as the entries of begin, end and strides speak of it.
struct Extent {
  int64_t begin, end, stride;
  bool begin_masked, end_masked, shrink;
};
constexpr Extent kWhole{0, 0, 1, true, true, false};

constexpr int kNewAxis = -1, kTakenAway = -2;

// The entries spread over all dimensions of x, and where each dimension of the result comes from. Left uninitialised
// where there are fewer dimensions: clearing it would take longer than a small slice.
struct DenseSpec {
  std::array<Extent, Shape::kMaxRank> extents;
  std::array<int, 2 * Shape::kMaxRank> result_dims;
  int num_result_dims = 0;
};

bool has_bit(int64_t mask, int64_t i) { return i < 64 && ((mask >> i) & 1) != 0; }

Status spread(int rank, const Tensor* begin, const Tensor* end, const IndexReader& strides, const SliceMasks& masks,
              DenseSpec* spec) {
  const int64_t n = strides.size();
  if (n > Shape::kMaxRank) return invalid_argument("A slice of {} dimensions is more than a tensor can have", n);
  bool seen_ellipsis = false;
  int64_t new_axes_after = 0;
  for (int64_t i = 0; i < n; ++i) {
    if (seen_ellipsis && has_bit(masks.new_axis, i)) ++new_axes_after;
    if (has_bit(masks.ellipsis, i)) {
      if (seen_ellipsis) return invalid_argument("Multiple ellipses in slice spec not allowed");
      seen_ellipsis = true;
    }
  }
  int at = 0;
  const auto take_whole = [&](int until) {
    for (; at < until; ++at) {
      spec->extents[at] = kWhole;
      spec->result_dims[spec->num_result_dims++] = at;
    }
  };
  for (int64_t i = 0; i < n; ++i) {
    if (has_bit(masks.ellipsis, i)) {
      take_whole(static_cast<int>(std::min<int64_t>(rank - (n - i) + 1 + new_axes_after, rank)));
    } else if (has_bit(masks.new_axis, i)) {
      spec->result_dims[spec->num_result_dims++] = kNewAxis;
    } else {
      if (at == rank) {
        return invalid_argument("Index out of range using input dim {}; input has only {} dims", at, rank);
      }
      Extent& e = spec->extents[at];
      e.begin = begin ? IndexReader(*begin)[i] : 0;
      e.end = end ? IndexReader(*end)[i] : 0;
      e.stride = strides[i];
      e.begin_masked = has_bit(masks.begin, i);
      e.end_masked = has_bit(masks.end, i);
      e.shrink = has_bit(masks.shrink_axis, i);
      spec->result_dims[spec->num_result_dims++] = e.shrink ? kTakenAway : at;
      ++at;
    }
  }
  take_whole(rank);
  return OkStatus();
}

// `x`, counted from the back when negative, as a bound of [0, size) for the direction of the stride.
int64_t clamp_bound(int64_t x, bool masked, bool is_end, int64_t size, bool forward) {
  const int64_t low = forward ? 0 : -1, high = forward ? size : size - 1;
  if (masked) return is_end == forward ? high : low;
  return std::clamp(x < 0 ? x + size : x, low, high);
}

// The number of steps of `stride` from begin to end, none when that is the other way.
int64_t count_steps(int64_t length, int64_t stride) {
  if (length == 0 || (length < 0) != (stride < 0)) return 0;
  return length / stride + (length % stride != 0);
}

// Makes e.begin the first index, and *count the number of indices; -1: not known.
Status resolve(Extent& e, int d, int64_t size, bool begin_known, bool end_known, int64_t* count) {
  if (e.stride == 0) return invalid_argument("strides[{}] must be non-zero", d);
  if (size < 0) {
    *count = e.shrink ? 1 : -1;
    return OkStatus();
  }
  if (e.shrink && e.stride <= 0) return invalid_argument("only stride 1 allowed on non-range indexing.");
  if (begin_known && end_known) {
    if (e.shrink) {
      if (e.begin < 0) e.begin += size;
      if (e.begin < 0 || e.begin >= size) {
        return invalid_argument("slice index {} of dimension {} out of bounds.", e.begin, d);
      }
      e.stride = 1;
      *count = 1;
    } else {
      const bool forward = e.stride > 0;
      e.begin = clamp_bound(e.begin, e.begin_masked, false, size, forward);
      e.end = clamp_bound(e.end, e.end_masked, true, size, forward);
      *count = count_steps(e.end - e.begin, e.stride);
    }
  } else if (e.shrink) {
    *count = 1;
  } else if (e.begin_masked && e.end_masked) {
    *count = count_steps(e.stride < 0 ? -size : size, e.stride);
  } else {
    *count = -1;
  }
  return OkStatus();
}

}  // namespace

Status plan_slice(const Shape& in, const Tensor* begin, const Tensor* end, const Tensor& strides,
                  const SliceMasks& masks, SlicePlan* plan) {
  const IndexReader steps(strides);
  for (const Tensor* t : {begin, end, &strides}) {
    if (t != nullptr && (t->rank() != 1 || t->num_elements() != steps.size())) {
      return invalid_argument(
          "Expected begin, end, and strides to be 1D equal size tensors, but got shapes {}, {}, and {} instead.",
          begin ? begin->shape().str() : "?", end ? end->shape().str() : "?", strides.shape().str());
    }
  }
  DenseSpec spec;
  RETURN_IF_ERROR(spread(in.rank(), begin, end, steps, masks, &spec));

  plan->processing = Shape{};
  plan->view = StridedView();
  int64_t distance = in.num_elements();
  const bool known = begin != nullptr && end != nullptr && distance >= 0;
  for (int d = 0; d < in.rank(); ++d) {
    int64_t count;
    Extent& e = spec.extents[d];
    RETURN_IF_ERROR(resolve(e, d, in.dim(d), begin != nullptr, end != nullptr, &count));
    plan->processing.add_dim(count);
    if (!known) continue;
    distance = in.dim(d) > 0 ? distance / in.dim(d) : 0;
    if (count > 0) plan->view.offset += e.begin * distance;
    plan->view.add_dim(count, count > 1 ? e.stride * distance : 0);  // else the stride may be beyond all numbers
  }
  plan->result = Shape{};
  for (int i = 0; i < spec.num_result_dims; ++i) {
    const int from = spec.result_dims[i];
    if (from != kTakenAway) plan->result.add_dim(from == kNewAxis ? 1 : plan->processing.dim(from));
  }
  return OkStatus();
}

namespace {

template <typename Attr>
SliceMasks read_masks(Attr attr) {
  return {attr("begin_mask"), attr("end_mask"), attr("ellipsis_mask"), attr("new_axis_mask"), attr("shrink_axis_mask")};
}

}  // namespace

SliceMasks slice_masks(KernelInit& c) {
  return read_masks([&](const char* name) { return c.attr<int64_t>(name); });
}

SliceMasks slice_masks(const Node& node) {
  return read_masks([&](const char* name) {
    auto value = node.attr<int64_t>(name);
    return value.ok() ? *value : 0;
  });
}

Status infer_slice_shape(ShapeContext& c, const Shape& in, int first, Shape* out) {
  if (!c.concrete()) {
    Shape entries, other;
    RETURN_IF_ERROR(c.with_rank(c.input(first), 1, &entries));
    RETURN_IF_ERROR(c.with_rank(c.input(first + 1), 1, &other));
    RETURN_IF_ERROR(c.merge(entries, other, &entries));
    RETURN_IF_ERROR(c.with_rank(c.input(first + 2), 1, &other));
    RETURN_IF_ERROR(c.merge(entries, other, &entries));
  }
  *out = Shape::unknown();
  const Tensor* strides = c.value(first + 2);
  if (!in.known_rank() || strides == nullptr) return OkStatus();
  const SliceMasks masks = slice_masks(c.node());
  SlicePlan plan;
  // Mistakes that don't depend on begin and end come first: messages list the values that were looked at.
  if (!c.concrete()) RETURN_IF_ERROR(plan_slice(in, nullptr, nullptr, *strides, masks, &plan));
  const Tensor *begin = c.value(first), *end = c.value(first + 1);
  RETURN_IF_ERROR(plan_slice(in, begin, end, *strides, masks, &plan));
  *out = std::move(plan.result);
  return OkStatus();
}

}  // namespace reflow::ops
