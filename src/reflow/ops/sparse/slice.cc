// A box of a sparse tensor.

#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class SparseSlice : public Kernel {
 public:
  explicit SparseSlice(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &indices = c.input(0), &values = c.input(1), &shape = c.input(2), &start = c.input(3), &size = c.input(4);
    RETURN_IF_ERROR(check(indices, values, shape, start, size));
    const IndexRows rows(indices);
    const int rank = rows.rank();
    const int64_t *from = start.data<int64_t>(), *wanted = size.data<int64_t>(), *sizes = shape.data<int64_t>();
    std::vector<int64_t> counts;
    for (int d = 0; d < rank; ++d) {
      if (from[d] < 0 || wanted[d] < 0) {
        return invalid_argument("start and size must not be negative, got {} and {} for dimension {}", from[d], wanted[d], d);
      }
      counts.push_back(std::max<int64_t>(0, std::min(wanted[d], sizes[d] - std::min(from[d], std::max<int64_t>(sizes[d], 0)))));
    }
    std::vector<int64_t> inside;
    for (int64_t i = 0; i < rows.size(); ++i) {
      bool within = true;
      for (int d = 0; d < rank; ++d) within &= rows[i][d] >= from[d] && rows[i][d] - from[d] < counts[d];
      if (within) inside.push_back(i);
    }
    const auto n = static_cast<int64_t>(inside.size());
    RETURN_IF_ERROR(c.allocate_output(0, Shape{n, rank}));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{n}));
    RETURN_IF_ERROR(c.allocate_output(2, Shape{rank}));
    std::copy(counts.begin(), counts.end(), c.output(2).data<int64_t>());
    int64_t* out = c.output(0).data<int64_t>();
    for (const int64_t i : inside) {
      for (int d = 0; d < rank; ++d) *out++ = rows[i][d] - from[d];
    }
    with_element(values.dtype(), [&]<typename E>() {
      E* to = static_cast<E*>(c.output(1).raw_data());
      for (const int64_t i : inside) *to++ = static_cast<const E*>(values.raw_data())[i];
    });
    return OkStatus();
  }

 private:
  static Status check(const Tensor& indices, const Tensor& values, const Tensor& shape, const Tensor& start,
                      const Tensor& size) {
    if (indices.rank() != 2) {
      return invalid_argument("Input indices should be a matrix but received shape {}", indices.shape().str());
    }
    // TensorFlow names the indices' shape here.
    if (values.rank() != 1) {
      return invalid_argument("Input values should be a vector but received shape {}", indices.shape().str());
    }
    if (shape.rank() != 1) return invalid_argument("Input shape should be a vector but received shape {}", shape.shape().str());
    if (start.rank() != 1) return invalid_argument("Input start should be a vector but received shape {}", start.shape().str());
    if (size.rank() != 1) return invalid_argument("Input size should be a vector but received shape {}", size.shape().str());
    const int64_t rank = shape.num_elements();
    if (start.num_elements() != rank) {
      return invalid_argument("Expected start to be a vector of length {} but got length {}", rank, start.num_elements());
    }
    if (size.num_elements() != rank) {
      return invalid_argument("Expected size to be a vector of length {} but got length {}", rank, size.num_elements());
    }
    return check_sparse_sizes(indices, values, shape);
  }
};

Status slice_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  const Shape& sizes = c.input(2);
  c.set_output(0, Shape{Shape::kUnknown, sizes.num_elements()});
  c.set_output(1, Shape{Shape::kUnknown});
  c.set_output(2, sizes);
  return OkStatus();
}

REFLOW_OP("SparseSlice")
    .input("indices: int64")
    .input("values: T")
    .input("shape: int64")
    .input("start: int64")
    .input("size: int64")
    .output("output_indices: int64")
    .output("output_values: T")
    .output("output_shape: int64")
    .attr("T: type")
    .doc("The box of a sparse tensor that begins at `start` and has `size`, as far as it lies within the tensor.")
    .shape(slice_shape)
    .kernel<SparseSlice>(kCpu)
    .gradient([](GradContext& g) { g.dx(1) = g.op("SparseSliceGrad", {g.dy(1), g.x(0), g.x(3), g.y(0)}); });

// The entries of the slice are among those of the input in the same order.
class SparseSliceGrad : public Kernel {
 public:
  explicit SparseSliceGrad(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &dy = c.input(0), &in = c.input(1), &start = c.input(2), &out = c.input(3);
    if (dy.rank() != 1) {
      return invalid_argument("Input backprop_val_grad should be a vector but received shape: {}", dy.shape().str());
    }
    if (in.rank() != 2 || out.rank() != 2) {
      return invalid_argument("Input indices should be matrices but received shapes: {} and {}", in.shape().str(),
                              out.shape().str());
    }
    if (out.dim(0) != dy.num_elements()) {
      return invalid_argument(
          "# elements of backprop_val_grad and # rows of output_indices should match (#nnz of sum): got {} and {}",
          dy.num_elements(), out.dim(0));
    }
    if (start.rank() != 1) return invalid_argument("The input_start should be a vector but received shape {}", start.shape().str());
    if (in.dim(1) != out.dim(1)) {
      return invalid_argument("The input and output should have the same ndims: got: {} and {}", in.dim(1), out.dim(1));
    }
    if (start.num_elements() != in.dim(1)) {
      return invalid_argument("Expected input_start to be a vector of length {} but got length {}", in.dim(1),
                              start.num_elements());
    }
    RETURN_IF_ERROR(c.allocate_output(0, Shape{in.dim(0)}));
    const IndexRows in_rows(in), out_rows(out);
    const int64_t* from = start.data<int64_t>();
    const auto difference = [](int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)); };
    int64_t used = 0;
    with_element(dy.dtype(), [&]<typename E>() {
      const E* grad = static_cast<const E*>(dy.raw_data());
      E* dx = static_cast<E*>(c.output(0).raw_data());
      for (int64_t i = 0; i < in_rows.size(); ++i) {
        bool taken = used < out_rows.size();
        for (int d = 0; d < in_rows.rank() && taken; ++d) taken = difference(in_rows[i][d], from[d]) == out_rows[used][d];
        dx[i] = taken ? grad[used] : E{};
        used += taken;
      }
    });
    if (used == out_rows.size()) return OkStatus();
    return internal_error("Elements of backprop_val_grad aren't all propagated. Num elements:{}, used: {}", dy.num_elements(),
                          used);
  }
};

Status slice_grad_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape indices;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &indices));
  c.set_output(0, Shape{indices.dim(0)});
  return OkStatus();
}

REFLOW_OP("SparseSliceGrad")
    .input("backprop_val_grad: T")
    .input("input_indices: int64")
    .input("input_start: int64")
    .input("output_indices: int64")
    .output("val_grad: T")
    .attr("T: numbertype")
    .doc("The gradient of SparseSlice to the values: that of the entries taken, 0 for the others.")
    .shape(slice_grad_shape)
    .kernel_for<SparseSliceGrad>(kCpu, kNumberTypes);

}  // namespace
}  // namespace reflow::ops
