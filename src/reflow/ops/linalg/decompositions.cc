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

const AllDecompositions& fastest() {
  static const AllDecompositions all = avx2_decompositions() != nullptr ? *avx2_decompositions() : all_decompositions();
  return all;
}

}  // namespace

template <>
const Decompositions<float>& decompositions() {
  return fastest().of_floats;
}
template <>
const Decompositions<double>& decompositions() {
  return fastest().of_doubles;
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
