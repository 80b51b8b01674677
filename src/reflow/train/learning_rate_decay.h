#pragma once

#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::train {

// Learning rates that change with the step, as scalar tensors. `global_step` is a number, a tensor or a variable.

struct DecayOptions {
  bool staircase = false;  // step / decay_steps is rounded down
  std::string name;
};

// learning_rate * decay_rate ^ (global_step / decay_steps).
Output exponential_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                         const TensorLike& decay_rate, const DecayOptions& options = {});
// learning_rate * exp(-decay_rate * global_step / decay_steps).
Output natural_exp_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                         const TensorLike& decay_rate, const DecayOptions& options = {});
// learning_rate / (1 + decay_rate * global_step / decay_steps).
Output inverse_time_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                          const TensorLike& decay_rate, const DecayOptions& options = {});

// values[i] for boundaries[i - 1] < x <= boundaries[i]. ValueError: there isn't one value more than boundaries, or
// types differ.
Output piecewise_constant(const TensorLike& x, const std::vector<TensorLike>& boundaries,
                          const std::vector<TensorLike>& values, const NameOptions& options = {});
inline Output piecewise_constant_decay(const TensorLike& x, const std::vector<TensorLike>& boundaries,
                                       const std::vector<TensorLike>& values, const NameOptions& options = {}) {
  return piecewise_constant(x, boundaries, values, options);
}

struct PolynomialDecayOptions {
  TensorLike end_learning_rate = 0.0001, power = 1.0;
  bool cycle = false;  // beyond decay_steps it starts again, with as many times more of them
  std::string name;
};
// From learning_rate to end_learning_rate in decay_steps, by (1 - step / decay_steps) ^ power.
Output polynomial_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                        const PolynomialDecayOptions& options = {});

struct CosineDecayOptions {
  double alpha = 0.0;  // the least rate, as a fraction of learning_rate
  std::string name;
};
// Half a cosine: Loshchilov and Hutter, arXiv 1608.03983.
Output cosine_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                    const CosineDecayOptions& options = {});

struct CosineDecayRestartsOptions {
  TensorLike t_mul = 2.0, m_mul = 1.0, alpha = 0.0;
  std::string name;
};
// Cosines one after the other, each t_mul times as long and m_mul times as high as the one before.
Output cosine_decay_restarts(const TensorLike& learning_rate, const TensorLike& global_step,
                             const TensorLike& first_decay_steps, const CosineDecayRestartsOptions& options = {});

struct LinearCosineDecayOptions {
  TensorLike num_periods = 0.5, alpha = 0.0, beta = 0.001;
  std::string name;
};
// A line times a cosine: Bello and others, ICML 2017.
Output linear_cosine_decay(const TensorLike& learning_rate, const TensorLike& global_step,
                           const TensorLike& decay_steps, const LinearCosineDecayOptions& options = {});

struct NoisyLinearCosineDecayOptions {
  TensorLike initial_variance = 1.0, variance_decay = 0.55, num_periods = 0.5, alpha = 0.0, beta = 0.001;
  std::string name;
};
Output noisy_linear_cosine_decay(const TensorLike& learning_rate, const TensorLike& global_step,
                                 const TensorLike& decay_steps, const NoisyLinearCosineDecayOptions& options = {});

}  // namespace reflow::train
