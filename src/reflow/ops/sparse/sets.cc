// Sets: the last dimension of a tensor, dense or sparse, holds a set each.

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "reflow/op/op.h"
#include "reflow/ops/sparse/sparse_shapes.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

enum class SetOperation { kAMinusB, kBMinusA, kIntersection, kUnion };

// The sets of one operand, walked over in row-major order of the leading dimensions.
template <typename T>
class Groups {
 public:
  // REQUIRES: the tensor has at least two dimensions.
  static Status of_dense(const Tensor& t, Groups* groups) {
    groups->shape_.assign(t.shape().begin(), t.shape().end() - 1);
    const int64_t size = t.dim(t.rank() - 1);
    const T* data = t.data<T>();
    const int64_t n = Shape(std::span<const int64_t>(groups->shape_)).num_elements();
    for (int64_t i = 0; i < n && size > 0; ++i) groups->add(i, data + i * size, size);
    return OkStatus();
  }

  // The entries have to be in order and within the shape.
  static Status of_sparse(const Tensor& indices, const Tensor& values, const Tensor& sizes, Groups* groups) {
    if (sizes.rank() != 1) return invalid_argument("Input shape should be a vector but received shape {}", sizes.shape().str());
    if (sizes.num_elements() < 2) return invalid_argument("Invalid rank {}.", sizes.num_elements());
    if (values.rank() != 1) return invalid_argument("vals must be a vec, but got: {}", values.shape().str());
    if (indices.rank() < 1) return invalid_argument("Input indices should be a matrix but received shape {}", indices.shape().str());
    RETURN_IF_ERROR(check_sparse_sizes(indices, values, sizes));
    if (indices.rank() != 2) return invalid_argument("Invalid rank {}.", indices.rank());
    ASSIGN_OR_RETURN(const Shape shape, dense_shape(sizes));
    groups->shape_.assign(shape.begin(), shape.end() - 1);
    const IndexRows rows(indices);
    const int rank = rows.rank();
    for (int64_t i = 0; i < rows.size(); ++i) {
      const std::string text = row_text({rows[i], static_cast<size_t>(rank)});
      if (!rows.within(i, sizes.flat<int64_t>())) {
        return invalid_argument("indices[{}] = {} is out of bounds: need 0 <= index < {}", i, text, shape.str());
      }
      const int order = i == 0 ? -1 : IndexRows::compare(rows[i - 1], rows[i], rank);
      if (order == 0) return invalid_argument("indices[{}] = {} is repeated", i, text);
      if (order > 0) return out_of_order_error(i, {rows[i], static_cast<size_t>(rank)});
      int64_t group = 0;
      for (int d = 0; d + 1 < rank; ++d) group = group * shape.dim(d) + rows[i][d];
      groups->add(group, values.data<T>() + i, 1);
    }
    return OkStatus();
  }

  const std::vector<int64_t>& shape() const { return shape_; }  // without the last dimension
  size_t size() const { return numbers_.size(); }
  int64_t number(size_t i) const { return numbers_[i]; }
  const std::set<T>& set(size_t i) const { return sets_[i]; }

 private:
  void add(int64_t group, const T* values, int64_t n) {
    if (numbers_.empty() || numbers_.back() != group) {
      numbers_.push_back(group);
      sets_.emplace_back();
    }
    sets_.back().insert(values, values + n);
  }

  std::vector<int64_t> shape_, numbers_;
  std::vector<std::set<T>> sets_;
};

template <typename T>
void combine(SetOperation operation, const std::set<T>& a, const std::set<T>& b, std::vector<T>* out) {
  const auto to = std::back_inserter(*out);
  switch (operation) {
    case SetOperation::kAMinusB: std::set_difference(a.begin(), a.end(), b.begin(), b.end(), to); return;
    case SetOperation::kBMinusA: std::set_difference(b.begin(), b.end(), a.begin(), a.end(), to); return;
    case SetOperation::kIntersection: std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), to); return;
    case SetOperation::kUnion: std::set_union(a.begin(), a.end(), b.begin(), b.end(), to); return;
  }
}

// How the two operands are given.
enum class Operands { kDenseDense, kDenseSparse, kSparseSparse };

