// Decompositions for x86-64 with AVX2 and FMA, which the compiler is told to use for this source alone (cmake/rooms.cmake).
// Eigen has another namespace here: the linker would keep one copy of each of its templates for all sources, maybe one that
// doesn't run everywhere.

#include "decompositions.h"

#if defined(__AVX2__) && defined(__FMA__)

#define Eigen EigenAvx2
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>

#include "decompositions_kernel.h"

namespace reflow::ops {

const AllDecompositions* avx2_decompositions() {
  static const bool has_it = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  static const AllDecompositions all = all_decompositions();
  return has_it ? &all : nullptr;
}

}  // namespace reflow::ops

#else

namespace reflow::ops {

const AllDecompositions* avx2_decompositions() { return nullptr; }

}  // namespace reflow::ops

#endif
