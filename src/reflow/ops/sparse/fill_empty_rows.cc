// Rows without entries get one.

#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/op/wrapping.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class SparseFillEmptyRows : public Kernel {
 public:
  explicit SparseFillEmptyRows(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &indices = c.input(0), &values = c.input(1), &sizes = c.input(2), &filling = c.input(3);
    RETURN_IF_ERROR(check(indices, values, sizes, filling));
    const int64_t num_rows = sizes.num_elements() > 0 ? sizes.data<int64_t>()[0] : 0;
    const IndexRows rows(indices);
    if (num_rows <= 0) {
      if (rows.size() != 0) {
        return invalid_argument("Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = {}", rows.size());
      }
      RETURN_IF_ERROR(c.allocate_output(0, Shape{0, sizes.num_elements()}));
      RETURN_IF_ERROR(c.allocate_output(1, Shape{0}));
      RETURN_IF_ERROR(c.allocate_output(2, Shape{0}));
      return c.allocate_output(3, Shape{0});
    }
    RETURN_IF_ERROR(c.allocate_output(2, Shape{num_rows}));
    RETURN_IF_ERROR(c.allocate_output(3, Shape{rows.size()}));
    // First the number of entries of each row, then where its entries begin.
    ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(DType::kInt64, Shape{num_rows}));
    int64_t* next = scratch.data<int64_t>();
    std::fill_n(next, num_rows, int64_t{0});
    for (int64_t i = 0; i < rows.size(); ++i) {
      const int64_t row = rows[i][0];
      if (row < 0 || row >= num_rows) return invalid_argument("indices({}, 0) is invalid: {} >= {}", i, row, num_rows);
      ++next[row];
    }
    bool* is_empty = c.output(2).data<bool>();
    int64_t total = 0;
    for (int64_t r = 0; r < num_rows; ++r) {
      is_empty[r] = next[r] == 0;
      const int64_t count = std::max<int64_t>(next[r], 1);
      next[r] = total;
      total += count;
    }
    RETURN_IF_ERROR(c.allocate_output(0, Shape{total, rows.rank()}));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{total}));
    int64_t *out = c.output(0).data<int64_t>(), *places = c.output(3).data<int64_t>();
    for (int64_t i = 0; i < rows.size(); ++i) {
      places[i] = next[rows[i][0]]++;
      std::copy_n(rows[i], rows.rank(), out + places[i] * rows.rank());
    }
    with_element(values.dtype(), [&]<typename E>() {
      E* to = static_cast<E*>(c.output(1).raw_data());
      for (int64_t i = 0; i < rows.size(); ++i) to[places[i]] = static_cast<const E*>(values.raw_data())[i];
      for (int64_t r = 0; r < num_rows; ++r) {
        if (is_empty[r]) to[next[r]] = *static_cast<const E*>(filling.raw_data());
      }
    });
    for (int64_t r = 0; r < num_rows; ++r) {
      if (!is_empty[r]) continue;
      int64_t* row = std::fill_n(out + next[r] * rows.rank(), rows.rank(), int64_t{0}) - rows.rank();
      row[0] = r;
    }
    return OkStatus();
  }

 private:
  static Status check(const Tensor& indices, const Tensor& values, const Tensor& sizes, const Tensor& filling) {
    if (sizes.rank() != 1) return invalid_argument("dense_shape must be a vector, saw: {}", sizes.shape().str());
    if (indices.rank() != 2) return invalid_argument("indices must be a matrix, saw: {}", indices.shape().str());
    if (values.rank() != 1) return invalid_argument("values must be a vector, saw: {}", values.shape().str());
    if (filling.rank() != 0) return invalid_argument("default_value must be a scalar, saw: {}", filling.shape().str());
    if (indices.dim(0) != values.num_elements()) {
      return invalid_argument("The length of `values` ({}) must match the first dimension of `indices` ({}).",
                              values.num_elements(), indices.dim(0));
    }
    if (indices.dim(1) != sizes.num_elements() && sizes.num_elements() > 0) {
      return invalid_argument("The number of columns of `indices` ({}) must match the length of `dense_shape` ({}).",
                              indices.dim(1), sizes.num_elements());
    }
    return OkStatus();
  }
};

