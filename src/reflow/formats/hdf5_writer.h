#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/formats/hdf5_type.h"

namespace reflow::formats {

// Writes an HDF5 file (docs/formats/hdf5.md) that h5py, and so Keras, reads. Everything is kept until finish(), which puts the
// file in its place when it is complete. Paths are names with '/' between. Not thread-safe.
class Hdf5Writer {
 public:
  Hdf5Writer();
  ~Hdf5Writer();
  // Makes a group and those around it. AlreadyExists: "Unable to create group (name already exists)".
  Status create_group(std::string_view path);
  // Makes a dataset and the groups around it. Tensors share their memory until finish(). InvalidArgument: a type that HDF5
  // lacks. AlreadyExists: "Unable to create dataset (name already exists)".
  Status create_dataset(std::string_view path, Hdf5Value value);
  // Sets an attribute of a group or dataset that there is; the root's path is "". InvalidArgument: it has more than 64 KB.
  Status set_attribute(std::string_view path, std::string_view name, Hdf5Value value);
  Status finish(std::string_view file) const;

  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> members;
    std::map<std::string, Hdf5Value, std::less<>> attributes;
    std::optional<Hdf5Value> dataset;  // else it is a group
  };

 private:
  // The node at `path`, which is made where there is none; `made` says whether.
  StatusOr<Node*> node_at(std::string_view path, bool* made);
  std::unique_ptr<Node> root_;
};

}  // namespace reflow::formats
