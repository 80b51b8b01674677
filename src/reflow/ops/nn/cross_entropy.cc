// Cross entropy of softmax(logits) with labels: of one class an example, or of a distribution over the classes. Both
// ops give the loss and, as a second output, what the gradient to the logits is made of: softmax - labels.

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "reflow/op/for_ranges.h"
#include "reflow/op/op.h"
#include "reflow/op/softmax_rows.h"

namespace reflow::ops {
namespace {

using namespace op;

constexpr int64_t kVector = 8;  // of TensorFlow

// Floats to compute with; half and bfloat16 rows are converted to and fro.
template <typename T>
class RowKernel : public Kernel {
 protected:
  using C = ComputeType<T>;

  // Has it to have TensorFlow's bits?
  static bool is_exact(int64_t columns) { return std::is_same_v<T, float> && columns <= kExactColumns; }

  // REQUIRES: columns <= kExactColumns.
  C sum_of_exp(const C* x, int64_t columns) const {
    C powers[kExactColumns], sum;
    functions_.exp(x, powers, columns);
    simd_loop([&]() REFLOW_SIMD_BODY { sum = row_sum(powers, columns); });
    return sum;
  }

  // x = f(x) for numbers that others follow: all are of whole vectors.
  void apply_within(UnaryFn<C> f, C* x, int64_t n) const {
    const int64_t whole = n - n % kVector;
    f(x, x, whole);
    if (whole == n) return;
    C rest[kVector] = {};
    std::copy(x + whole, x + n, rest);
    f(rest, rest, kVector);
    std::copy_n(rest, n - whole, x + whole);
  }

  const SoftmaxFunctions<C> functions_;
};

// A row of logits as C in `to`, less its maximum.
template <typename T, typename C>
REFLOW_SIMD_BODY inline void shifted_row(const T* x, C* to, int64_t columns) {
  if constexpr (std::is_same_v<T, C>) {
    const C m = row_max(x, columns);
    for (int64_t j = 0; j < columns; ++j) to[j] = x[j] - m;
  } else {
    for (int64_t j = 0; j < columns; ++j) to[j] = static_cast<C>(x[j]);
    const C m = row_max(to, columns);
    for (int64_t j = 0; j < columns; ++j) to[j] -= m;
  }
}

template <typename T, typename Label>
class SparseSoftmaxCrossEntropy : public RowKernel<T> {
  using C = ComputeType<T>;

 public:
  explicit SparseSoftmaxCrossEntropy(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& logits = c.input(0);
    const int64_t rows = logits.dim(0), columns = logits.dim(1);
    if (columns == 0) {
      return invalid_argument("Must have at least one class, but got logits shape {}", logits.shape().str());
    }
    const Label* labels = c.input(1).data<Label>();
    // Of several labels out of range TensorFlow names the smallest, when it is negative, else the largest.
    Label smallest = 0, largest = 0;
    for (int64_t r = 0; r < rows; ++r) {
      smallest = std::min(smallest, labels[r]);
      largest = std::max(largest, labels[r]);
    }
    if (smallest < 0 || largest >= columns) [[unlikely]] {
      return out_of_range_label(c.input(1), smallest < 0 ? smallest : largest, columns);
    }
    const T* x = logits.data<T>();
    const T* factors = c.num_inputs() > 2 ? c.input(2).data<T>() : nullptr;
    T* loss = c.output(0).data<T>();
    T* backprop = c.output(1).data<T>();
    const int64_t at_once = softmax_rows_at_once(columns);
    for_ranges(c.pool(), rows, at_once, 1.5 * columns + 10, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r += at_once) {
        const T* const some = factors != nullptr ? factors + r : nullptr;
        rows_at_once(x + r * columns, labels + r, some, loss + r, backprop + r * columns, std::min(at_once, end - r), columns);
      }
    });
    return OkStatus();
  }

