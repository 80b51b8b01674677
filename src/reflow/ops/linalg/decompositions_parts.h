#pragma once

// Each type's decompositions come in two parts for each instruction set, an object file each (cmake/decompositions.cmake):
// Eigen takes minutes to compile for all of them at once.

#include "decompositions.h"

namespace reflow::ops {

namespace portable {
template <typename T>
void put_svd(Decompositions<T>& all);  // svd
template <typename T>
void put_factors(Decompositions<T>& all);  // all others
}  // namespace portable

// Compiled for AVX2 and FMA, where the build has it.
namespace avx2 {
template <typename T>
void put_svd(Decompositions<T>& all);
template <typename T>
void put_factors(Decompositions<T>& all);
}  // namespace avx2

// The machine has AVX2 and FMA, and this build has decompositions for it.
#ifdef REFLOW_AVX2_DECOMPOSITIONS
inline bool has_avx2_decompositions() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
template <typename T>
void put_avx2(Decompositions<T>& all) {
  avx2::put_svd(all);
  avx2::put_factors(all);
}
#else
inline bool has_avx2_decompositions() { return false; }
template <typename T>
void put_avx2(Decompositions<T>&) {}
#endif

}  // namespace reflow::ops
