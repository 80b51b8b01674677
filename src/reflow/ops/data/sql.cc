// SqlDataset: the rows of a query's result.

#include <algorithm>
#include <array>

#include "reflow/data/dataset_op.h"
#include "reflow/ops/data/sqlite.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class SqlDataset : public Source {
 public:
  SqlDataset(ElementSpec spec, std::string path, std::string query)
      : Source("Sql", std::move(spec)), path_(std::move(path)), query_(std::move(query)) {}

 private:
  class Pass : public IteratorOver<SqlDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      if (ended_) return OkStatus();
      if (query_ == nullptr) RETURN_IF_ERROR(open());
      RETURN_IF_ERROR(c.check());
      ASSIGN_OR_RETURN(const bool more, query_->next());
      *end = ended_ = !more;
      if (ended_) {
        query_.reset();
        return OkStatus();
      }
      const std::vector<DType>& types = dataset().spec().types;
      for (size_t i = 0; i < types.size(); ++i) element->push_back(column(static_cast<int>(i), types[i]));
      return OkStatus();
    }

   private:
    Status open() {
      ASSIGN_OR_RETURN(query_, SqliteQuery::open(dataset().path_, dataset().query_));
      const size_t wanted = dataset().spec().types.size();
      if (static_cast<size_t>(query_->num_columns()) == wanted) return OkStatus();
      const int columns = query_->num_columns();
      query_.reset();
      return invalid_argument("The number of columns in query ({}) must match the number of elements in output_types ({}).",
                              columns, wanted);
    }

    // Numbers that don't fit lose their upper bits.
    Tensor column(int i, DType type) const {
      switch (type) {
        case DType::kString: return Tensor::scalar(query_->text(i));
        case DType::kFloat64: return Tensor::scalar(query_->real(i));
        case DType::kBool: return Tensor::scalar(query_->integer(i) != 0);
        case DType::kInt8: return Tensor::scalar(static_cast<int8_t>(query_->integer(i)));
        case DType::kInt16: return Tensor::scalar(static_cast<int16_t>(query_->integer(i)));
        case DType::kInt32: return Tensor::scalar(static_cast<int32_t>(query_->integer(i)));
        case DType::kUint8: return Tensor::scalar(static_cast<uint8_t>(query_->integer(i)));
        case DType::kUint16: return Tensor::scalar(static_cast<uint16_t>(query_->integer(i)));
        default: return Tensor::scalar(query_->integer(i));
      }
    }
    std::unique_ptr<SqliteQuery> query_;
    bool ended_ = false;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const std::string path_, query_;
};

class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c) : DatasetKernel(c) {
    static constexpr std::array kTypes{DType::kString, DType::kInt8,   DType::kInt16, DType::kInt32,  DType::kInt64,
                                       DType::kUint8,  DType::kUint16, DType::kBool,  DType::kFloat64};
    for (const DType type : spec().types) {
      if (std::ranges::find(kTypes, type) != kTypes.end()) continue;
      c.fail(invalid_argument("Each element of `output_types_` must be one of: DT_STRING, DT_INT8, DT_INT16, DT_INT32, "
                              "DT_INT64, DT_UINT8, DT_UINT16, DT_BOOL, DT_DOUBLE "));
    }
    for (const Shape& shape : spec().shapes) {
      if (!shape.compatible_with(Shape{})) c.fail(invalid_argument("Each element of `output_shapes_` must be a scalar."));
    }
  }
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::string driver, scalar_input<std::string>(c, 0, "driver_name"));
    ASSIGN_OR_RETURN(std::string path, scalar_input<std::string>(c, 1, "data_source_name"));
    ASSIGN_OR_RETURN(std::string query, scalar_input<std::string>(c, 2, "query"));
    if (driver != "sqlite") {
      return invalid_argument("The database type, {}, is not supported by SqlDataset. The set of supported databases is: "
                              "{{'sqlite'}}.", driver);
    }
    return std::make_shared<SqlDataset>(spec(), std::move(path), std::move(query));
  }
};

OpBuilder sql_op(std::string_view name) {
  return dataset_op(name)
      .input("driver_name: string")
      .input("data_source_name: string")
      .input("query: string")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .stateful()
      .doc("The rows of the result of `query`, which is asked of the SQLite database in the file `data_source_name`; "
           "`driver_name` is \"sqlite\".")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar sql(sql_op("SqlDataset"));
const OpRegistrar experimental_sql(sql_op("ExperimentalSqlDataset"));

}  // namespace
}  // namespace reflow::ops
