#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/formats/hdf5_writer.h"

namespace reflow::formats {

// Lays out an HDF5 file: all but the numbers of datasets in one string, children before the groups that they are in, so that
// their addresses are known. Used once.
class Hdf5Layout {
 public:
  Status add_root(const Hdf5Writer::Node& root);
  // What the file begins with, and what comes behind it, each value's numbers at its address.
  const std::string& head() const { return out_; }
  const std::vector<std::pair<uint64_t, const Tensor*>>& numbers() const { return numbers_; }

 private:
  struct Message {
    uint16_t type;
    std::string bytes;
  };
  // `group`: the addresses of a group's tree and names.
  Status add_object(const Hdf5Writer::Node& node, uint64_t* address, std::pair<uint64_t, uint64_t>* group);
  Status add_group(const Hdf5Writer::Node& node, std::pair<uint64_t, uint64_t>* group);
  Status add_dataset(const Hdf5Value& value, std::vector<Message>* messages);
  Status add_attribute(const std::string& name, const Hdf5Value& value, std::vector<Message>* messages);
  uint64_t add_header(const std::vector<Message>& messages);
  std::string encode(const Hdf5Type& type, const Hdf5Value& value);
  void add_heap(const std::vector<const std::string*>& strings, std::string* references);
  void align();

  std::string out_;
  std::vector<std::pair<uint64_t, const Tensor*>> numbers_;
  std::vector<std::pair<size_t, const Tensor*>> unplaced_;  // where in out_ the address of which value is missing
};

}  // namespace reflow::formats
