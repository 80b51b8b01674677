// Tensors put into a text.

#include <string>
#include <string_view>

#include "reflow/op/op.h"
#include "reflow/tensor/tensor_text.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The pieces of the template between its placeholders.
std::vector<std::string> pieces_of(std::string_view text, std::string_view placeholder) {
  std::vector<std::string> pieces;
  size_t begin = 0;
  if (!placeholder.empty()) {
    for (size_t at; (at = text.find(placeholder, begin)) != text.npos; begin = at + placeholder.size()) {
      pieces.emplace_back(text.substr(begin, at - begin));
    }
  }
  pieces.emplace_back(text.substr(begin));
  return pieces;
}

class StringFormat : public Kernel {
 public:
  explicit StringFormat(KernelInit& c)
      : pieces_(pieces_of(c.attr<std::string>("template"), c.attr<std::string>("placeholder"))),
        ends_(c.attr<int64_t>("summarize")) {}

  Status compute(KernelContext& c) override {
    std::string text = pieces_[0];
    for (size_t i = 1; i < pieces_.size(); ++i) {
      text += summarize_ends(c.input(static_cast<int>(i) - 1), ends_) + pieces_[i];
    }
    *c.output(0).data<std::string>() = std::move(text);
    return OkStatus();
  }

 private:
  std::vector<std::string> pieces_;
  int64_t ends_;
};

Status format_shape(ShapeContext& c) {
  const auto pieces = pieces_of(c.attr_or<std::string>("template", ""), c.attr_or<std::string>("placeholder", ""));
  if (pieces.size() != static_cast<size_t>(c.num_inputs()) + 1) {
    return invalid_argument("num placeholders in template and num inputs must match: {} vs. {}", pieces.size() - 1,
                            c.num_inputs());
  }
  return scalar_shape(c);
}

REFLOW_OP("StringFormat")
    .input("inputs: T")
    .output("output: string")
    .attr("T: list(type) >= 0")
    .attr("template: string = '%s'")
    .attr("placeholder: string = '%s'")
    .attr("summarize: int = 3")
    .doc("The text `template`, in which each `placeholder` is replaced by the values of the next input; of long dimensions "
         "by `summarize` values at each end.")
    .shape(format_shape)
    .kernel<StringFormat>(kCpu);

}  // namespace
}  // namespace reflow::ops
