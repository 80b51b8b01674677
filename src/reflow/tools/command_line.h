#pragma once

#include <iosfwd>

namespace reflow::tools {

// The program `reflow`: runs the command that the arguments name and returns the exit status: 0, 1 when the command
// failed, or one of CLI11's above 100 when the arguments make no sense.
int run_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace reflow::tools
