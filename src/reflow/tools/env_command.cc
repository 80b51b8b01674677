#include "reflow/tools/env_command.h"

#include <fmt/format.h>

#include "reflow/base/env.h"
#include "reflow/base/version.h"

namespace reflow::tools {

std::string env_text() {
  std::string text;
  for (const EnvKnob& knob : env_knobs()) {
    const std::string value = knob.text();
    text += fmt::format("{} (default: {}{})\n    {}\n", knob.name(), knob.default_text(),
                        value.empty() ? "" : "; now: " + value, knob.sentence());
  }
  return text;
}

std::string version_text() { return fmt::format("reflow {} (TensorFlow {})", version(), tensorflow_version()); }

}  // namespace reflow::tools
