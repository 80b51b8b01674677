// Decompositions for x86-64 with AVX2 and FMA. Eigen chooses its vectors by what the compiler may use; here it is another
// library for the linker, EigenAvx2, so that none of its functions stands in for one that runs on any machine. What Eigen
// includes of the standard library comes before.

#include "decompositions.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iosfwd>
#include <iostream>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
#define Eigen EigenAvx2
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>

#define DECOMPOSITIONS compiled_for_avx2
namespace reflow::ops {
static const AllDecompositions* compiled_for_avx2();
}
#include "decompositions_kernel.h"
#pragma GCC pop_options

namespace reflow::ops {

const AllDecompositions* avx2_decompositions() {
  const bool has_it = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return has_it ? compiled_for_avx2() : nullptr;
}

}  // namespace reflow::ops

#else

namespace reflow::ops {

const AllDecompositions* avx2_decompositions() { return nullptr; }

}  // namespace reflow::ops

#endif
