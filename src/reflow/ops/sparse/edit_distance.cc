// Levenshtein distances between sequences that are the last dimensions of sparse tensors.

#include <algorithm>
#include <complex>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "reflow/op/op.h"
#include "reflow/ops/sparse/sparse_shapes.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// How many elements have to be inserted, left out or replaced to make b of a.
template <typename T>
int64_t distance(const T* a, int64_t n, const T* b, int64_t m) {
  std::vector<int64_t> row(static_cast<size_t>(m) + 1);
  std::iota(row.begin(), row.end(), int64_t{0});
  for (int64_t i = 1; i <= n; ++i) {
    int64_t diagonal = row[0];
    row[0] = i;
    for (int64_t k = 1; k <= m; ++k) {
      const int64_t replaced = diagonal + !(a[i - 1] == b[k - 1]);
      diagonal = row[k];
      row[k] = std::min({replaced, row[k] + 1, row[k - 1] + 1});
    }
  }
  return row[m];
}

template <typename T>
class EditDistance : public Kernel {
 public:
  explicit EditDistance(KernelInit& c) : normalizes_(c.attr<bool>("normalize")) {}

  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check(c, 0, "hypothesis"));
    RETURN_IF_ERROR(check(c, 3, "truth"));
    const Tensor &a_sizes = c.input(2), &b_sizes = c.input(5);
    for (const auto& [sizes, name] : {std::pair{&b_sizes, "truth"}, std::pair{&a_sizes, "hypothesis"}}) {
      if (sizes->num_elements() >= 2) continue;
      return invalid_argument("Input SparseTensors must have rank at least 2, but {}_shape rank is: {}", name,
                              sizes->num_elements());
    }
    if (a_sizes.num_elements() != b_sizes.num_elements()) {
      return invalid_argument("Expected hypothesis_shape.NumElements == truth_shape.NumElements, their shapes are: {} and {}",
                              a_sizes.shape().str(), b_sizes.shape().str());
    }
    Shape shape;
    for (int64_t d = 0; d + 1 < a_sizes.num_elements(); ++d) {
      shape.add_dim(std::max<int64_t>({a_sizes.data<int64_t>()[d], b_sizes.data<int64_t>()[d], 0}));
    }
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    std::fill_n(c.output(0).data<float>(), c.output(0).num_elements(), 0.0f);
    return compare(c, shape);
  }

 private:
  static Status check(KernelContext& c, int i, std::string_view name) {
    const Tensor &indices = c.input(i), &values = c.input(i + 1), &sizes = c.input(i + 2);
    if (indices.rank() != 2) {
      return invalid_argument("{}_indices should be a matrix, but got shape: {}", name, indices.shape().str());
    }
    if (values.rank() != 1) {
      return invalid_argument("{}_values should be a vector, but got shape: {}", name, values.shape().str());
    }
    if (sizes.rank() != 1) {
      return invalid_argument("{}_shape should be a vector, but got shape: {}", name, sizes.shape().str());
    }
    if (sizes.num_elements() != indices.dim(1)) {
      return invalid_argument("Expected {}_shape.NumElements == #cols({}_indices), their shapes are: {} and {}", name, name,
                              sizes.shape().str(), indices.shape().str());
    }
    return check_sparse_sizes(indices, values, sizes);
  }

  // Sequences that both, or only one, of the tensors have, in order.
  Status compare(KernelContext& c, const Shape& shape) const {
    const IndexRows a(c.input(0)), b(c.input(3));
    const T *x = c.input(1).data<T>(), *y = c.input(4).data<T>();
    const int rank = shape.rank();
    const auto end_of = [rank](const IndexRows& rows, int64_t begin) {
      int64_t end = begin;
      while (end < rows.size() && IndexRows::compare(rows[begin], rows[end], rank) == 0) ++end;
      return end;
    };
    for (int64_t i = 0, k = 0; i < a.size() || k < b.size();) {
      const int order = i == a.size() ? 1 : k == b.size() ? -1 : IndexRows::compare(a[i], b[k], rank);
      const int64_t a_end = order <= 0 ? end_of(a, i) : i, b_end = order >= 0 ? end_of(b, k) : k;
      const int64_t* group = order <= 0 ? a[i] : b[k];
      int64_t place = 0;
      for (int d = 0; d < rank; ++d) {
        if (group[d] < 0 || group[d] >= shape.dim(d)) {
          return invalid_argument("Got the index {} for dimension {} of size {}", group[d], d, shape.dim(d));
        }
        place = place * shape.dim(d) + group[d];
      }
      c.output(0).data<float>()[place] = result(x + i, a_end - i, y + k, b_end - k);
      i = a_end;
      k = b_end;
    }
    return OkStatus();
  }

  float result(const T* a, int64_t n, const T* b, int64_t m) const {
    if (!normalizes_) return static_cast<float>(distance(a, n, b, m));
    if (m == 0) return n == 0 ? 0 : std::numeric_limits<float>::infinity();
    return static_cast<float>(distance(a, n, b, m)) / static_cast<float>(m);
  }

  bool normalizes_;
};

Status edit_distance_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  RETURN_IF_ERROR(check_sparse_shapes(c, 0));
  RETURN_IF_ERROR(check_sparse_shapes(c, 3));
  const Tensor *a = c.value(2), *b = c.value(5);
  if (a == nullptr || b == nullptr) return unknown_shape(c);
  if (a->num_elements() != b->num_elements()) {
    return invalid_argument("Num elements of hypothesis_shape does not match truth_shape: {} vs. {}", a->num_elements(),
                            b->num_elements());
  }
  Shape shape;
  for (int64_t d = 0; d + 1 < a->num_elements(); ++d) {
    shape.add_dim(std::max(a->data<int64_t>()[d], b->data<int64_t>()[d]));
  }
  c.set_output(0, std::move(shape));
  return OkStatus();
}

REFLOW_OP("EditDistance")
    .input("hypothesis_indices: int64")
    .input("hypothesis_values: T")
    .input("hypothesis_shape: int64")
    .input("truth_indices: int64")
    .input("truth_values: T")
    .input("truth_shape: int64")
    .output("output: float")
    .attr("normalize: bool = true")
    .attr("T: type")
    .doc("The Levenshtein distance of each sequence of the hypothesis to that of the truth, divided by the latter's length if "
         "`normalize`. Sequences are the last dimension.")
    .shape(edit_distance_shape)
    .kernel<EditDistance>(kCpu, kRealTypes + Types<bool, std::string, std::complex<float>, std::complex<double>>{})
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
