// Decompositions for any machine of the architecture, and the choice of those for this one.

#include "decompositions.h"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>

#include "decompositions_kernel.h"

namespace reflow::ops {
namespace {

struct AllDecompositions {
  RealDecompositions real;
  Decompositions<std::complex<float>> of_complex_floats;
  Decompositions<std::complex<double>> of_complex_doubles;
};

const AllDecompositions& fastest() {
  static const AllDecompositions all = [] {
    const RealDecompositions* avx2 = avx2_decompositions();
    return AllDecompositions{avx2 != nullptr ? *avx2 : RealDecompositions{table<float>(), table<double>()},
                             table<std::complex<float>>(), table<std::complex<double>>()};
  }();
  return all;
}

}  // namespace

template <>
const Decompositions<float>& decompositions() {
  return fastest().real.of_floats;
}
template <>
const Decompositions<double>& decompositions() {
  return fastest().real.of_doubles;
}
template <>
const Decompositions<std::complex<float>>& decompositions() {
  return fastest().of_complex_floats;
}
template <>
const Decompositions<std::complex<double>>& decompositions() {
  return fastest().of_complex_doubles;
}

}  // namespace reflow::ops
