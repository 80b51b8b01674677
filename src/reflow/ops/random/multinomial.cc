// Samples of classes by their logits: Multinomial and its stateless sister.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "reflow/op/distributions.h"
#include "reflow/op/op.h"
#include "reflow/ops/random/stateless_seed.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Row by row from one stream, on one thread: where TensorFlow splits the rows among threads, the numbers depend on their
// count; these are those of one thread.
template <typename T, typename O>
void sample_classes(const Tensor& logits, const Philox& generator, Tensor& out) {
  PhiloxWords words(generator);
  const int64_t num_classes = logits.dim(1), num_samples = out.dim(1);
  std::vector<double> cumulative(static_cast<size_t>(num_classes));
  for (int64_t b = 0; b < logits.dim(0); ++b) {
    const T* row = logits.data<T>() + b * num_classes;
    double max = static_cast<double>(std::numeric_limits<float>::lowest());
    for (int64_t j = 0; j < num_classes; ++j) {
      const double v = static_cast<double>(row[j]);
      if (std::isfinite(v)) max = std::max(max, v);
    }
    double total = 0;
    for (int64_t j = 0; j < num_classes; ++j) {
      const double v = static_cast<double>(row[j]);
      if (std::isfinite(v)) total += std::exp(v - max);
      cumulative[j] = total;
    }
    O* samples = out.data<O>() + b * num_samples;
    for (int64_t j = 0; j < num_samples; ++j) {
      const double at = words.next_double() * total;
      samples[j] = static_cast<O>(std::upper_bound(cumulative.begin(), cumulative.end(), at) - cumulative.begin());
    }
  }
}

template <typename T>
void sample(const Tensor& logits, const Philox& generator, Tensor& out) {
  if (out.dtype() == DType::kInt64) {
    sample_classes<T, int64_t>(logits, generator, out);
  } else {
    sample_classes<T, int32_t>(logits, generator, out);
  }
}

template <typename T>
class Multinomial : public Kernel {
 public:
  explicit Multinomial(KernelInit& c) : stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")) {}
  Status compute(KernelContext& c) override {
    Tensor& out = c.output(0);
    if (out.num_elements() == 0) return OkStatus();
    // Doubles take two words each; rows are rounded up to whole blocks.
    const int64_t words_per_row = (out.dim(1) + 3) / 4 * 4 * 2;
    sample<T>(c.input(0), stream_.reserve_outputs(out.dim(0) * words_per_row, kBlocksPerNumber), out);
    return OkStatus();
  }

 private:
  PhiloxStream stream_;
};

template <typename T>
class StatelessMultinomial : public Kernel {
 public:
  explicit StatelessMultinomial(KernelInit&) {}
  Status compute(KernelContext& c) override {
    if (!(c.input(2).shape() == Shape{2})) {
      return invalid_argument("seed must have shape [2], not {}", c.input(2).shape().str());
    }
    if (c.output(0).num_elements() > 0) sample<T>(c.input(0), stateless_generator(c.input(2)), c.output(0));
    return OkStatus();
  }
};

Status multinomial_shape(ShapeContext& c) {
  const Tensor* num = c.value(1);
  int64_t num_samples = Shape::kUnknown;
  if (c.concrete()) {
    if (c.input(0).rank() != 2) {
      return invalid_argument("logits should be a matrix, got shape {}", c.input(0).str());
    }
    if (c.input(1).rank() != 0) {
      return invalid_argument("num_samples should be a scalar, got shape {}", c.input(1).str());
    }
    if (num != nullptr && num->item<int32_t>() < 0) {
      return invalid_argument("num_samples should be nonnegative, got {}", num->item<int32_t>());
    }
    if (c.input(0).dim(1) <= 0) return invalid_argument("num_classes should be positive, got {}", c.input(0).dim(1));
  }
  Shape logits, scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &logits));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
  RETURN_IF_ERROR(c.dim_from_scalar(1, &num_samples));
  c.set_output(0, Shape{logits.dim(0), num_samples});
  return OkStatus();
}

REFLOW_OP("Multinomial")
    .input("logits: T")
    .input("num_samples: int32")
    .output("output: output_dtype")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("T: realnumbertype")
    .attr("output_dtype: {int32, int64} = DT_INT64")
    .stateful()
    .doc("For each row of `logits`, `num_samples` class numbers drawn with probabilities softmax(logits).")
    .shape(multinomial_shape)
    .kernel<Multinomial>(kCpu, kRealTypes)
    .not_differentiable();

REFLOW_OP("StatelessMultinomial")
    .input("logits: T")
    .input("num_samples: int32")
    .input("seed: Tseed")
    .output("output: output_dtype")
    .attr("T: realnumbertype")
    .attr("Tseed: {int32, int64} = DT_INT64")
    .attr("output_dtype: {int32, int64} = DT_INT64")
    .doc("For each row of `logits`, `num_samples` class numbers drawn with probabilities softmax(logits), a function of "
         "the inputs alone.")
    .shape(multinomial_shape)
    .kernel<StatelessMultinomial>(kCpu, kRealTypes)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
