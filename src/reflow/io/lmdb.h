#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::io {

// Reads the entries of an LMDB database in the order of their keys: the unnamed database of a file data.mdb, or of its
// folder, with one value for each key. Reads all of the file when it is opened; nobody else may write it meanwhile. Not
// thread-safe.
//
// The file is pages of one size, all numbers little-endian. Pages 0 and 1 are meta pages, of which the one with the higher
// transaction counts and names the root of a tree of keys. A page begins with its number (8 bytes), 2 unused bytes, flags
// (2), and the end of its list of nodes (2): their places in the page, 2 bytes each. A node has 8 bytes before its key: the
// low half of the value's size, the high half, flags, the key's size; in a branch the first three are the page below.
// Values that don't fit have pages of their own, whose first one stands in their place.
class LmdbReader {
 public:
  // NotFound: no such file. DataLoss: it is no LMDB database. Unimplemented: another version, or several values for a key.
  static StatusOr<LmdbReader> open(const std::string& path);

  // The next entry; good as long as the reader is. False: there are no more. DataLoss: the file is damaged.
  StatusOr<bool> next(std::string_view* key, std::string_view* value);

 private:
  struct Place {
    uint64_t page;
    int node;
  };
  explicit LmdbReader(std::string bytes) : bytes_(std::move(bytes)) {}
  Status begin();
  StatusOr<std::string_view> page(uint64_t number) const;
  // Goes down to the first leaf below a page.
  Status descend(uint64_t number);

  std::string bytes_;
  uint64_t page_size_ = 0;
  std::vector<Place> path_;  // from the root to the leaf, with the next node of each
};

}  // namespace reflow::io
