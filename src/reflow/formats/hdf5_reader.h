#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/formats/hdf5_blocks.h"
#include "reflow/formats/hdf5_type.h"

namespace reflow::formats {

class Hdf5Values;

// A group or a dataset of an HDF5 file.
struct Hdf5Object {
  bool is_group = false;
  // Of a group, by name.
  std::map<std::string, uint64_t, std::less<>> members;
  // Of a dataset.
  StatusOr<Hdf5Type> type = Hdf5Type{};  // Unimplemented: read() gives this error
  Shape shape;
  // Those of values that no tensor holds are Unimplemented.
  std::vector<std::pair<std::string, StatusOr<Hdf5Value>>> attributes;

  // Where the values lie; compact ones in the object itself.
  uint64_t data_address = 0, data_size = 0;
  std::string compact;
};

// Reads HDF5 files (docs/formats/hdf5.md) as h5py writes them by default: groups of symbol tables, attributes, contiguous and
// compact datasets. What newer versions of the format have (libver='latest') and datasets in chunks are Unimplemented. A file
// is read as far as it is asked for. Thread-safe. Nothing is allocated that is larger than the file, whatever it says.
class Hdf5Reader {
 public:
  // NotFound: no such file. DataLoss: it is none of HDF5, or is damaged.
  static StatusOr<std::unique_ptr<Hdf5Reader>> open(std::string_view path);
  // The object at `path`, the names of groups and the object with '/' between; the root at "". NotFound: "Unable to open
  // object (object 'x' doesn't exist)".
  StatusOr<Hdf5Object> find(std::string_view path) const;
  // The object `name` of a group, which find() looks for from the root on. NotFound as there.
  StatusOr<Hdf5Object> member(const Hdf5Object& group, std::string_view name) const;
  // The values of a dataset.
  StatusOr<Hdf5Value> read(const Hdf5Object& dataset) const;

 private:
  struct Message {
    uint16_t type;
    bool shared;  // what it says is elsewhere
    std::string bytes;
  };
  explicit Hdf5Reader(std::unique_ptr<Hdf5Blocks> blocks) : blocks_(std::move(blocks)) {}
  StatusOr<std::vector<Message>> messages_at(uint64_t address) const;
  StatusOr<Hdf5Object> object_at(uint64_t address) const;
  Status read_members(uint64_t tree, uint64_t names, Hdf5Object* group) const;
  Status read_symbols(uint64_t address, std::string_view names, uint64_t* total, Hdf5Object* group) const;
  Status read_layout(std::string_view message, Hdf5Object* dataset) const;
  Status read_attribute(std::string_view message, Hdf5Values* values, Hdf5Object* object) const;

  std::unique_ptr<const Hdf5Blocks> blocks_;
};

}  // namespace reflow::formats
