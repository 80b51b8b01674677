// SdcaOptimizer: one pass of stochastic dual coordinate ascent over a batch of examples, for linear models; SdcaShrinkL1.

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "reflow/base/string_hash.h"
#include "reflow/op/op.h"
#include "reflow/ops/training/sdca_loss.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct Regularization {
  double l1, l2;
  static Regularization of(KernelInit& c) {
    const Regularization r{c.attr<float>("l1"), c.attr<float>("l2")};
    if (!(r.l2 > 0)) c.fail(invalid_argument("l2 has to be positive, got {}", r.l2));
    return r;
  }
  // A weight without the part that the L1 norm takes away.
  double shrunk(double w) const { return std::copysign(std::max(std::abs(w) - l1 / l2, 0.0), w); }
};

// The features of one kind: in example e those from first[e] to first[e + 1].
struct SparseFeatures {
  std::vector<int64_t> first;
  std::vector<int64_t> slots;  // of the weights, by position among those that came in
  const float* values = nullptr;  // null: all are 1
  double value(int64_t i) const { return values == nullptr ? 1.0 : values[i]; }
};

struct Weights {
  const float* nominal;
  float* delta;
};

// Where the inputs are, by their names' counts.
struct Layout {
  int sparse, with_values, dense;
  int feature_indices() const { return sparse; }
  int feature_values() const { return 2 * sparse; }
  int dense_features() const { return feature_values() + with_values; }
  int example_weights() const { return dense_features() + dense; }
  int example_labels() const { return example_weights() + 1; }
  int sparse_indices() const { return example_labels() + 1; }
  int sparse_weights() const { return sparse_indices() + sparse; }
  int dense_weights() const { return sparse_weights() + sparse; }
  int state() const { return dense_weights() + dense; }
};

class Model {
 public:
  Model(const Layout& layout, const Regularization& regularization, int64_t partitions)
      : layout_(layout), regularization_(regularization), partitions_(static_cast<double>(partitions)) {}

  Status read(KernelContext& c) {
    num_examples_ = c.input(layout_.example_weights()).num_elements();
    norms_.assign(num_examples_, 0.0);
    if (c.input(layout_.example_labels()).num_elements() != num_examples_) {
      return invalid_argument("Expected {} example labels but got {}", num_examples_, c.input(layout_.example_labels()).num_elements());
    }
    for (int i = 0; i < layout_.sparse; ++i) RETURN_IF_ERROR(read_sparse(c, i));
    for (int i = 0; i < layout_.dense; ++i) RETURN_IF_ERROR(read_dense(c, i));
    return OkStatus();
  }
  int64_t num_examples() const { return num_examples_; }
  double norm(int64_t example) const { return norms_[example]; }

  // What the model says of an example, with and without what this pass has changed.
  void predict(int64_t example, double* now, double* before) const {
    *now = *before = 0;
    each_feature(example, [&](double x, const float& weight, const float& delta) {
      *now += x * regularization_.shrunk(weight + delta * partitions_);
      *before += x * regularization_.shrunk(weight);
    });
  }
  void update(int64_t example, double step) {
    each_feature(example, [&](double x, const float&, float& delta) { delta = static_cast<float>(delta + x * step); });
  }

 private:
  template <typename F>
  void each_feature(int64_t example, F&& f) const {
    for (size_t k = 0; k < sparse_.size(); ++k) {
      for (int64_t i = sparse_[k].first[example]; i < sparse_[k].first[example + 1]; ++i) {
        const int64_t slot = sparse_[k].slots[i];
        f(sparse_[k].value(i), sparse_weights_[k].nominal[slot], sparse_weights_[k].delta[slot]);
      }
    }
    for (size_t k = 0; k < dense_.size(); ++k) {
      const int64_t n = widths_[k];
      for (int64_t j = 0; j < n; ++j) f(dense_[k][example * n + j], dense_weights_[k].nominal[j], dense_weights_[k].delta[j]);
    }
  }

  // A tensor of zeros as output `output`, for the changes of the weights in input `input`.
  static Weights weights(KernelContext& c, int input, int output) {
    Tensor& delta = c.output(output);
    std::fill_n(delta.data<float>(), delta.num_elements(), 0.0f);
    return {c.input(input).data<float>(), delta.data<float>()};
  }

