// Einsum: sums of products over the dimensions that an equation names. Each input becomes a batch of matrices, with its
// diagonals taken and what occurs nowhere else summed up; their products are laid out as the equation says.

#include <algorithm>
#include <complex>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "matmul_kernel.h"
#include "reflow/op/op.h"
#include "reflow/op/strided_copy.h"
#include "reflow/ops/math/einsum_equation.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

using Labels = std::vector<int>;

bool contains(const Labels& labels, int label) { return std::ranges::find(labels, label) != labels.end(); }

// What becomes of each label.
struct Roles {
  Labels broadcast, batch, contract;  // of both inputs
  Labels free[2], reduced[2];         // of one of them
};

Roles roles_of(const std::vector<Labels>& inputs, const Labels& output) {
  Roles roles;
  std::vector<int> seen;
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (const int label : inputs[i]) {
      if (contains(seen, label)) continue;
      seen.push_back(label);
      const bool in_both = inputs.size() == 2 && contains(inputs[0], label) && contains(inputs[1], label);
      const bool is_kept = contains(output, label);
      if (label >= kEllipsis) {
        roles.broadcast.push_back(label);
      } else if (in_both) {
        (is_kept ? roles.batch : roles.contract).push_back(label);
      } else {
        (is_kept ? roles.free : roles.reduced)[i].push_back(label);
      }
    }
  }
  std::ranges::sort(roles.broadcast, std::greater<>());  // the first dimension has the highest label
  return roles;
}

int64_t volume(const std::map<int, int64_t>& sizes, const Labels& labels) {
  int64_t n = 1;
  for (const int label : labels) n *= sizes.at(label);
  return n;
}

// Strides in a tensor by label: equal labels walk along a diagonal.
struct Strides {
  std::map<int, int64_t> size, stride;
  Strides(const Shape& shape, const Labels& labels) {
    int64_t step = 1;
    for (int d = shape.rank() - 1; d >= 0; --d) {
      size[labels[d]] = shape.dim(d);
      stride[labels[d]] += step;
      step *= shape.dim(d);
    }
  }
  // Labels that the tensor hasn't are of size 1.
  void add_to(StridedView* view, const Labels& order) const {
    for (const int label : order) {
      if (const auto it = size.find(label); it != size.end()) view->add_dim(it->second, stride.at(label));
    }
  }
};

// An input as [broadcast.., batch, free, contract].
template <typename T>
struct Operand {
  std::vector<T> values;
  std::map<int, int64_t> size;
};

template <typename T>
Operand<T> matrices_of(ThreadPool& pool, const Tensor& x, const Labels& labels, const Roles& roles, int i) {
  const Strides strides(x.shape(), labels);
  StridedView view;
  for (const Labels* order : {&roles.broadcast, &roles.batch, &roles.free[i], &roles.contract, &roles.reduced[i]}) {
    strides.add_to(&view, *order);
  }
  Operand<T> result{std::vector<T>(view.num_elements()), strides.size};
  gather_strided(pool, view, result.values.data(), x.data<T>());
  const int64_t n = volume(strides.size, roles.reduced[i]);
  if (roles.reduced[i].empty()) return result;
  std::vector<T> sums(n == 0 ? 0 : result.values.size() / n);
  if (n == 0) {
    int64_t count = 1;
    for (const auto& [label, size] : strides.size) count *= contains(roles.reduced[i], label) ? 1 : size;
    sums.assign(count, T());
  }
  for (size_t j = 0; n > 0 && j < sums.size(); ++j) {
    T total{};
    for (int64_t k = 0; k < n; ++k) total += result.values[j * n + k];
    sums[j] = total;
  }
  result.values = std::move(sums);
  return result;
}

template <typename T>
class Einsum : public Kernel {
 public:
  explicit Einsum(KernelInit& c) {
    auto parsed = EinsumEquation::parse(c.attr<std::string>("equation"));
    if (parsed.ok()) equation_ = *std::move(parsed);
    else c.fail(parsed.status());
  }

