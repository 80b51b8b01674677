#include "reflow/formats/bundle_data_writer.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>

#include "reflow/formats/bundle_strings.h"
#include "reflow/formats/bundle_variants.h"
#include "reflow/io/crc32c.h"
#include "reflow/io/crc32c_concat.h"

namespace reflow::formats {
namespace {

// What a thread copies, sums and writes at once: more keeps the file in fewer pages, less stays in a core's cache.
constexpr size_t kChunkBytes = 1 << 20;
constexpr int64_t kMostPendingBytes = 256 << 20;  // of tensors that are kept until flush()
constexpr size_t kLeastReserved = 1 << 20;        // bytes: below, a system call more costs what it saves
constexpr double kCostNsPerByte = 0.6;            // copied, summed, copied by the system

}  // namespace

Status BundleDataWriter::add(const Tensor& tensor) {
  const size_t place = places_.size();
  if (tensor.dtype() == DType::kString) {
    EncodedStrings strings = encode_strings(tensor.flat<std::string>());
    places_.push_back({size_, static_cast<int64_t>(strings.bytes.size()), strings.crc, true});
    string_values_.push_back(std::make_unique<const std::string>(std::move(strings.bytes)));
    add_bytes(string_values_.back()->data(), string_values_.back()->size(), place);
  } else if (tensor.dtype() == DType::kVariant) {
    ASSIGN_OR_RETURN(EncodedVariants variants, encode_variants(tensor.flat<Variant>()));
    places_.push_back({size_, static_cast<int64_t>(variants.bytes.size()), variants.crc, true});
    string_values_.push_back(std::make_unique<const std::string>(std::move(variants.bytes)));
    add_bytes(string_values_.back()->data(), string_values_.back()->size(), place);
  } else if (is_plain(tensor.dtype())) {
    places_.push_back({size_, tensor.size_bytes()});
    kept_.push_back(tensor);
    add_bytes(static_cast<const char*>(tensor.raw_data()), static_cast<size_t>(tensor.size_bytes()), place);
  } else {
    return invalid_argument("Values of type {} can't be saved in a checkpoint", dtype_name(tensor.dtype()));
  }
  return pending_bytes_ > kMostPendingBytes ? flush() : OkStatus();
}

void BundleDataWriter::add_bytes(const char* data, size_t size, size_t place) {
  pending_bytes_ += static_cast<int64_t>(size);
  while (size > 0) {
    if (chunks_.empty() || chunks_.back().size == kChunkBytes) chunks_.push_back({size_, 0, pieces_.size()});
    Chunk& chunk = chunks_.back();
    const size_t n = std::min(size, kChunkBytes - chunk.size);
    pieces_.push_back({data, n, place, 0});
    chunk.size += n;
    size_ += static_cast<int64_t>(n);
    data += n;
    size -= n;
  }
}

Status BundleDataWriter::write_chunk(size_t i, char* buffer) {
  const Chunk& chunk = chunks_[i];
  size_t filled = 0;
  for (size_t p = chunk.first_piece; filled < chunk.size; ++p) {
    Piece& piece = pieces_[p];
    std::memcpy(buffer + filled, piece.data, piece.size);
    piece.crc = io::crc32c({buffer + filled, piece.size});
    filled += piece.size;
  }
  return file_->write_at(static_cast<uint64_t>(chunk.offset), {buffer, chunk.size});
}

Status BundleDataWriter::flush() {
  if (static_cast<size_t>(pending_bytes_) >= kLeastReserved) {
    RETURN_IF_ERROR(file_->reserve(static_cast<uint64_t>(size_ - pending_bytes_), static_cast<uint64_t>(pending_bytes_)));
  }
  std::mutex mutex;
  Status status;
  std::atomic<bool> failed = false;
  const size_t buffer_bytes = std::min(kChunkBytes, static_cast<size_t>(pending_bytes_));
  std::vector<std::unique_ptr<char[]>> buffers;  // that no thread uses: the system clears the pages of new ones
  pool_->parallel_for(static_cast<int64_t>(chunks_.size()), kCostNsPerByte * kChunkBytes, [&](int64_t begin, int64_t end) {
    std::unique_ptr<char[]> buffer;
    if (const std::lock_guard lock(mutex); !buffers.empty()) {
      buffer = std::move(buffers.back());
      buffers.pop_back();
    }
    if (!buffer) buffer = std::make_unique_for_overwrite<char[]>(buffer_bytes);
    for (int64_t i = begin; i < end && !failed; ++i) {
      const Status written = write_chunk(static_cast<size_t>(i), buffer.get());
      if (written.ok()) continue;
      const std::lock_guard lock(mutex);
      if (!failed.exchange(true)) status = written;
    }
    const std::lock_guard lock(mutex);
    buffers.push_back(std::move(buffer));
  });
  for (const Piece& piece : pieces_) {
    Place& place = places_[piece.place];
    if (place.has_crc) continue;
    place.crc = io::crc32c_concat(place.crc, piece.crc, piece.size);
  }
  pieces_.clear();
  chunks_.clear();
  kept_.clear();
  string_values_.clear();
  pending_bytes_ = 0;
  return status;
}

}  // namespace reflow::formats
