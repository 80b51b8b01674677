#pragma once

#include <span>

#include "reflow/op/kernel.h"
#include "reflow/op/parts.h"
#include "reflow/runtime/plan.h"

namespace reflow::runtime {

// Makes those outputs of an instruction that somebody reads the stretches of its input that `parts` tells of. They are lent
// (Buffer::transient), so that nothing is written into them, and whoever keeps one longer than the run copies it.
void lend_parts(const Plan& plan, const Instruction& in, const op::Parts& parts, std::span<const Shape> shapes,
                op::KernelContext& context);

// The same for an instruction whose memory isn't planned, where that of its input isn't either, and it is worth it. False: the
// kernel has to be called.
bool try_lend_parts(const Plan& plan, const Instruction& in, std::span<const Shape> inputs, std::span<const Shape> outputs,
                    op::KernelContext& context);

// Are all outputs, of an instruction with some, large enough to be lent?
bool large_enough_to_lend(const Instruction& in, std::span<const Shape> outputs);

}  // namespace reflow::runtime
