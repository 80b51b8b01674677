// The choice of the decompositions for this machine.

#include "decompositions.h"

#include "decompositions_parts.h"

namespace reflow::ops {
namespace {

template <typename T>
const Decompositions<T>& fastest() {
  static const Decompositions<T> all = [] {
    Decompositions<T> chosen;
    if (has_avx2_decompositions()) {
      put_avx2(chosen);
    } else {
      portable::put_svd(chosen);
      portable::put_factors(chosen);
    }
    return chosen;
  }();
  return all;
}

}  // namespace

template <>
const Decompositions<float>& decompositions() {
  return fastest<float>();
}
template <>
const Decompositions<double>& decompositions() {
  return fastest<double>();
}
template <>
const Decompositions<std::complex<float>>& decompositions() {
  return fastest<std::complex<float>>();
}
template <>
const Decompositions<std::complex<double>>& decompositions() {
  return fastest<std::complex<double>>();
}

}  // namespace reflow::ops
