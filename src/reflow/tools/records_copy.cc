#include "reflow/tools/records_copy.h"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string_view>

#include "reflow/io/record_writer.h"
#include "reflow/tools/json_text.h"
#include "reflow/tools/record_files.h"

namespace reflow::tools {
namespace {

struct Damage {
  std::string message;
  uint64_t skipped = 0;  // bytes; 0: nothing sound follows
};

// Reads all records of a file. Behind damage it goes on where `damage` takes it.
Status each_record(const std::string& path, const std::string& compression, RecordProgress& progress,
                   const std::function<Status(std::string_view)>& use, std::vector<Damage>* damage) {
  ASSIGN_OR_RETURN(const std::unique_ptr<io::RecordReader> reader, open_records(path, compression));
  for (int64_t n = 0;; ++n) {
    std::string_view record;
    const Status status = reader->next(&record);
    if (status.ok()) {
      RETURN_IF_ERROR(use(record));
      progress.update(n, reader->offset());
      continue;
    }
    if (status.code() == StatusCode::kOutOfRange) {
      const auto incomplete = reader->incomplete();
      if (damage && incomplete.ok() && *incomplete) {
        damage->push_back({fmt::format("the file ends in the middle of a record at {}", reader->offset())});
      }
      return OkStatus();
    }
    if (!damage || status.code() != StatusCode::kDataLoss) return append_message(status, fmt::format(" of {}", path));
    damage->push_back({std::string(message_of(status))});
    const StatusOr<uint64_t> skipped = reader->resynchronise();
    if (!skipped.ok()) return OkStatus();
    damage->back().skipped = *skipped;
  }
}

io::RecordWriterOptions writer_options(const std::string& compression) {
  return {.compression = compression == "gzip"   ? io::Compression::kGzip
                         : compression == "zlib" ? io::Compression::kZlib
                                                 : io::Compression::kNone};
}

std::string damage_text(const std::vector<Damage>& all) {
  std::string text;
  for (const Damage& damage : all) {
    text += "  " + damage.message +
            (damage.skipped ? fmt::format("; the next sound record is {} bytes on\n", damage.skipped)
                            : "; nothing sound follows\n");
  }
  return text;
}

}  // namespace

StatusOr<RecordsReport> check_records(const std::vector<std::string>& paths, const CheckRecordsOptions& options) {
  RecordsReport report;
  RecordProgress progress;
  for (const std::string& path : paths) {
    int64_t num_records = 0, num_bytes = 0;
    std::vector<Damage> damage;
    RETURN_IF_ERROR(each_record(path, options.compression, progress, [&](std::string_view record) {
      ++num_records;
      num_bytes += static_cast<int64_t>(record.size());
      return OkStatus();
    }, &damage));
    report.sound = report.sound && damage.empty();
    if (options.json) {
      std::string list;
      for (const Damage& d : damage) {
        list += fmt::format("{}{{\"message\": {}, \"skipped_bytes\": {}}}", list.empty() ? "" : ", ", json_string(d.message),
                            d.skipped);
      }
      report.text += fmt::format("{{\"file\": {}, \"records\": {}, \"bytes\": {}, \"damage\": [{}]}}\n", json_string(path),
                                 num_records, num_bytes, list);
    } else {
      report.text += fmt::format("{}: {} sound records of {} bytes{}\n{}", path, num_records, num_bytes,
                                 damage.empty() ? "" : ", DAMAGED", damage_text(damage));
    }
  }
  return report;
}

StatusOr<std::string> copy_records(const std::vector<std::string>& from, const std::string& to,
                                   const CopyRecordsOptions& options) {
  for (const std::string& path : from) {
    if (path == to) return invalid_argument("{} can't be copied to itself", path);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<io::RecordWriter> writer, io::RecordWriter::open(to, writer_options(options.to_compression)));
  RecordProgress progress;
  int64_t num_records = 0;
  std::vector<Damage> damage;
  for (const std::string& path : from) {
    RETURN_IF_ERROR(each_record(path, options.compression, progress, [&](std::string_view record) {
      ++num_records;
      return writer->write(record);
    }, options.skip_damaged ? &damage : nullptr));
  }
  RETURN_IF_ERROR(writer->close());
  return fmt::format("{} records in {}\n{}", num_records, to, damage_text(damage));
}

StatusOr<std::string> split_records(const std::string& path, const std::string& prefix, int num_shards,
                                    const CopyRecordsOptions& options) {
  std::vector<std::unique_ptr<io::RecordWriter>> writers;
  std::vector<std::string> names;
  for (int i = 0; i < num_shards; ++i) {
    names.push_back(fmt::format("{}-{:05d}-of-{:05d}", prefix, i, num_shards));
    ASSIGN_OR_RETURN(writers.emplace_back(), io::RecordWriter::open(names.back(), writer_options(options.to_compression)));
  }
  RecordProgress progress;
  int64_t num_records = 0;
  std::vector<Damage> damage;
  RETURN_IF_ERROR(each_record(path, options.compression, progress, [&](std::string_view record) {
    return writers[static_cast<size_t>(num_records++) % writers.size()]->write(record);
  }, options.skip_damaged ? &damage : nullptr));
  for (const auto& writer : writers) RETURN_IF_ERROR(writer->close());
  return fmt::format("{} records in {} files, {} to {}\n{}", num_records, num_shards, names.front(), names.back(),
                     damage_text(damage));
}

}  // namespace reflow::tools