 private:
  static Status out_of_range_label(const Tensor& labels, Label label, int64_t columns) {
    std::string all;
    for (Label l : labels.flat<Label>()) all += fmt::format("{}{}", all.empty() ? "" : " ", l);
    return invalid_argument("Received a label value of {} which is outside the valid range of [0, {}).  Label values: {}",
                            label, columns, all);
  }

  C long_row(const C* x, Label label, const C* factor, C* backprop, int64_t columns) const {
    C m, log_sum;
    simd_loop([&]() REFLOW_SIMD_BODY { m = row_max(x, columns); });
    const C at_label = x[label] - m, sum = exp_of_shifted(this->functions_, x, m, backprop, columns), scale = C(1) / sum;
    const C right = backprop[label] * scale - C(1);
    simd_loop([&]() REFLOW_SIMD_BODY {
      if (factor == nullptr) {
        for (int64_t j = 0; j < columns; ++j) backprop[j] *= scale;
      } else {
        const C f = *factor;
        for (int64_t j = 0; j < columns; ++j) backprop[j] = backprop[j] * scale * f;
      }
    });
    backprop[label] = factor == nullptr ? right : right * *factor;
    this->functions_.log(&sum, &log_sum, 1);
    return log_sum - at_label;
  }

  void rows_at_once(const T* x, const Label* labels, const T* factors, T* loss, T* backprop, int64_t rows,
                    int64_t columns) const {
    if constexpr (std::is_same_v<T, C>) {
      if (columns > kSoftmaxPiece) {
        for (int64_t r = 0; r < rows; ++r) {
          const C* const factor = factors != nullptr ? factors + r : nullptr;
          loss[r] = long_row(x + r * columns, labels[r], factor, backprop + r * columns, columns);
        }
        return;
      }
      C at_label[kSoftmaxMaxRows], sums[kSoftmaxMaxRows];
      simd_loop([&]() REFLOW_SIMD_BODY {
        for (int64_t r = 0; r < rows; ++r) {
          C* row = backprop + r * columns;
          shifted_row(x + r * columns, row, columns);
          at_label[r] = row[labels[r]];
        }
      });
      // TensorFlow adds up exponentials of rows, and divides those of the whole tensor: what fills no vector is another.
      const bool exact = this->is_exact(columns), sums_first = exact && columns % kVector != 0;
      for (int64_t r = 0; r < rows && sums_first; ++r) sums[r] = this->sum_of_exp(backprop + r * columns, columns);
      this->functions_.exp(backprop, backprop, rows * columns);
      simd_loop([&]() REFLOW_SIMD_BODY {
        for (int64_t r = 0; r < rows; ++r) {
          C* row = backprop + r * columns;
          if (!sums_first) sums[r] = row_sum(row, columns);
          if (exact) {
            for (int64_t j = 0; j < columns; ++j) row[j] /= sums[r];
          } else {
            const C scale = C(1) / sums[r];
            for (int64_t j = 0; j < columns; ++j) row[j] *= scale;
          }
          row[labels[r]] -= C(1);
          if (factors == nullptr) continue;
          const C f = factors[r];
          for (int64_t j = 0; j < columns; ++j) row[j] *= f;
        }
      });
      if (!exact) this->functions_.log(sums, sums, rows);
      for (int64_t r = 0; r < rows; ++r) loss[r] = (exact ? std::log(sums[r]) : sums[r]) - at_label[r];
    } else {
      for (int64_t r = 0; r < rows; ++r) {
        const T* a = x + r * columns;
        T* b = backprop + r * columns;
        C m = a[0], sum = 0;
        for (int64_t j = 1; j < columns; ++j) m = std::max<C>(m, a[j]);
        for (int64_t j = 0; j < columns; ++j) sum += std::exp(C(a[j]) - m);
        loss[r] = T(std::log(sum) - (C(a[labels[r]]) - m));
        for (int64_t j = 0; j < columns; ++j) b[j] = T(std::exp(C(a[j]) - m) / sum - C(j == labels[r]));
      }
    }
  }
};

