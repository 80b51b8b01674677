#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// The values of HDF5 files (docs/formats/hdf5.md) that tensors hold: numbers, booleans as h5py writes them, strings.

// A value of a file, an attribute's or a dataset's. Strings are of `variable` length, and then may be `utf8`, or all have the
// bytes of the longest.
struct Hdf5Value {
  Tensor tensor;
  bool variable = false, utf8 = false;
};

// How the elements of a value lie in the file.
struct Hdf5Type {
  DType dtype = DType::kInvalid;
  size_t size = 0;  // bytes of an element; of strings of variable length, those of the reference to the heap
  bool big_endian = false, variable = false, utf8 = false;
};

// What strings of variable length have in their place: the length in 4 bytes, the address of a heap in 8, the number there in 4.
constexpr size_t kHdf5ReferenceBytes = 16;

// The type that a datatype message means. DataLoss: it is damaged. Unimplemented: no tensor holds such values.
StatusOr<Hdf5Type> parse_hdf5_type(std::string_view message);

// How `value` will lie in a file. InvalidArgument: HDF5, as h5py uses it, has no such type.
StatusOr<Hdf5Type> hdf5_type_of(const Hdf5Value& value);
void append_hdf5_type(const Hdf5Type& type, std::string* message);

}  // namespace reflow::formats
