// Reads hostile files `checkpoint`; what is read has to survive being written and read again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "reflow/formats/checkpoint_state.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto state = reflow::formats::CheckpointState::parse({reinterpret_cast<const char*>(data), size});
  if (!state.ok()) return 0;
  const auto again = reflow::formats::CheckpointState::parse(state->text());
  if (!again.ok() || again->text() != state->text()) std::abort();
  return 0;
}