template <typename Label>
using ScaledSparseSoftmaxCrossEntropy = SparseSoftmaxCrossEntropy<float, Label>;

template <typename T>
class SoftmaxCrossEntropy : public RowKernel<T> {
  using C = ComputeType<T>;

 public:
  explicit SoftmaxCrossEntropy(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const int64_t rows = c.output(1).dim(0), columns = c.output(1).dim(1);
    T* loss = c.output(0).data<T>();
    T* backprop = c.output(1).data<T>();
    if (columns == 0) {
      for (int64_t r = 0; r < rows; ++r) loss[r] = T(0);
      return OkStatus();
    }
    const Operand logits(c.input(0), rows, columns), labels(c.input(1), rows, columns);
    c.pool().parallel_for(rows, 2.0 * columns + 10, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) row(logits, labels, r, rows, loss + r, backprop + r * columns, columns);
    });
    return OkStatus();
  }

 private:
  // Logits or labels, of which rows or columns may be repeated.
  struct Operand {
    Operand(const Tensor& t, int64_t rows, int64_t columns) : data(t.data<T>()) {
      const int64_t own_columns = t.rank() == 0 ? 1 : t.dim(t.rank() - 1);
      const int64_t own_rows = t.rank() < 2 ? 1 : t.dim(0);
      column_step = own_columns == columns ? 1 : 0;
      row_step = own_rows == rows ? own_columns : 0;
    }
    const T* data;
    int64_t row_step, column_step;
  };

  void row(const Operand& logits, const Operand& labels, int64_t r, int64_t rows, T* loss, T* backprop, int64_t columns) const {
    const T* x = logits.data + r * logits.row_step;
    const T* p = labels.data + r * labels.row_step;
    const int64_t x_step = logits.column_step, p_step = labels.column_step;
    // Half and bfloat16 rows are rounded once, at the end.
    constexpr int64_t kStack = 1024;
    C stack[std::is_same_v<T, C> ? 1 : kStack];
    std::unique_ptr<C[]> heap;
    C* b = stack;
    if constexpr (std::is_same_v<T, C>) {
      b = backprop;
    } else if (columns > kStack) {
      heap = std::make_unique<C[]>(columns);
      b = heap.get();
    }
    C sum_of_labels = 0, weighted = 0, sum = 0;
    simd_loop([&]() REFLOW_SIMD_BODY {
      for (int64_t j = 0; j < columns; ++j) b[j] = static_cast<C>(x[j * x_step]);
      const C m = row_max(b, columns);
      for (int64_t j = 0; j < columns; ++j) b[j] -= m;
    });
    if constexpr (std::is_same_v<T, float>) {
      if (this->is_exact(columns)) return exact_row(b, p, p_step, r, rows, loss, columns);
    }
    simd_loop([&]() REFLOW_SIMD_BODY {
      for (int64_t j = 0; j < columns; ++j) {
        const C label = static_cast<C>(p[j * p_step]);
        sum_of_labels += label;
        weighted += label * b[j];
      }
    });
    this->functions_.exp(b, b, columns);
    simd_loop([&]() REFLOW_SIMD_BODY {
      sum = row_sum(b, columns);
      const C scale = C(1) / sum;
      for (int64_t j = 0; j < columns; ++j) {
        backprop[j] = static_cast<T>(b[j] * scale - static_cast<C>(p[j * p_step]));
      }
    });
    *loss = static_cast<T>(std::log(sum) * sum_of_labels - weighted);
  }

  // b: row r of `rows` logits, less its maximum; becomes the gradient.
  void exact_row(float* b, const float* labels, int64_t label_step, int64_t r, int64_t rows, float* loss, int64_t columns) const {
    const float sum = this->sum_of_exp(b, columns);
    float log_sum = sum;
    if (r < rows - rows % kVector) {
      this->apply_within(this->functions_.log, &log_sum, 1);
    } else {
      log_sum = std::log(sum);
    }
    float terms[kExactColumns];
    simd_loop([&]() REFLOW_SIMD_BODY {
      for (int64_t j = 0; j < columns; ++j) terms[j] = labels[j * label_step] * (log_sum - b[j]);
      *loss = row_sum(terms, columns);
    });
    const int64_t size = rows * columns, in_vectors = std::clamp<int64_t>(size - size % kVector - r * columns, 0, columns);
    this->apply_within(this->functions_.exp, b, in_vectors);
    this->functions_.exp(b + in_vectors, b + in_vectors, columns - in_vectors);
    simd_loop([&]() REFLOW_SIMD_BODY {
      for (int64_t j = 0; j < columns; ++j) b[j] = b[j] / sum - labels[j * label_step];
    });
  }
};

