// CTCLoss: connectionist temporal classification (Graves et al., 2006), by forward and backward variables.

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
constexpr T kLogZero = -std::numeric_limits<T>::infinity();

template <typename T>
T log_sum(T a, T b) {
  if (a == kLogZero<T>) return b;
  if (b == kLogZero<T>) return a;
  return a > b ? a + std::log1p(std::exp(b - a)) : b + std::log1p(std::exp(a - b));
}

// What the labels of one sequence have to be like.
Status checked_labels(const std::vector<int32_t>& labels, int64_t b, int64_t classes, bool collapse, std::vector<int32_t>* out) {
  bool ended = false;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (i > 0 && collapse && labels[i] == labels[i - 1]) continue;
    if (labels[i] >= classes - 1) {
      ended = true;
    } else if (ended) {
      return invalid_argument("Saw a non-null label (index >= num_classes - 1) following a null label, batch: {} num_classes: {} "
                              "labels: {}", b, classes, fmt::format("{}", fmt::join(*out, ",")));
    } else {
      out->push_back(labels[i]);
    }
  }
  for (const int32_t label : *out) {
    if (label < 0) {
      return invalid_argument("All labels must be nonnegative integers, batch: {} labels: {}", b,
                              fmt::format("{}", fmt::join(*out, ",")));
    }
  }
  return OkStatus();
}

// One sequence of `steps` steps; y(t, c) are log probabilities at y[t * stride + c].
template <typename T>
class Sequence {
 public:
  Sequence(const std::vector<int32_t>& labels, int32_t blank, bool merge_repeated) : blank_(blank), merge_(merge_repeated) {
    // A blank between, before and after all labels.
    states_.push_back(blank);
    for (const int32_t label : labels) {
      states_.push_back(label);
      states_.push_back(blank);
    }
  }

  // The loss; *gradient [steps * classes] gets that to the logits.
  T loss(const T* y, int64_t steps, int64_t classes, T* gradient) {
    const int64_t u_count = static_cast<int64_t>(states_.size());
    std::vector<T> alpha(u_count * steps, kLogZero<T>), beta(u_count * steps, kLogZero<T>);
    const auto at = [&](int64_t u, int64_t t) { return t * u_count + u; };
    const auto log_y = [&](int64_t u, int64_t t) { return y[t * classes + states_[u]]; };
    alpha[at(0, 0)] = log_y(0, 0);
    if (u_count > 1) alpha[at(1, 0)] = log_y(1, 0);
    for (int64_t t = 1; t < steps; ++t) {
      for (int64_t u = first(t, steps, u_count); u < last(t, u_count); ++u) {
        T sum = stays(u) ? alpha[at(u, t - 1)] : kLogZero<T>;
        if (u > 0) sum = log_sum(sum, alpha[at(u - 1, t - 1)]);
        if (u > 1 && skips(u - 2, u)) sum = log_sum(sum, alpha[at(u - 2, t - 1)]);
        alpha[at(u, t)] = log_y(u, t) + sum;
      }
    }
    for (int64_t u = std::max<int64_t>(u_count - 2, 0); u < u_count; ++u) beta[at(u, steps - 1)] = 0;
    for (int64_t t = steps - 2; t >= 0; --t) {
      for (int64_t u = first(t, steps, u_count); u < last(t, u_count); ++u) {
        T sum = stays(u) ? beta[at(u, t + 1)] + log_y(u, t + 1) : kLogZero<T>;
        if (u + 1 < u_count) sum = log_sum(sum, beta[at(u + 1, t + 1)] + log_y(u + 1, t + 1));
        if (u + 2 < u_count && skips(u, u + 2)) sum = log_sum(sum, beta[at(u + 2, t + 1)] + log_y(u + 2, t + 1));
        beta[at(u, t)] = sum;
      }
    }
    T total = kLogZero<T>;
    for (int64_t u = 0; u < u_count; ++u) total = log_sum(total, alpha[at(u, 0)] + beta[at(u, 0)]);
    std::vector<T> sums(classes);
    for (int64_t t = 0; t < steps; ++t) {
      std::fill(sums.begin(), sums.end(), kLogZero<T>);
      for (int64_t u = 0; u < u_count; ++u) {
        T& sum = sums[states_[u]];
        sum = log_sum(sum, alpha[at(u, t)] + beta[at(u, t)]);
      }
      for (int64_t k = 0; k < classes; ++k) {
        const T probability = std::exp(y[t * classes + k]);
        gradient[t * classes + k] = total == kLogZero<T> ? probability : probability - std::exp(sums[k] - total);
      }
    }
    return -total;
  }

