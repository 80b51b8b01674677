#pragma once

// Status of the rooms below to exceptions. Not for users: this header knows absl.

#include <utility>

#include "reflow/base/status.h"
#include "reflow/client/errors.h"

namespace reflow {
namespace errors {

// Throws the class of tf.errors for `status`, with the node that its message names. REQUIRES: !status.ok().
[[noreturn]] void from_status(const Status& status);

inline void throw_if_error(const Status& status) {
  if (!status.ok()) [[unlikely]]
    from_status(status);
}

}  // namespace errors

// Throws what Python raises for a mistake while a graph is built: TypeError, ValueError, RuntimeError (the graph is
// finalized), NotImplementedError. REQUIRES: !status.ok().
[[noreturn]] void throw_building_error(const Status& status);

inline void check_building(const Status& status) {
  if (!status.ok()) [[unlikely]]
    throw_building_error(status);
}

template <typename T>
T check_building(StatusOr<T> value) {
  if (!value.ok()) [[unlikely]]
    throw_building_error(value.status());
  return *std::move(value);
}

}  // namespace reflow