Status sparse_cross_entropy_shape(ShapeContext& c) {
  const Shape &logits = c.input(0), &labels = c.input(1);
  if (c.concrete()) {
    if (logits.rank() != 2) return invalid_argument("logits must be 2-D, but got shape {}", logits.str());
    if (labels.rank() != 1) return invalid_argument("labels must be 1-D, but got shape {}", labels.str());
    if (logits.dim(0) != labels.dim(0)) {
      return invalid_argument(
          "logits and labels must have the same first dimension, got logits shape {} and labels shape {}", logits.str(),
          labels.str());
    }
  }
  Shape features, classes;
  RETURN_IF_ERROR(c.with_rank(logits, 2, &features));
  RETURN_IF_ERROR(c.with_rank(labels, 1, &classes));
  int64_t rows;
  RETURN_IF_ERROR(c.merge_dim(features.dim(0), classes.dim(0), &rows));
  c.set_output(0, {rows});
  c.set_output(1, {rows, features.dim(1)});
  return OkStatus();
}

Status scaled_cross_entropy_shape(ShapeContext& c) {
  RETURN_IF_ERROR(sparse_cross_entropy_shape(c));
  const Shape &factors = c.input(2), wanted{c.output(0).dim(0), 1};
  if (factors.compatible_with(wanted)) return OkStatus();
  return invalid_argument("Incompatible shapes: {} vs. {}", factors.str(), wanted.str());
}

Status cross_entropy_shape(ShapeContext& c) {
  const Shape &logits = c.input(0), &labels = c.input(1);
  Shape a, b, both;
  if (!c.with_rank(logits, 2, &a).ok() || !c.with_rank(labels, 2, &b).ok() || !c.merge(a, b, &both).ok()) {
    const Status broadcast = broadcast_shapes(c, logits, labels, &both);
    if (!broadcast.ok() && c.concrete()) {
      return invalid_argument("logits and labels must be broadcastable: logits_size={} labels_size={}", logits.str(),
                              labels.str());
    }
    RETURN_IF_ERROR(broadcast);
    if (both.rank() != 2) {
      if (c.concrete()) {
        return invalid_argument("logits and labels must be either 2-dimensional, or broadcasted to be 2-dimensional");
      }
      if (!both.known_rank()) {
        return invalid_argument("Shape must be broadcasted with rank 2, but is rank is unknown.");
      }
      return invalid_argument("Shape must be broadcasted with rank 2, but is rank {}", both.rank());
    }
  }
  c.set_output(0, {both.dim(0)});
  c.set_output(1, both);
  return OkStatus();
}

Endpoint expand_dims(GradContext& g, Endpoint x, int32_t axis) {
  GradContext::Scope scope(g.graph(), "ExpandDims");
  return g.op("ExpandDims", {x, g.constant_tensor(Tensor::scalar(axis), "dim")}, {}, scope.name());
}

// dy [n] along the rows of `rows` [n, classes].
Endpoint times_rows(GradContext& g, Endpoint dy, Endpoint rows) {
  return g.op("Mul", {expand_dims(g, dy, -1), rows}, {}, "mul");
}

