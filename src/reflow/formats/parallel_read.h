#pragma once

#include <cstdint>
#include <span>

#include "reflow/base/status.h"
#include "reflow/base/thread_pool.h"
#include "reflow/io/file.h"

namespace reflow::formats {

// A piece of a file that is to be read to `to`, and the checksum of what was read.
struct FilePiece {
  const io::ReadableFile* file;
  uint64_t offset, size;
  char* to;
  uint32_t crc = 0;
};

// Reads all of them by the threads of the pool: large ones in parts, small ones together where they lie side by side in their
// file and in `pieces`. OutOfRange: "Read less bytes than requested: FILE".
Status read_pieces(std::span<FilePiece> pieces, ThreadPool& pool);

}  // namespace reflow::formats
