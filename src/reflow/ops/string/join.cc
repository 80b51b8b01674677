// Strings joined to longer ones: element by element, along dimensions, by segments.

#include <algorithm>
#include <string>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class StringJoin : public Kernel {
 public:
  explicit StringJoin(KernelInit& c) : separator_(c.attr<std::string>("separator")) {}
  Status compute(KernelContext& c) override {
    Shape shape;
    bool all_scalars = true;
    for (int i = 0; i < c.num_inputs(); ++i) {
      const Shape& s = c.input(i).shape();
      if (s.rank() == 0) continue;
      if (all_scalars) {
        shape = s;
        all_scalars = false;
      } else if (!(shape == s)) {
        return invalid_argument("Input shapes do not match: {} vs. {}", shape.str(), s.str());
      }
    }
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    std::string* out = c.output(0).data<std::string>();
    const int num_parts = c.num_inputs();
    c.pool().parallel_for(c.output(0).num_elements(), 40.0 * num_parts, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        std::string joined;
        for (int k = 0; k < num_parts; ++k) {
          if (k > 0) joined += separator_;
          const Tensor& in = c.input(k);
          joined += in.data<std::string>()[in.rank() == 0 ? 0 : i];
        }
        out[i] = std::move(joined);
      }
    });
    return OkStatus();
  }

 private:
  std::string separator_;
};

Status string_join_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  for (int i = 0; i < c.num_inputs(); ++i) {
    if (!c.input(i).known_rank()) return unknown_shape(c);
  }
  Shape shape;
  for (int i = 0; i < c.num_inputs(); ++i) {
    if (c.input(i).rank() == 0) continue;
    if (shape.rank() == 0) shape = c.input(i);
    Shape merged;
    RETURN_IF_ERROR(c.merge(shape, c.input(i), &merged));
    shape = std::move(merged);
  }
  c.set_output(0, std::move(shape));
  return OkStatus();
}

REFLOW_OP("StringJoin")
    .input("inputs: N * string")
    .output("output: string")
    .attr("N: int >= 1")
    .attr("separator: string = ''")
    .doc("The strings of all inputs joined element by element, with `separator` between them. A scalar is joined to each "
         "element.")
    .shape(string_join_shape)
    .kernel<StringJoin>(kCpu)
    .not_differentiable();

// Joins along the dimensions of `reduction_indices`, of which the first given varies fastest.
class ReduceJoin : public Kernel {
 public:
  explicit ReduceJoin(KernelInit& c)
      : keep_dims_(c.attr<bool>("keep_dims")), separator_(c.attr<std::string>("separator")) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    std::vector<int> axes;
    RETURN_IF_ERROR(read_axes(c.input(1), in.rank(), &axes));
    std::vector<int64_t> strides(static_cast<size_t>(in.rank()), 1);
    for (int d = in.rank() - 2; d >= 0; --d) strides[d] = strides[d + 1] * in.dim(d + 1);
    Shape shape;
    std::vector<int64_t> kept{0}, joined{0};  // offsets of the results' first elements, and of the parts behind these
    for (int d = 0; d < in.rank(); ++d) {
      const bool reduced = std::find(axes.begin(), axes.end(), d) != axes.end();
      if (!reduced) {
        shape.add_dim(in.dim(d));
        extend(in.dim(d), strides[d], &kept);
      } else if (keep_dims_) {
        shape.add_dim(1);
      }
    }
    for (auto d = axes.rbegin(); d != axes.rend(); ++d) extend(in.dim(*d), strides[*d], &joined);
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    const std::string* from = in.data<std::string>();
    std::string* out = c.output(0).data<std::string>();
    for (size_t i = 0; i < kept.size(); ++i) {
      std::string text;
      for (size_t k = 0; k < joined.size(); ++k) {
        if (k > 0) text += separator_;
        text += from[kept[i] + joined[k]];
      }
      out[i] = std::move(text);
    }
    return OkStatus();
  }

 private:
  static void extend(int64_t size, int64_t stride, std::vector<int64_t>* offsets) {
    std::vector<int64_t> result;
    result.reserve(offsets->size() * static_cast<size_t>(size));
    for (const int64_t at : *offsets) {
      for (int64_t i = 0; i < size; ++i) result.push_back(at + i * stride);
    }
    *offsets = std::move(result);
  }

  static Status read_axes(const Tensor& indices, int rank, std::vector<int>* axes) {
    for (const int32_t index : indices.flat<int32_t>()) {
      const int32_t axis = index < 0 ? index + rank : index;
      if (axis < 0 || axis >= rank) {
        return out_of_range("Invalid reduction dimension {} for input with {} dimension(s)", index, rank);
      }
      if (std::find(axes->begin(), axes->end(), axis) != axes->end()) {
        return invalid_argument("Duplicate reduction dimension {}", index);
      }
      axes->push_back(axis);
    }
    return OkStatus();
  }

  bool keep_dims_;
  std::string separator_;
};

