#include "reflow/client/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/string_ops.h"

namespace reflow {
namespace {

void check_stream(const std::string& stream) {
  constexpr std::array<std::string_view, 5> kStreams = {"stdout", "stderr", "log(info)", "log(warning)", "log(error)"};
  if (std::ranges::find(kStreams, stream) != kStreams.end() || stream.starts_with("file://")) return;
  throw ValueError(fmt::format("Unsupported output stream, logging level, or file.{}. Supported streams are stdout, stderr, "
                               "log(info), log(warning), log(error). File needs to be in the form of 'file://<filepath>'.",
                               stream));
}

}  // namespace

Operation print(const TensorList& inputs, const PrintTensorsOptions& options) {
  check_stream(options.output_stream);
  const auto print_text = [&](const Output& text) {
    return Operation(client::make_op("PrintV2", options.name, {text},
                                     {{"output_stream", options.output_stream}, {"end", options.end}}));
  };
  const Output* only = inputs.size() == 1 ? inputs[0].output() : nullptr;
  if (only && only->shape().rank() == 0 && only->dtype() == DType::kString) return print_text(*only);
  // What stands for a tensor: a text that doesn't occur otherwise.
  std::string placeholder = "{}", texts;
  for (const TensorLike& input : inputs) {
    if (!client::is_symbolic(input)) texts += client::describe(input) + " ";
  }
  for (int i = 0; texts.find(placeholder) != std::string::npos; ++i) placeholder += std::to_string(i % 10);
  std::string text;
  TensorList tensors;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (i) text += options.sep;
    if (client::is_symbolic(inputs[i]) || std::holds_alternative<std::shared_ptr<const Tensor>>(inputs[i].value())) {
      text += placeholder;
      tensors.push_back(inputs[i]);
    } else if (const auto* plain = std::get_if<std::string>(&inputs[i].value())) {
      text += *plain;
    } else {
      text += client::describe(inputs[i]);
    }
  }
  return print_text(strings::format(text, tensors,
                                    {.placeholder = placeholder,
                                     .summarize = options.summarize,
                                     .name = options.name.empty() ? "" : options.name + "_format"}));
}

}  // namespace reflow
