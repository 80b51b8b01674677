#pragma once

#include <optional>

#include "reflow/client/graph.h"
#include "reflow/client/session.h"
#include "reflow/client/variable.h"

namespace reflow::train {

// The variable that counts training steps, of the default graph: int64, below no name scope, called "global_step". It is
// the one in the collection "global_step", or the tensor of that name.

// Unset: there is none, or several. TypeError: as assert_global_step.
std::optional<Variable> get_global_step();
// ValueError: "\"global_step\" already exists.".
Variable create_global_step();
Variable get_or_create_global_step();
// TypeError: it isn't an integer, or no scalar.
void assert_global_step(const Variable& global_step);
// Its value in a session.
int64_t global_step(const Session& sess, const Variable& global_step);

}  // namespace reflow::train
