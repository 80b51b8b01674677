#pragma once

#include <new>
#include <stdexcept>
#include <system_error>

#include "reflow/base/status.h"

namespace reflow::op {

// What `call` returns, a Status or StatusOr. Inputs that ask for more memory or threads than there are, or can be, end in
// ResourceExhausted wherever it takes them; that costs nothing otherwise.
template <typename Call>
auto with_memory_errors(Call&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return resource_exhausted("Out of memory");
  } catch (const std::length_error&) {
    return resource_exhausted("Out of memory: a size is beyond what can be addressed");
  } catch (const std::system_error& e) {
    if (e.code() != std::errc::resource_unavailable_try_again) throw;
    return resource_exhausted("Out of threads");
  }
}

}  // namespace reflow::op
