#pragma once

// Conditions that may be known while the graph is built: whether a layer is called to train, above all.

#include <optional>
#include <vector>

#include "reflow/client/control_flow_ops.h"
#include "reflow/client/tensor_like.h"

namespace reflow::layers {

// The value of a bool or of a bool tensor, where it is known while the graph is built. 0 and 1 are numbers of a bool.
std::optional<bool> smart_constant_value(const TensorLike& pred);

// One of two functions, where `pred` is known; else cond() of both.
template <typename T, typename F>
auto smart_cond(const TensorLike& pred, T&& true_fn, F&& false_fn) -> std::conditional_t<
    client::kGivesList<T>, std::vector<Output>, Output> {
  const std::optional<bool> known = smart_constant_value(pred);
  if (!known) return cond(pred, std::forward<T>(true_fn), std::forward<F>(false_fn));
  return *known ? true_fn() : false_fn();
}

}  // namespace reflow::layers
