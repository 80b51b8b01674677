// Assert, which ends a run with a message, and Print, which writes values to stderr as they pass.

#include <atomic>
#include <cstdio>
#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// -1 asks for all elements.
int elements_to_show(KernelInit& c) {
  const int64_t n = c.attr<int64_t>("summarize");
  return n < 0 || n > INT32_MAX ? INT32_MAX : static_cast<int>(n);
}

class Assert : public Kernel {
 public:
  explicit Assert(KernelInit& c) : summarize_(elements_to_show(c)) {}

  Status compute(KernelContext& c) override {
    const Tensor& condition = c.input(0);
    if (condition.rank() != 0) return invalid_argument("In[0] should be a scalar: {}", condition.shape().str());
    if (condition.item<bool>()) return OkStatus();
    std::string message = "assertion failed: ";
    for (int i = 1; i < c.num_inputs(); ++i) {
      message += (i == 1 ? "[" : " [") + c.input(i).summarize(summarize_) + "]";
    }
    return invalid_argument("{}", message);
  }

 private:
  int summarize_;
};

REFLOW_OP("Assert")
    .input("condition: bool")
    .input("data: T")
    .attr("T: list(type) >= 1")
    .attr("summarize: int = 3")
    .stateful()
    .doc("Ends the run with an error that shows `data` unless `condition` is true. Of each tensor, `summarize` entries of "
         "each dimension are shown.")
    .shape(no_outputs)
    .kernel<Assert>(kCpu)
    .not_differentiable();

class Print : public Kernel {
 public:
  explicit Print(KernelInit& c)
      : message_(c.attr<std::string>("message")),
        first_n_(c.attr<int64_t>("first_n")),
        summarize_(elements_to_show(c)) {}

  Status compute(KernelContext& c) override {
    c.forward(0, 0);
    if (first_n_ >= 0 && printed_.fetch_add(1, std::memory_order_relaxed) >= first_n_) return OkStatus();
    std::string line = message_;
    for (int i = 1; i < c.num_inputs(); ++i) line += "[" + c.input(i).summarize(summarize_) + "]";
    line += "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
    return OkStatus();
  }

 private:
  std::string message_;
  int64_t first_n_;
  int summarize_;
  std::atomic<int64_t> printed_{0};
};

REFLOW_OP("Print")
    .input("input: T")
    .input("data: U")
    .output("output: T")
    .attr("T: type")
    .attr("U: list(type) >= 0")
    .attr("message: string = ''")
    .attr("first_n: int = -1")
    .attr("summarize: int = 3")
    .stateful()
    .doc("Passes `input` on, and writes `message` and `data` to stderr, the first `first_n` times only if that isn't -1.")
    .shape(unchanged_shape)
    .kernel<Print>(kCpu)
    .sets_outputs()
    .alias(0, 0)
    .gradient([](GradContext& g) { g.dx(0) = g.dy_gradient(0); });

class PrintV2 : public Kernel {
 public:
  explicit PrintV2(KernelInit& c) : stream_(c.attr<std::string>("output_stream")), end_(c.attr<std::string>("end")) {}

  Status compute(KernelContext& c) override {
    std::string text = c.input(0).item<std::string>() + end_;
    if (stream_.starts_with("file://")) return append(text, stream_.substr(7));
    std::FILE* out = stream_ == "stdout" ? stdout : stderr;
    std::fwrite(text.data(), 1, text.size(), out);
    std::fflush(out);
    return OkStatus();
  }

 private:
  static Status append(const std::string& text, const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "a");
    if (file == nullptr) return not_found("{}; cannot be opened for writing", path);
    const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (std::fclose(file) != 0 || !written) return unavailable("{}; cannot be written", path);
    return OkStatus();
  }

  std::string stream_, end_;
};

Status print_v2_shape(ShapeContext& c) {
  Shape scalar;
  return c.with_rank(c.input(0), 0, &scalar);
}

REFLOW_OP("PrintV2")
    .input("input: string")
    .attr("output_stream: string = 'stderr'")
    .attr("end: string = '\n'")
    .stateful()
    .doc("Writes the scalar string `input` and `end` to stderr, stdout, or the end of a file (\"file://path\").")
    .shape(print_v2_shape)
    .kernel<PrintV2>(kCpu);

}  // namespace
}  // namespace reflow::ops