  Status read_sparse(KernelContext& c, int i) {
    const Tensor &examples = c.input(i), &features = c.input(layout_.feature_indices() + i);
    const Tensor& names = c.input(layout_.sparse_indices() + i);
    const int64_t n = examples.num_elements();
    SparseFeatures result;
    if (features.num_elements() != n) {
      return invalid_argument("Expected {} sparse feature indices but got {}", n, features.num_elements());
    }
    if (i < layout_.with_values) {
      const Tensor& values = c.input(layout_.feature_values() + i);
      if (values.num_elements() != n) return invalid_argument("Expected {} sparse feature values but got {}", n, values.num_elements());
      result.values = values.data<float>();
    }
    if (c.input(layout_.sparse_weights() + i).num_elements() != names.num_elements()) {
      return invalid_argument("Expected {} sparse weights but got {}", names.num_elements(),
                              c.input(layout_.sparse_weights() + i).num_elements());
    }
    std::unordered_map<int64_t, int64_t> slot_of;
    for (int64_t k = 0; k < names.num_elements(); ++k) slot_of.emplace(names.data<int64_t>()[k], k);
    result.first.assign(1, 0);
    std::unordered_map<int64_t, bool> seen;
    for (int64_t k = 0; k < n; ++k) {
      const int64_t example = examples.data<int64_t>()[k], feature = features.data<int64_t>()[k];
      if (example < 0 || example >= num_examples_ || example + 1 < static_cast<int64_t>(result.first.size())) {
        return invalid_argument("Example indices should be non-negative, below {} and sorted, got {}", num_examples_, example);
      }
      while (static_cast<int64_t>(result.first.size()) < example + 1) {
        result.first.push_back(k);
        seen.clear();
      }
      const auto slot = slot_of.find(feature);
      if (slot == slot_of.end()) {
        return invalid_argument("Found sparse feature indices out of valid range: {}", feature);
      }
      if (!seen.emplace(feature, true).second) return invalid_argument("Duplicate index in sparse vector.");
      result.slots.push_back(slot->second);
      norms_[example] += result.value(k) * result.value(k);
    }
    while (static_cast<int64_t>(result.first.size()) < num_examples_ + 1) result.first.push_back(n);
    sparse_.push_back(std::move(result));
    sparse_weights_.push_back(weights(c, layout_.sparse_weights() + i, 1 + i));
    return OkStatus();
  }

  Status read_dense(KernelContext& c, int i) {
    const Tensor &x = c.input(layout_.dense_features() + i), &w = c.input(layout_.dense_weights() + i);
    if (x.rank() != 2) return invalid_argument("Dense features should be matrices, got shape {}", x.shape().str());
    if (x.dim(0) != num_examples_) return invalid_argument("Expected {} examples in dense features but got {}", num_examples_, x.dim(0));
    if (w.num_elements() != x.dim(1)) return invalid_argument("More dense features than we have parameters for: {} {}", x.dim(1), w.num_elements());
    for (int64_t e = 0; e < num_examples_; ++e) {
      for (int64_t j = 0; j < x.dim(1); ++j) {
        const double value = x.data<float>()[e * x.dim(1) + j];
        norms_[e] += value * value;
      }
    }
    dense_.push_back(x.data<float>());
    widths_.push_back(x.dim(1));
    dense_weights_.push_back(weights(c, layout_.dense_weights() + i, 1 + layout_.sparse + i));
    return OkStatus();
  }

  const Layout layout_;
  const Regularization regularization_;
  const double partitions_;
  int64_t num_examples_ = 0;
  std::vector<double> norms_;
  std::vector<SparseFeatures> sparse_;
  std::vector<const float*> dense_;
  std::vector<int64_t> widths_;
  std::vector<Weights> sparse_weights_, dense_weights_;
};

class SdcaOptimizer : public Kernel {
 public:
  explicit SdcaOptimizer(KernelInit& c)
      : layout_{static_cast<int>(c.attr<int64_t>("num_sparse_features")), static_cast<int>(c.attr<int64_t>("num_sparse_features_with_values")),
                static_cast<int>(c.attr<int64_t>("num_dense_features"))},
        regularization_(Regularization::of(c)),
        partitions_(c.attr<int64_t>("num_loss_partitions")),
        adaptive_(c.attr_or("adaptative", false) || c.attr_or("adaptive", false)),
        loss_(SdcaLoss::of(c.attr<std::string>("loss_type"))) {
    if (layout_.sparse + layout_.dense <= 0) c.fail(invalid_argument("Requires at least one feature to train."));
    if (layout_.with_values > layout_.sparse) c.fail(invalid_argument("More sparse features have values than there are"));
    if (loss_ == nullptr) c.fail(invalid_argument("Unsupported loss type: {}", c.attr<std::string>("loss_type")));
  }