Status reduce_join_shape(ShapeContext& c) {
  const Shape& in = c.input(0);
  Shape checked;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank_at_most(c.input(1), 1, &checked));
  const Tensor* axes = c.concrete() || !in.known_rank() ? nullptr : c.value(1);
  if (axes == nullptr) return unknown_shape(c);
  const bool keep_dims = c.attr_or("keep_dims", false);
  std::vector<bool> reduced(static_cast<size_t>(in.rank()));
  for (const int32_t axis : axes->flat<int32_t>()) {
    if (axis < -in.rank() || axis >= in.rank()) {
      return invalid_argument("Invalid reduction dimension {} for input with {} dimensions", axis, in.rank());
    }
    reduced[axis < 0 ? axis + in.rank() : axis] = true;
  }
  Shape shape;
  for (int d = 0; d < in.rank(); ++d) {
    if (!reduced[d]) {
      shape.add_dim(in.dim(d));
    } else if (keep_dims) {
      shape.add_dim(1);
    }
  }
  c.set_output(0, std::move(shape));
  return OkStatus();
}

REFLOW_OP("ReduceJoin")
    .input("inputs: string")
    .input("reduction_indices: int32")
    .output("output: string")
    .attr("keep_dims: bool = false")
    .attr("separator: string = ''")
    .doc("Joins the strings along the dimensions `reduction_indices`, in the order of these, with `separator` between them. "
         "No index joins nothing.")
    .shape(reduce_join_shape)
    .kernel<ReduceJoin>(kCpu)
    .not_differentiable();

class UnsortedSegmentJoin : public Kernel {
 public:
  explicit UnsortedSegmentJoin(KernelInit& c) : separator_(c.attr<std::string>("separator")) {}
  Status compute(KernelContext& c) override {
    const Tensor &in = c.input(0), &segment_ids = c.input(1), &number = c.input(2);
    if (number.num_elements() != 1) {
      return invalid_argument("Number of segments must be a scalar, got shape {}", number.shape().str());
    }
    const int64_t num_segments = IndexReader(number)[0];
    if (num_segments < 0) return invalid_argument("Number of segments must not be negative, got {}", num_segments);
    if (segment_ids.rank() == 0) return invalid_argument("Segment_id cannot have rank 0");
    if (segment_ids.rank() > in.rank()) {
      return out_of_range("Invalid segment_id rank {} for input with {} dimension(s)", segment_ids.rank(), in.rank());
    }
    for (int d = 0; d < segment_ids.rank(); ++d) {
      if (segment_ids.dim(d) == in.dim(d)) continue;
      // TensorFlow names the input's rank here, not its size.
      return invalid_argument("Segment dimension is {} while input dimension is {} in rank {}", segment_ids.dim(d), in.rank(), d);
    }
    const IndexReader ids(segment_ids);
    Shape shape{num_segments};
    int64_t row = 1;
    for (int d = segment_ids.rank(); d < in.rank(); ++d) {
      shape.add_dim(in.dim(d));
      row *= in.dim(d);
    }
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    const std::string* from = in.data<std::string>();
    std::string* out = c.output(0).data<std::string>();
    for (int64_t i = 0; i < c.output(0).num_elements(); ++i) out[i].clear();
    std::vector<bool> begun(static_cast<size_t>(row == 0 ? 0 : num_segments));
    for (int64_t i = 0; i < ids.size(); ++i) {
      const int64_t id = ids[i];
      if (id < 0 || id >= num_segments) {
        return invalid_argument("segment_ids are not allowed to exceed num_segments or to have negative values.");
      }
      for (int64_t k = 0; k < row; ++k) {
        std::string& to = out[id * row + k];
        if (begun[id]) to += separator_;
        to += from[i * row + k];
      }
      if (row > 0) begun[id] = true;
    }
    return OkStatus();
  }

 private:
  std::string separator_;
};

Status unsorted_segment_join_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  const Shape &data = c.input(0), &ids = c.input(1);
  Shape number;
  RETURN_IF_ERROR(c.with_rank(c.input(2), 0, &number));
  if (!ids.known_rank()) return unknown_shape(c);
  if (data.known_rank()) {
    Shape checked;
    RETURN_IF_ERROR(c.with_rank_at_least(data, ids.rank(), &checked));
    for (int d = 0; d < ids.rank(); ++d) {
      int64_t size;
      RETURN_IF_ERROR(c.merge_dim(data.dim(d), ids.dim(d), &size));
    }
    int64_t num_segments;
    RETURN_IF_ERROR(c.dim_from_scalar(2, &num_segments));
    Shape shape{num_segments};
    for (int d = ids.rank(); d < data.rank(); ++d) shape.add_dim(data.dim(d));
    c.set_output(0, std::move(shape));
    return OkStatus();
  }
  return unknown_shape(c);
}

REFLOW_OP("UnsortedSegmentJoin")
    .input("inputs: string")
    .input("segment_ids: Tindices")
    .input("num_segments: Tnumsegments")
    .output("output: string")
    .attr("separator: string = ''")
    .attr("Tindices: {int32, int64}")
    .attr("Tnumsegments: {int32, int64} = DT_INT32")
    .doc("Joins the strings of `inputs` that have the same segment number, with `separator` between them. A segment without "
         "strings is \"\".")
    .shape(unsorted_segment_join_shape)
    .kernel<UnsortedSegmentJoin>(kCpu);

}  // namespace
}  // namespace reflow::ops
