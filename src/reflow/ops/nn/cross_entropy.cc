// Cross entropy of softmax(logits) with labels that are distributions over the classes. The op gives the loss and, as a
// second output, what the gradient to the logits is made of: softmax - labels.

#include "cross_entropy.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace reflow::ops {

using namespace op;

Endpoint expand_dims(GradContext& g, Endpoint x, int32_t axis) {
  GradContext::Scope scope(g.graph(), "ExpandDims");
  return g.op("ExpandDims", {x, g.constant_tensor(Tensor::scalar(axis), "dim")}, {}, scope.name());
}

Endpoint times_rows(GradContext& g, Endpoint dy, Endpoint rows) {
  return g.op("Mul", {expand_dims(g, dy, -1), rows}, {}, "mul");
}

namespace {

template <typename T>
class SoftmaxCrossEntropy : public CrossEntropyKernel<T> {
  using C = ComputeType<T>;
  static constexpr int64_t kPiece = 512;

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
      std::vector<T> spread[2];  // of operands that have one column
      for (int64_t r = begin; r < end; ++r) {
        row(logits.row(r, columns, &spread[0]), labels.row(r, columns, &spread[1]), r, rows, loss + r, backprop + r * columns, columns);
      }
    });
    return OkStatus();
  }

 private:
  // Logits or labels, of which rows or columns may be repeated.
  struct Operand {
    Operand(const Tensor& t, int64_t rows, int64_t columns) : data(t.data<T>()) {
      const int64_t own_columns = t.rank() == 0 ? 1 : t.dim(t.rank() - 1);
      const int64_t own_rows = t.rank() < 2 ? 1 : t.dim(0);
      one_column = own_columns != columns;
      row_step = own_rows == rows ? own_columns : 0;
    }
    const T* row(int64_t r, int64_t columns, std::vector<T>* spread) const {
      if (!one_column) return data + r * row_step;
      spread->assign(columns, data[r * row_step]);
      return spread->data();
    }
    const T* data;
    int64_t row_step;
    bool one_column;
  };

  // x: row r of `rows` logits, p: of labels.
  void row(const T* x, const T* p, int64_t r, int64_t rows, T* loss, T* backprop, int64_t columns) const {
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
    simd_loop([&]() REFLOW_SIMD_BODY {
#pragma GCC ivdep
      for (int64_t j = 0; j < columns; ++j) b[j] = static_cast<C>(x[j]);
      const C m = row_max(b, columns);
      for (int64_t j = 0; j < columns; ++j) b[j] -= m;
    });
    if constexpr (std::is_same_v<T, float>) {
      if (this->is_exact(columns)) return exact_row(b, p, r, rows, loss, columns);
    }
    RowSum<C> of_labels, weighted;
    for (int64_t begin = 0; begin < columns; begin += kPiece) {
      C labels[kPiece], terms[kPiece];
      const int64_t size = std::min(kPiece, columns - begin);
      simd_loop([&]() REFLOW_SIMD_BODY {
        for (int64_t j = 0; j < size; ++j) {
          labels[j] = static_cast<C>(p[begin + j]);
          terms[j] = labels[j] * b[begin + j];
        }
        of_labels.add(labels, size);
        weighted.add(terms, size);
      });
    }
    this->functions_.exp(b, b, columns);
    C sum, sum_of_labels, sum_of_terms;
    simd_loop([&]() REFLOW_SIMD_BODY {
      sum = row_sum(b, columns);
      sum_of_labels = of_labels.total(), sum_of_terms = weighted.total();
      const C scale = C(1) / sum;
#pragma GCC ivdep
      for (int64_t j = 0; j < columns; ++j) backprop[j] = static_cast<T>(b[j] * scale - static_cast<C>(p[j]));
    });
    *loss = static_cast<T>(std::log(sum) * sum_of_labels - sum_of_terms);
  }

  // b: row r of `rows` logits, less its maximum; becomes the gradient.
  void exact_row(float* b, const float* labels, int64_t r, int64_t rows, float* loss, int64_t columns) const {
    const float sum = this->sum_of_exp(b, columns);
    float log_sum = sum;
    if (r < rows - rows % this->kVector) {
      this->apply_within(this->functions_.log, &log_sum, 1);
    } else {
      log_sum = std::log(sum);
    }
    float terms[kExactColumns];
    simd_loop([&]() REFLOW_SIMD_BODY {
      for (int64_t j = 0; j < columns; ++j) terms[j] = labels[j] * (log_sum - b[j]);
      *loss = row_sum(terms, columns);
    });
    const int64_t size = rows * columns, in_vectors = std::clamp<int64_t>(size - size % this->kVector - r * columns, 0, columns);
    this->apply_within(this->functions_.exp, b, in_vectors);
    this->functions_.exp(b + in_vectors, b + in_vectors, columns - in_vectors);
    simd_loop([&]() REFLOW_SIMD_BODY {
#pragma GCC ivdep
      for (int64_t j = 0; j < columns; ++j) b[j] = b[j] / sum - labels[j];
    });
  }
};

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
