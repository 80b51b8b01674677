#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "tensorflow/core/util/event.pb.h"

namespace reflow::tools {

// The event files of a folder by name, or the file itself. NotFound: there are none.
StatusOr<std::vector<std::string>> event_files(const std::string& path);

// Calls `use` for each event of a file. A file that ends in the middle of an event, as that of a writer that runs or was
// killed, ends there. DataLoss, with the offset: the file is damaged.
Status each_event(const std::string& path, const std::function<Status(const tensorflow::Event&)>& use);

// The number of a scalar summary, whichever of the ways of TensorFlow 1 and 2 it is written in; false: it is no scalar.
bool scalar_of(const tensorflow::Summary::Value& value, double* number);
// "scalar", "histogram", "image", "audio", "text", "tensor".
std::string kind_of(const tensorflow::Summary::Value& value);

}  // namespace reflow::tools
