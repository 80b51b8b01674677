#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "reflow/op/simd_loop.h"

// How each optimizer changes one element of a variable and of its slots, given the element's gradient: one description
// that dense and sparse, ref and resource ops and fused kernels share. A rule is a struct with the step's coefficients
// whose operator()(var, slots..., grad) does the work; it is branch-free where that can be, so that loops over it become
// vector code. C is the type that is computed in: float, double or complex.
namespace reflow::op {

// What a rule is made from: the op's scalar inputs in their order, and its attributes.
template <typename C>
struct UpdateArguments {
  C scalars[8];
  int64_t global_step = 0;
  bool use_nesterov = false;
  bool update_slots = true;
};

namespace update_internal {
template <typename C>
REFLOW_SIMD_BODY inline C sign(C x) { return C(x > C(0)) - C(x < C(0)); }
template <typename C>
REFLOW_SIMD_BODY inline C max(C a, C b) { return a < b ? b : a; }
// x moved towards 0 by `by`, at most to 0.
template <typename C>
REFLOW_SIMD_BODY inline C shrink(C x, C by) { return sign(x) * max(std::abs(x) - by, C(0)); }
}  // namespace update_internal

template <typename C>
struct GradientDescentRule {
  C learning_rate;
  REFLOW_SIMD_BODY void operator()(C& var, C g) const { var -= g * learning_rate; }
};

template <typename C, bool kNesterov>
struct MomentumRule {
  C learning_rate, momentum;
  REFLOW_SIMD_BODY void operator()(C& var, C& accum, C g) const {
    accum = accum * momentum + g;
    var -= kNesterov ? g * learning_rate + accum * momentum * learning_rate : accum * learning_rate;
  }
};

// Keras' momentum: the accumulator holds the step, learning rate included.
template <typename C, bool kNesterov>
struct KerasMomentumRule {
  C learning_rate, momentum;
  REFLOW_SIMD_BODY void operator()(C& var, C& accum, C g) const {
    accum = accum * momentum - g * learning_rate;
    var += kNesterov ? accum * momentum - g * learning_rate : accum;
  }
};

// Duchi et al., http://www.jmlr.org/papers/volume12/duchi11a/duchi11a.pdf
template <typename C, bool kUpdateSlots>
struct AdagradRule {
  C learning_rate, epsilon;  // epsilon: of AdagradV2, else 0
  REFLOW_SIMD_BODY void operator()(C& var, C& accum, C g) const {
    if constexpr (kUpdateSlots) accum += g * g;
    var -= g * learning_rate / (std::sqrt(accum) + epsilon);
  }
};

// Adagrad with dual averaging, same paper.
template <typename C>
struct AdagradDaRule {
  C learning_rate, l1, l2, global_step;
  REFLOW_SIMD_BODY void operator()(C& var, C& gradient_accum, C& squared_accum, C g) const {
    gradient_accum += g;
    squared_accum += g * g;
    const C shrunk = l1 > C(0) ? update_internal::shrink(gradient_accum, l1 * global_step) : gradient_accum;
    var = -(learning_rate * shrunk) / (l2 * global_step * learning_rate + std::sqrt(squared_accum));
  }
};

// Zeiler, arXiv:1212.5701.
template <typename C>
struct AdadeltaRule {
  C learning_rate, rho, epsilon;
  REFLOW_SIMD_BODY void operator()(C& var, C& accum, C& accum_update, C g) const {
    accum = accum * rho + g * g * (C(1) - rho);
    const C update = std::sqrt(accum_update + epsilon) / std::sqrt(accum + epsilon) * g;
    var -= update * learning_rate;
    accum_update = accum_update * rho + update * update * (C(1) - rho);
  }
};

// Kingma and Ba, arXiv:1412.6980. step_size is learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t).
template <typename C, bool kNesterov>
struct AdamRule {
  C step_size, beta1, beta2, epsilon;
  REFLOW_SIMD_BODY void operator()(C& var, C& m, C& v, C g) const {
    m += (g - m) * (C(1) - beta1);
    v += (g * g - v) * (C(1) - beta2);
    const C direction = kNesterov ? g * (C(1) - beta1) + beta1 * m : m;
    var -= direction * step_size / (std::sqrt(v) + epsilon);
  }
};

// Reddi et al., On the Convergence of Adam and Beyond.
template <typename C>
struct AmsgradRule {
  C step_size, beta1, beta2, epsilon;
  REFLOW_SIMD_BODY void operator()(C& var, C& m, C& v, C& vhat, C g) const {
    m += (g - m) * (C(1) - beta1);
    v += (g * g - v) * (C(1) - beta2);
    vhat = update_internal::max(vhat, v);
    var -= m * step_size / (std::sqrt(vhat) + epsilon);
  }
};

// Section 7.1 of Adam's paper. step_size is learning_rate / (1 - beta1^t).
template <typename C>
struct AdaMaxRule {
  C step_size, beta1, beta2, epsilon;
  REFLOW_SIMD_BODY void operator()(C& var, C& m, C& v, C g) const {
    m += (g - m) * (C(1) - beta1);
    v = update_internal::max(beta2 * v, std::abs(g));
    var -= step_size * (m / (v + epsilon));
  }
};

// Hinton, http://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf
template <typename C>
struct RmsPropRule {
  C learning_rate, rho, momentum, epsilon;
  REFLOW_SIMD_BODY void operator()(C& var, C& ms, C& mom, C g) const {
    ms += (g * g - ms) * (C(1) - rho);
    mom = mom * momentum + g * learning_rate / std::sqrt(ms + epsilon);
    var -= mom;
  }
};

template <typename C>
struct CenteredRmsPropRule {
  C learning_rate, rho, momentum, epsilon;
  REFLOW_SIMD_BODY void operator()(C& var, C& mg, C& ms, C& mom, C g) const {
    ms += (g * g - ms) * (C(1) - rho);
    mg += (g - mg) * (C(1) - rho);
    mom = mom * momentum + g * learning_rate / std::sqrt(ms - mg * mg + epsilon);
    var -= mom;
  }
};

// McMahan et al., https://www.eecs.tufts.edu/~dsculley/papers/ad-click-prediction.pdf. kSquareRoot: lr_power is -0.5.
template <typename C, bool kSquareRoot>
struct FtrlRule {
  C learning_rate, l1, l2, l2_shrinkage, lr_power;
  REFLOW_SIMD_BODY C power(C accum) const {
    if constexpr (kSquareRoot) return std::sqrt(accum);
    else return std::pow(accum, -lr_power);
  }
  REFLOW_SIMD_BODY void operator()(C& var, C& accum, C& linear, C g) const {
    const C shrinking = g + C(2) * l2_shrinkage * var;
    const C new_accum = accum + g * g;
    const C new_power = power(new_accum);
    linear += shrinking - (new_power - power(accum)) / learning_rate * var;
    const C x = l1 * update_internal::sign(linear) - linear;
    const C y = new_power / learning_rate + C(2) * l2;
    var = std::abs(linear) > l1 ? x / y : C(0);
    accum = new_accum;
  }
};

// Duchi and Singer, http://papers.nips.cc/paper/3793-efficient-learning-using-forward-backward-splitting.pdf
template <typename C>
REFLOW_SIMD_BODY inline C proximal_step(C var, C g, C rate, C l1, C l2) {
  const C moved = var - g * rate;
  return (l1 > C(0) ? update_internal::shrink(moved, rate * l1) : moved) / (C(1) + l2 * rate);
}

template <typename C>
struct ProximalGradientDescentRule {
  C learning_rate, l1, l2;
  REFLOW_SIMD_BODY void operator()(C& var, C g) const { var = proximal_step(var, g, learning_rate, l1, l2); }
};

template <typename C>
struct ProximalAdagradRule {
  C learning_rate, l1, l2;
  REFLOW_SIMD_BODY void operator()(C& var, C& accum, C g) const {
    accum += g * g;
    var = proximal_step(var, g, learning_rate / std::sqrt(accum), l1, l2);
  }
};

// Bello et al., Neural Optimizer Search, arXiv:1709.07417: steps are larger where gradient and its mean agree in sign.
template <typename C>
struct AddSignRule {
  C learning_rate, alpha, sign_decay, beta;
  REFLOW_SIMD_BODY void operator()(C& var, C& m, C g) const {
    m = m * beta + g * (C(1) - beta);
    const C agreement = update_internal::sign(g) * update_internal::sign(m);
    var -= learning_rate * (alpha + sign_decay * agreement) * g;
  }
};

template <typename C>
struct PowerSignRule {
  C learning_rate, agreeing, disagreeing, beta;  // exp(+-logbase * sign_decay): the factors of the step
  REFLOW_SIMD_BODY void operator()(C& var, C& m, C g) const {
    m = m * beta + g * (C(1) - beta);
    const C agreement = update_internal::sign(g) * update_internal::sign(m);
    const C factor = agreement > C(0) ? agreeing : agreement < C(0) ? disagreeing : C(1);
    var -= learning_rate * factor * g;
  }
};

}  // namespace reflow::op
