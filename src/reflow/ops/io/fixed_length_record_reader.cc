// FixedLengthRecordReader: records of one length, between a header and a footer.

#include <algorithm>
#include <optional>

#include "reflow/io/buffered_input.h"
#include "reflow/ops/io/reader.h"

namespace reflow::ops {
namespace {

class FixedLengthRecordReader : public Reader {
 public:
  static constexpr const char* kKind = "FixedLengthRecordReader";
  struct Options {
    explicit Options(KernelInit& c)
        : header_bytes(size(c, "header_bytes")), record_bytes(size(c, "record_bytes")),
          footer_bytes(size(c, "footer_bytes")), hop_bytes(size(c, "hop_bytes")) {
      const std::string encoding = c.attr_or<std::string>("encoding", "");  // TensorFlow takes others for none
      if (encoding == "ZLIB") compression = io::Compression::kZlib;
      if (encoding == "GZIP") compression = io::Compression::kGzip;
    }
    // Far more than any file has, and small enough to be added up.
    static size_t size(KernelInit& c, const char* attr) {
      const int64_t value = c.attr<int64_t>(attr);
      if (value < 0) c.fail(invalid_argument("{} must be >= 0 not {}", attr, value));
      return static_cast<size_t>(std::clamp<int64_t>(value, 0, int64_t{1} << 60));
    }
    size_t header_bytes, record_bytes, footer_bytes, hop_bytes;
    io::Compression compression = io::Compression::kNone;
  };
  FixedLengthRecordReader(std::string name, const Options& options) : Reader(std::move(name)), options_(options) {}

 protected:
  Status begin_work() override {
    record_number_ = 0;
    ASSIGN_OR_RETURN(std::unique_ptr<io::InputStream> stream, io::open_input(current_work(), options_.compression));
    input_.emplace(std::move(stream));
    ASSIGN_OR_RETURN(const std::string_view header, input_->peek(options_.header_bytes));
    if (header.size() < options_.header_bytes) return out_of_range("reached end of file");
    input_->skip(options_.header_bytes);
    return OkStatus();
  }
  Status next(Record* record) override {
    const size_t needed = options_.record_bytes + options_.footer_bytes;
    ASSIGN_OR_RETURN(const std::string_view rest, input_->peek(needed));
    record->at_end = rest.size() < needed;
    if (record->at_end) return OkStatus();
    record->value = rest.substr(0, options_.record_bytes);
    record->key = fmt::format("{}:{}", current_work(), record_number_++);
    record->produced = true;
    const size_t hop = options_.hop_bytes > 0 ? options_.hop_bytes : options_.record_bytes;
    return input_->seek(input_->position() + hop);
  }
  void end_work() override { input_.reset(); }

 private:
  const Options options_;
  std::optional<io::BufferedInput> input_;
  int64_t record_number_ = 0;
};

#define FIXED_LENGTH_ATTRS               \
  .attr("header_bytes: int = 0")         \
  .attr("record_bytes: int")             \
  .attr("footer_bytes: int = 0")         \
  .attr("hop_bytes: int = 0")
#define FIXED_LENGTH_READER                                                                                          \
  READER_ATTRS.kernel<ReaderHandle<FixedLengthRecordReader>>(kCpu).sets_outputs()                                    \
  .doc("A reader of the records of the files that a queue names, `record_bytes` each. `header_bytes` and "           \
       "`footer_bytes` of each file are left out; records begin every `hop_bytes`, 0: without a gap. Keys are "      \
       "FILE:NUMBER, counted from 0.")

REFLOW_OP("FixedLengthRecordReaderV2")
    .output("reader_handle: resource") FIXED_LENGTH_ATTRS
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("encoding: string = ''")
    .stateful()
    .shape(reader_handle_shape)
    .kernel<ReaderHandle<FixedLengthRecordReader>>(kCpu)
    .sets_outputs()
    .doc("A reader of the records of the files that a queue names, `record_bytes` each. `header_bytes` and "
         "`footer_bytes` of each file are left out; records begin every `hop_bytes`, 0: without a gap. Keys are "
         "FILE:NUMBER, counted from 0.");
REFLOW_OP("FixedLengthRecordReader")
    .output("reader_handle: Ref(string)") FIXED_LENGTH_ATTRS FIXED_LENGTH_READER.not_differentiable().deprecated(26, "Use FixedLengthRecordReaderV2");

}  // namespace
}  // namespace reflow::ops
