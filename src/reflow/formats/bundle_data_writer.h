#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/base/thread_pool.h"
#include "reflow/io/staged_file.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// Writes the values of tensors one after the other into a file, by all threads of a pool, and takes their checksums.
// Each value is copied before it is summed and written, so that file and checksum agree even when another thread changes
// a variable meanwhile. Not thread-safe.
class BundleDataWriter {
 public:
  struct Place {
    int64_t offset = 0, size_bytes = 0;
    uint32_t crc = 0;      // not masked
    bool has_crc = false;  // known before it is written: that of strings isn't made of their bytes alone
  };

  // Does not own `file` and `pool`.
  BundleDataWriter(io::StagedFile* file, ThreadPool* pool) : file_(file), pool_(pool) {}
  // Puts the tensor at the end; it is kept until it has been written. InvalidArgument: a type that isn't saved.
  Status add(const Tensor& tensor);
  // Writes what hasn't been written.
  Status flush();
  // Of the tensors in the order in which they were added; checksums are valid after flush().
  const std::vector<Place>& places() const { return places_; }

 private:
  // A tensor's bytes within one chunk of the file.
  struct Piece {
    const char* data;
    size_t size;
    size_t place;
    uint32_t crc;
  };
  struct Chunk {
    int64_t offset;
    size_t size, first_piece;
  };
  void add_bytes(const char* data, size_t size, size_t place);
  Status write_chunk(size_t i, char* buffer);

  io::StagedFile* file_;
  ThreadPool* pool_;
  int64_t size_ = 0, pending_bytes_ = 0;
  std::vector<Place> places_;
  std::vector<Piece> pieces_;
  std::vector<Chunk> chunks_;
  std::vector<Tensor> kept_;
  std::vector<std::unique_ptr<const std::string>> string_values_;  // strings, and variants, as written
};

}  // namespace reflow::formats
