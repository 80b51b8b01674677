#pragma once

#include <memory>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::ops {

// One of the losses of a linear model that stochastic dual coordinate ascent can minimise (Shalev-Shwartz and Zhang,
// "Stochastic dual coordinate ascent methods for regularized loss minimization", 2013).
class SdcaLoss {
 public:
  // What an update of an example's dual variable depends on.
  struct Example {
    double label, weight, dual;
    double wx;    // what the model says
    double norm;  // the squared length of the features over the regularization, times the number of partitions
  };
  virtual ~SdcaLoss() = default;
  static std::unique_ptr<SdcaLoss> of(std::string_view name);

  // The dual variable that is best, the others staying.
  virtual double updated_dual(const Example& e) const = 0;
  virtual double dual_loss(double dual, double label, double weight) const = 0;
  virtual double primal_loss(double wx, double label, double weight) const = 0;
  virtual double derivative(double wx, double label) const = 0;
  // How much steeper the derivative becomes, inverted.
  virtual double smoothness() const = 0;
  // Makes a label that of the formulas. InvalidArgument: it is none.
  virtual Status convert_label(float* label) const = 0;
};

}  // namespace reflow::ops
