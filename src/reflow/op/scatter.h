#pragma once

#include <algorithm>
#include <cstdint>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/wrapping.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

// How scatter ops combine what is there (a) with an update (b).
struct ScatterAssign {
  template <typename T> static T apply(const T&, const T& b) { return b; }
};
struct ScatterAdd {
  template <typename T> static T apply(T a, T b) { return wrapping_sum(a, b); }
};
struct ScatterSub {
  template <typename T> static T apply(T a, T b) { return wrapping_difference(a, b); }
};
struct ScatterMul {
  template <typename T> static T apply(T a, T b) { return wrapping_product(a, b); }
};
struct ScatterDiv {
  template <typename T> static T apply(T a, T b) {
    // The one quotient of integers that overflows: as two's complement has it.
    if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      if (b == T(-1)) return static_cast<T>(T(0) - std::make_unsigned_t<T>(a));
    }
    return static_cast<T>(a / b);
  }
};
struct ScatterMin {
  template <typename T> static T apply(T a, T b) { return b < a ? b : a; }
};
struct ScatterMax {
  template <typename T> static T apply(T a, T b) { return a < b ? b : a; }
};

// Combines `n` elements of `to` with those of `from`, or with the single one there.
template <typename F, typename T>
inline void scatter_row(T* to, const T* from, int64_t n, bool single) {
  if (single) {
    for (int64_t i = 0; i < n; ++i) to[i] = F::apply(to[i], from[0]);
  } else if constexpr (std::is_same_v<F, ScatterAssign>) {
    copy_elements(to, from, n);
  } else {
    for (int64_t i = 0; i < n; ++i) to[i] = F::apply(to[i], from[i]);
  }
}

// False where an integer is to be divided by zero.
template <typename F, typename T>
bool divisors_are_valid(const T* updates, int64_t n) {
  if constexpr (std::is_same_v<F, ScatterDiv> && std::is_integral_v<T>) {
    return std::find(updates, updates + n, T(0)) == updates + n;
  }
  return true;
}

}  // namespace reflow::op
