#pragma once

#include <string>

#include "reflow/client/tf_record.h"

namespace reflow::train {

// The serialized Events of an event file, one after the other: for (const std::string& event : summary_iterator(path)).
// Errors as of tf_record_iterator.
class summary_iterator : public python_io::tf_record_iterator {
 public:
  explicit summary_iterator(const std::string& path) : tf_record_iterator(path) {}
};

}  // namespace reflow::train