  Status compute(KernelContext& c) override {
    Model model(layout_, regularization_, partitions_);
    RETURN_IF_ERROR(model.read(c));
    const Tensor& old_state = c.input(layout_.state());
    if (old_state.rank() != 2) return invalid_argument("example_state_data must be rank 2 but is rank {}", old_state.rank());
    if (!(old_state.shape() == Shape{model.num_examples(), 4})) {
      return invalid_argument("Expected shape {} for example_state_data, got {}", Shape{model.num_examples(), 4}.str(), old_state.shape().str());
    }
    Tensor& state = c.output(0);
    std::copy_n(old_state.data<float>(), old_state.num_elements(), state.data<float>());
    ASSIGN_OR_RETURN(const std::vector<int64_t> order, order_of(c, model, state.data<float>()));
    for (const int64_t example : order) RETURN_IF_ERROR(step(c, model, example, state.data<float>() + 4 * example));
    return OkStatus();
  }

 private:
  Status step(KernelContext& c, Model& model, int64_t example, float* state) const {
    const double weight = c.input(layout_.example_weights()).data<float>()[example], dual = state[0];
    float label = c.input(layout_.example_labels()).data<float>()[example];
    RETURN_IF_ERROR(loss_->convert_label(&label));
    double now, before;
    model.predict(example, &now, &before);
    const double norm = model.norm(example) / regularization_.l2;
    const double updated = loss_->updated_dual({label, weight, dual, now, norm * static_cast<double>(partitions_)});
    model.update(example, (updated - dual) * weight / regularization_.l2);
    state[0] = static_cast<float>(updated);
    state[1] = static_cast<float>(loss_->primal_loss(before, label, weight));
    state[2] = static_cast<float>(loss_->dual_loss(dual, label, weight));
    state[3] = static_cast<float>(weight);
    return OkStatus();
  }

  // All examples in random order; adaptive passes take those more often that the model does worse at.
  StatusOr<std::vector<int64_t>> order_of(KernelContext& c, const Model& model, const float* state) const {
    std::vector<int64_t> order(model.num_examples());
    std::mt19937_64 random(std::random_device{}());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
    if (!adaptive_ || order.empty()) {
      std::shuffle(order.begin(), order.end(), random);
      return order;
    }
    std::vector<double> urgency;
    for (const int64_t example : order) {
      float label = c.input(layout_.example_labels()).data<float>()[example];
      RETURN_IF_ERROR(loss_->convert_label(&label));
      double now, before;
      model.predict(example, &now, &before);
      const double distance = std::abs(state[4 * example] + loss_->derivative(now, label));
      const double weight = c.input(layout_.example_weights()).data<float>()[example];
      urgency.push_back(weight * std::sqrt(model.norm(example) + regularization_.l2 * loss_->smoothness()) * distance);
    }
    if (!(*std::ranges::max_element(urgency) > 0)) return order;
    // One that was taken is taken again a tenth as often.
    std::discrete_distribution<int64_t> pick(urgency.begin(), urgency.end());
    std::uniform_real_distribution<double> uniform;
    std::vector<int> taken(order.size());
    std::vector<int64_t> picked;
    for (size_t misses = 0; picked.size() < order.size() && misses < order.size();) {
      const int64_t example = pick(random);
      if (uniform(random) > std::pow(0.1, taken[example])) {
        ++misses;
        continue;
      }
      ++taken[example];
      picked.push_back(example);
    }
    std::ranges::stable_sort(order, [&](int64_t a, int64_t b) { return urgency[a] > urgency[b]; });
    for (const int64_t example : order) {
      if (picked.size() < order.size() && taken[example] == 0) picked.push_back(example);
    }
    return picked;
  }

  const Layout layout_;
  const Regularization regularization_;
  const int64_t partitions_;
  const bool adaptive_;
  const std::unique_ptr<SdcaLoss> loss_;
};

class ShrinkL1 : public Kernel {
 public:
  explicit ShrinkL1(KernelInit& c) : regularization_(Regularization::of(c)) {}
  Status compute(KernelContext& c) override {
    for (int i = 0; i < c.num_inputs(); ++i) {
      Variable& weights = c.ref(i);
      const std::lock_guard lock(weights.mutex);
      if (!weights.tensor.valid()) return failed_precondition("Attempting to use uninitialized value {}", c.node().input(i).node->name());
      for (float& w : weights.tensor.flat<float>()) w = static_cast<float>(regularization_.shrunk(w));
    }
    return OkStatus();
  }

