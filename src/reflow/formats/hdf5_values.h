#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "reflow/formats/hdf5_blocks.h"
#include "reflow/formats/hdf5_type.h"

namespace reflow::formats {

// Makes tensors of the bytes of one object of an HDF5 file, and keeps the heaps of their strings meanwhile. All that it reads
// and gives out together is no larger than the file. Not thread-safe.
class Hdf5Values {
 public:
  explicit Hdf5Values(const Hdf5Blocks& blocks) : blocks_(blocks) {}
  // DataLoss: there are too few bytes, or no such strings.
  StatusOr<Hdf5Value> decode(const Hdf5Type& type, const Shape& shape, std::string_view raw);

 private:
  struct Heap {
    std::string bytes;
    std::map<uint16_t, std::string_view> values;  // by their number
  };
  StatusOr<const Heap*> heap_at(uint64_t address);
  StatusOr<std::string_view> string_of(std::string_view reference);
  const Hdf5Blocks& blocks_;
  std::map<uint64_t, Heap> heaps_;
  uint64_t heap_bytes_ = 0, string_bytes_ = 0;
};

}  // namespace reflow::formats
