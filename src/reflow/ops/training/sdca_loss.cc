#include "reflow/ops/training/sdca_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reflow::ops {
namespace {

constexpr int kNewtonSteps = 10;  // each doubles the number of digits

// 0 and 1 become -1 and 1.
Status sign_of(float* label) {
  if (*label == 0.0f || *label == 1.0f) {
    *label = *label == 0.0f ? -1.0f : 1.0f;
    return OkStatus();
  }
  return invalid_argument("Only labels of 0.0 or 1.0 are supported right now. Found example with label: {}", *label);
}

// A dual variable times its label is kept within [0, 1].
double clamped(double dual, double label) {
  if (label * dual < 0) return 0;
  return label * dual > 1 ? label : dual;
}

bool out_of_domain(double y_dual) { return y_dual < 0 || y_dual > 1; }

class LogisticLoss : public SdcaLoss {
 public:
  double updated_dual(const Example& e) const override {
    double x = 0;
    for (int i = 0; i < kNewtonSteps; ++i) {
      const double t = std::tanh(x), scale = e.norm * e.weight;
      const double value = -2 * e.label * x - e.wx - scale * (0.5 * (1 + t) / e.label - e.dual);
      const double slope = -2 * e.label - scale * (1 - t * t) * 0.5 / e.label;
      x -= value / slope;
    }
    return 0.5 * (1 + std::tanh(x)) / e.label;
  }
  double dual_loss(double dual, double label, double weight) const override {
    const auto entropy = [](double p) { return p > 0 ? p * std::log(p) : 0.0; };
    return (entropy(dual * label) + entropy(1 - dual * label)) * weight;
  }
  double primal_loss(double wx, double label, double weight) const override {
    const double y = wx * label;
    return (y > 0 ? std::log1p(std::exp(-y)) : std::log1p(std::exp(y)) - y) * weight;
  }
  double derivative(double wx, double label) const override {
    if (label * wx <= 0) return -1 / (1 + std::exp(label * wx)) * label;
    const double inverse = std::exp(-label * wx);
    return -inverse / (1 + inverse) * label;
  }
  double smoothness() const override { return 4; }
  Status convert_label(float* label) const override { return sign_of(label); }
};

class SquaredLoss : public SdcaLoss {
 public:
  double updated_dual(const Example& e) const override { return e.dual + (e.label - e.dual - e.wx) / (1 + e.norm * e.weight); }
  double dual_loss(double dual, double label, double weight) const override { return dual * (0.5 * dual - label) * weight; }
  double primal_loss(double wx, double label, double weight) const override { return (wx - label) * (wx - label) * weight * 0.5; }
  double derivative(double wx, double label) const override { return wx - label; }
  double smoothness() const override { return 1; }
  Status convert_label(float*) const override { return OkStatus(); }
};

class HingeLoss : public SdcaLoss {
 public:
  double updated_dual(const Example& e) const override { return clamped(e.dual + (e.label - e.wx) / (e.norm * e.weight), e.label); }
  double dual_loss(double dual, double label, double weight) const override {
    return out_of_domain(dual * label) ? std::numeric_limits<double>::max() : -dual * label * weight;
  }
  double primal_loss(double wx, double label, double weight) const override { return std::max(0.0, 1 - label * wx) * weight; }
  double derivative(double wx, double label) const override { return label * wx < 1 ? -label : 0; }
  double smoothness() const override { return 0; }
  Status convert_label(float* label) const override { return sign_of(label); }
};

// The hinge, rounded where it bends.
class SmoothHingeLoss : public SdcaLoss {
 public:
  double updated_dual(const Example& e) const override {
    return clamped(e.dual + (e.label - e.wx - kGamma * e.dual) / (e.norm * e.weight + kGamma), e.label);
  }
  double dual_loss(double dual, double label, double weight) const override {
    const double y = dual * label;
    return out_of_domain(y) ? std::numeric_limits<double>::max() : (-y + 0.5 * kGamma * dual * dual) * weight;
  }
  double primal_loss(double wx, double label, double weight) const override {
    const double y = label * wx;
    if (y >= 1) return 0;
    return (y <= 1 - kGamma ? 1 - y - kGamma / 2 : (1 - y) * (1 - y) * 0.5 / kGamma) * weight;
  }
  double derivative(double wx, double label) const override {
    const double y = label * wx;
    if (y >= 1) return 0;
    return y <= 1 - kGamma ? -label : (y - 1) / kGamma * label;
  }
  double smoothness() const override { return kGamma; }
  Status convert_label(float* label) const override { return sign_of(label); }

 private:
  static constexpr double kGamma = 1;
};

class PoissonLoss : public SdcaLoss {
 public:
  double updated_dual(const Example& e) const override {
    const double rest = e.label - e.dual, scale = e.norm * e.weight;
    double x = rest > 0 ? std::log(rest) : 0;
    for (int i = 0; i < kNewtonSteps; ++i) {
      const double exp = std::exp(x);
      x -= (x - e.wx - scale * (rest - exp)) / (1 + scale * exp);
    }
    return e.label - std::exp(x);
  }
  double dual_loss(double dual, double label, double weight) const override {
    const double rest = label - dual;
    if (rest == 0) return 0;
    return rest < 0 ? std::numeric_limits<double>::max() : rest * (std::log(rest) - 1) * weight;
  }
  double primal_loss(double wx, double label, double weight) const override { return (std::exp(wx) - wx * label) * weight; }
  double derivative(double wx, double label) const override { return std::exp(wx) - label; }
  double smoothness() const override { return 1; }
  Status convert_label(float* label) const override {
    if (*label >= 0.0f) return OkStatus();
    return invalid_argument("Only non-negative labels can be used with the Poisson log loss. Found example with label: {}", *label);
  }
};

}  // namespace

std::unique_ptr<SdcaLoss> SdcaLoss::of(std::string_view name) {
  if (name == "logistic_loss") return std::make_unique<LogisticLoss>();
  if (name == "squared_loss") return std::make_unique<SquaredLoss>();
  if (name == "hinge_loss") return std::make_unique<HingeLoss>();
  if (name == "smooth_hinge_loss") return std::make_unique<SmoothHingeLoss>();
  if (name == "poisson_loss") return std::make_unique<PoissonLoss>();
  return nullptr;
}

}  // namespace reflow::ops
