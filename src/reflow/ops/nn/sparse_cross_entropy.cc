// Cross entropy of softmax(logits) with labels of one class an example. The op gives the loss and, as a second output,
// what the gradient to the logits is made of: softmax - labels. Its fused kind scales that, and sums up its columns.

#include <algorithm>
#include <cmath>
#include <string>

#include "cross_entropy.h"
#include "reflow/op/for_ranges.h"
#include "reflow/op/vector_reduce.h"

namespace reflow::ops {
namespace {

using namespace op;

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
class SparseSoftmaxCrossEntropy : public CrossEntropyKernel<T> {
 protected:
  using C = ComputeType<T>;
  // [rows, columns]; factors may be null.
  struct Examples {
    const T* logits;
    const Label* labels;
    const T* factors;
    T *loss, *backprop;
    int64_t rows, columns;
  };

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
    return compute_all(c, {.logits = logits.data<T>(),
                           .labels = labels,
                           .factors = c.num_inputs() > 2 ? c.input(2).data<T>() : nullptr,
                           .loss = c.output(0).data<T>(),
                           .backprop = c.output(1).data<T>(),
                           .rows = rows,
                           .columns = columns});
  }

 protected:
  virtual Status compute_all(KernelContext& c, const Examples& e) {
    compute_from(c, 0, e);
    return OkStatus();
  }

  static double row_cost_ns(const Examples& e) { return 1.5 * e.columns + 10; }

  // Rows `first` and all after it. REQUIRES: first is a multiple of softmax_rows_at_once(e.columns).
  void compute_from(KernelContext& c, int64_t first, const Examples& e) const {
    const int64_t at_once = softmax_rows_at_once(e.columns), columns = e.columns;
    for_ranges(c.pool(), e.rows - first, at_once, row_cost_ns(e), [&](int64_t begin, int64_t end) {
      end += first;
      for (int64_t r = begin + first; r < end; r += at_once) {
        const T* const factors = e.factors != nullptr ? e.factors + r : nullptr;
        rows_at_once(e.logits + r * columns, e.labels + r, factors, e.loss + r, e.backprop + r * columns,
                     std::min(at_once, end - r), columns);
      }
    });
  }

  // Row r of many columns, whose gradient is added to `sums` if that isn't null.
  void compute_long_row(const Examples& e, int64_t r, C* sums) const {
    const C* const factor = e.factors != nullptr ? e.factors + r : nullptr;
    e.loss[r] = long_row(e.logits + r * e.columns, e.labels[r], factor, e.backprop + r * e.columns, sums, e.columns);
  }

 private:
  static Status out_of_range_label(const Tensor& labels, Label label, int64_t columns) {
    std::string all;
    for (Label l : labels.flat<Label>()) all += fmt::format("{}{}", all.empty() ? "" : " ", l);
    return invalid_argument("Received a label value of {} which is outside the valid range of [0, {}).  Label values: {}",
                            label, columns, all);
  }

  C long_row(const C* x, Label label, const C* factor, C* backprop, C* sums, int64_t columns) const {
    C m, log_sum;
    simd_loop([&]() REFLOW_SIMD_BODY { m = row_max(x, columns); });
    const C at_label = x[label] - m, sum = exp_of_shifted(this->functions_, x, m, backprop, columns), scale = C(1) / sum;
    const C f = factor != nullptr ? *factor : C(1), right = (backprop[label] * scale - C(1)) * f;
    const C sum_at_label = sums != nullptr ? sums[label] + right : C(0);
    simd_loop([&]() REFLOW_SIMD_BODY {
      if (sums == nullptr) {
        for (int64_t j = 0; j < columns; ++j) backprop[j] = backprop[j] * scale * f;
      } else {
        for (int64_t j = 0; j < columns; ++j) {
          const C y = backprop[j] * scale * f;
          backprop[j] = y;
          sums[j] += y;
        }
      }
    });
    backprop[label] = right;
    if (sums != nullptr) sums[label] = sum_at_label;
    this->functions_.log(&sum, &log_sum, 1);
    return log_sum - at_label;
  }

