#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "reflow/tensor/dtype.h"

namespace reflow::op {

// Sixteen bytes: an element of complex128 where only its place matters.
struct Bytes16 {
  uint64_t low, high;
  bool operator==(const Bytes16&) const = default;
};

// Calls f.operator()<E>() with a type E to move elements of type `t`: an unsigned integer of its size, or the C++ type
// itself for strings, resources and variants. For kernels that carry elements about without looking at them, so that they
// exist 8 times instead of 23.
template <typename F>
auto with_element(DType t, F&& f) {
  switch (base_type(t)) {
    case DType::kString: return f.template operator()<std::string>();
    case DType::kResource: return f.template operator()<ResourceHandle>();
    case DType::kVariant: return f.template operator()<Variant>();
    default: break;
  }
  switch (dtype_size(t)) {
    case 1: return f.template operator()<uint8_t>();
    case 2: return f.template operator()<uint16_t>();
    case 4: return f.template operator()<uint32_t>();
    case 8: return f.template operator()<uint64_t>();
    default: return f.template operator()<Bytes16>();
  }
}

// Copies `n` elements. The ranges don't overlap.
template <typename E>
inline void copy_elements(E* to, const E* from, int64_t n) {
  if constexpr (std::is_trivially_copyable_v<E>) {
    if (n > 0) std::memcpy(to, from, static_cast<size_t>(n) * sizeof(E));
  } else {
    for (int64_t i = 0; i < n; ++i) to[i] = from[i];
  }
}

// The same for a type known at run time only.
using CopyElementsFn = void (*)(void* to, const void* from, int64_t n);
inline CopyElementsFn copy_elements_fn(DType t) {
  return with_element(t, []<typename E>() -> CopyElementsFn {
    return [](void* to, const void* from, int64_t n) {
      copy_elements(static_cast<E*>(to), static_cast<const E*>(from), n);
    };
  });
}

// Estimated time to copy one element, for parallel_for.
template <typename E>
inline constexpr double kCopyCostNs = std::is_trivially_copyable_v<E> ? sizeof(E) * 0.1 : 20;

}  // namespace reflow::op
