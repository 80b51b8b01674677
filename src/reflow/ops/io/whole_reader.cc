// WholeFileReader and IdentityReader: each work unit is one record.

#include "reflow/io/file.h"
#include "reflow/ops/io/reader.h"

namespace reflow::ops {
namespace {

class WholeReader : public Reader {
 public:
  struct Options {
    explicit Options(KernelInit&) {}
  };
  WholeReader(std::string name, const Options&) : Reader(std::move(name)) {}

 protected:
  Status next(Record* record) override {
    ASSIGN_OR_RETURN(record->value, value_of(current_work()));
    record->key = current_work();
    record->produced = record->at_end = true;
    return OkStatus();
  }
  bool keeps_state() const override { return true; }
  virtual StatusOr<std::string> value_of(const std::string& work) = 0;
};

class WholeFileReader : public WholeReader {
 public:
  static constexpr const char* kKind = "WholeFileReader";
  using WholeReader::WholeReader;

 protected:
  StatusOr<std::string> value_of(const std::string& work) override { return io::read_file(work); }
};

class IdentityReader : public WholeReader {
 public:
  static constexpr const char* kKind = "IdentityReader";
  using WholeReader::WholeReader;

 protected:
  StatusOr<std::string> value_of(const std::string& work) override { return work; }
};

#define WHOLE_FILE_READER                                                  \
  READER_ATTRS.kernel<ReaderHandle<WholeFileReader>>(kCpu).sets_outputs()  \
  .doc("A reader that gives each file that a queue names as one record: its name and its content.")
#define IDENTITY_READER                                                    \
  READER_ATTRS.kernel<ReaderHandle<IdentityReader>>(kCpu).sets_outputs()   \
  .doc("A reader that gives what a queue has as records, as keys and as values.")

REFLOW_OP("WholeFileReaderV2").output("reader_handle: resource") WHOLE_FILE_READER;
REFLOW_OP("WholeFileReader").output("reader_handle: Ref(string)") WHOLE_FILE_READER.not_differentiable();
REFLOW_OP("IdentityReaderV2").output("reader_handle: resource") IDENTITY_READER;
REFLOW_OP("IdentityReader").output("reader_handle: Ref(string)") IDENTITY_READER.not_differentiable().deprecated(26, "Use IdentityReaderV2");

}  // namespace
}  // namespace reflow::ops
