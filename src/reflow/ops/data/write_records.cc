// DatasetToTFRecord: the strings of a dataset written to a TFRecord file.

#include "reflow/data/dataset_op.h"
#include "reflow/io/record_writer.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class WriteRecords : public Kernel, public CallsUnnamedFunctions {
 public:
  explicit WriteRecords(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const DatasetRef dataset, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(const std::string filename, scalar_input<std::string>(c, 1, "filename"));
    ASSIGN_OR_RETURN(const std::string compression, scalar_input<std::string>(c, 2, "compression_type"));
    io::RecordWriterOptions options;
    ASSIGN_OR_RETURN(options.compression, io::compression_from_name(compression));
    ASSIGN_OR_RETURN(const std::unique_ptr<io::RecordWriter> writer, io::RecordWriter::open(filename, options));
    IteratorContext context(c.env(), std::make_shared<Iteration>(c.env()));
    RETURN_IF_ERROR(for_each(context, *dataset, [&](const Element& element, bool*) -> Status {
      if (element.size() != 1 || element[0].dtype() != DType::kString || element[0].rank() != 0) {
        return invalid_argument("The elements of a dataset that is written have to be scalar strings");
      }
      RETURN_IF_ERROR(writer->write(element[0].item<std::string>()));
      return context.check();
    }));
    return writer->close();
  }
};

OpBuilder write_op(std::string_view name) {
  return OpBuilder(name)
      .input("input_dataset: variant")
      .input("filename: string")
      .input("compression_type: string")
      .stateful()
      .doc("Writes the elements of a dataset of strings to a TFRecord file, which is compressed by \"ZLIB\", \"GZIP\" or not.")
      .shape([](ShapeContext& c) -> Status {
        Shape ignored;
        for (int i = 0; i < 3; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &ignored));
        return OkStatus();
      })
      .kernel<WriteRecords>(kCpu)
      .blocking();
}
const OpRegistrar write_records(write_op("DatasetToTFRecord"));
const OpRegistrar experimental_write_records(write_op("ExperimentalDatasetToTFRecord"));

}  // namespace
}  // namespace reflow::ops
