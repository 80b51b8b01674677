#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/base/thread_pool.h"
#include "reflow/formats/bundle_data_writer.h"
#include "reflow/formats/bundle_entry.h"
#include "reflow/io/staged_file.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// Writes a checkpoint V2 (docs/formats/checkpoint.md), one shard: PREFIX.index and PREFIX.data-00000-of-00001, byte for
// byte as TensorFlow does. Files appear when finish() is called, all at once for readers. Not thread-safe.
class BundleWriter {
 public:
  // Makes the folder of `prefix` where there is none. Does not own `pool`.
  static StatusOr<std::unique_ptr<BundleWriter>> create(std::string_view prefix,
                                                        ThreadPool& pool = ThreadPool::process_pool());
  // Adds a whole tensor. It may be kept until finish(). InvalidArgument: "Adding duplicate key: ...".
  Status add(std::string_view name, const Tensor& tensor);
  // Adds the part `slice` of a tensor of `shape`. InvalidArgument: its shape isn't the slice's, or the tensor's shape or
  // type is another one than before.
  Status add_slice(std::string_view name, const Shape& shape, const TensorSlice& slice, const Tensor& tensor);
  Status finish();

 private:
  BundleWriter(std::string prefix, std::unique_ptr<io::StagedFile> data, ThreadPool* pool)
      : prefix_(std::move(prefix)), file_(std::move(data)), data_(file_.get(), pool) {}
  struct Added {
    BundleEntry entry;
    size_t place = kNoPlace;  // of data_
  };
  static constexpr size_t kNoPlace = static_cast<size_t>(-1);

  std::string prefix_;
  std::unique_ptr<io::StagedFile> file_;
  BundleDataWriter data_;
  std::map<std::string, Added, std::less<>> entries_;
};

// Makes one checkpoint of several, without copying their data: their files are renamed. InvalidArgument: a tensor is in
// two of them.
Status merge_bundles(std::span<const std::string> prefixes, std::string_view merged_prefix);

}  // namespace reflow::formats
