// TextLineReader: the lines of files.

#include <optional>

#include "reflow/io/buffered_input.h"
#include "reflow/ops/io/reader.h"

namespace reflow::ops {
namespace {

class TextLineReader : public Reader {
 public:
  static constexpr const char* kKind = "TextLineReader";
  struct Options {
    explicit Options(KernelInit& c) : skip_header_lines(c.attr<int64_t>("skip_header_lines")) {
      if (skip_header_lines < 0) c.fail(invalid_argument("skip_header_lines must be >= 0 not {}", skip_header_lines));
    }
    int64_t skip_header_lines;
  };
  TextLineReader(std::string name, const Options& options)
      : Reader(std::move(name)), skip_header_lines_(options.skip_header_lines) {}

 protected:
  Status begin_work() override {
    ASSIGN_OR_RETURN(std::unique_ptr<io::InputStream> stream, io::open_input(current_work()));
    input_.emplace(std::move(stream));
    std::string line;
    bool more = true;  // a file that has nothing but a header has no records
    for (line_number_ = 0; line_number_ < skip_header_lines_ && more; ++line_number_) {
      ASSIGN_OR_RETURN(more, input_->read_line(&line));
    }
    return OkStatus();
  }
  Status next(Record* record) override {
    ASSIGN_OR_RETURN(record->produced, input_->read_line(&record->value));
    record->at_end = !record->produced;
    if (record->at_end) return OkStatus();
    std::erase(record->value, '\r');
    record->key = fmt::format("{}:{}", current_work(), ++line_number_);
    return OkStatus();
  }
  void end_work() override { input_.reset(); }

 private:
  const int64_t skip_header_lines_;
  std::optional<io::BufferedInput> input_;
  int64_t line_number_ = 0;
};

#define TEXT_LINE_READER                                                                                            \
  .attr("skip_header_lines: int = 0")                                                                               \
  READER_ATTRS.kernel<ReaderHandle<TextLineReader>>(kCpu).sets_outputs()                                            \
  .doc("A reader of the lines of the files that a queue names, without their ends. The first `skip_header_lines` of " \
       "each file are left out. Keys are FILE:LINE, counted from 1.")

REFLOW_OP("TextLineReaderV2").output("reader_handle: resource") TEXT_LINE_READER;
REFLOW_OP("TextLineReader").output("reader_handle: Ref(string)") TEXT_LINE_READER.not_differentiable().deprecated(26, "Use TextLineReaderV2");

}  // namespace
}  // namespace reflow::ops
