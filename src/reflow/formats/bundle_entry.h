#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/formats/tensor_slice.h"
#include "reflow/tensor/dtype.h"

namespace reflow::formats {

// What the index of a bundle says (docs/formats/checkpoint.md): the value of the empty key, and those of tensors.

struct BundleHeader {
  int32_t num_shards = 1;
  bool big_endian = false;
  int32_t producer = 1, min_consumer = 0;

  std::string encoded() const;
  // InvalidArgument in TensorFlow's words: the file asks for a newer reader. DataLoss: no header.
  static StatusOr<BundleHeader> decode(std::string_view bytes);
};

// Where a tensor is. One that is saved in parts has `slices` instead, each with an entry of its own under its slice_key.
struct BundleEntry {
  DType dtype = DType::kInvalid;
  Shape shape;
  int32_t shard = 0;
  int64_t offset = 0, size_bytes = 0;
  uint32_t masked_crc = 0;
  std::vector<TensorSlice> slices;

  std::string encoded() const;
  // DataLoss: no entry, or one that can't be true. `key` is for messages.
  static StatusOr<BundleEntry> decode(std::string_view key, std::string_view bytes);
};

// "PREFIX.index", "PREFIX.data-00001-of-00002".
std::string bundle_index_path(std::string_view prefix);
std::string bundle_data_path(std::string_view prefix, int shard, int num_shards);

// "weights", or for a slice's key: "weights (slice 0,5:-)".
std::string readable_key(std::string_view key);

}  // namespace reflow::formats
