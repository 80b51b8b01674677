#pragma once

#include <cstdint>
#include <type_traits>

namespace reflow::op {

// Sums, differences and products of any numbers; those of integers wrap around.

template <typename T>
using Wrapping = std::conditional_t<(sizeof(T) > 4), uint64_t, uint32_t>;

template <typename T>
T wrapping_sum(T a, T b) {
  if constexpr (std::is_integral_v<T>) return static_cast<T>(Wrapping<T>(a) + Wrapping<T>(b));
  else return static_cast<T>(a + b);
}
template <typename T>
T wrapping_difference(T a, T b) {
  if constexpr (std::is_integral_v<T>) return static_cast<T>(Wrapping<T>(a) - Wrapping<T>(b));
  else return static_cast<T>(a - b);
}
template <typename T>
T wrapping_product(T a, T b) {
  if constexpr (std::is_integral_v<T>) return static_cast<T>(Wrapping<T>(a) * Wrapping<T>(b));
  else return static_cast<T>(a * b);
}

}  // namespace reflow::op
