// SparseToDense.

#include <algorithm>
#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/ops/sparse/gradient_ops.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Indices are a matrix of rows, or a vector or a scalar of places in a vector.
class SparseToDense : public Kernel {
 public:
  explicit SparseToDense(KernelInit& c) : validates_(c.attr<bool>("validate_indices")) {}

  Status compute(KernelContext& c) override {
    const Tensor &indices = c.input(0), &sizes = c.input(1), &values = c.input(2), &otherwise = c.input(3);
    if (indices.rank() > 2) {
      return invalid_argument("sparse_indices should be a scalar, vector, or matrix, got shape {}", indices.shape().str());
    }
    const int64_t n = indices.rank() > 0 ? indices.dim(0) : 1;
    const int64_t depth = indices.rank() > 1 ? indices.dim(1) : 1;
    if (sizes.rank() != 1) return invalid_argument("output_shape should be a vector, got shape {}", sizes.shape().str());
    if (sizes.num_elements() != depth) {
      return invalid_argument("output_shape has incorrect number of elements: {} should be: {}", sizes.num_elements(), depth);
    }
    if (values.rank() != 0 && !(values.rank() == 1 && values.num_elements() == n)) {
      return invalid_argument("sparse_values has incorrect shape {}, should be [] or [{}]", values.shape().str(), n);
    }
    if (otherwise.rank() != 0) return invalid_argument("default_value should be a scalar.");
    ASSIGN_OR_RETURN(const Shape shape, dense_shape(sizes));
    std::vector<int64_t> places(static_cast<size_t>(n));
    RETURN_IF_ERROR(find_places(IndexReader(indices), depth, shape, &places));
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    with_element(values.dtype(), [&]<typename E>() {
      E* out = static_cast<E*>(c.output(0).raw_data());
      const E* from = static_cast<const E*>(values.raw_data());
      std::fill_n(out, c.output(0).num_elements(), *static_cast<const E*>(otherwise.raw_data()));
      for (size_t i = 0; i < places.size(); ++i) out[places[i]] = from[values.rank() == 0 ? 0 : i];
    });
    return OkStatus();
  }

 private:
  Status find_places(const IndexReader& indices, int64_t depth, const Shape& shape, std::vector<int64_t>* places) const {
    for (size_t i = 0; i < places->size(); ++i) {
      int64_t at = 0;
      bool within = true;
      const int64_t row = static_cast<int64_t>(i) * depth;
      for (int64_t d = 0; d < depth; ++d) {
        const int64_t index = indices[row + d], size = shape.dim(static_cast<int>(d));
        within &= static_cast<uint64_t>(index) < static_cast<uint64_t>(size);
        at = at * size + (within ? index : 0);
      }
      if (!within && !validates_) {
        return invalid_argument("Indices are not valid (out of bounds).  Shape: {}", shape.str());
      }
      (*places)[i] = at;
      const bool ordered = i == 0 || (*places)[i - 1] < at;
      if (!validates_ || (within && ordered)) continue;
      std::vector<int64_t> coordinates;
      for (int64_t d = 0; d < depth; ++d) coordinates.push_back(indices[row + d]);
      const std::string text = row_text(coordinates);
      if (!within) {
        return invalid_argument("indices[{}] = {} is out of bounds: need 0 <= index < {}", i, text, shape.str());
      }
      if ((*places)[i - 1] == at) return invalid_argument("indices[{}] = {} is repeated", i, text);
      return out_of_order_error(static_cast<int64_t>(i), coordinates);
    }
    return OkStatus();
  }

  bool validates_;
};

Status to_dense_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape shape;
  RETURN_IF_ERROR(c.value_as_shape(1, &shape));
  c.set_output(0, std::move(shape));
  return OkStatus();
}

// The indices get zeros, because they are integers; the default value gets what no entry does.
void to_dense_gradient(GradContext& g) {
  const Endpoint values = g.op("GatherNd", {g.dy(0), g.x(0)});
  if (!values) return;  // g.status() says why
  const auto sum = [&g](Endpoint x) {
    const Shape& shape = x.node->output_shape(x.index);
    Endpoint axes;
    if (shape.known_rank()) {
      std::vector<int64_t> all(static_cast<size_t>(shape.rank()));
      std::iota(all.begin(), all.end(), int64_t{0});
      axes = g.constant_ints(all);
    } else {
      axes = range_to(g, g.rank(x));
    }
    return g.reduce_sum(x, axes);
  };
  const Endpoint all = sum(g.dy(0)), taken = sum(values);
  const Endpoint rest = g.op("Sub", {all, taken}, {}, "sub");
  g.dx(0) = g.zeros_like(g.x(0));
  g.dx(1) = g.zeros_like(g.x(1));
  g.dx(2) = values;
  g.dx(3) = rest;
}

REFLOW_OP("SparseToDense")
    .input("sparse_indices: Tindices")
    .input("output_shape: Tindices")
    .input("sparse_values: T")
    .input("default_value: T")
    .output("dense: T")
    .attr("validate_indices: bool = true")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .doc("The dense tensor of `output_shape` that has `sparse_values` at `sparse_indices` and `default_value` elsewhere. The "
         "indices have to be in order and different, if `validate_indices`.")
    .shape(to_dense_shape)
    .kernel<SparseToDense>(kCpu)
    .gradient(to_dense_gradient);

}  // namespace
}  // namespace reflow::ops
