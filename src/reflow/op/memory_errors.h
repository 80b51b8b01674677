#pragma once

#include <new>
#include <stdexcept>

#include "reflow/base/status.h"

namespace reflow::op {

// What `call` returns, a Status or StatusOr. Inputs that ask for more memory than there is, or than there can be, end in
// ResourceExhausted wherever it takes it; that costs nothing otherwise.
template <typename Call>
auto with_memory_errors(Call&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return resource_exhausted("Out of memory");
  } catch (const std::length_error&) {
    return resource_exhausted("Out of memory: a size is beyond what can be addressed");
  }
}

}  // namespace reflow::op
