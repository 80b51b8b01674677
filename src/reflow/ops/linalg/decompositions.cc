// Decompositions for any machine of the architecture.

#include "decompositions.h"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>

#define DECOMPOSITIONS baseline_decompositions
#include "decompositions_kernel.h"

namespace reflow::ops {
namespace {

const AllDecompositions& fastest() { return *baseline_decompositions(); }

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
