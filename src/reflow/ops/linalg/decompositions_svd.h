// The singular values of decompositions.h for the instruction set REFLOW_INSTRUCTION_SET. Included by the sources that are
// made from decompositions.cc.in, behind Eigen; no guard: each includes this once.

#include "reflow/ops/linalg/decompositions_parts.h"

namespace reflow::ops::REFLOW_INSTRUCTION_SET {
namespace {

template <typename T>
using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T>
using View = Eigen::Map<RowMajor<T>>;
template <typename T>
using ConstView = Eigen::Map<const RowMajor<T>>;

template <typename T>
using ColumnMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

template <typename T>
void svd_of(const T* a, int64_t rows, int64_t columns, bool full, T* s, T* u, T* v) {
  const unsigned options = !u ? 0 : full ? Eigen::ComputeFullU | Eigen::ComputeFullV : Eigen::ComputeThinU | Eigen::ComputeThinV;
  const Eigen::BDCSVD<ColumnMajor<T>> svd(ConstView<T>(a, rows, columns), options);
  for (int64_t i = 0; i < std::min(rows, columns); ++i) s[i] = static_cast<T>(svd.singularValues()(i));
  if (!u) return;
  View<T>(u, rows, svd.matrixU().cols()) = svd.matrixU();
  View<T>(v, columns, svd.matrixV().cols()) = svd.matrixV();
}

}  // namespace

template <typename T>
void put_svd(Decompositions<T>& all) {
  all.svd = svd_of<T>;
}

}  // namespace reflow::ops::REFLOW_INSTRUCTION_SET
