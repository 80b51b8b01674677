// CSVDataset: the records of files of comma-separated values (RFC 4180).

#include <algorithm>
#include <functional>

#include "reflow/io/buffered_input.h"
#include "reflow/op/number_text.h"
#include "reflow/ops/data/files.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

struct CsvFormat {
  char delimiter = ',';
  bool quotes = true, header = false;
  std::string missing;            // a field that is so has its column's default
  std::vector<int64_t> selected;  // columns, in order; empty: all
  io::Compression compression = io::Compression::kNone;
};

// Takes one record of the input at a time; within quotes it may go over several lines.
class CsvReader {
 public:
  CsvReader(std::unique_ptr<io::InputStream> stream, const CsvFormat& format) : input_(std::move(stream)), format_(format) {}

  // False: there is none any more.
  StatusOr<bool> next(std::vector<std::string>* fields) {
    std::string record;
    ASSIGN_OR_RETURN(const bool more, input_.read_line(&record, true));
    if (!more) return false;
    for (bool quoted = leaves_open(record); quoted;) {
      std::string line;
      ASSIGN_OR_RETURN(const bool goes_on, input_.read_line(&line, true));
      if (!goes_on) return invalid_argument("Reached end of file without closing quoted field in record");
      if (leaves_open(line)) quoted = false;
      record += line;
    }
    while (!record.empty() && (record.back() == '\n' || record.back() == '\r')) record.pop_back();
    RETURN_IF_ERROR(split(record, fields));
    return true;
  }

 private:
  // Whether it has an odd number of quotes.
  bool leaves_open(std::string_view line) const { return format_.quotes && std::ranges::count(line, '"') % 2 == 1; }

  Status split(std::string_view record, std::vector<std::string>* fields) const {
    size_t i = 0;
    while (true) {
      std::string field;
      if (format_.quotes && i < record.size() && record[i] == '"') {
        for (++i; i < record.size(); ++i) {
          if (record[i] != '"') {
            field += record[i];
          } else if (i + 1 < record.size() && record[i + 1] == '"') {
            field += record[i++];
          } else {
            break;
          }
        }
        ++i;
        if (i < record.size() && record[i] != format_.delimiter) {
          return invalid_argument("Quote inside a string has to be escaped by another quote");
        }
      } else {
        for (; i < record.size() && record[i] != format_.delimiter; ++i) {
          if (format_.quotes && record[i] == '"') return invalid_argument("Unquoted fields cannot have quotes inside");
          field += record[i];
        }
      }
      fields->push_back(std::move(field));
      if (i >= record.size()) return OkStatus();
      ++i;  // the delimiter, behind which there is a field, even if there is nothing
    }
  }

  io::BufferedInput input_;
  const CsvFormat& format_;
};

class CsvDataset : public Source {
 public:
  CsvDataset(ElementSpec spec, std::vector<std::string> filenames, CsvFormat format, std::vector<Tensor> defaults)
      : Source("CSV", std::move(spec)), filenames_(std::move(filenames)), format_(std::move(format)), defaults_(std::move(defaults)) {}

 private:
  class Pass : public IteratorOver<CsvDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      while (true) {
        if (reader_ == nullptr) {
          *end = file_ == dataset().filenames_.size();
          if (*end) return OkStatus();
          RETURN_IF_ERROR(c.check());
          RETURN_IF_ERROR(open());
        }
        std::vector<std::string> fields;
        ASSIGN_OR_RETURN(const bool more, reader_->next(&fields));
        if (more) {
          *end = false;
          return convert(fields, element);
        }
        reader_.reset();
      }
    }

   private:
    Status open() {
      const CsvFormat& format = dataset().format_;
      auto stream = io::open_input(dataset().filenames_[file_++], format.compression);
      if (!stream.ok()) return stream.status();
      reader_ = std::make_unique<CsvReader>(*std::move(stream), format);
      std::vector<std::string> names;
      if (!format.header) return OkStatus();
      ASSIGN_OR_RETURN(const bool has_header, reader_->next(&names));
      return has_header ? OkStatus() : invalid_argument("Can't read header of file");
    }

    Status convert(const std::vector<std::string>& fields, Element* element) const {
      const std::vector<int64_t>& selected = dataset().format_.selected;
      const size_t wanted = dataset().defaults_.size();
      const size_t needed = selected.empty() ? wanted : static_cast<size_t>(selected.back()) + 1;
      if (fields.size() < needed) return invalid_argument("Expect {} fields but have {} in record", needed, fields.size());
      if (selected.empty() && fields.size() > wanted) return invalid_argument("Expect {} fields but have more in record", wanted);
      for (size_t i = 0; i < wanted; ++i) {
        Tensor value(dataset().spec().types[i], Shape{});
        RETURN_IF_ERROR(put(fields[selected.empty() ? i : static_cast<size_t>(selected[i])], i, &value));
        element->push_back(std::move(value));
      }
      return OkStatus();
    }

    Status put(const std::string& text, size_t column, Tensor* value) const {
      const Tensor& otherwise = dataset().defaults_[column];
      if (text.empty() || text == dataset().format_.missing) {
        if (otherwise.num_elements() == 0) return invalid_argument("Field {} is required but missing in record!", column);
        *value = otherwise.reshaped(Shape{});
        return OkStatus();
      }
      bool ok = true;
      switch (value->dtype()) {
        case DType::kInt32: ok = parse_number(without_space(text), value->data<int32_t>()); break;
        case DType::kInt64: ok = parse_number(without_space(text), value->data<int64_t>()); break;
        case DType::kFloat32: ok = parse_number(without_space(text), value->data<float>()); break;
        case DType::kFloat64: ok = parse_number(without_space(text), value->data<double>()); break;
        default: *value->data<std::string>() = text;
      }
      if (ok) return OkStatus();
      return invalid_argument("Field {} in record is not a valid {}: {}", column, dtype_spec_name(value->dtype()), text);
    }

    size_t file_ = 0;
    std::unique_ptr<CsvReader> reader_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const std::vector<std::string> filenames_;
  const CsvFormat format_;
  const std::vector<Tensor> defaults_;
};

class CsvKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(std::vector<std::string> filenames, filenames_input(c));
    CsvFormat format;
    ASSIGN_OR_RETURN(const std::string compression, scalar_input<std::string>(c, 1, "compression_type"));
    ASSIGN_OR_RETURN(format.compression, io::compression_from_name(compression));
    ASSIGN_OR_RETURN(const int64_t buffer_size, scalar_input<int64_t>(c, 2, "buffer_size"));
    if (buffer_size <= 0) return invalid_argument("buffer_size should be positive");
    ASSIGN_OR_RETURN(format.header, scalar_input<bool>(c, 3, "header"));
    ASSIGN_OR_RETURN(const std::string delimiter, scalar_input<std::string>(c, 4, "field_delim"));
    if (delimiter.size() != 1) return invalid_argument("field_delim should be only 1 char");
    format.delimiter = delimiter[0];
    ASSIGN_OR_RETURN(format.quotes, scalar_input<bool>(c, 5, "use_quote_delim"));
    ASSIGN_OR_RETURN(format.missing, scalar_input<std::string>(c, 6, "na_value"));
    ASSIGN_OR_RETURN(format.selected, vector_input<int64_t>(c, 7, "select_cols"));
    std::vector<Tensor> defaults;
    for (int i = 8; i < c.num_inputs(); ++i) {
      if (c.input(i).rank() > 1) return invalid_argument("Each record default should be at most rank 1");
      if (c.input(i).num_elements() > 1) {
        return invalid_argument("There should only be 1 default per field but field {} has {}", i - 8, c.input(i).num_elements());
      }
      defaults.push_back(c.input(i).retained());
    }
    const std::vector<int64_t>& selected = format.selected;
    if (!selected.empty() && selected.size() != defaults.size()) return invalid_argument("select_cols should match output size");
    if (std::adjacent_find(selected.begin(), selected.end(), std::greater_equal<>()) != selected.end()) {
      return invalid_argument("select_cols should be strictly increasing indices");
    }
    if (!selected.empty() && selected[0] < 0) return invalid_argument("select_cols should be non-negative indices");
    return std::make_shared<CsvDataset>(spec(), std::move(filenames), std::move(format), std::move(defaults));
  }
};

OpBuilder csv_op(std::string_view name) {
  return dataset_op(name)
      .input("filenames: string")
      .input("compression_type: string")
      .input("buffer_size: int64")
      .input("header: bool")
      .input("field_delim: string")
      .input("use_quote_delim: bool")
      .input("na_value: string")
      .input("select_cols: int64")
      .input("record_defaults: output_types")
      .output("handle: variant")
      .attr("output_types: list({float,double,int32,int64,string}) >= 1")
      .attr("output_shapes: list(shape) >= 1")
      .stateful()
      .doc("The records of files of comma-separated values, as their columns or those of `select_cols`. A field that is empty or "
           "`na_value` has its column's default; without one it is an error.")
      .kernel<CsvKernel>(kCpu);
}
const OpRegistrar csv(csv_op("CSVDataset"));
const OpRegistrar experimental_csv(csv_op("ExperimentalCSVDataset"));

}  // namespace
}  // namespace reflow::ops