 private:
  // States that step t can be in, coming from the beginning and still reaching the end.
  static int64_t first(int64_t t, int64_t steps, int64_t u_count) { return std::max<int64_t>(0, u_count - 2 * (steps - t)); }
  static int64_t last(int64_t t, int64_t u_count) { return std::min(u_count, 2 * (t + 1)); }
  bool stays(int64_t u) const { return merge_ || states_[u] == blank_; }
  // From a label to the next without a blank between; not where two equal labels would become one.
  bool skips(int64_t from, int64_t to) const {
    return states_[to] != blank_ && states_[from] != blank_ && !(merge_ && states_[from] == states_[to]);
  }

  std::vector<int32_t> states_;
  const int32_t blank_;
  const bool merge_;
};

template <typename T>
class CtcLoss : public Kernel {
 public:
  explicit CtcLoss(KernelInit& c)
      : collapse_(c.attr<bool>("preprocess_collapse_repeated")),
        merge_(c.attr<bool>("ctc_merge_repeated")),
        ignore_longer_(c.attr<bool>("ignore_longer_outputs_than_inputs")) {}

  Status compute(KernelContext& c) override {
    const Tensor &inputs = c.input(0), &places = c.input(1), &values = c.input(2), &lengths = c.input(3);
    const int64_t max_steps = inputs.dim(0), batch = inputs.dim(1), classes = inputs.dim(2);
    const int32_t* steps = lengths.data<int32_t>();
    std::vector<std::vector<int32_t>> raw(batch), labels(batch);
    for (int64_t b = 0; b < batch; ++b) {
      if (steps[b] < 0 || steps[b] > max_steps) return invalid_argument("sequence_length({}) <= {}", b, max_steps);
    }
    int64_t previous = -1;
    for (int64_t i = 0; i < values.num_elements(); ++i) {
      const int64_t b = places.data<int64_t>()[2 * i];
      if (b < 0 || b >= batch) {
        return invalid_argument("labels batch index must be between 0 and {} but saw: {}", batch, b);
      }
      if (b < previous) return invalid_argument("labels SparseTensor is not valid: indices[{}] are out of order", i);
      previous = b;
      raw[b].push_back(values.data<int32_t>()[i]);
    }
    for (int64_t b = 0; b < batch; ++b) {
      RETURN_IF_ERROR(checked_labels(raw[b], b, classes, collapse_, &labels[b]));
      if (!ignore_longer_ && steps[b] > 0 && static_cast<int64_t>(labels[b].size()) > steps[b]) {
        return invalid_argument("Not enough time for target transition sequence (required: {}, available: {}){}You can turn this "
                                "error into a warning by using the flag ignore_longer_outputs_than_inputs",
                                labels[b].size(), steps[b], b);
      }
    }
    T* losses = c.output(0).data<T>();
    T* gradient = c.output(1).data<T>();
    std::fill_n(gradient, inputs.num_elements(), T(0));
    std::fill_n(losses, batch, T(0));
    const T* x = inputs.data<T>();
    c.pool().parallel_for(batch, 40.0 * max_steps * classes, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) {
        const int64_t n = steps[b];
        if (n == 0 || (ignore_longer_ && static_cast<int64_t>(labels[b].size()) > n)) continue;
        std::vector<T> y(n * classes), dy(n * classes);
        for (int64_t t = 0; t < n; ++t) log_softmax(x + (t * batch + b) * classes, classes, &y[t * classes]);
        losses[b] = Sequence<T>(labels[b], static_cast<int32_t>(classes - 1), merge_).loss(y.data(), n, classes, dy.data());
        for (int64_t t = 0; t < n; ++t) std::copy_n(&dy[t * classes], classes, gradient + (t * batch + b) * classes);
      }
    });
    return OkStatus();
  }

 private:
  static void log_softmax(const T* x, int64_t n, T* y) {
    const T top = *std::max_element(x, x + n);
    T sum = 0;
    for (int64_t k = 0; k < n; ++k) sum += std::exp(x[k] - top);
    const T shift = top + std::log(sum);
    for (int64_t k = 0; k < n; ++k) y[k] = x[k] - shift;
  }

  const bool collapse_, merge_, ignore_longer_;
};

