#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/base/thread_pool.h"
#include "reflow/formats/bundle_index.h"
#include "reflow/io/file.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// Reads tensors from a checkpoint V2 (docs/formats/checkpoint.md), of any number of shards and either byte order. Every
// checksum is verified. Thread-safe after open().
class BundleReader {
 public:
  // Errors as of BundleIndex::open. Does not own `pool`.
  static StatusOr<std::unique_ptr<BundleReader>> open(std::string_view prefix,
                                                      ThreadPool& pool = ThreadPool::process_pool());

  // The entry of a tensor. NotFound: "Key ... not found in checkpoint".
  StatusOr<BundleEntry> find(std::string_view name) const;
  // The entries of several, in their order; quick for names that are sorted.
  StatusOr<std::vector<BundleEntry>> find_all(std::span<const std::string> names) const;

  // A tensor, or a part of one, that is to be read.
  struct Request {
    std::string name;
    BundleEntry entry;                 // as find() gives it
    std::optional<TensorSlice> slice;  // of the entry's shape; none: all
    Tensor value;                      // set by read()
  };
  // Reads all of them, by all threads of the pool. DataLoss: a checksum, or a size that isn't the tensor's. OutOfRange: a
  // file that is too short. InvalidArgument: the slices that were saved don't cover the one that is asked for.
  // ResourceExhausted: no memory.
  Status read(std::span<Request> requests) const;
  // The whole tensor `name`. ResourceExhausted: no memory for it.
  StatusOr<Tensor> read(std::string_view name) const;

  // Calls f(name, entry) for each tensor, by name, slices left out; ends with the first error.
  template <typename F>
  Status for_each(F&& f) const {
    io::TableCursor cursor(index_.table());
    RETURN_IF_ERROR(cursor.seek_to_first());
    RETURN_IF_ERROR(cursor.next());
    while (cursor.valid()) {
      if (cursor.key()[0] != '\0') {
        ASSIGN_OR_RETURN(const BundleEntry entry, BundleEntry::decode(cursor.key(), cursor.value()));
        RETURN_IF_ERROR(f(cursor.key(), entry));
      }
      RETURN_IF_ERROR(cursor.next());
    }
    return OkStatus();
  }

  const std::string& prefix() const { return prefix_; }
  // The entries as they are.
  const std::shared_ptr<const io::Table>& table() const { return index_.table(); }
  uint64_t index_size_bytes() const { return index_.table()->size_bytes(); }
  const BundleHeader& header() const { return index_.header(); }

 private:
  // A value as it lies in a file, and where it goes.
  struct Stored {
    std::string name;
    BundleEntry entry;
    Tensor* value;
    const io::ReadableFile* file = nullptr;  // set by check()
  };
  // A file's size, for as long as values of one file are checked one after the other.
  struct KnownSize {
    const io::ReadableFile* file = nullptr;
    uint64_t bytes = 0;
  };
  BundleReader(std::string prefix, BundleIndex index, ThreadPool* pool)
      : prefix_(std::move(prefix)), index_(std::move(index)), pool_(pool) {}
  StatusOr<const io::ReadableFile*> shard(int i) const;
  StatusOr<BundleEntry> find(io::TableCursor& cursor, std::string_view name) const;
  StatusOr<BundleEntry> find_slice(const Request& request, const TensorSlice& slice) const;
  Status check(Stored* stored, KnownSize* known) const;
  Status check_crc(const Stored& stored, uint32_t crc) const;
  Status read_stored(std::span<Stored> stored) const;
  Status read_plain(std::span<Stored* const> stored) const;
  Status read_objects(const Stored& stored) const;  // strings or variants
  StatusOr<std::vector<std::pair<TensorSlice, Stored>>> parts_of(const Request& request, const TensorSlice& wanted) const;
  Status read_parts(Request& request) const;

  std::string prefix_;
  BundleIndex index_;
  ThreadPool* pool_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<io::ReadableFile>> shards_;  // opened when first needed
};

}  // namespace reflow::formats
