#include "reflow/formats/hdf5_values.h"

#include <cstring>

#include "reflow/formats/byte_order.h"
#include "reflow/formats/hdf5_format.h"
#include "reflow/io/varint.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::formats {

using namespace hdf5;  // NOLINT: the names of the format

StatusOr<const Hdf5Values::Heap*> Hdf5Values::heap_at(uint64_t address) {
  const auto known = heaps_.find(address);
  if (known != heaps_.end()) return &known->second;
  ASSIGN_OR_RETURN(const std::string head, blocks_.bytes(address, kCollectionBytes));
  const uint64_t size = io::fixed64_at(head.data() + 8);
  // The heaps of a sound file lie side by side, and so do the strings within.
  if (head.substr(0, 4) != "GCOL" || size < kCollectionBytes || size > blocks_.size_bytes() - heap_bytes_) {
    return blocks_.damaged(address, "no heap of values");
  }
  heap_bytes_ += size;
  Heap& heap = heaps_[address];
  ASSIGN_OR_RETURN(heap.bytes, blocks_.bytes(address, size));
  Hdf5Cursor cursor(std::string_view(heap.bytes).substr(kCollectionBytes));
  while (cursor.rest().size() >= kHeapObjectBytes) {
    const auto number = static_cast<uint16_t>(cursor.number(2));
    cursor.bytes(6);  // how often it is used
    const uint64_t value_size = cursor.number(8);
    if (number == 0) break;  // what is free
    heap.values[number] = cursor.padded(value_size);
    if (!cursor.ok()) return blocks_.damaged(address, "a value longer than its heap");
  }
  return &heap;
}

StatusOr<std::string_view> Hdf5Values::string_of(std::string_view reference) {
  Hdf5Cursor cursor(reference);
  const uint64_t length = cursor.number(4), address = cursor.number(8);
  const auto number = static_cast<uint16_t>(cursor.number(4));
  if (length == 0) return std::string_view();
  ASSIGN_OR_RETURN(const Heap* heap, heap_at(address));
  const auto value = heap->values.find(number);
  if (value == heap->values.end() || value->second.size() < length || length > blocks_.size_bytes() - string_bytes_) {
    return blocks_.damaged(address, "no such string");
  }
  string_bytes_ += length;
  return value->second.substr(0, length);
}

StatusOr<Hdf5Value> Hdf5Values::decode(const Hdf5Type& type, const Shape& shape, std::string_view raw) {
  ASSIGN_OR_RETURN(const int64_t elements, checked_num_elements(shape));
  if (static_cast<uint64_t>(elements) > raw.size() / type.size) {
    return data_loss("Damaged HDF5 file {}: {} bytes for a value of shape {}", blocks_.path(), raw.size(), shape.str());
  }
  Hdf5Value value{.variable = type.variable, .utf8 = type.utf8};
  ASSIGN_OR_RETURN(value.tensor, allocate_tensor(type.dtype, shape));
  if (type.dtype == DType::kString) {
    for (std::string& s : value.tensor.flat<std::string>()) {
      std::string_view element = raw.substr(0, type.size);
      raw.remove_prefix(type.size);
      if (type.variable) {
        ASSIGN_OR_RETURN(element, string_of(element));
      } else {
        element = element.substr(0, element.find_last_not_of('\0') + 1);
      }
      s = element;
    }
  } else if (type.dtype == DType::kBool) {
    for (bool& b : value.tensor.flat<bool>()) {
      b = raw[0] != 0;
      raw.remove_prefix(type.size);
    }
  } else {
    if (elements > 0) std::memcpy(value.tensor.raw_data(), raw.data(), static_cast<size_t>(elements) * type.size);
    if (type.big_endian) swap_bytes(value.tensor);
  }
  return value;
}

}  // namespace reflow::formats