Status ctc_loss_shape(ShapeContext& c) {
  const Shape &inputs = c.input(0), &places = c.input(1), &values = c.input(2), &lengths = c.input(3);
  if (c.concrete()) {
    if (inputs.rank() != 3) return invalid_argument("inputs is not a 3-Tensor");
    if (lengths.rank() != 1) return invalid_argument("sequence_length is not a vector");
    if (places.rank() != 2 || places.dim(1) != 2) return invalid_argument("labels_indices is not a matrix");
    if (values.rank() != 1) return invalid_argument("labels_values is not a vector");
    if (inputs.dim(1) != lengths.dim(0)) {
      return invalid_argument("len(sequence_length) != batch_size.  len(sequence_length):  {} batch_size: {}", lengths.dim(0),
                              inputs.dim(1));
    }
    if (places.dim(0) != values.dim(0)) {
      return invalid_argument("labels_indices and labels_values must contain the same number of rows, but saw shapes: {} vs. {}",
                              places.str(), values.str());
    }
    if (inputs.dim(1) == 0) return invalid_argument("batch_size must not be 0");
    if (inputs.dim(2) == 0) return invalid_argument("num_classes must not be 0");
  }
  Shape x, indices, labels, sequences;
  RETURN_IF_ERROR(c.with_rank(inputs, 3, &x));
  RETURN_IF_ERROR(c.with_rank(places, 2, &indices));
  RETURN_IF_ERROR(c.with_rank(values, 1, &labels));
  RETURN_IF_ERROR(c.with_rank(lengths, 1, &sequences));
  int64_t rows, batch;
  RETURN_IF_ERROR(c.merge_dim(indices.dim(0), labels.dim(0), &rows));
  RETURN_IF_ERROR(c.merge_dim(x.dim(1), sequences.dim(0), &batch));
  x.set_dim(1, batch);
  c.set_output(0, {batch});
  c.set_output(1, x);
  return OkStatus();
}

REFLOW_OP("CTCLoss")
    .input("inputs: T")
    .input("labels_indices: int64")
    .input("labels_values: int32")
    .input("sequence_length: int32")
    .output("loss: T")
    .output("gradient: T")
    .attr("preprocess_collapse_repeated: bool = false")
    .attr("ctc_merge_repeated: bool = true")
    .attr("ignore_longer_outputs_than_inputs: bool = false")
    .attr("T: {float, double} = DT_FLOAT")
    .doc("The negative logarithm of the probability that inputs (logits) [time, batch, classes] give the labels, a SparseTensor "
         "[batch, labels], when repetitions and blanks (the last class) between them are left out; and its gradient.")
    .shape(ctc_loss_shape)
    .kernel<CtcLoss>(kCpu, kFloat32And64)
    .gradient([](GradContext& g) {
      const Endpoint dy = g.dy(0);
      const Endpoint gradient = g.op("PreventGradient", {g.y(1)},
                                     {{"message", std::string("Currently there is no way to take the second  derivative of ctc_loss "
                                                              "due to the fused implementation's interaction  with tf.gradients()")}});
      Endpoint column;
      {
        GradContext::Scope scope(g.graph(), "ExpandDims");
        column = g.op("ExpandDims", {dy, constant_int(g, -1, "dim")}, {}, scope.name());
      }
      g.dx(0) = mul(g, column, gradient);
    });

}  // namespace
}  // namespace reflow::ops