template <Operands kOperands, typename T>
class SetOperationKernel : public Kernel {
 public:
  explicit SetOperationKernel(KernelInit& c) {
    const std::string given = c.attr<std::string>("set_operation");
    std::string name = given;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char ch) { return std::tolower(ch); });
    if (name == "a-b") operation_ = SetOperation::kAMinusB;
    else if (name == "b-a") operation_ = SetOperation::kBMinusA;
    else if (name == "intersection") operation_ = SetOperation::kIntersection;
    else if (name == "union") operation_ = SetOperation::kUnion;
    else c.fail(invalid_argument("Invalid set_operation {}.", given));
  }

  Status compute(KernelContext& c) override {
    Groups<T> a, b;
    RETURN_IF_ERROR(read(c, &a, &b));
    if (a.shape() != b.shape()) {
      return invalid_argument("Mismatched shapes {} vs {}", row_text(a.shape()), row_text(b.shape()));
    }
    std::vector<std::pair<int64_t, std::vector<T>>> results;
    int64_t total = 0, largest = 0;
    const std::set<T> nothing;
    for (size_t i = 0, k = 0; i < a.size() || k < b.size();) {
      const bool has_a = i < a.size() && (k == b.size() || a.number(i) <= b.number(k));
      const bool has_b = k < b.size() && (i == a.size() || b.number(k) <= a.number(i));
      std::vector<T> result;
      combine(operation_, has_a ? a.set(i) : nothing, has_b ? b.set(k) : nothing, &result);
      const auto n = static_cast<int64_t>(result.size());
      total += n;
      largest = std::max(largest, n);
      if (n > 0) results.emplace_back(has_a ? a.number(i) : b.number(k), std::move(result));
      i += has_a;
      k += has_b;
    }
    return put(c, a.shape(), results, total, largest);
  }

 private:
  static Status read(KernelContext& c, Groups<T>* a, Groups<T>* b) {
    if constexpr (kOperands == Operands::kSparseSparse) {
      RETURN_IF_ERROR(Groups<T>::of_sparse(c.input(0), c.input(1), c.input(2), a));
      return Groups<T>::of_sparse(c.input(3), c.input(4), c.input(5), b);
    } else {
      RETURN_IF_ERROR(read_dense(c.input(0), a));
      if constexpr (kOperands == Operands::kDenseDense) return read_dense(c.input(1), b);
      return Groups<T>::of_sparse(c.input(1), c.input(2), c.input(3), b);
    }
  }
  static Status read_dense(const Tensor& t, Groups<T>* groups) {
    if (t.rank() < 2) return invalid_argument("Shape {} has rank {} < 2", t.shape().str(), t.rank());
    return Groups<T>::of_dense(t, groups);
  }

  static Status put(KernelContext& c, const std::vector<int64_t>& shape,
                    std::vector<std::pair<int64_t, std::vector<T>>>& results, int64_t total, int64_t largest) {
    const auto rank = static_cast<int64_t>(shape.size()) + 1;
    RETURN_IF_ERROR(c.allocate_output(0, Shape{total, rank}));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{total}));
    RETURN_IF_ERROR(c.allocate_output(2, Shape{rank}));
    int64_t* index = c.output(0).data<int64_t>();
    T* value = c.output(1).data<T>();
    for (auto& [group, elements] : results) {
      for (size_t k = 0; k < elements.size(); ++k, index += rank) {
        int64_t rest = group;
        for (int64_t d = rank - 2; d >= 0; --d) {
          index[d] = rest % shape[d];
          rest /= shape[d];
        }
        index[rank - 1] = static_cast<int64_t>(k);
        *value++ = std::move(elements[k]);
      }
    }
    int64_t* sizes = c.output(2).data<int64_t>();
    *std::copy(shape.begin(), shape.end(), sizes) = largest;
    return OkStatus();
  }

  SetOperation operation_ = SetOperation::kUnion;
};
template <typename T>
using DenseToDense = SetOperationKernel<Operands::kDenseDense, T>;
template <typename T>
using DenseToSparse = SetOperationKernel<Operands::kDenseSparse, T>;
template <typename T>
using SparseToSparse = SetOperationKernel<Operands::kSparseSparse, T>;

void set_result_shapes(ShapeContext& c, int64_t rank) {
  c.set_output(0, Shape{Shape::kUnknown, rank});
  c.set_output(1, Shape{Shape::kUnknown});
  c.set_output(2, Shape{rank});
}

Status dense_to_dense_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape a, b;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 2, &a));
  RETURN_IF_ERROR(a.known_rank() ? c.with_rank(c.input(1), a.rank(), &b) : c.with_rank_at_least(c.input(1), 2, &b));
  if (a.known_rank() && c.input(1).known_rank()) {
    Shape a_group, b_group, merged;
    RETURN_IF_ERROR(c.sub_shape(a, 0, a.rank() - 1, &a_group));
    RETURN_IF_ERROR(c.sub_shape(b, 0, b.rank() - 1, &b_group));
    RETURN_IF_ERROR(c.merge(a_group, b_group, &merged));
  }
  set_result_shapes(c, a.known_rank() ? a.rank() : b.rank());
  return OkStatus();
}

