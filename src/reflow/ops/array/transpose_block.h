#pragma once

#include <cstdint>

namespace reflow::ops {

// out[i * out_step + j] = in[j * in_step + i] for i < rows and j < columns, elements of 4 or 8 bytes, by squares that are
// transposed in registers of the machine's instruction set. `past_caches`: the output is written straight to memory, which
// pays where it is too large to be found in a cache afterwards.
// REQUIRES: with `past_caches` rows of the output begin at multiples of 64 bytes.
void transpose_block(const uint32_t* in, int64_t in_step, uint32_t* out, int64_t out_step, int64_t rows, int64_t columns,
                     bool past_caches);
void transpose_block(const uint64_t* in, int64_t in_step, uint64_t* out, int64_t out_step, int64_t rows, int64_t columns,
                     bool past_caches);

// Others may see what this thread has written past the caches. To be called before the work is handed on.
void end_writes_past_caches();

}  // namespace reflow::ops