Status fill_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape indices, values, sizes, filling;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &indices));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &values));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &sizes));
  RETURN_IF_ERROR(c.with_rank(c.input(3), 0, &filling));
  int64_t entries, columns;
  RETURN_IF_ERROR(c.merge_dim(indices.dim(0), values.dim(0), &entries));
  RETURN_IF_ERROR(c.merge_dim(indices.dim(1), sizes.dim(0), &columns));
  if (sizes.dim(0) == 0) return invalid_argument("dense_shape must not be empty");
  Shape shape;
  RETURN_IF_ERROR(c.value_as_shape(2, &shape));
  c.set_output(0, Shape{Shape::kUnknown, sizes.dim(0)});
  c.set_output(1, Shape{Shape::kUnknown});
  c.set_output(2, Shape{shape.known_rank() ? shape.dim(0) : Shape::kUnknown});
  c.set_output(3, Shape{entries});
  return OkStatus();
}

REFLOW_OP("SparseFillEmptyRows")
    .input("indices: int64")
    .input("values: T")
    .input("dense_shape: int64")
    .input("default_value: T")
    .output("output_indices: int64")
    .output("output_values: T")
    .output("empty_row_indicator: bool")
    .output("reverse_index_map: int64")
    .attr("T: type")
    .doc("The sparse tensor with an entry `default_value` in column 0 of each row without entries; which rows these are; and "
         "where each entry of the input has gone.")
    .shape(fill_shape)
    .kernel<SparseFillEmptyRows>(kCpu)
    .gradient([](GradContext& g) {
      Node* grad = g.ops("SparseFillEmptyRowsGrad", {g.y(3), g.dy(1)});
      if (grad == nullptr) return;
      g.dx(1) = Endpoint{grad, 0};
      g.dx(3) = Endpoint{grad, 1};
    });

template <typename T>
class SparseFillEmptyRowsGrad : public Kernel {
 public:
  explicit SparseFillEmptyRowsGrad(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &map = c.input(0), &dy = c.input(1);
    if (map.rank() != 1) return invalid_argument("reverse_index_map must be a vector, saw: {}", map.shape().str());
    if (dy.rank() != 1) return invalid_argument("grad_values must be a vector, saw: {}", dy.shape().str());
    RETURN_IF_ERROR(c.allocate_output(0, map.shape()));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{}));
    const int64_t n = dy.num_elements();
    std::vector<bool> visited(static_cast<size_t>(n));
    const T* grad = dy.data<T>();
    for (int64_t i = 0; i < map.num_elements(); ++i) {
      const int64_t at = map.data<int64_t>()[i];
      if (at < 0 || at >= n) return invalid_argument("Elements in reverse index must be in [0, {}) but got {}", n, at);
      c.output(0).data<T>()[i] = grad[at];
      visited[at] = true;
    }
    T rest = T(0);
    for (int64_t i = 0; i < n; ++i) {
      if (!visited[i]) rest = wrapping_sum(rest, grad[i]);
    }
    *c.output(1).data<T>() = rest;
    return OkStatus();
  }
};

Status fill_grad_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape map, values;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &map));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &values));
  c.set_output(0, std::move(map));
  c.set_output(1, Shape{});
  return OkStatus();
}

REFLOW_OP("SparseFillEmptyRowsGrad")
    .input("reverse_index_map: int64")
    .input("grad_values: T")
    .output("d_values: T")
    .output("d_default_value: T")
    .attr("T: type")
    .doc("The gradients of SparseFillEmptyRows to the values and to the default value.")
    .shape(fill_grad_shape)
    .kernel<SparseFillEmptyRowsGrad>(kCpu, kNumberTypes);

}  // namespace
}  // namespace reflow::ops
