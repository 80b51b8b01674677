// Lines of comma-separated values (RFC 4180) as columns.

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/op/number_text.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class DecodeCsv : public Kernel {
 public:
  explicit DecodeCsv(KernelInit& c)
      : types_(c.attr<std::vector<DType>>("OUT_TYPE")), quotes_(c.attr<bool>("use_quote_delim")),
        missing_(c.attr<std::string>("na_value")), columns_(c.attr<std::vector<int64_t>>("select_cols")) {
    if (!columns_.empty() && columns_.size() != types_.size()) {
      c.fail(invalid_argument("select_cols should match output size"));
    } else if (std::adjacent_find(columns_.begin(), columns_.end(), std::greater_equal<>()) != columns_.end()) {
      c.fail(invalid_argument("select_cols should be strictly increasing indices"));
    } else if (!columns_.empty() && columns_[0] < 0) {
      c.fail(invalid_argument("select_cols should be non-negative indices"));
    }
    const auto delimiter = c.attr<std::string>("field_delim");
    if (delimiter.size() != 1) {
      c.fail(invalid_argument("field_delim should be only 1 char"));
    } else {
      delimiter_ = delimiter[0];
    }
  }

  Status compute(KernelContext& c) override {
    for (size_t f = 0; f < types_.size(); ++f) {
      const Tensor& value = c.input(static_cast<int>(f) + 1);
      if (value.rank() > 1) return invalid_argument("Each record default should be at most rank 1");
      if (value.num_elements() > 1) {
        return invalid_argument("There should only be 1 default per field but field {} has {}", f, value.num_elements());
      }
    }
    std::vector<std::string> fields;
    for (int64_t r = 0; r < c.input(0).num_elements(); ++r) {
      fields.clear();
      RETURN_IF_ERROR(split(c.input(0).data<std::string>()[r], &fields));
      if (fields.size() != types_.size()) {
        return invalid_argument("Expect {} fields but have {} in record {}", types_.size(), fields.size(), r);
      }
      for (size_t f = 0; f < fields.size(); ++f) RETURN_IF_ERROR(put_field(c, f, r, fields[f]));
    }
    return OkStatus();
  }

 private:
  // Columns that aren't selected are passed over, those behind the last one that is aren't read.
  Status split(std::string_view line, std::vector<std::string>* fields) const {
    const size_t n = line.size();
    int64_t column = 0;
    const auto is_selected = [&] {
      return columns_.empty() || (fields->size() < columns_.size() && columns_[fields->size()] == column);
    };
    for (size_t i = 0; i < n;) {
      if (line[i] == '\n' || line[i] == '\r') {
        ++i;
        continue;
      }
      std::string field;
      if (quotes_ && line[i] == '"') {
        for (++i; i + 1 < n && (line[i] != '"' || line[i + 1] != delimiter_); ++i) {
          if (line[i] == '"' && line[++i] != '"') {
            return invalid_argument("Quote inside a string has to be escaped by another quote");
          }
          field += line[i];
        }
        if (i >= n || line[i] != '"') {
          return invalid_argument("Quoted field has to end with quote followed by delim or end");
        }
        i += 2;
      } else {
        for (; i < n && line[i] != delimiter_; ++i) {
          if ((quotes_ && line[i] == '"') || line[i] == '\n' || line[i] == '\r') {
            return invalid_argument("Unquoted fields cannot have quotes/CRLFs inside");
          }
          field += line[i];
        }
        ++i;
      }
      const bool selected = is_selected();
      ++column;
      if (!selected) continue;
      fields->push_back(std::move(field));
      if (fields->size() == columns_.size()) return OkStatus();
    }
    if (n > 0 && line[n - 1] == delimiter_ && is_selected()) fields->emplace_back();
    return OkStatus();
  }

  Status put_field(KernelContext& c, size_t f, int64_t record, const std::string& text) const {
    const Tensor& otherwise = c.input(static_cast<int>(f) + 1);
    const bool is_missing = text.empty() || text == missing_;
    if (is_missing && otherwise.num_elements() != 1) {
      return invalid_argument("Field {} is required but missing in record {}!", f, record);
    }
    Tensor& out = c.output(static_cast<int>(f));
    const auto put = [&]<typename T>(T* value) {
      if (is_missing) {
        *value = otherwise.item<T>();
        return true;
      }
      if constexpr (std::is_same_v<T, std::string>) {
        *value = text;
        return true;
      } else {
        return parse_number(without_space(text), value);
      }
    };
    bool ok = true;
    switch (types_[f]) {
      case DType::kInt32: ok = put(out.data<int32_t>() + record); break;
      case DType::kInt64: ok = put(out.data<int64_t>() + record); break;
      case DType::kFloat32: ok = put(out.data<float>() + record); break;
      case DType::kFloat64: ok = put(out.data<double>() + record); break;
      default: put(out.data<std::string>() + record);
    }
    if (ok) return OkStatus();
    return invalid_argument("Field {} in record {} is not a valid {}: {}", f, record, dtype_spec_name(types_[f]), text);
  }

  std::vector<DType> types_;
  bool quotes_;
  char delimiter_ = ',';
  std::string missing_;
  std::vector<int64_t> columns_;
};

Status decode_csv_shapes(ShapeContext& c) {
  for (int i = 1; !c.concrete() && i < c.num_inputs(); ++i) {
    Shape value;
    RETURN_IF_ERROR(c.with_rank_at_most(c.input(i), 1, &value));
    if (value.rank() == 1 && value.dim(0) > 1) {
      return invalid_argument("Shape of a default must be a length-0 or length-1 vector, or a scalar.");
    }
  }
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, c.input(0));
  return OkStatus();
}

REFLOW_OP("DecodeCSV")
    .input("records: string")
    .input("record_defaults: OUT_TYPE")
    .output("output: OUT_TYPE")
    .attr("OUT_TYPE: list({float,double,int32,int64,string}) >= 1")
    .attr("field_delim: string = ','")
    .attr("use_quote_delim: bool = true")
    .attr("na_value: string = ''")
    .attr("select_cols: list(int) = []")
    .doc("Records of comma-separated values as one tensor for each column, of the shape of `records`. A field that is empty "
         "or `na_value` has its column's default; without one it is an error.")
    .shape(decode_csv_shapes)
    .kernel<DecodeCsv>(kCpu);

}  // namespace
}  // namespace reflow::ops