 private:
  const Regularization regularization_;
};

// 128 bits for each string, by which examples are found again.
class Fingerprints : public Kernel {
 public:
  explicit Fingerprints(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const std::span<const std::string> strings = c.input(0).flat<std::string>();
    int64_t* out = c.output(0).data<int64_t>();
    for (size_t i = 0; i < strings.size(); ++i) {
      const auto [low, high] = fingerprint128(strings[i]);
      out[2 * i] = static_cast<int64_t>(low >= 2 ? low : low + ~uint64_t{1});  // 0 and 1 are left to mark what is empty
      out[2 * i + 1] = static_cast<int64_t>(high);
    }
    return OkStatus();
  }
};

Status fingerprint_shape(ShapeContext& c) {
  if (c.concrete() && c.input(0).rank() != 1) return invalid_argument("Input must be a vector, got shape {}", c.input(0).str());
  Shape strings;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &strings));
  c.set_output(0, Shape{strings.dim(0), 2});
  return OkStatus();
}

Status optimizer_shape(ShapeContext& c) {
  const int sparse = static_cast<int>(c.attr_or<int64_t>("num_sparse_features", 0));
  const int with_values = static_cast<int>(c.attr_or<int64_t>("num_sparse_features_with_values", 0));
  const int dense = static_cast<int>(c.attr_or<int64_t>("num_dense_features", 0));
  const Layout layout{sparse, with_values, dense};
  c.set_output(0, c.concrete() ? c.input(layout.state()) : Shape{-1, 4});
  for (int i = 0; i < sparse; ++i) c.set_output(1 + i, c.input(layout.sparse_weights() + i));
  for (int i = 0; i < dense; ++i) c.set_output(1 + sparse + i, c.input(layout.dense_weights() + i));
  return OkStatus();
}

OpBuilder optimizer_op(const char* name, const char* adaptive) {
  OpBuilder builder(name);
  std::move(builder)
      .input("sparse_example_indices: num_sparse_features * int64")
      .input("sparse_feature_indices: num_sparse_features * int64")
      .input("sparse_feature_values: num_sparse_features_with_values * float")
      .input("dense_features: num_dense_features * float")
      .input("example_weights: float")
      .input("example_labels: float")
      .input("sparse_indices: num_sparse_features * int64")
      .input("sparse_weights: num_sparse_features * float")
      .input("dense_weights: num_dense_features * float")
      .input("example_state_data: float")
      .output("out_example_state_data: float")
      .output("out_delta_sparse_weights: num_sparse_features * float")
      .output("out_delta_dense_weights: num_dense_features * float")
      .attr("loss_type: {'logistic_loss', 'squared_loss', 'hinge_loss', 'smooth_hinge_loss', 'poisson_loss'}")
      .attr(adaptive)
      .attr("num_sparse_features: int >= 0")
      .attr("num_sparse_features_with_values: int >= 0")
      .attr("num_dense_features: int >= 0")
      .attr("l1: float")
      .attr("l2: float")
      .attr("num_loss_partitions: int >= 1")
      .attr("num_inner_iterations: int >= 1")
      .doc("One pass of stochastic dual coordinate ascent over the examples: what it changes in their dual variables and losses, and by how "
           "much the weights are to change.")
      .shape(optimizer_shape)
      .kernel<SdcaOptimizer>(kCpu)
      .not_differentiable();
  return builder;
}

const OpRegistrar kOps[] = {
    optimizer_op("SdcaOptimizer", "adaptative: bool = false"),
    optimizer_op("SdcaOptimizerV2", "adaptive: bool = false"),
};

REFLOW_OP("SdcaFprint")
    .input("input: string")
    .output("output: int64")
    .doc("Fingerprints of 128 bits, as two numbers, of strings.")
    .shape(fingerprint_shape)
    .kernel<Fingerprints>(kCpu)
    .not_differentiable();

REFLOW_OP("SdcaShrinkL1")
    .input("weights: Ref(num_features * float)")
    .attr("num_features: int >= 0")
    .attr("l1: float")
    .attr("l2: float")
    .doc("Takes l1 / l2 off the size of each weight, down to zero.")
    .shape(no_outputs)
    .kernel<ShrinkL1>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