  void rows_at_once(const T* x, const Label* labels, const T* factors, T* loss, T* backprop, int64_t rows,
                    int64_t columns) const {
    if constexpr (std::is_same_v<T, C>) {
      if (columns > kSoftmaxPiece) {
        for (int64_t r = 0; r < rows; ++r) {
          const C* const factor = factors != nullptr ? factors + r : nullptr;
          loss[r] = long_row(x + r * columns, labels[r], factor, backprop + r * columns, nullptr, columns);
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
      const bool exact = this->is_exact(columns), sums_first = exact && columns % this->kVector != 0;
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

// Sums of columns have the bits that Sum would give them: they are of the same blocks of rows, added in the same order.
template <typename Label>
class ScaledSparseSoftmaxCrossEntropy : public SparseSoftmaxCrossEntropy<float, Label> {
  using Base = SparseSoftmaxCrossEntropy<float, Label>;
  using Examples = typename Base::Examples;

 public:
  using Base::Base;

 protected:
  Status compute_all(KernelContext& c, const Examples& e) override {
    if (c.num_outputs() < 3) return Base::compute_all(c, e);
    constexpr int64_t kRows = kColumnBlockRows, kChunk = kColumnChunkRows / kRows;  // of rows; of blocks
    const int64_t columns = e.columns, blocks = (e.rows + kRows - 1) / kRows, chunks = (blocks + kChunk - 1) / kChunk;
    float* const sums = c.output(2).data<float>();
    if (blocks == 0) {
      std::fill_n(sums, columns, 0.0f);
      return OkStatus();
    }
    ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(DType::kFloat32, {blocks + chunks, columns}));
    float* const of_blocks = scratch.data<float>();
    float* const of_chunks = of_blocks + blocks * columns;
    // Each thread has as many blocks as the others, and part of the rows that are left: these are added up at the end.
    const int64_t added = columns > kSoftmaxPiece ? blocks - blocks % c.pool().num_threads() : 0;
    c.pool().parallel_for(added, kRows * Base::row_cost_ns(e), [&](int64_t begin, int64_t end) {
      std::fill_n(of_blocks + begin * columns, (end - begin) * columns, 0.0f);
      const int64_t last = std::min(end * kRows, e.rows);
      for (int64_t r = begin * kRows; r < last; ++r) this->compute_long_row(e, r, of_blocks + r / kRows * columns);
    });
    this->compute_from(c, added * kRows, e);
    constexpr int64_t kStrip = 256;
    const double cost_ns = 0.1 * kStrip * (e.rows - added * kRows + blocks);
    c.pool().parallel_for((columns + kStrip - 1) / kStrip, cost_ns, [&](int64_t begin, int64_t end) {
      const int64_t j = begin * kStrip, n = std::min(end * kStrip, columns) - j;
      for (int64_t b = added; b < blocks; ++b) {
        const int64_t rows = std::min(kRows, e.rows - b * kRows);
        column_sums_f32(e.backprop + b * kRows * columns + j, rows, n, columns, of_blocks + b * columns + j);
      }
      for (int64_t i = 0; i < chunks; ++i) {
        const int64_t b = i * kChunk;
        column_sums_f32(of_blocks + b * columns + j, std::min(kChunk, blocks - b), n, columns, of_chunks + i * columns + j);
      }
      add_in_pairs(of_chunks + j, chunks, n, columns);
      std::copy_n(of_chunks + j, n, sums + j);
    });
    return OkStatus();
  }

 private:
  // Row 0 of x [rows, columns] becomes the sum of all.
  static void add_in_pairs(float* x, int64_t rows, int64_t columns, int64_t row_stride) {
    if (rows == 1) return;
    float* const second = x + rows / 2 * row_stride;
    add_in_pairs(x, rows / 2, columns, row_stride);
    add_in_pairs(second, rows - rows / 2, columns, row_stride);
    for (int64_t j = 0; j < columns; ++j) x[j] += second[j];
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
  const int64_t columns = c.output(1).dim(1);
  if (c.num_outputs() > 2) c.set_output(2, c.attr_or<bool>("keep_dims", false) ? Shape{1, columns} : Shape{columns});
  const Shape &factors = c.input(2), wanted{c.output(0).dim(0), 1};
  if (factors.compatible_with(wanted)) return OkStatus();
  return invalid_argument("Incompatible shapes: {} vs. {}", factors.str(), wanted.str());
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
    .output("sums: num_sums * float")
    .attr("Tlabels: {int32, int64}")
    .attr("num_sums: int >= 0 = 0")
    .attr("keep_dims: bool = false")
    .doc("SparseSoftmaxCrossEntropyWithLogits, of which row i of backprop is multiplied by factors[i], [batch, 1], and the "
         "sums of backprop over the rows where `num_sums` is 1. Made by the pass `loss_scaling`.")
    .shape(scaled_cross_entropy_shape)
    .kernel<ScaledSparseSoftmaxCrossEntropy>(kCpu, kIndexTypes, "Tlabels")
    .in_place(1, 0)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