// Is `e` known to be zeros, as the gradient of an output that nothing depends on?
bool is_zeros(Endpoint e) {
  if (!e) return true;
  if (e.node->type() == "ZerosLike" || e.node->type() == "Zeros") return true;
  const Tensor value = constant_value(e);
  if (!value.valid() || !is_plain(value.dtype())) return false;
  const char* bytes = static_cast<const char*>(value.raw_data());
  return std::all_of(bytes, bytes + value.size_bytes(), [](char b) { return b == 0; });
}

void cross_entropy_gradient(GradContext& g) {
  const Endpoint dloss = g.dy(0), dbackprop = g.dy(1), logits = g.x(0), backprop = g.y(1);
  Endpoint dlogits = times_rows(g, dloss, backprop);
  if (!is_zeros(dbackprop)) {
    // The derivative of softmax, applied to the gradient of the second output.
    const Endpoint softmax = g.op("Softmax", {logits});
    const Endpoint row = expand_dims(g, dbackprop, 1), column = expand_dims(g, softmax, 2);
    const Endpoint product = g.op("BatchMatMulV2", {row, column}, {}, "MatMul");
    const Endpoint inner = g.op("Squeeze", {product}, {{"squeeze_dims", std::vector<int64_t>{1}}});
    const Endpoint term = g.op("Mul", {g.op("Sub", {dbackprop, inner}, {}, "sub"), softmax}, {}, "mul");
    dlogits = g.op("AddV2", {dlogits, term}, {}, "add");
  }
  g.dx(0) = dlogits;
  const Endpoint log_softmax = g.op("LogSoftmax", {logits});
  g.dx(1) = times_rows(g, dloss, g.op("Neg", {log_softmax}));
}

REFLOW_OP("SparseSoftmaxCrossEntropyWithLogits")
    .input("features: T")
    .input("labels: Tlabels")
    .output("loss: T")
    .output("backprop: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("Tlabels: {int32, int64} = DT_INT64")
    .doc("Computes softmax cross entropy cost and gradients to backpropagate. labels[i] in [0, num_classes) is the class "
         "of row i of features, the unscaled log probabilities [batch, num_classes].")
    .shape(sparse_cross_entropy_shape)
    .kernel<SparseSoftmaxCrossEntropy>(kCpu, kFloatTypes, kIndexTypes, "T", "Tlabels")
    .in_place(1, 0)
    .gradient([](GradContext& g) {
      const Endpoint backprop = g.op(
          "PreventGradient", {g.y(1)},
          {{"message", "Currently there is no way to take the second derivative of "
                       "sparse_softmax_cross_entropy_with_logits due to the fused implementation's interaction with "
                       "tf.gradients()"}});
      g.dx(0) = times_rows(g, g.dy(0), backprop);
    });

REFLOW_OP("_ScaledSparseSoftmaxCrossEntropy")
    .input("features: float")
    .input("labels: Tlabels")
    .input("factors: float")
    .output("loss: float")
    .output("backprop: float")
    .attr("Tlabels: {int32, int64}")
    .doc("SparseSoftmaxCrossEntropyWithLogits, of which row i of backprop is multiplied by factors[i], [batch, 1]. Made by "
         "the pass `loss_scaling`.")
    .shape(scaled_cross_entropy_shape)
    .kernel<ScaledSparseSoftmaxCrossEntropy>(kCpu, kIndexTypes, "Tlabels")
    .in_place(1, 0)
    .not_differentiable();

REFLOW_OP("SoftmaxCrossEntropyWithLogits")
    .input("features: T")
    .input("labels: T")
    .output("loss: T")
    .output("backprop: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes softmax cross entropy cost and gradients to backpropagate. Row i of labels is a distribution over the "
         "classes; features [batch, num_classes] are unscaled log probabilities. Both are broadcast to one shape.")
    .shape(cross_entropy_shape)
    .kernel<SoftmaxCrossEntropy>(kCpu, kFloatTypes)
    .in_place(1, 0)
    .gradient(cross_entropy_gradient);

}  // namespace
}  // namespace reflow::ops
