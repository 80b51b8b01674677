// LMDBReader: the entries of LMDB databases.

#include <optional>

#include "reflow/io/lmdb.h"
#include "reflow/ops/io/reader.h"

namespace reflow::ops {
namespace {

class LmdbReader : public Reader {
 public:
  static constexpr const char* kKind = "LMDBReader";
  struct Options {
    explicit Options(KernelInit&) {}
  };
  LmdbReader(std::string name, const Options&) : Reader(std::move(name)) {}

 protected:
  Status begin_work() override {
    ASSIGN_OR_RETURN(entries_, io::LmdbReader::open(current_work()));
    return OkStatus();
  }
  Status next(Record* record) override {
    std::string_view key, value;
    ASSIGN_OR_RETURN(record->produced, entries_->next(&key, &value));
    record->at_end = !record->produced;
    record->key = key;
    record->value = value;
    return OkStatus();
  }
  void end_work() override { entries_.reset(); }

 private:
  std::optional<io::LmdbReader> entries_;
};

REFLOW_OP("LMDBReader")
    .output("reader_handle: Ref(string)") READER_ATTRS
    .kernel<ReaderHandle<LmdbReader>>(kCpu)
    .sets_outputs()
    .doc("A reader of the entries of the LMDB databases that a queue names, files or folders. Keys and values are those of the "
         "database.")
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