Status dense_to_sparse_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape a;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 2, &a));
  RETURN_IF_ERROR(check_sparse_shapes(c, 1));
  int64_t rank = sparse_rank(c, 1);
  if (a.known_rank()) RETURN_IF_ERROR(c.with_value(rank, a.rank(), &rank));
  set_result_shapes(c, rank);
  return OkStatus();
}

Status sparse_to_sparse_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  RETURN_IF_ERROR(check_sparse_shapes(c, 0));
  RETURN_IF_ERROR(check_sparse_shapes(c, 3));
  int64_t rank = sparse_rank(c, 0), b_rank = sparse_rank(c, 3);
  if (rank >= 0 && rank < 2) return invalid_argument("Input 0, expected rank >= 2, got {}.", rank);
  if (b_rank >= 0 && b_rank < 2) return invalid_argument("Input 1, expected rank >= 2, got {}.", b_rank);
  if (rank >= 0) RETURN_IF_ERROR(c.with_value(b_rank, rank, &b_rank));
  set_result_shapes(c, b_rank);
  return OkStatus();
}

constexpr Types<int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, std::string> kSetTypes{};

REFLOW_OP("DenseToDenseSetOperation")
    .input("set1: T")
    .input("set2: T")
    .output("result_indices: int64")
    .output("result_values: T")
    .output("result_shape: int64")
    .attr("set_operation: string")
    .attr("validate_indices: bool = true")
    .attr("T: {int8, int16, int32, int64, uint8, uint16, string}")
    .doc("The difference, intersection or union of the sets in the last dimensions of two dense tensors: a sparse tensor of "
         "sorted sets.")
    .shape(dense_to_dense_shape)
    .kernel<DenseToDense>(kCpu, kSetTypes)
    .not_differentiable();

REFLOW_OP("DenseToSparseSetOperation")
    .input("set1: T")
    .input("set2_indices: int64")
    .input("set2_values: T")
    .input("set2_shape: int64")
    .output("result_indices: int64")
    .output("result_values: T")
    .output("result_shape: int64")
    .attr("set_operation: string")
    .attr("validate_indices: bool = true")
    .attr("T: {int8, int16, int32, int64, uint8, uint16, string}")
    .doc("The difference, intersection or union of the sets in the last dimensions of a dense and a sparse tensor: a sparse "
         "tensor of sorted sets.")
    .shape(dense_to_sparse_shape)
    .kernel<DenseToSparse>(kCpu, kSetTypes)
    .not_differentiable();

REFLOW_OP("SparseToSparseSetOperation")
    .input("set1_indices: int64")
    .input("set1_values: T")
    .input("set1_shape: int64")
    .input("set2_indices: int64")
    .input("set2_values: T")
    .input("set2_shape: int64")
    .output("result_indices: int64")
    .output("result_values: T")
    .output("result_shape: int64")
    .attr("set_operation: string")
    .attr("validate_indices: bool = true")
    .attr("T: {int8, int16, int32, int64, uint8, uint16, string}")
    .doc("The difference, intersection or union of the sets in the last dimensions of two sparse tensors: a sparse tensor of "
         "sorted sets.")
    .shape(sparse_to_sparse_shape)
    .kernel<SparseToSparse>(kCpu, kSetTypes)
    .not_differentiable();

template <typename T>
class SetSize : public Kernel {
 public:
  explicit SetSize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Groups<T> groups;
    RETURN_IF_ERROR(Groups<T>::of_sparse(c.input(0), c.input(1), c.input(2), &groups));
    RETURN_IF_ERROR(c.allocate_output(0, Shape(std::span<const int64_t>(groups.shape()))));
    int32_t* out = c.output(0).data<int32_t>();
    std::fill_n(out, c.output(0).num_elements(), 0);
    for (size_t i = 0; i < groups.size(); ++i) out[groups.number(i)] = static_cast<int32_t>(groups.set(i).size());
    return OkStatus();
  }
};

REFLOW_OP("SetSize")
    .input("set_indices: int64")
    .input("set_values: T")
    .input("set_shape: int64")
    .output("size: int32")
    .attr("validate_indices: bool = true")
    .attr("T: {int8, int16, int32, int64, uint8, uint16, string}")
    .doc("How many different elements each set of the sparse tensor has: a dense tensor without the last dimension.")
    .shape(unknown_shape)
    .kernel<SetSize>(kCpu, kSetTypes)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
