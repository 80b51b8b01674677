#include "reflow/formats/parallel_read.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "reflow/io/crc32c.h"
#include "reflow/io/crc32c_concat.h"

namespace reflow::formats {
namespace {

constexpr uint64_t kChunkBytes = 1 << 20;
constexpr uint64_t kSmallBytes = 16 << 10;  // a system call costs as much as copying so many
constexpr double kCostNsPerByte = 0.4, kCostNsPerRead = 700, kCostNsPerPiece = 60;

// What is read at once: a part of one piece, or several small pieces that lie side by side.
struct Chunk {
  size_t first, count;   // pieces
  uint64_t begin, size;  // bytes, from the first piece's begin on
  uint32_t crc = 0;      // of a part
};

bool is_beside(const FilePiece& before, const FilePiece& piece) {
  return before.file == piece.file && before.offset + before.size == piece.offset && before.size <= kSmallBytes &&
         piece.size <= kSmallBytes;
}

std::vector<Chunk> chunks_of(std::span<const FilePiece> pieces) {
  std::vector<Chunk> chunks;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const uint64_t size = pieces[i].size;
    if (i > 0 && is_beside(pieces[i - 1], pieces[i]) && chunks.back().size + size <= kChunkBytes) {
      ++chunks.back().count;
      chunks.back().size += size;
      continue;
    }
    uint64_t begin = 0;
    do {
      chunks.push_back({i, 1, begin, std::min(kChunkBytes, size - begin)});
      begin += kChunkBytes;
    } while (begin < size);
  }
  return chunks;
}

// Reads a chunk, several pieces by way of a buffer of kChunkBytes that is made when it is first needed.
Status read_chunk(std::span<FilePiece> pieces, Chunk* chunk, std::unique_ptr<char[]>* buffer) {
  FilePiece& first = pieces[chunk->first];
  if (chunk->count > 1 && !*buffer) *buffer = std::make_unique_for_overwrite<char[]>(kChunkBytes);
  char* const to = chunk->count > 1 ? buffer->get() : first.to + chunk->begin;
  ASSIGN_OR_RETURN(const size_t got, first.file->read(first.offset + chunk->begin, chunk->size, to));
  if (got != chunk->size) return out_of_range("Read less bytes than requested: {}", first.file->path());
  if (chunk->count == 1) {
    chunk->crc = io::crc32c({to, chunk->size});
    return OkStatus();
  }
  const char* from = to;
  for (FilePiece& piece : pieces.subspan(chunk->first, chunk->count)) {
    if (piece.size > 0) std::memcpy(piece.to, from, piece.size);
    piece.crc = io::crc32c({from, piece.size});
    from += piece.size;
  }
  return OkStatus();
}

}  // namespace

Status read_pieces(std::span<FilePiece> pieces, ThreadPool& pool) {
  std::vector<Chunk> chunks = chunks_of(pieces);
  double cost = kCostNsPerPiece * static_cast<double>(pieces.size());
  for (const Chunk& chunk : chunks) cost += kCostNsPerRead + kCostNsPerByte * static_cast<double>(chunk.size);
  std::mutex mutex;
  Status status;
  std::atomic<bool> failed = false;
  const auto n = static_cast<int64_t>(chunks.size());
  pool.parallel_for(n, cost / static_cast<double>(std::max<int64_t>(n, 1)), [&](int64_t begin, int64_t end) {
    std::unique_ptr<char[]> buffer;
    for (int64_t i = begin; i < end && !failed; ++i) {
      Status read = read_chunk(pieces, &chunks[static_cast<size_t>(i)], &buffer);
      if (read.ok()) continue;
      const std::lock_guard lock(mutex);
      if (!failed.exchange(true)) status = std::move(read);
    }
  });
  for (const Chunk& chunk : chunks) {
    uint32_t& crc = pieces[chunk.first].crc;
    if (chunk.count == 1) crc = chunk.begin == 0 ? chunk.crc : io::crc32c_concat(crc, chunk.crc, chunk.size);
  }
  return status;
}

}  // namespace reflow::formats
