#pragma once

#include <cstdint>

#include "reflow/tensor/tensor.h"

namespace reflow::op {

// How an operand is laid against the elements of the output, seen as [rows, columns]. kPart: some columns of longer rows.
enum class Layout : uint8_t { kFull, kScalar, kRow, kColumn, kPart };

// The layout of `shape` against `whole`; *columns is what a row or column implies. False: something more involved.
bool find_layout(const Shape& shape, const Shape& whole, int64_t num_elements, Layout* layout, int64_t* columns);

bool broadcasts_to(const Shape& from, const Shape& to);
// `from`, broadcast to `shape`.
void broadcast_to(const Tensor& from, const Shape& shape, float* to);

// Elements [offset, offset + n), n > 0, of a matrix whose rows of `columns` elements begin `stride` elements apart in memory,
// from and to memory where they are one behind the other.
void read_columns(const float* matrix, int64_t offset, int64_t n, int64_t columns, int64_t stride, float* to);
void write_columns(const float* from, int64_t offset, int64_t n, int64_t columns, int64_t stride, float* matrix);

}  // namespace reflow::op