  Status compute(KernelContext& c) override {
    int broadcast_rank = 0;
    std::vector<Labels> labels;
    for (int i = 0; i < c.num_inputs(); ++i) {
      const int rank = c.input(i).rank() - static_cast<int>(equation_.inputs[i].labels.size());
      broadcast_rank = std::max(broadcast_rank, rank);
      labels.push_back(dimension_labels(equation_.inputs[i], rank));
    }
    const Labels out_labels = dimension_labels(equation_.output, broadcast_rank);
    const Roles roles = roles_of(labels, out_labels);
    Operand<T> a = matrices_of<T>(c.pool(), c.input(0), labels[0], roles, 0);
    Labels order = roles.broadcast;
    order.insert(order.end(), roles.batch.begin(), roles.batch.end());
    order.insert(order.end(), roles.free[0].begin(), roles.free[0].end());
    if (c.num_inputs() == 2) {
      const Operand<T> b = matrices_of<T>(c.pool(), c.input(1), labels[1], roles, 1);
      order.insert(order.end(), roles.free[1].begin(), roles.free[1].end());
      a = product(c.pool(), roles, std::move(a), b);
    }
    put(c, a, order, out_labels);
    return OkStatus();
  }

 private:
  // All pairs of matrices of equal batches, those of size 1 being broadcast.
  static Operand<T> product(ThreadPool& pool, const Roles& roles, Operand<T> a, const Operand<T>& b) {
    Operand<T> result;
    result.size = a.size;
    for (const auto& [label, size] : b.size) {
      int64_t& known = result.size.emplace(label, size).first->second;
      if (label >= kEllipsis && known == 1) known = size;
    }
    const int64_t m = volume(result.size, roles.free[0]), n = volume(result.size, roles.free[1]);
    const int64_t k = volume(result.size, roles.contract), batch = volume(result.size, roles.batch);
    const int64_t count = volume(result.size, roles.broadcast);
    result.values.assign(count * batch * m * n, T());
    for (int64_t i = 0; i < count; ++i) {
      const int64_t at_a = broadcast_index(roles.broadcast, result.size, a.size, i) * batch;
      const int64_t at_b = broadcast_index(roles.broadcast, result.size, b.size, i) * batch;
      for (int64_t j = 0; j < batch; ++j) {
        matmul(pool, {m, n, k, false, true}, a.values.data() + (at_a + j) * m * k, b.values.data() + (at_b + j) * n * k,
               result.values.data() + (i * batch + j) * m * n);
      }
    }
    return result;
  }

  // Entry i of all broadcast entries, in an operand whose dimensions are 1 or missing where it is broadcast.
  static int64_t broadcast_index(const Labels& labels, const std::map<int, int64_t>& all, const std::map<int, int64_t>& own, int64_t i) {
    int64_t at = 0, stride = 1;
    for (size_t d = labels.size(); d-- > 0;) {
      const int64_t index = i % all.at(labels[d]);
      i /= all.at(labels[d]);
      const auto it = own.find(labels[d]);
      if (it == own.end() || it->second == 1) continue;
      at += index * stride;
      stride *= it->second;
    }
    return at;
  }

  // Lays out what is in `order`; a label that the output has twice is a diagonal there, with zeros beside it.
  static void put(KernelContext& c, const Operand<T>& from, const Labels& order, const Labels& out_labels) {
    Tensor& out = c.output(0);
    const Strides strides(out.shape(), out_labels);
    if (strides.size.size() < out_labels.size()) std::fill_n(out.data<T>(), out.num_elements(), T());
    StridedView view;
    strides.add_to(&view, order);
    scatter_strided(c.pool(), view, from.values.data(), out.data<T>());
  }

  EinsumEquation equation_;
};

REFLOW_OP("Einsum")
    .input("inputs: N * T")
    .output("output: T")
    .attr("equation: string")
    .attr("N: int >= 1")
    .attr("T: type")
    .doc("The sum of the products of elements of one or two inputs, over all labels of `equation` that its right side lacks: "
         "'ij,jk->ik' is the product of two matrices.")
    .shape(einsum_shape)
    .kernel<Einsum>(kCpu, Types<float, double, std::complex<float>, std::complex<double>>{});

}  // namespace
}  // namespace reflow::ops
