// Sparse tensors with their entries in order, or with another shape.

#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/ops/sparse/gradient_ops.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class SparseReorder : public Kernel {
 public:
  explicit SparseReorder(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &indices = c.input(0), &values = c.input(1);
    RETURN_IF_ERROR(check_sparse(indices, values, c.input(2)));
    const IndexRows rows(indices);
    const std::vector<int64_t> order = rows.sorted_order();
    RETURN_IF_ERROR(c.allocate_output(0, indices.shape()));
    RETURN_IF_ERROR(c.allocate_output(1, values.shape()));
    int64_t* out = c.output(0).data<int64_t>();
    for (const int64_t i : order) out = std::copy_n(rows[i], rows.rank(), out);
    with_element(values.dtype(), [&]<typename E>() {
      E* to = static_cast<E*>(c.output(1).raw_data());
      for (const int64_t i : order) *to++ = static_cast<const E*>(values.raw_data())[i];
    });
    return OkStatus();
  }
};

Status reorder_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape indices, values, sizes;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &indices));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &values));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &sizes));
  c.set_output(0, std::move(indices));
  c.set_output(1, std::move(values));
  return OkStatus();
}

// Each value's gradient is where the entry went.
void reorder_gradient(GradContext& g) {
  const Endpoint count = first_size(g, g.x(0));
  const Endpoint numbers = range_to(g, count);
  const Endpoint moved{g.ops("SparseReorder", {g.x(0), numbers, g.x(2)}), 1};
  // tf.sparse.reorder makes a SparseTensor of the result: its shape is a new constant where it is known.
  if (const Tensor sizes = constant_value(g.x(2)); sizes.valid()) {
    g.op("Const", {}, {{"value", sizes}, {"dtype", DType::kInt64}}, "SparseTensor_1/dense_shape");
  } else {
    g.op("Identity", {g.x(2)});
  }
  g.dx(1) = gather(g, g.dy(1), g.op("InvertPermutation", {moved}));
}

REFLOW_OP("SparseReorder")
    .input("input_indices: int64")
    .input("input_values: T")
    .input("input_shape: int64")
    .output("output_indices: int64")
    .output("output_values: T")
    .attr("T: type")
    .doc("The sparse tensor with its entries in row-major order of their indices.")
    .shape(reorder_shape)
    .kernel<SparseReorder>(kCpu)
    .gradient(reorder_gradient);

class SparseReshape : public Kernel {
 public:
  explicit SparseReshape(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &indices = c.input(0), &from = c.input(1), &to = c.input(2);
    if (indices.rank() != 2) {
      return invalid_argument("Input indices should be a matrix but received shape {}", indices.shape().str());
    }
    if (from.rank() != 1) return invalid_argument("Input shape should be a vector but received shape {}", from.shape().str());
    if (to.rank() != 1) return invalid_argument("Target shape should be a vector but received shape {}", to.shape().str());
    std::vector<int64_t> old_sizes, new_sizes;
    RETURN_IF_ERROR(find_sizes(from, to, &old_sizes, &new_sizes));
    if (indices.dim(1) != from.num_elements()) {
      return invalid_argument("Input tensor rank must match input shape length.");
    }
    const IndexRows rows(indices);
    RETURN_IF_ERROR(c.allocate_output(0, Shape{rows.size(), to.num_elements()}));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{to.num_elements()}));
    std::copy(new_sizes.begin(), new_sizes.end(), c.output(1).data<int64_t>());
    int64_t* out = c.output(0).data<int64_t>();
    const size_t new_rank = new_sizes.size();
    for (int64_t i = 0; i < rows.size(); ++i, out += new_rank) {
      // Unsigned: an index out of bounds may overflow, which is no one's harm.
      uint64_t at = 0;
      for (int d = 0; d < rows.rank(); ++d) at = at * static_cast<uint64_t>(old_sizes[d]) + static_cast<uint64_t>(rows[i][d]);
      for (size_t d = new_rank; d-- > 0;) {
        const auto size = static_cast<uint64_t>(std::max<int64_t>(new_sizes[d], 1));
        out[d] = static_cast<int64_t>(d == 0 ? at : at % size);
        at /= size;
      }
    }
    return OkStatus();
  }

 private:
  static Status find_sizes(const Tensor& from, const Tensor& to, std::vector<int64_t>* old_sizes,
                           std::vector<int64_t>* new_sizes) {
    ASSIGN_OR_RETURN(const Shape old_shape, dense_shape(from));
    const int64_t total = old_shape.num_elements();
    old_sizes->assign(old_shape.begin(), old_shape.end());
    int64_t known = 1;
    int64_t unknown = -1;
    for (int64_t d = 0; d < to.num_elements(); ++d) {
      const int64_t size = to.data<int64_t>()[d];
      new_sizes->push_back(size);
      if (size == -1) {
        if (unknown >= 0) {
          return invalid_argument("only one output dimension may be -1, not both {} and {}", unknown, d);
        }
        unknown = d;
        new_sizes->back() = 1;
      } else if (size < 0) {
        return invalid_argument("size {} must be non-negative, not {}", d, size);
      } else if (__builtin_mul_overflow(known, size, &known)) {
        return invalid_argument("The requested shape has too many elements");
      }
    }
    if (unknown >= 0) {
      if (known <= 0) {
        return invalid_argument(
            "reshape cannot infer the missing input size for an empty tensor unless all specified input sizes are non-zero");
      }
      if (total % known != 0) {
        return invalid_argument(
            "Input to reshape is a SparseTensor with {} dense values, but the requested shape requires a multiple of {}. "
            "input_shape={} output_shape={}",
            total, known, old_shape.str(), row_text(*new_sizes));
      }
      (*new_sizes)[unknown] = total / known;
      known = total;
    }
    if (known != total) {
      return invalid_argument(
          "Input to reshape is a tensor with {} dense values, but the requested shape has {}. input_shape={} "
          "output_shape={}",
          total, known, old_shape.str(), row_text(*new_sizes));
    }
    return OkStatus();
  }
};

Status reshape_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape indices, old_sizes, new_sizes;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &indices));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &old_sizes));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &new_sizes));
  c.set_output(0, Shape{indices.dim(0), new_sizes.dim(0)});
  c.set_output(1, std::move(new_sizes));
  return OkStatus();
}

REFLOW_OP("SparseReshape")
    .input("input_indices: int64")
    .input("input_shape: int64")
    .input("new_shape: int64")
    .output("output_indices: int64")
    .output("output_shape: int64")
    .doc("The indices that the entries have when the tensor they belong to is reshaped to `new_shape`, of which one size may "
         "be -1, and the shape.")
    .shape(reshape_shape)
    .kernel<SparseReshape>(kCpu);

}  // namespace
}  // namespace reflow::ops
