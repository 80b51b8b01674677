#pragma once

#include <cstdint>

namespace reflow::op {

// Put behind the parameter list of a lambda that is given to simd_loop: `[&]() REFLOW_SIMD_BODY { for (..) .. }`.
#define REFLOW_SIMD_BODY __attribute__((always_inline))

namespace simd_internal {

enum class Level : uint8_t { kBaseline, kAvx2, kAvx512 };

#if defined(__x86_64__) && defined(__GNUC__)
inline Level detect() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    return Level::kAvx512;
  }
  return __builtin_cpu_supports("avx2") ? Level::kAvx2 : Level::kBaseline;
}
inline const Level level = detect();

template <typename Body>
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"), noinline)) void run_avx512(const Body& body) {
  body();
}
template <typename Body>
__attribute__((target("avx2"), noinline)) void run_avx2(const Body& body) {
  body();
}
#endif

}  // namespace simd_internal

// Runs `body`, loops over arrays that the compiler can vectorise, compiled for the machine's instruction set: the body
// exists once in the source and three times in the binary. For simple arithmetic; functions such as exp are in
// op/vector_math.h. Results don't depend on the instruction set, since contraction to fused multiply-add is off.
template <typename Body>
inline void simd_loop(const Body& body) {
#if defined(__x86_64__) && defined(__GNUC__)
  if (simd_internal::level == simd_internal::Level::kAvx512) return simd_internal::run_avx512(body);
  if (simd_internal::level == simd_internal::Level::kAvx2) return simd_internal::run_avx2(body);
#endif
  body();
}

}  // namespace reflow::op
